"""Offers as an order sees them: locked once, in id order, and photographed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, case, select, update
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


_COLUMNS = (
    Product.id, Product.version, Product.name, Product.slug, Product.category_code, Product.unit, Product.price,
    Product.min_order, Product.stock, Product.daily_capacity, Product.lead_time_hours, Product.halal, Product.pdn,
    Product.vendor_id, Category.kind.label("category_kind"), Vendor.name.label("vendor_name"),
    Vendor.kecamatan_code.label("vendor_kecamatan"), Vendor.closed_weekdays,
    Vendor.size.in_(("mikro", "kecil")).label("umk"),
    ((Product.state == "published") & (Vendor.state == "active")).label("for_sale"),
)
_OFFERS = (
    select(*_COLUMNS)
    .join(Vendor, Vendor.id == Product.vendor_id)
    .join(Category, Category.code == Product.category_code)
    .order_by(Product.id)
)


def read_offers(product_ids: Collection[int], day: date, *, lock: bool = False) -> dict[int, Offer]:
    """Return {id: Offer} for the ids that exist; three statements whatever the number.

    With `lock` the product rows are held until the commit, in id order, so that two buyers of the same two
    products can never wait for each other in a circle.
    """
    wanted = sorted(set(product_ids))
    if not wanted:
        return {}
    query = _OFFERS.where(Product.id.in_(wanted))
    if lock:
        query = query.with_for_update(of=Product.__table__)
    rows = session.execute(query).all()
    papers = _papers(wanted, day)
    tiers = _tiers(wanted)
    return {row.id: Offer(**row._mapping, tiers=tiers.get(row.id, ()),  # noqa: SLF001 - Row's public mapping
                          evidence=standing(papers.get(row.id, ()), day)) for row in rows}


def _papers(product_ids: Sequence[int], day: date) -> Mapping[int, list[Paper]]:
    found: dict[int, list[Paper]] = {}
    for row in session.execute(
        select(Certificate.product_id, Certificate.kind, Certificate.number, Certificate.tkdn_bp,
               Certificate.bmp_bp, Certificate.issued_on, Certificate.valid_until)
        .where(Certificate.product_id.in_(product_ids), Certificate.valid_until >= day)
    ):
        found.setdefault(row.product_id, []).append(Paper(*row[1:]))
    return found


def _tiers(product_ids: Sequence[int]) -> Mapping[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for product_id, quantity, price in session.execute(
        select(PriceTier.product_id, PriceTier.min_quantity, PriceTier.price)
        .where(PriceTier.product_id.in_(product_ids)).order_by(PriceTier.min_quantity)
    ):
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
            session.execute(update(Product.__table__).where(Product.id == offer.id)
                            .values(stock=Product.stock - quantity))
            if offer.stock == quantity:
                emptied.append(offer.id)
        if offer.daily_capacity is not None:
            _book(offer, quantity, day)
    return emptied


def _book(offer: Offer, quantity: int, day: date) -> None:
    assert offer.daily_capacity is not None
    booked = session.execute(
        select(CapacityDay.booked).where(CapacityDay.product_id == offer.id, CapacityDay.day == day)
    ).scalar() or 0
    left = offer.daily_capacity - booked
    if quantity > left:
        raise Conflict(
            "Kapasitas %(product)s untuk hari itu tinggal %(left)s %(unit)s. Kurangi jumlah atau pilih hari lain.",
            kind="capacity-gone", facts={"product_id": offer.id, "left": max(left, 0), "day": day.isoformat()},
            product=offer.name, left=max(left, 0), unit=offer.unit,
        )
    # Safe without reading again: the product row itself is locked, so nobody else books this product now.
    session.execute(_upsert(CapacityDay.__table__, product_id=offer.id, day=day, booked=quantity))  # type: ignore[arg-type]


def _upsert(table: Table, *, product_id: int, day: date, booked: int) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).values(product_id=product_id, day=day, booked=booked)
    return insert.on_conflict_do_update(
        index_elements=["product_id", "day"], set_={"booked": table.c.booked + booked}
    )


def give_back(quantities: Mapping[int, int], day: date) -> list[int]:
    """Return stock and capacity of an order that will not be delivered. Returns ids whose shelf was empty before."""
    refilled = []
    for product_id, quantity in sorted(quantities.items()):
        before = session.execute(
            select(Product.stock).where(Product.id == product_id).with_for_update()
        ).scalar()
        if before is not None:
            session.execute(update(Product.__table__).where(Product.id == product_id)
                            .values(stock=Product.stock + quantity))
            if before == 0:
                refilled.append(product_id)
        session.execute(
            update(CapacityDay).where(CapacityDay.product_id == product_id, CapacityDay.day == day)
            .values(booked=case((CapacityDay.booked > quantity, CapacityDay.booked - quantity), else_=0))
        )
    return refilled
