"""Recording that a producer received a facility, by hand or noticed by the shop itself, and mending what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.errors import FieldFault, Invalid, NotFound, Stale
from shop.db import session
from shop.programme import counting, in_sight
from shop.programme.models import FACILITIES, FacilityRecord, Participation
from shop.programme.rules import PROGRAMME_BEGAN
from shop.vendors.models import Vendor

RECORD: Final = "programme:facility:record"
_LONGEST_YEARS: Final = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody records: which facility, from and until which Jakarta day (None: still going on), and how it came."""

    facility: str
    from_day: date
    until_day: date | None = None
    note: str = ""
    event_id: int | None = None


def record(actor: Actor, vendor_id: int, entry: Entry, now: datetime) -> FacilityRecord:
    """Record a facility of a producer within reach. Raises Forbidden, NotFound, Invalid naming each wrong field."""
    actor.require(RECORD)
    in_sight.producer(actor, vendor_id)
    _check(vendor_id, entry, local_day(now))
    made = FacilityRecord(
        vendor_id=vendor_id,
        facility=entry.facility,
        from_day=entry.from_day,
        until_day=entry.until_day,
        note=entry.note,
        event_id=entry.event_id,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    counting.keep([vendor_id], now)
    trail.record(actor, "programme.recorded", "vendor", vendor_id, now, record=made.id, **_told(entry))
    return made


def correct(actor: Actor, record_id: int, version: int, entry: Entry, now: datetime) -> FacilityRecord:
    """Mend a record; the trail keeps what it said before. Raises NotFound out of reach, Stale, Invalid."""
    found = _held(actor, record_id, version)
    _check(found.vendor_id, entry, local_day(now), besides=record_id)
    before = _told(Entry(found.facility, found.from_day, found.until_day, found.note, found.event_id))
    found.facility, found.from_day, found.until_day = entry.facility, entry.from_day, entry.until_day
    found.note, found.event_id = entry.note, entry.event_id
    counting.keep([found.vendor_id], now)
    trail.record(
        actor,
        "programme.corrected",
        "vendor",
        found.vendor_id,
        now,
        record=record_id,
        before=before,
        after=_told(entry),
    )
    return found


def remove(actor: Actor, record_id: int, version: int, now: datetime) -> None:
    """Take out what was recorded by mistake; the trail keeps it. Raises NotFound out of reach, Stale."""
    found = _held(actor, record_id, version)
    said = _told(Entry(found.facility, found.from_day, found.until_day, found.note, found.event_id))
    session.delete(found)
    counting.keep([found.vendor_id], now)
    trail.record(actor, "programme.removed", "vendor", found.vendor_id, now, record=record_id, **said)


def _held(actor: Actor, record_id: int, version: int) -> FacilityRecord:
    actor.require(RECORD)
    found = session.get(FacilityRecord, record_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Catatan ini tidak ada.")
    in_sight.producer(actor, found.vendor_id)
    if found.version != version:
        raise Stale
    return found


def _told(entry: Entry) -> dict[str, Any]:
    until = entry.until_day.isoformat() if entry.until_day else None
    return {"facility": entry.facility, "from": entry.from_day.isoformat(), "until": until, "event": entry.event_id}


def _check(vendor_id: int, entry: Entry, today: date, besides: int | None = None) -> None:
    faults = []
    if entry.facility not in FACILITIES:
        faults.append(FieldFault("facility", "Pilih salah satu dari tujuh fasilitas."))
    if not PROGRAMME_BEGAN <= entry.from_day <= today:
        faults.append(FieldFault("from_day", "Tanggal mulai harus antara 1 Januari 2018 dan hari ini."))
    elif entry.until_day is not None and not 0 <= entry.until_day.year - entry.from_day.year <= _LONGEST_YEARS:
        faults.append(FieldFault("until_day", "Tanggal selesai paling lama lima tahun setelah mulai."))
    if entry.until_day is not None and entry.until_day < entry.from_day:
        faults.append(FieldFault("until_day", "Tanggal selesai tidak boleh sebelum tanggal mulai."))
    if entry.event_id is not None and session.get(Participation, (entry.event_id, vendor_id)) is None:
        faults.append(FieldFault("event_id", "Pilih acara yang diikuti produsen ini."))
    twin = select(FacilityRecord.id).where(
        FacilityRecord.vendor_id == vendor_id,
        FacilityRecord.facility == entry.facility,
        FacilityRecord.from_day == entry.from_day,
        FacilityRecord.id != (besides or 0),
    )
    if session.execute(twin).first() is not None:
        faults.append(FieldFault("from_day", "Fasilitas ini pada tanggal itu sudah dicatat. Ubah catatan yang ada."))
    if faults:
        raise Invalid(faults=tuple(faults))


def noticed(vendor_id: int, facility: str, day: date, now: datetime) -> bool:
    """Record what the shop saw by itself, once for each facility, and tell whether it was new.

    Seeing it again changes nothing, nor does a record somebody made by hand for that day. Raises ValueError for an
    unknown facility; an unknown producer is passed over.
    """
    if facility not in FACILITIES:
        msg = f"no such facility: {facility!r}"
        raise ValueError(msg)
    held = select(FacilityRecord.id).where(
        FacilityRecord.vendor_id == vendor_id,
        FacilityRecord.facility == facility,
        FacilityRecord.recorded_by.is_(None) | (FacilityRecord.from_day == day),
    )
    if session.execute(held).first() is not None or session.get(Vendor, vendor_id) is None:
        return False
    until = None if facility == "P5" else day  # a listing goes on; registering, a statement, a letter are done that day
    session.add(FacilityRecord(vendor_id=vendor_id, facility=facility, from_day=day, until_day=until, recorded_at=now))
    counting.keep([vendor_id], now)
    trail.record(SYSTEM, "programme.noticed", "vendor", vendor_id, now, facility=facility, day=day.isoformat())
    return True


def on_registered(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `programme.registered`: P1 begins on the day the registration was complete."""
    for payload in payloads:
        vendor = session.get(Vendor, payload["vendor_id"])
        if vendor is not None:
            noticed(vendor.id, "P1", local_day(vendor.registered_at or now), now)
            counting.keep([vendor.id], now)  # what was recorded before the registration was complete counts from now on


def on_noticed(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `programme.noticed`; `day` (ISO) is the Jakarta day it happened, today when left out."""
    for payload in payloads:
        day = date.fromisoformat(payload["day"]) if payload.get("day") else local_day(now)
        noticed(payload["vendor_id"], payload["facility"], day, now)
