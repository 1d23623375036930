"""The funnel: how many producers of each kecamatan reached what in a span, and where they get stuck.

The facilities are a set and not a ladder: a share may be larger than the one before it. Only Jakpreneur are counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Select, String, cast, func, null, select
from sqlalchemy.orm import aliased

from shop.base.actor import Actor
from shop.base.errors import Invalid
from shop.base.money import ratio_bp
from shop.db import session
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import cover
from shop.programme import counting, in_sight
from shop.programme.models import FACILITIES, FacilityRecord, FunnelMember, FunnelTarget, Guidance
from shop.programme.periods import Span
from shop.programme.rules import PROGRAMME_BEGAN, STUCK_DAYS
from shop.vendors.models import Vendor

READ: Final = "programme:funnel:read"
STAGES: Final[Mapping[str, str]] = {
    "P1": "Terdaftar",
    "P2": "Dilatih",
    "P3": "Didampingi",
    "P4": "Berizin",
    "P5": "Dipasarkan",
    "first": "Pesanan pertama",
    "repeat": "Pesanan berulang",
    "P6": "Melapor keuangan",
    "P7": "Mendapat modal",
}
_ROAD: Final = ("P1", "P2", "P3", "P4", "P5", "first", "repeat")
"""What is compared for the largest drop: the way to a repeated order. P6 and P7 are taken by need, beside it."""
STUCK: Final = counting.STUCK
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage: producers that reached it in the span, of those registered by its end, and the target of the year."""

    key: str
    label: str
    producers: int
    registered: int
    target: int | None

    @property
    def share_bp(self) -> int | None:
        """Share of the registered in basis points; None while nobody is."""
        return ratio_bp(self.producers, self.registered)

    @property
    def target_bp(self) -> int | None:
        """How much of the target is reached, in basis points."""
        return None if self.target is None else ratio_bp(self.producers, self.target)


@dataclass(frozen=True, slots=True)
class Drop:
    """The largest drop on the way to a repeated order: how many of the stage before are not in the one after."""

    before: str
    after: str
    lost: int
    of: int

    @property
    def share_bp(self) -> int:
        """The drop as a share of the stage before, in basis points."""
        return ratio_bp(self.lost, self.of) or 0


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One kecamatan: its counts, its largest drop, and how many are licensed but not marketed for too long."""

    code: str
    name: str
    registered: int
    counts: Counts
    drop: Drop | None
    stuck: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """The funnel of a span, in all and by kecamatan."""

    stages: Sequence[StageRow]
    places: Sequence[PlaceRow]
    """Those with anybody registered, the most stuck first."""
    empty: int
    """How many kecamatan have nobody yet."""
    stuck: int


def read(actor: Actor, span: Span, kecamatan_code: str, today: date) -> Funnel:
    """Return the funnel within this hat's reach from the kept counts: as cheap with a million producers as with ten."""
    actor.require(READ)
    asked = [row for row in in_sight.kecamatan(actor) if kecamatan_code in {"", row.code}]
    codes = [row.code for row in asked]
    reached = counting.kept([span.key], STAGES, codes)
    registered = counting.kept(cover(PROGRAMME_BEGAN, span.end), [counting.REGISTERED], codes)
    stuck = counting.kept(cover(PROGRAMME_BEGAN, _long_ago(today)), [STUCK], codes)
    goals = targets(span.whole_year, kecamatan_code) if span.whole_year else {}
    places = []
    for code, name in ((row.code, row.name) for row in asked):
        counts = {stage: reached.get((code, stage), 0) for stage in STAGES}
        everybody = registered.get((code, counting.REGISTERED), 0)
        places.append(PlaceRow(code, name, everybody, counts, largest_drop(counts), stuck.get((code, STUCK), 0)))
    shown = sorted((p for p in places if p.registered), key=lambda p: (-p.stuck, -(p.drop.share_bp if p.drop else 0)))
    everybody = sum(registered.values())
    stages = [
        StageRow(key, label, sum(place.counts[key] for place in places), everybody, goals.get(key))
        for key, label in STAGES.items()
    ]
    return Funnel(stages, shown, len(places) - len(shown), sum(stuck.values()))


def _long_ago(today: date) -> date:
    """Return the last day of a licence that is stuck by now when nothing was marketed since."""
    return today - timedelta(days=STUCK_DAYS + 1)


def largest_drop(counts: Counts) -> Drop | None:
    """Return the largest share lost between two neighbours on the way to a repeated order, None when nothing is lost.

    >>> largest_drop({"P1": 100, "P2": 62, "P3": 55, "P4": 52, "P5": 16, "first": 16, "repeat": 20}).after
    'P5'
    """
    pairs = [Drop(a, b, counts[a] - counts[b], counts[a]) for a, b in pairwise(_ROAD)]
    return max((drop for drop in pairs if drop.lost > 0), key=lambda drop: (drop.share_bp, drop.lost), default=None)


def targets(year: int, kecamatan_code: str) -> dict[str, int]:
    """Return {facility: producers wanted} of a year, for a kecamatan or (empty) the city."""
    rows = session.execute(
        select(FunnelTarget.facility, FunnelTarget.producers).where(
            FunnelTarget.year == year, FunnelTarget.kecamatan_code == kecamatan_code
        )
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class Behind:
    """One producer behind a number: who, where, since which day, and with whom."""

    id: int
    name: str
    kecamatan_code: str
    since: date | None
    guided: bool


def behind(
    actor: Actor, stage: str, span: Span, kecamatan_code: str, today: date, *, offset: int, limit: int
) -> tuple[list[Behind], int]:
    """Return a page of the producers behind a number and how many; two statements. Raises Invalid for no stage.

    Facilities: the newest first, each with its first day in the span. Stuck: who waits longest first. Orders: by number.
    """
    actor.require(READ)
    if stage not in {STUCK, *STAGES}:
        raise Invalid.at("tahap", "Pilih tahap dari tabel corong.")
    codes = [row.code for row in in_sight.kecamatan(actor) if kecamatan_code in {"", row.code}]
    periods = cover(PROGRAMME_BEGAN, _long_ago(today)) if stage == STUCK else [span.key]
    total = sum(counting.kept(periods, [stage], codes).values())
    if offset >= total:
        return [], total
    query = _behind(stage, span, today).outerjoin(Guidance, Guidance.vendor_id == Vendor.id)
    scope = [in_sight.within(actor), Vendor.kind == "jakpreneur", Vendor.state != "registering"]
    if kecamatan_code:
        scope.append(Vendor.kecamatan_code == kecamatan_code)
    rows = session.execute(query.where(*scope).offset(offset).limit(limit))
    return [Behind(*row) for row in rows], total


def _behind(stage: str, span: Span, today: date) -> Select[Any]:
    shown: tuple[Any, ...] = (Vendor.id, Vendor.name, Vendor.kecamatan_code)
    guided = Guidance.vendor_id.is_not(None)
    if stage == STUCK:  # along ix_funnel_member_stuck
        return (
            select(*shown, FunnelMember.stuck_since, guided)
            .join(FunnelMember, FunnelMember.vendor_id == Vendor.id)
            .where(FunnelMember.stuck_since <= _long_ago(today))
            .order_by(FunnelMember.stuck_since, FunnelMember.vendor_id)
        )
    if stage in FACILITIES:  # along ix_facility_record_funnel, backwards
        earlier = aliased(FacilityRecord)
        again = select(earlier.id).where(
            earlier.vendor_id == FacilityRecord.vendor_id,
            earlier.facility == stage,
            earlier.from_day >= span.start,
            earlier.from_day < FacilityRecord.from_day,
        )
        return (
            select(*shown, FacilityRecord.from_day, guided)
            .join(FacilityRecord, FacilityRecord.vendor_id == Vendor.id)
            .where(
                FacilityRecord.facility == stage,
                FacilityRecord.from_day.between(span.start, span.end),
                ~again.exists(),
            )
            .order_by(FacilityRecord.from_day.desc(), FacilityRecord.vendor_id.desc())
        )
    ordered = _ordered(span, 1 if stage == counting.FIRST else 2)
    return select(*shown, null(), guided).where(cast(Vendor.id, String).in_(ordered)).order_by(Vendor.id)


def _ordered(span: Span, least: int) -> Select[Any]:
    """Keys of the producers with at least so many accepted orders, from the kept totals: the orders grow without end."""
    return (
        select(P3dnTotal.key)
        .where(
            P3dnTotal.period.in_(cover(span.start, span.end)),
            P3dnTotal.dim == "vendor",
            P3dnTotal.office_id == 0,
            P3dnTotal.account_code == "",
        )
        .group_by(P3dnTotal.key)
        .having(func.sum(P3dnTotal.orders) >= least)
    )
