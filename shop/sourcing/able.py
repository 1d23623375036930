"""Who can: one offer against one need, reason by reason, exactly as placing will judge it. Reads nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from shop.base.clock import local
from shop.catalog.attributes import NO_ALLERGENS
from shop.catalog.offers import Offer
from shop.sourcing.need import Need
from shop.vendors.papers import counts
from shop.vendors.reach import Reach

REASONS: Final[Mapping[str, str]] = {
    "off": "sedang tidak dijual atau habis",
    "closed": "libur atau tutup pada hari itu",
    "far": "tidak mengantar ke kecamatan itu",
    "lead": "waktu persiapan kurang",
    "full": "kapasitas hari itu penuh atau kurang",
    "stock": "stok kurang",
    "least": "pemesanan paling sedikit lebih banyak dari ini",
    "hours": "di luar jam buka",
    "budget": "di atas anggaran",
    "halal": "sertifikat halal tidak berlaku pada hari itu",
    "vegetarian": "tidak dinyatakan vegetarian",
    "allergen": "memuat alergen itu, atau alergennya belum dinyatakan",
}
"""Why an offer falls out, as msgids, in the order in which the first one is told."""
REFUSED: Final = frozenset({"off", "closed", "far", "lead", "full", "stock", "least"})
"""Reasons for which an order would be refused; the others are wishes of the one who asks."""
VEGETARIAN: Final = "vegetarian"
"""Key of the question in `catalog/data/attributes.csv`."""


@dataclass(frozen=True, slots=True)
class World:
    """What is known for the day of the need about some offers: reach and halal papers by producer, pieces booked by product."""

    reach: Mapping[int, Reach]
    booked: Mapping[int, int]
    halal: Mapping[int, Collection[tuple[date, date | None]]]


@dataclass(frozen=True, slots=True)
class Judged:
    """An offer that was looked at closely. Rupiah; `left` pieces of that day or shelf, None without a limit."""

    offer: Offer
    serves: int | None
    pieces: int
    unit_price: int
    shipping: int
    left: int | None
    reason: str
    place: int
    """Position in the order in which offers were looked at: the last tie-break."""

    @property
    def total(self) -> int:
        """Goods and delivery, in rupiah."""
        return self.unit_price * self.pieces + self.shipping


def rough(row: Any, need: Need, at: datetime, now: datetime) -> str:  # noqa: PLR0911 - one reason each
    """Return the first reason that a narrow row alone can tell; empty when one must look closer. `at`: Jakarta time.

    Cheap on purpose: most of a large shelf falls out here. Lead tiers, reach, what is booked and prices come later.
    """
    if row.vendor_state != "active" or row.sold_out:
        return "off"
    if row.closed_weekdays >> at.weekday() & 1:
        return "closed"
    if need.at < now + timedelta(hours=row.lead_time_hours):
        return "lead"
    pieces = need.pieces(row.serves)
    if row.daily_capacity is not None and row.daily_capacity < pieces:
        return "full"
    if row.stock is not None and row.stock < pieces:
        return "stock"
    if pieces < row.min_order:
        return "least"
    if row.opens_at is not None and not row.opens_at <= at.hour * 60 + at.minute <= row.closes_at:
        return "hours"
    return diet(row, need)


def diet(row: Any, need: Need) -> str:
    """Return which wish about food the listing does not meet; an allergen that was never stated is not absent."""
    if need.halal and not row.halal:
        return "halal"
    if need.vegetarian and (row.attributes or {}).get(VEGETARIAN) != "ya":
        return "vegetarian"
    if need.avoid:
        stated = set(row.allergens or ())
        if not stated or (stated != {NO_ALLERGENS} and stated & need.avoid):
            return "allergen"
    return ""


def judge(row: Any, offer: Offer, need: Need, world: World, now: datetime, place: int) -> Judged:
    """Look at one offer closely. `row` is its narrow row, `offer` what placing would read."""
    pieces = need.pieces(row.serves)
    reach = world.reach[offer.vendor_id]
    limits = [offer.stock] if offer.stock is not None else []
    if offer.daily_capacity is not None:
        limits.append(max(offer.daily_capacity - world.booked.get(offer.id, 0), 0))
    judged = Judged(
        offer=offer,
        serves=row.serves,
        pieces=pieces,
        unit_price=offer.price_at(pieces),
        shipping=reach.cost or 0,
        left=min(limits, default=None),
        reason="",
        place=place,
    )
    reason = _refused(judged, reach, need, world, now) or _unwished(judged, need, world)
    return replace(judged, reason=reason) if reason else judged


def _refused(judged: Judged, reach: Reach, need: Need, world: World, now: datetime) -> str:
    """Return why placing would refuse this many pieces for that moment; what `orders.checking` and `offers.take` say."""
    offer, pieces = judged.offer, judged.pieces
    wrong = (
        ("off", not offer.for_sale or offer.sold_out),
        ("closed", reach.closed or offer.closed_weekdays >> local(need.at).weekday() & 1),
        ("far", reach.cost is None),
        ("lead", need.at < now + timedelta(hours=offer.lead_at(pieces))),
        ("full", offer.daily_capacity is not None and pieces > offer.daily_capacity - world.booked.get(offer.id, 0)),
        ("stock", offer.stock is not None and pieces > offer.stock),
        ("least", pieces < offer.min_order),
    )
    return next((reason for reason, is_so in wrong if is_so), "")


def _unwished(judged: Judged, need: Need, world: World) -> str:
    """Return which wish is not met: the halal paper must count on the day of serving, not today."""
    if need.halal:
        spans = world.halal.get(judged.offer.vendor_id, ())
        if not any(counts(first, last, local(need.at).date()) for first, last in spans):
            return "halal"
    return "" if need.affords(judged.total) else "budget"
