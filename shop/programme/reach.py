"""Whose producers a hat of the programme looks after: all, or those of its own kecamatan (or city part)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select, true

from shop.accounts.permissions import Role
from shop.base.actor import Actor
from shop.base.errors import Invalid, NotFound
from shop.db import session
from shop.reference import regions
from shop.reference.files import RegionRow
from shop.vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Producer:
    """A producer as the programme names it."""

    id: int
    name: str
    kind: str
    kecamatan_code: str
    owner_name: str
    phone: str


def within(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Vendor of those this hat may see. A mentor without a region sees nobody."""
    if actor.region_code is not None:
        return or_(
            Vendor.kecamatan_code == actor.region_code, Vendor.kecamatan_code.startswith(f"{actor.region_code}.")
        )
    return false() if actor.role == Role.MENTOR.value else true()


def producer(actor: Actor, vendor_id: int) -> Producer:
    """Return one producer within reach. Raises NotFound for everybody else's."""
    row = session.execute(
        select(Vendor.id, Vendor.name, Vendor.kind, Vendor.kecamatan_code, Vendor.owner_name, Vendor.phone).where(
            Vendor.id == vendor_id, Vendor.state != "registering", within(actor)
        )
    ).first()
    if row is None:
        raise NotFound("Produsen ini tidak ada.")
    return Producer(*row)


def kecamatan(actor: Actor) -> tuple[RegionRow, ...]:
    """Return the kecamatan this hat may ask about, in order of code."""
    every = regions.kecamatan(session)
    if actor.region_code is None:
        return () if actor.role == Role.MENTOR.value else every
    return tuple(row for row in every if f"{row.code}.".startswith(f"{actor.region_code}."))


def chosen(actor: Actor, code: str) -> str:
    """Return the kecamatan asked for; the only one there is when none was. Raises NotFound for one out of reach."""
    known = [row.code for row in kecamatan(actor)]
    if not code:
        return known[0] if len(known) == 1 else ""
    if code not in known:
        raise NotFound("Kecamatan ini tidak ada.")
    return code


def known_kecamatan(code: str, field: str = "kecamatan") -> str | None:
    """Return the code of a kecamatan, None for the whole city. Raises Invalid for anything else."""
    if not code:
        return None
    if code not in {row.code for row in regions.kecamatan(session)}:
        raise Invalid.at(field, "Pilih kecamatan dari daftar.")
    return code
