"""Which producers a hat reaches by its place: a kecamatan, a city part, or everywhere. Whether it may is a permission's matter."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, true

from shop.accounts.permissions import Role
from shop.base.actor import Actor
from shop.db import session
from shop.reference import regions
from shop.reference.files import RegionRow
from shop.vendors.models import Vendor


def within(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Vendor of those this hat reaches. A mentor without a region reaches nobody."""
    if actor.region_code is not None:
        return or_(
            Vendor.kecamatan_code == actor.region_code, Vendor.kecamatan_code.startswith(f"{actor.region_code}.")
        )
    return false() if actor.role == Role.MENTOR.value else true()


def covers(actor: Actor, kecamatan_code: str) -> bool:
    """Tell the same of one kecamatan."""
    if actor.region_code is None:
        return actor.role != Role.MENTOR.value
    return f"{kecamatan_code}.".startswith(f"{actor.region_code}.")


def kecamatan(actor: Actor) -> tuple[RegionRow, ...]:
    """Return the kecamatan this hat reaches, in order of code."""
    return tuple(row for row in regions.kecamatan(session) if covers(actor, row.code))
