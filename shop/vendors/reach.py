"""Whether a producer delivers on a day and to a kecamatan, and what that costs; and the days it takes off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, exists, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound
from shop.db import session
from shop.reference.models import Region
from shop.vendors.models import ClosedDay, DeliveryArea, Vendor

FARTHEST_DAYS: Final = 366
LONGEST_DAYS: Final = 62
"""How many days one entry may close; longer than Ramadan and Lebaran together."""
MANAGE: Final = "catalog:product:manage"
"""Who sells may also say when nothing is sold: owner and staff."""

_AREA_OF: Final = DeliveryArea.vendor_id == Vendor.id
_REACH: Final = (
    select(
        Vendor.id,
        ClosedDay.day.is_not(None),
        DeliveryArea.cost,
        exists().where(_AREA_OF).correlate(Vendor),
    )
    .outerjoin(ClosedDay, (ClosedDay.vendor_id == Vendor.id) & (ClosedDay.day == bindparam("day")))
    .outerjoin(DeliveryArea, _AREA_OF & (DeliveryArea.kecamatan_code == bindparam("kecamatan")))
    .where(Vendor.id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Reach:
    """One producer on one day at one kecamatan. `cost` in rupiah; None when it does not deliver there."""

    closed: bool
    cost: int | None


def reach(vendor_ids: Collection[int], day: date | None, kecamatan: str) -> dict[int, Reach]:
    """Return {vendor id: Reach}; one statement for all. Without any area a producer delivers everywhere for nothing."""
    rows = session.execute(_REACH, {"ids": sorted(vendor_ids), "day": day, "kecamatan": kecamatan})
    return {vendor_id: Reach(bool(closed), cost if limited else 0) for vendor_id, closed, cost, limited in rows}


def costs(vendor_ids: Collection[int], kecamatan: Collection[str]) -> dict[tuple[int, str], int | None]:
    """Return {(vendor id, kecamatan): rupiah of delivery, None where it does not go}; one statement for all."""
    query = (
        select(Vendor.id, DeliveryArea.kecamatan_code, DeliveryArea.cost, exists().where(_AREA_OF).correlate(Vendor))
        .outerjoin(DeliveryArea, _AREA_OF & DeliveryArea.kecamatan_code.in_(sorted(kecamatan)))
        .where(Vendor.id.in_(sorted(vendor_ids)))
    )
    found: dict[tuple[int, str], int | None] = {}
    for vendor_id, code, cost, limited in session.execute(query):
        found |= {(vendor_id, of): found.get((vendor_id, of)) if limited else 0 for of in kecamatan}
        if code is not None:
            found[vendor_id, code] = cost
    return found


def days_off(vendor_ids: Collection[int], first: date, last: date) -> frozenset[date]:
    """Return the days, both ends included, on which at least one of these producers is off; one statement."""
    query = select(ClosedDay.day).where(ClosedDay.vendor_id.in_(sorted(vendor_ids)), ClosedDay.day.between(first, last))
    return frozenset(session.scalars(query))


def reached(vendor_id: int) -> list[str]:
    """Return the names of the kecamatan a producer delivers to, by name."""
    query = select(Region.name).join(DeliveryArea, DeliveryArea.kecamatan_code == Region.code)
    return list(session.scalars(query.where(DeliveryArea.vendor_id == vendor_id).order_by(Region.name)))


def closed_days(vendor_id: int, today: date) -> Sequence[Any]:
    """Return rows (day, reason) from today on, the nearest first; at most as many as can be entered ahead."""
    query = select(ClosedDay.day, ClosedDay.reason).where(ClosedDay.vendor_id == vendor_id, ClosedDay.day >= today)
    return session.execute(query.order_by(ClosedDay.day).limit(FARTHEST_DAYS)).all()


def close_days(actor: Actor, first: date, last: date, reason: str, now: datetime) -> int:
    """Take days off as the producer, both inclusive; returns how many are new. Orders already accepted stay.

    Raises Invalid for days in the past, an end before its beginning, or too many at once.
    """
    vendor_id = _own(actor)
    today = local_day(now)
    if first < today:
        raise Invalid.at("from", "Pilih hari ini atau hari yang akan datang.")
    if last < first:
        raise Invalid.at("to", "Hari terakhir tidak boleh sebelum hari pertama.")
    if (last - first).days >= LONGEST_DAYS or (last - today).days > FARTHEST_DAYS:
        raise Invalid.at("to", "Paling banyak %(most)s hari sekali isi, dan paling jauh setahun.", most=LONGEST_DAYS)
    if len(one_line(reason)) > 100:  # noqa: PLR2004 - the column's width
        raise Invalid.at("reason", "Alasan paling panjang 100 huruf.")
    # The producer's row first: two taps at the same moment would otherwise both write the same day.
    session.execute(select(Vendor.id).where(Vendor.id == vendor_id).with_for_update())
    held = set(
        session.scalars(
            select(ClosedDay.day).where(ClosedDay.vendor_id == vendor_id, ClosedDay.day.between(first, last))
        )
    )
    days = [day for n in range((last - first).days + 1) if (day := first + timedelta(days=n)) not in held]
    session.add_all(ClosedDay(vendor_id=vendor_id, day=day, reason=one_line(reason)) for day in days)
    if days:
        span = {"from_day": first.isoformat(), "until_day": last.isoformat()}
        trail.record(actor, "close_days", "vendor", vendor_id, now, **span, reason=one_line(reason))
    return len(days)


def open_day(actor: Actor, day: date, now: datetime) -> None:
    """Take back one day off; a day that is not off stays as it is."""
    vendor_id = _own(actor)
    gone: Any = session.execute(delete(ClosedDay).where(ClosedDay.vendor_id == vendor_id, ClosedDay.day == day))
    if gone.rowcount:
        trail.record(actor, "open_day", "vendor", vendor_id, now, day=day.isoformat())


def _own(actor: Actor) -> int:
    actor.require(MANAGE)
    if actor.vendor_id is None:
        raise NotFound
    return actor.vendor_id
