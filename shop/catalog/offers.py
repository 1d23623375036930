"""Offers as an order sees them: locked once, in id order, and photographed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import Table, bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shop.base.errors import Conflict
from shop.catalog.evidence import Paper, Standing, standing
from shop.catalog.models import CapacityDay, Category, Certificate, PriceTier, Product
from shop.catalog.pricing import unit_price
from shop.db import session
from shop.vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Offer:
    """One product as it stands at this moment, with its producer and its evidence of the day. Rupiah, basis points."""

    id: int
    version: int
    name: str
    slug: str
    category_code: str
    category_kind: str
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
    evidence: Standing

    def price_at(self, quantity: int) -> int:
        """Rupiah per unit at a quantity."""
        return unit_price(self.price, self.tiers, quantity)


_products: Final[Table] = Product.__table__  # type: ignore[assignment]
_days: Final[Table] = CapacityDay.__table__  # type: ignore[assignment]
_IDS: Final[Any] = bindparam("ids", expanding=True)
# Built once: assembling a statement costs more than running it.
_OFFERS: Final = (
    select(
        Product.id, Product.version, Product.name, Product.slug, Product.category_code, Product.unit, Product.price,
        Product.min_order, Product.stock, Product.daily_capacity, Product.lead_time_hours, Product.halal, Product.pdn,
        Product.vendor_id, Category.kind.label("category_kind"), Vendor.name.label("vendor_name"),
        Vendor.kecamatan_code.label("vendor_kecamatan"), Vendor.closed_weekdays,
        Vendor.size.in_(("mikro", "kecil")).label("umk"),
        ((Product.state == "published") & (Vendor.state == "active")).label("for_sale"),
    )
    .join(Vendor, Vendor.id == Product.vendor_id)
    .join(Category, Category.code == Product.category_code)
    .where(Product.id.in_(_IDS))
    .order_by(Product.id)
)
_OFFERS_LOCKED: Final = _OFFERS.with_for_update(of=_products)
_PAPERS: Final = (
    select(Certificate.product_id, Certificate.kind, Certificate.number, Certificate.tkdn_bp, Certificate.bmp_bp,
           Certificate.issued_on, Certificate.valid_until)
    .where(Certificate.product_id.in_(_IDS), Certificate.valid_until >= bindparam("day"))
)
_TIERS: Final = (
    select(PriceTier.product_id, PriceTier.min_quantity, PriceTier.price)
    .where(PriceTier.product_id.in_(_IDS)).order_by(PriceTier.min_quantity)
)
_TAKE: Final = update(_products).where(_products.c.id == bindparam("of")).values(stock=_products.c.stock - bindparam("less"))
_THIS_DAY: Final = (_days.c.product_id == bindparam("of")) & (_days.c.day == bindparam("on"))
_BOOKED: Final = select(_days.c.booked).where(_THIS_DAY)
_FREE: Final = update(_days).where(_THIS_DAY).values(
    booked=case((_days.c.booked > bindparam("less"), _days.c.booked - bindparam("less")), else_=0)
)


def read_offers(product_ids: Collection[int], day: date, *, lock: bool = False) -> dict[int, Offer]:
    """Return {id: Offer} for the ids that exist; three statements whatever the number.

    With `lock` the product rows are held until the commit, in id order, so that two buyers of the same two
    products can never wait for each other in a circle.
    """
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    rows = session.execute(_OFFERS_LOCKED if lock else _OFFERS, {"ids": wanted}).all()
    papers = _papers(wanted, day)
    tiers = _tiers(wanted)
    return {row.id: Offer(**row._mapping, tiers=tiers.get(row.id, ()),  # noqa: SLF001 - Row's public mapping
                          evidence=standing(papers.get(row.id, ()), day)) for row in rows}


def _papers(product_ids: Sequence[int], day: date) -> Mapping[int, list[Paper]]:
    found: dict[int, list[Paper]] = {}
    for row in session.execute(_PAPERS, {"ids": product_ids, "day": day}):
        found.setdefault(row.product_id, []).append(Paper(*row[1:]))
    return found


def _tiers(product_ids: Sequence[int]) -> Mapping[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for product_id, quantity, price in session.execute(_TIERS, {"ids": product_ids}):
        found.setdefault(product_id, []).append((quantity, price))
    return {key: tuple(value) for key, value in found.items()}


def take(quantities: Mapping[Offer, int], day: date) -> list[int]:
    """Take stock and the day's capacity for locked offers. Returns ids whose shelf became empty.

    Raises Conflict `out-of-stock` or `capacity-gone`, naming the product and what is left.
    """
    emptied = []
    for offer, quantity in sorted(quantities.items(), key=lambda item: item[0].id):
        if offer.stock is not None:
            if offer.stock < quantity:
                raise Conflict("Stok %(product)s tinggal %(left)s %(unit)s.", kind="out-of-stock",
                               facts={"product_id": offer.id, "left": offer.stock},
                               product=offer.name, left=offer.stock, unit=offer.unit)
            session.execute(_TAKE, {"of": offer.id, "less": quantity})
            if offer.stock == quantity:
                emptied.append(offer.id)
        if offer.daily_capacity is not None:
            _book(offer, quantity, day)
    return emptied


def _book(offer: Offer, quantity: int, day: date) -> None:
    assert offer.daily_capacity is not None
    booked = session.execute(_BOOKED, {"of": offer.id, "on": day}).scalar() or 0
    left = offer.daily_capacity - booked
    if quantity > left:
        raise Conflict(
            "Kapasitas %(product)s untuk hari itu tinggal %(left)s %(unit)s. Kurangi jumlah atau pilih hari lain.",
            kind="capacity-gone", facts={"product_id": offer.id, "left": max(left, 0), "day": day.isoformat()},
            product=offer.name, left=max(left, 0), unit=offer.unit,
        )
    # Safe without reading again: the product row itself is locked, so nobody else books this product now.
    session.execute(_book_more(session.get_bind().dialect.name), {"product_id": offer.id, "day": day, "booked": quantity})


@cache
def _book_more(dialect: str) -> Any:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(_days)
    return insert.on_conflict_do_update(
        index_elements=["product_id", "day"], set_={"booked": _days.c.booked + insert.excluded.booked}
    )


def give_back(quantities: Mapping[int, int], day: date) -> list[int]:
    """Return stock and capacity of an order that will not be delivered. Returns ids whose shelf was empty before."""
    refilled = []
    for product_id, quantity in sorted(quantities.items()):
        before = session.execute(
            select(Product.stock).where(Product.id == product_id).with_for_update()
        ).scalar()
        if before is not None:
            session.execute(_TAKE, {"of": product_id, "less": -quantity})
            if before == 0:
                refilled.append(product_id)
        session.execute(_FREE, {"of": product_id, "on": day, "less": quantity})
    return refilled
