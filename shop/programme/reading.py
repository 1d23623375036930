"""Reading for pages: producers with their facilities, and what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select

from shop.base.actor import Actor
from shop.db import session
from shop.programme import in_sight
from shop.programme.models import (
    FACILITIES,
    Event,
    FacilityRecord,
    Guidance,
    HelpMatch,
    HelpNeed,
    Participation,
)  # fmt: skip
from shop.vendors.models import Vendor
from shop.vendors.reading import named


@dataclass(frozen=True, slots=True)
class ProducerRow:
    """One producer in the list: which facilities it ever had, and whether somebody looks after it."""

    id: int
    name: str
    kecamatan_code: str
    kind: str
    guided: bool
    facilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class RecordView:
    """One facility a producer received. Days are Jakarta days; no end: still going on."""

    id: int
    facility: str
    from_day: date
    until_day: date | None
    note: str
    event_id: int | None
    event: str
    by_hand: bool
    version: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on a desk: of the programme's people, or (answers) of a producer."""

    needs: int = 0
    unguided: int = 0
    unmarked: int = 0
    """Events that are over with somebody whose attendance nobody has recorded."""
    answers: int = 0
    """Offers the producer has not answered."""


def producers(
    actor: Actor, kecamatan_code: str, text: str, lacking: str, *, offset: int, limit: int
) -> tuple[list[ProducerRow], int]:
    """Return a page of producers within reach, by name, and how many; three statements. `lacking`: without that facility."""
    wanted: list[ColumnElement[bool]] = [in_sight.within(actor), Vendor.state != "registering"]
    if kecamatan_code:
        wanted.append(Vendor.kecamatan_code == kecamatan_code)
    wanted += named(text)
    if lacking in FACILITIES:
        had = select(FacilityRecord.id).where(FacilityRecord.vendor_id == Vendor.id, FacilityRecord.facility == lacking)
        wanted.append(~had.exists())
    elif lacking == "guide":
        wanted.append(~select(Guidance.vendor_id).where(Guidance.vendor_id == Vendor.id).correlate(Vendor).exists())
    total = session.execute(select(func.count()).select_from(Vendor).where(*wanted)).scalar_one()
    rows = session.execute(
        select(Vendor.id, Vendor.name, Vendor.kecamatan_code, Vendor.kind, Guidance.vendor_id.is_not(None))
        .outerjoin(Guidance, Guidance.vendor_id == Vendor.id)
        .where(*wanted)
        .order_by(Vendor.name, Vendor.id)
        .offset(offset)
        .limit(limit)
    ).all()
    had_by: dict[int, set[str]] = defaultdict(set)
    for vendor_id, facility in session.execute(
        select(FacilityRecord.vendor_id, FacilityRecord.facility)
        .where(FacilityRecord.vendor_id.in_([row[0] for row in rows]))
        .distinct()
    ):
        had_by[vendor_id].add(facility)
    return [ProducerRow(*row, frozenset(had_by[row[0]])) for row in rows], total


def records(vendor_id: int) -> list[RecordView]:
    """Return what a producer received, the newest first; one statement."""
    rows = session.execute(
        select(
            FacilityRecord.id, FacilityRecord.facility, FacilityRecord.from_day, FacilityRecord.until_day,
            FacilityRecord.note, FacilityRecord.event_id, func.coalesce(Event.name, ""),
            FacilityRecord.recorded_by.is_not(None), FacilityRecord.version,
        )
        .outerjoin(Event, Event.id == FacilityRecord.event_id)
        .where(FacilityRecord.vendor_id == vendor_id)
        .order_by(FacilityRecord.from_day.desc(), FacilityRecord.id.desc())
    )  # fmt: skip
    return [RecordView(*row) for row in rows]


def by_facility(found: Sequence[RecordView]) -> Mapping[str, list[RecordView]]:
    """Return the records of each of the seven, those never received with an empty list."""
    sorted_out: dict[str, list[RecordView]] = {facility: [] for facility in FACILITIES}
    for record in found:
        sorted_out[record.facility].append(record)
    return sorted_out


def waiting(actor: Actor, today: date) -> Waiting | None:
    """Return what waits for the programme's people (three statements) or a producer (one), None for everybody else."""
    if actor.vendor_id is not None:
        return Waiting(answers=unanswered(actor.vendor_id))
    if not actor.may("programme:facility:record"):
        return None
    needs = session.execute(
        select(func.count())
        .select_from(HelpNeed)
        .join(Vendor, Vendor.id == HelpNeed.vendor_id)
        .where(HelpNeed.closed_at.is_(None), in_sight.within(actor))
    ).scalar_one()
    guided = select(Guidance.vendor_id).where(Guidance.vendor_id == Vendor.id).exists()
    unguided = session.execute(
        select(func.count()).select_from(Vendor).where(~guided, Vendor.state != "registering", in_sight.within(actor))
    ).scalar_one()
    unsaid = (
        select(Participation.vendor_id)
        .where(Participation.event_id == Event.id, Participation.attended.is_(None))
        .exists()
    )
    unmarked = session.execute(
        select(func.count()).select_from(Event).where(Event.until_day <= today, Event.cancelled_at.is_(None), unsaid)
    ).scalar_one()
    return Waiting(needs, unguided, unmarked)


def unanswered(vendor_id: int) -> int:
    """Return how many offers wait for the producer's answer; one statement."""
    return session.execute(
        select(func.count())
        .select_from(HelpMatch)
        .join(HelpNeed, HelpNeed.id == HelpMatch.need_id)
        .where(HelpNeed.vendor_id == vendor_id, HelpMatch.answer == "")
    ).scalar_one()
