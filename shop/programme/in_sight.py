"""One producer or one kecamatan the programme is asked about, within the reach of a hat (`vendors.places`)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.errors import Invalid, NotFound
from shop.db import session
from shop.reference import regions
from shop.vendors.models import Vendor
from shop.vendors.places import kecamatan, within

__all__ = ["Producer", "chosen", "kecamatan", "known_kecamatan", "producer", "within"]


@dataclass(frozen=True, slots=True)
class Producer:
    """A producer as the programme names it."""

    id: int
    name: str
    kind: str
    kecamatan_code: str


def producer(actor: Actor, vendor_id: int) -> Producer:
    """Return one producer within reach. Raises NotFound for everybody else's."""
    row = session.execute(
        select(Vendor.id, Vendor.name, Vendor.kind, Vendor.kecamatan_code).where(
            Vendor.id == vendor_id, Vendor.state != "registering", within(actor)
        )
    ).first()
    if row is None:
        raise NotFound("Produsen ini tidak ada.")
    return Producer(*row)


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
