"""Offers as an order sees them: locked once, in id order, and photographed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Date, Table, bindparam, case, null, select, union_all, update

from shop.base.errors import Conflict
from shop.catalog.evidence import Paper, Standing, standing
from shop.catalog.models import CapacityDay, Certificate, LeadTier, PriceTier, Product
from shop.catalog.pricing import unit_price
from shop.db import Base, session
from shop.kept import adding
from shop.vendors.models import UMK_SIZES, Vendor
from shop.vendors.papers import holds_paper


@dataclass(frozen=True, slots=True)
class Offer:
    """One product as it stands at this moment, with its producer and its evidence of the day. Rupiah, basis points."""

    id: int
    version: int
    name: str
    slug: str
    category_code: str
    unit: str
    price: int
    tiers: tuple[tuple[int, int], ...]
    min_order: int
    stock: int | None
    daily_capacity: int | None
    lead_time_hours: int
    halal: bool
    pdn: bool
    vendor_id: int
    vendor_name: str
    vendor_kecamatan: str
    umk: bool
    closed_weekdays: int
    for_sale: bool
    sold_out: bool
    lead_tiers: tuple[tuple[int, int], ...]
    evidence: Standing

    def price_at(self, quantity: int) -> int:
        """Rupiah per unit at a quantity."""
        return unit_price(self.price, self.tiers, quantity)

    def lead_at(self, quantity: int) -> int:
        """Hours this quantity has to be ordered beforehand: never less than for one piece."""
        return max(self.lead_time_hours, *(hours for least, hours in self.lead_tiers if least <= quantity), 0)


_products: Final[Table] = Product.__table__  # type: ignore[assignment]
_days: Final[Table] = CapacityDay.__table__  # type: ignore[assignment]
_IDS: Final[Any] = bindparam("ids", expanding=True)


def _columns(model: type[Base], *names: str) -> list[Any]:
    return [model.__table__.c[name] for name in names]


# Built once and on tables: assembling a statement, or taking it through the mapper, costs more than running it.
_vendors, _papers_of, _tiers_of, _leads_of = (model.__table__.c for model in (Vendor, Certificate, PriceTier, LeadTier))
_OFFERS: Final = (
    select(
        *_columns(
            Product,
            "id",
            "version",
            "name",
            "slug",
            "category_code",
            "unit",
            "price",
            "min_order",
            "stock",
            "daily_capacity",
            "lead_time_hours",
            "pdn",
            "vendor_id",
            "sold_out",
        ),
        _vendors.name.label("vendor_name"),
        _vendors.kecamatan_code.label("vendor_kecamatan"),
        _vendors.closed_weekdays,
        # A claim counts on the day exactly with a paper behind it.
        (_products.c.halal & holds_paper("halal", _vendors.id, bindparam("day", type_=Date))).label("halal"),
        _vendors.size.in_(UMK_SIZES).label("umk"),
        ((_products.c.state == "published") & (_vendors.state == "active")).label("for_sale"),
    )
    .join_from(_products, Vendor.__table__, _vendors.id == _products.c.vendor_id)
    .where(_products.c.id.in_(_IDS))
    .order_by(_products.c.id)
)
_OFFERS_LOCKED: Final = _OFFERS.with_for_update(of=_products)
_PAPERS: Final = select(
    *_columns(Certificate, "product_id", "kind", "number", "tkdn_bp", "bmp_bp", "issued_on", "valid_until")
).where(_papers_of.product_id.in_(_IDS), _papers_of.valid_until >= bindparam("day"))
# Both stairs by quantity in one question: rupiah first, hours second.
_TIERS: Final = union_all(
    select(_tiers_of.product_id, _tiers_of.min_quantity, _tiers_of.price, null()).where(_tiers_of.product_id.in_(_IDS)),
    select(_leads_of.product_id, _leads_of.min_quantity, null(), _leads_of.hours).where(_leads_of.product_id.in_(_IDS)),
).order_by("min_quantity")
_TAKE: Final = (
    update(_products).where(_products.c.id == bindparam("of")).values(stock=_products.c.stock - bindparam("less"))
)
_BOOKED: Final = select(_days.c.product_id, _days.c.booked).where(
    _days.c.product_id.in_(_IDS), _days.c.day == bindparam("on")
)
_FREE: Final = (
    update(_days)
    .where(_days.c.product_id == bindparam("of"), _days.c.day == bindparam("on"))
    .values(booked=case((_days.c.booked > bindparam("less"), _days.c.booked - bindparam("less")), else_=0))
)


def read_offers(product_ids: Collection[int], day: date, *, lock: bool = False) -> dict[int, Offer]:
    """Return {id: Offer} for the ids that exist; three statements whatever the number.

    With `lock` the product rows are held until the commit, in id order, so that two buyers of the same two
    products can never wait for each other in a circle.
    """
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    rows = session.execute(_OFFERS_LOCKED if lock else _OFFERS, {"ids": wanted, "day": day}).all()
    papers = _papers(wanted, day)
    tiers, leads = _tiers(wanted)
    return {
        row.id: Offer(
            **row._mapping,  # noqa: SLF001 - Row's public mapping
            tiers=tuple(tiers.get(row.id, ())),
            lead_tiers=tuple(leads.get(row.id, ())),
            evidence=standing(papers.get(row.id, ()), day),
        )
        for row in rows
    }


def _papers(product_ids: Sequence[int], day: date) -> Mapping[int, list[Paper]]:
    found: dict[int, list[Paper]] = {}
    for row in session.execute(_PAPERS, {"ids": product_ids, "day": day}):
        found.setdefault(row.product_id, []).append(Paper(*row[1:]))
    return found


_Stairs = Mapping[int, list[tuple[int, int]]]


def _tiers(product_ids: Sequence[int]) -> tuple[_Stairs, _Stairs]:
    prices: dict[int, list[tuple[int, int]]] = {}
    hours: dict[int, list[tuple[int, int]]] = {}
    for product_id, least, price, lead in session.execute(_TIERS, {"ids": product_ids}):
        (prices if lead is None else hours).setdefault(product_id, []).append((least, lead if price is None else price))
    return prices, hours


def take(quantities: Mapping[Offer, int], day: date) -> list[int]:
    """Take stock and the day's capacity for locked offers; three statements.

    Returns ids of which the smallest order cannot be met from the shelf any more: what is found must say so.

    Raises Conflict `out-of-stock` or `capacity-gone`, naming the product and what is left.
    """
    short = take_stock(quantities)
    ordered = sorted(quantities.items(), key=lambda item: item[0].id)
    book([(offer, quantity) for offer, quantity in ordered if offer.daily_capacity is not None], day)
    return short


def take_stock(quantities: Mapping[Offer, int]) -> list[int]:
    """Take pieces from the shelf for locked offers that have one; returns and raises as `take` does."""
    short, taken = [], []
    for offer, quantity in sorted(quantities.items(), key=lambda item: item[0].id):
        if offer.stock is None:
            continue
        if offer.stock < quantity:
            raise Conflict(
                "Stok %(product)s tinggal %(left)s %(unit)s.",
                kind="out-of-stock",
                facts={"product_id": offer.id, "left": offer.stock},
                product=offer.name,
                left=offer.stock,
                unit=offer.unit,
            )
        taken.append({"of": offer.id, "less": quantity})
        if offer.stock - quantity < offer.min_order:
            short.append(offer.id)
    if taken:
        session.execute(_TAKE, taken)
    return short


def book(wanted: Sequence[tuple[Offer, int]], day: date) -> None:
    """Book a day's capacity for locked offers that have a limit; two statements. Raises Conflict `capacity-gone`."""
    if not wanted:
        return
    rows = session.execute(_BOOKED, {"ids": [offer.id for offer, _ in wanted], "on": day})
    booked: dict[int, int] = {row.product_id: row.booked for row in rows}
    for offer, quantity in wanted:
        left = (offer.daily_capacity or 0) - booked.get(offer.id, 0)
        if quantity > left:
            raise Conflict(
                "Kapasitas %(product)s untuk hari itu tinggal %(left)s %(unit)s. Kurangi jumlah atau pilih hari lain.",
                kind="capacity-gone",
                facts={"product_id": offer.id, "left": max(left, 0), "day": day.isoformat()},
                product=offer.name,
                left=max(left, 0),
                unit=offer.unit,
            )
    # Safe without reading again: the product rows are locked, so nobody else books these products now.
    session.execute(
        adding(_days, ("product_id", "day"), ("booked",)),
        [{"product_id": offer.id, "day": day, "booked": quantity} for offer, quantity in wanted],
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What one line took when it was ordered; a limit set or lifted since then changes nothing about that."""

    product_id: int
    quantity: int
    stock: bool
    capacity: bool


def give_back(lines: Iterable[Taken], day: date) -> list[int]:
    """Return stock and capacity of an order that will not be delivered. Returns ids that were short before (see `take`)."""
    refilled = []
    for line in sorted(lines, key=lambda taken: taken.product_id):
        before, least = session.execute(
            select(Product.stock, Product.min_order).where(Product.id == line.product_id).with_for_update()
        ).one()
        if line.stock and before is not None:
            session.execute(_TAKE, {"of": line.product_id, "less": -line.quantity})
            if before < least:
                refilled.append(line.product_id)
        if line.capacity:
            session.execute(_FREE, {"of": line.product_id, "on": day, "less": line.quantity})
    return refilled
