"""Who looks after a producer: the responsible agency (SKPD pengampu) and the mentor, one by one and for a kecamatan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.accounts import hats
from shop.accounts.models import Office, UserAccount
from shop.accounts.permissions import Role
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import FieldFault, Invalid
from shop.db import session
from shop.programme import in_sight
from shop.programme.facilities import RECORD
from shop.programme.models import Guidance
from shop.vendors.models import Vendor

AGENCY_KINDS: Final = ("dinas", "badan", "biro", "suku_dinas", "kota_kab", "kecamatan")
"""Offices that run participants of their own; a school or kelurahan does not."""


@dataclass(frozen=True, slots=True)
class Guide:
    """Who looks after a producer, as it is told: names, where the agency is reached, since when."""

    agency_id: int | None
    agency: str
    mentor_id: int | None
    mentor: str
    mentor_email: str
    since: date


def guide(vendor_id: int) -> Guide | None:
    """Return who looks after a producer, None when nobody does; one statement."""
    row = session.execute(
        select(Guidance.agency_id, Office.name, Guidance.mentor_id, UserAccount.name, UserAccount.email, Guidance.since)
        .select_from(Guidance)
        .outerjoin(Office, Office.id == Guidance.agency_id)
        .outerjoin(UserAccount, UserAccount.id == Guidance.mentor_id)
        .where(Guidance.vendor_id == vendor_id)
    ).first()
    return Guide(row[0], row[1] or "", row[2], row[3] or "", row[4] or "", row[5]) if row else None


def agencies() -> list[tuple[int, str]]:
    """Return (id, name) of the offices that may be responsible, by name."""
    rows = session.execute(
        select(Office.id, Office.name).where(Office.active, Office.kind.in_(AGENCY_KINDS)).order_by(Office.name)
    )
    return [(row.id, row.name) for row in rows]


def mentors(kecamatan_code: str, day: date) -> list[tuple[int, str]]:
    """Return (user id, name) of those who wear the mentor's hat in a kecamatan on `day`, by name."""
    return hats.holders(Role.MENTOR, day, region_code=kecamatan_code) if kecamatan_code else []


def assign(actor: Actor, vendor_id: int, agency_id: int | None, mentor_id: int | None, now: datetime) -> None:
    """Say who looks after one producer from today. Raises NotFound out of reach, Invalid for who cannot."""
    actor.require(RECORD)
    place = in_sight.producer(actor, vendor_id).kecamatan_code
    _check(place, agency_id, mentor_id, local_day(now))
    _set([vendor_id], agency_id, mentor_id, now)
    trail.record(actor, "programme.guided", "vendor", vendor_id, now, agency=agency_id, mentor=mentor_id)


def assign_kecamatan(
    actor: Actor, kecamatan_code: str, agency_id: int | None, mentor_id: int | None, now: datetime, *, only_free: bool
) -> int:
    """Say so for every producer of a kecamatan (`only_free`: those nobody looks after), and return how many.

    What is left empty stays as it was. Raises NotFound for a kecamatan out of reach, Invalid when nothing was chosen.
    """
    actor.require(RECORD)
    place = in_sight.chosen(actor, kecamatan_code)
    if not place:
        raise Invalid.at("kecamatan", "Pilih kecamatan.")
    if agency_id is None and mentor_id is None:
        raise Invalid.at("agency_id", "Pilih instansi pengampu, pendamping, atau keduanya.")
    _check(place, agency_id, mentor_id, local_day(now))
    wanted = select(Vendor.id).where(Vendor.kecamatan_code == place, Vendor.state != "registering")
    if only_free:
        wanted = wanted.where(~select(Guidance.vendor_id).where(Guidance.vendor_id == Vendor.id).exists())
    ids = list(session.scalars(wanted.order_by(Vendor.id)))
    _set(ids, agency_id, mentor_id, now, keep=True)
    trail.record(
        actor, "programme.guided_kecamatan", "region", 0, now,
        kecamatan=place, producers=len(ids), agency=agency_id, mentor=mentor_id,
    )  # fmt: skip
    return len(ids)


def _check(kecamatan_code: str, agency_id: int | None, mentor_id: int | None, day: date) -> None:
    faults = []
    if agency_id is not None and agency_id not in {office_id for office_id, _ in agencies()}:
        faults.append(FieldFault("agency_id", "Pilih instansi dari daftar."))
    if mentor_id is not None and mentor_id not in {user_id for user_id, _ in mentors(kecamatan_code, day)}:
        faults.append(FieldFault("mentor_id", "Pilih pendamping yang bertugas di kecamatan ini."))
    if faults:
        raise Invalid(faults=tuple(faults))


def _set(
    vendor_ids: list[int], agency_id: int | None, mentor_id: int | None, now: datetime, *, keep: bool = False
) -> None:
    since = local_day(now)
    held = {row.vendor_id: row for row in session.scalars(select(Guidance).where(Guidance.vendor_id.in_(vendor_ids)))}
    for vendor_id in vendor_ids:
        row = held.get(vendor_id)
        if row is None:
            session.add(Guidance(vendor_id=vendor_id, agency_id=agency_id, mentor_id=mentor_id, since=since))
            continue
        wanted = (agency_id or (row.agency_id if keep else None), mentor_id or (row.mentor_id if keep else None))
        if (row.agency_id, row.mentor_id) != wanted:
            (row.agency_id, row.mentor_id), row.since = wanted, since
