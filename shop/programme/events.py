"""Collaborators and events: made, changed and cancelled by the programme's staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select

from shop.accounts.models import Office
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import FieldFault, Invalid, NotFound, Stale, WrongState
from shop.db import session
from shop.programme import in_sight, telling
from shop.programme.models import Collaborator, Event, EventOffice, Participation
from shop.programme.rules import COLLABORATOR_KINDS, EVENT_KINDS, PROGRAMME_BEGAN

MANAGE: Final = "programme:event:manage"
LAST_DAY: Final = date(2100, 12, 31)
MAX_PLACES: Final = 10_000
MAX_OFFICES: Final = 50


@dataclass(frozen=True, slots=True)
class EventEntry:
    """What staff write down about an event. Days are Jakarta days; no kecamatan: the whole city; no places: no limit."""

    kind: str
    name: str
    about: str
    from_day: date
    until_day: date
    place: str
    kecamatan_code: str | None = None
    agency_id: int | None = None
    collaborator_id: int | None = None
    places: int | None = None
    office_codes: tuple[str, ...] = ()
    """Codes of the offices that come to a business matching."""


@dataclass(frozen=True, slots=True)
class CollaboratorEntry:
    """What staff write down about a partner."""

    name: str
    kind: str
    about: str = ""
    site: str = ""


def add_collaborator(actor: Actor, entry: CollaboratorEntry, now: datetime) -> Collaborator:
    """Enter a partner. Raises Forbidden, and Invalid for a name that is taken, a kind or address that is none."""
    actor.require(MANAGE)
    faults = []
    if entry.kind not in COLLABORATOR_KINDS:
        faults.append(FieldFault("kind", "Pilih jenis kolaborator."))
    if session.scalar(select(Collaborator.id).where(Collaborator.name == entry.name)) is not None:
        faults.append(FieldFault("name", "Kolaborator dengan nama ini sudah ada."))
    if entry.site and not entry.site.startswith(("https://", "http://")):
        faults.append(FieldFault("site", "Tulis alamat situs lengkap, misalnya https://contoh.id."))
    if faults:
        raise Invalid(faults=tuple(faults))
    made = Collaborator(name=entry.name, kind=entry.kind, about=entry.about, site=entry.site, active=True, added_at=now)
    session.add(made)
    session.flush()
    trail.record(actor, "programme.collaborator_added", "collaborator", made.id, now, name=entry.name)
    return made


def make(actor: Actor, entry: EventEntry, now: datetime) -> Event:
    """Enter an event. Raises Forbidden, Invalid with every wrong field."""
    actor.require(MANAGE)
    offices = _check(actor, entry)
    made = Event(**_values(entry), made_by=actor.user_id, made_at=now)
    session.add(made)
    session.flush()
    _invite(made.id, offices)
    trail.record(actor, "programme.event_made", "event", made.id, now, name=entry.name, day=entry.from_day.isoformat())
    return made


def change(actor: Actor, event_id: int, version: int, entry: EventEntry, now: datetime) -> Event:
    """Change an event that was not cancelled. Raises NotFound, Stale, WrongState, Invalid.

    The kind stays once somebody was there: their facility would be another one.
    """
    found = _held(actor, event_id, version)
    offices = _check(actor, entry)
    been = select(Participation.vendor_id).where(Participation.event_id == event_id, Participation.attended.is_(True))
    if (entry.kind, entry.from_day) != (found.kind, found.from_day) and session.execute(been.limit(1)).first():
        raise Invalid.at("kind", "Sudah ada yang tercatat hadir, jadi jenis dan tanggal mulai tidak bisa diubah lagi.")
    for name, value in _values(entry).items():
        setattr(found, name, value)
    session.execute(delete(EventOffice).where(EventOffice.event_id == event_id))
    _invite(event_id, offices)
    trail.record(actor, "programme.event_changed", "event", event_id, now, name=entry.name)
    return found


def cancel(actor: Actor, event_id: int, version: int, now: datetime) -> None:
    """Cancel an event and tell who had signed up. Raises NotFound, Stale, WrongState when cancelled or somebody was there."""
    found = _held(actor, event_id, version)
    rows = session.execute(
        select(Participation.vendor_id, Participation.attended).where(Participation.event_id == event_id)
    ).all()
    if any(row.attended for row in rows):
        raise WrongState("Acara ini sudah berlangsung: sudah ada yang tercatat hadir.")
    found.cancelled_at = now
    trail.record(actor, "programme.event_cancelled", "event", event_id, now, name=found.name)
    if rows:
        telling.tell(
            [row.vendor_id for row in rows], "Acara %(name)s dibatalkan",
            "Acara %(name)s tanggal %(day)s dibatalkan. Anda tidak perlu melakukan apa pun. Acara lain ada di /program-saya.",
            now, name=found.name, day=found.from_day.isoformat(),
        )  # fmt: skip


def lock(event_id: int) -> Event:
    """Lock and return an event that was not cancelled. Raises NotFound, WrongState."""
    found = session.get(Event, event_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Acara ini tidak ada.")
    if found.cancelled_at is not None:
        raise WrongState("Acara ini sudah dibatalkan.")
    return found


def _held(actor: Actor, event_id: int, version: int) -> Event:
    actor.require(MANAGE)
    found = lock(event_id)
    if found.version != version:
        raise Stale
    return found


def _values(entry: EventEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in EventEntry.__slots__ if name != "office_codes"}


def _check(actor: Actor, entry: EventEntry) -> list[int]:
    """Raise Invalid with every wrong field; return the ids of the offices that come."""
    faults = []
    if entry.kind not in EVENT_KINDS:
        faults.append(FieldFault("kind", "Pilih jenis acara."))
    if not PROGRAMME_BEGAN <= entry.from_day <= LAST_DAY:
        faults.append(FieldFault("from_day", "Tanggal mulai harus antara tahun 2018 dan 2100."))
    if not entry.from_day <= entry.until_day <= LAST_DAY:
        faults.append(FieldFault("until_day", "Tanggal selesai tidak boleh sebelum tanggal mulai."))
    if entry.places is not None and not 0 < entry.places <= MAX_PLACES:
        faults.append(FieldFault("places", "Jumlah tempat 1 sampai 10.000, atau kosongkan bila tidak dibatasi."))
    if entry.kecamatan_code and entry.kecamatan_code not in {row.code for row in in_sight.kecamatan(actor)}:
        faults.append(FieldFault("kecamatan_code", "Pilih kecamatan dari daftar."))
    if entry.agency_id is not None and session.get(Office, entry.agency_id) is None:
        faults.append(FieldFault("agency_id", "Pilih instansi dari daftar."))
    if entry.collaborator_id is not None and session.get(Collaborator, entry.collaborator_id) is None:
        faults.append(FieldFault("collaborator_id", "Pilih kolaborator dari daftar."))
    offices, wrong = _coming(entry)
    faults += wrong
    if faults:
        raise Invalid(faults=tuple(faults))
    return offices


def _coming(entry: EventEntry) -> tuple[list[int], list[FieldFault]]:
    """Return the ids of the offices that come, and what is wrong with what was written."""
    faults = []
    offices = {
        row.code: row.id
        for row in session.execute(select(Office.code, Office.id).where(Office.code.in_(entry.office_codes)))
    }
    missing = [code for code in entry.office_codes if code not in offices]
    if missing:
        faults.append(
            FieldFault("offices", "Tidak ada kantor dengan kode %(codes)s.", (("codes", ", ".join(missing[:5])),))
        )
    if entry.office_codes and entry.kind != "matching":
        faults.append(FieldFault("offices", "Kantor yang datang hanya diisi untuk temu bisnis."))
    if len(entry.office_codes) > MAX_OFFICES:
        faults.append(FieldFault("offices", "Paling banyak 50 kantor untuk satu acara."))
    return sorted(offices.values()), faults


def _invite(event_id: int, office_ids: list[int]) -> None:
    if office_ids:
        session.execute(
            insert(EventOffice), [{"event_id": event_id, "office_id": office_id} for office_id in office_ids]
        )
