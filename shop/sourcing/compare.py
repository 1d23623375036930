"""Side by side: up to four products with everything that may differ, and others that are like one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, select

from shop.base.money import round_half_up
from shop.catalog.models import Product
from shop.catalog.offers import Offer, read_offers
from shop.db import session
from shop.orders import track_record
from shop.orders.track_record import Record
from shop.search import Engine, Query
from shop.sourcing import weighing
from shop.sourcing.weighing import Weighed
from shop.vendors import reach

MOST: Final = 4
_NEAR: Final = 12
"""How many on each side of a price are looked at for likeness."""
_p: Final = cast("Table", Product.__table__).c
_LIKE: Final = select(_p.id, _p.slug, _p.name, _p.price, _p.unit, _p.attributes).where(
    _p.id.in_(bindparam("ids", expanding=True)), _p.state == "published"
)
_UNSEEN: Final = frozenset({"draft", "submitted"})


@dataclass(frozen=True, slots=True)
class Compared:
    """One column: the offer, its price at the wanted quantity, and what the category asks about it. Rupiah."""

    offer: Offer
    serves: int | None
    weight_gram: int | None
    attributes: Mapping[str, Any]
    allergens: Sequence[str]
    unit_price: int
    quantity: int
    weighed: Weighed | None
    delivery: int | None
    """Cost of delivery to the asked kecamatan; None when it does not go there."""
    record: Record
    people: int | None = None
    """For how many people, when that was asked."""

    @property
    def total(self) -> int:
        """Rupiah for the quantity, without delivery."""
        return self.unit_price * self.quantity

    @property
    def per_head(self) -> int | None:
        """Rupiah a person, delivery included; None without a number of people, or where it does not go."""
        if not self.people or self.delivery is None:
            return None
        return round_half_up(self.total + self.delivery, self.people)


def compare(
    product_ids: Sequence[int], quantity: int | None, kecamatan: str, day: date, *, people: int | None = None
) -> tuple[Compared, ...]:
    """Return the columns in the order asked, those left out that the public may not see; at most ten statements.

    With `people` each stands at as many pieces as feed them, else at the quantity, else at its smallest order.
    """
    ids = list(dict.fromkeys(product_ids))[:MOST]
    details = {
        row.id: row
        for row in session.execute(
            select(Product.id, Product.serves, Product.weight_gram, Product.attributes, Product.allergens).where(
                Product.id.in_(ids), Product.state.not_in(_UNSEEN)
            )
        )
    }
    offers = read_offers(details.keys(), day)
    goods = {
        i: weighing.offer_good(o, _pieces(o, details[i].serves, quantity, people), details[i].serves)
        for i, o in offers.items()
    }
    weighed = weighing.weigh(list(goods.values()), kecamatan, day)
    records = track_record.records({o.vendor_id for o in offers.values()}) if offers else {}
    ways = reach.reach({o.vendor_id for o in offers.values()}, None, kecamatan) if kecamatan and offers else {}
    return tuple(
        Compared(
            offer,
            details[i].serves,
            details[i].weight_gram,
            details[i].attributes,
            details[i].allergens,
            goods[i].unit_price,
            goods[i].quantity,
            weighed.get(i),
            ways[offer.vendor_id].cost if offer.vendor_id in ways else 0,
            records.get(offer.vendor_id, Record()),
            people,
        )
        for i in ids
        if (offer := offers.get(i)) is not None
    )


def _pieces(offer: Offer, serves: int | None, quantity: int | None, people: int | None) -> int:
    if people:
        return max(-(-people // max(serves or 1, 1)), offer.min_order)
    return quantity or offer.min_order


def neighbours(engine: Engine, category: str, price: int) -> tuple[int, ...]:
    """Return ids on sale in a category around a price, out of the index: no statement, however large the shelf."""
    shelf = {"category": (category,)}
    dearer = engine.find(Query(facets=shelf, ranges={"price": (price, None)}, sort="price", limit=_NEAR)).hits
    cheaper = engine.find(Query(facets=shelf, ranges={"price": (None, price)}, sort="-price", limit=_NEAR)).hits
    return tuple(dict.fromkeys(hit.id for hit in (*dearer, *cheaper)))


@dataclass(frozen=True, slots=True)
class Like:
    """A product like another: how many of the answers its category asks for are the same."""

    id: int
    slug: str
    name: str
    price: int
    unit: str
    same: int
    asked: int


def similar(
    ids: Collection[int], beside: Collection[int], attributes: Mapping[str, Any], unit: str, price: int, most: int = 4
) -> tuple[Like, ...]:
    """Return those of `ids` most like what is described, `beside` left out: same unit, most equal answers, nearest price.

    One statement.
    """
    wanted = sorted(set(ids) - set(beside))
    if not wanted:
        return ()
    rows = session.execute(_LIKE, {"ids": wanted})
    asked = {key: value for key, value in attributes.items() if value not in {None, ""}} if attributes else {}
    found = [
        (row.unit != unit, -sum(row.attributes.get(k) == v for k, v in asked.items()), abs(row.price - price), row)
        for row in rows
    ]
    found.sort(key=lambda entry: (*entry[:3], entry[3].id))
    return tuple(
        Like(row.id, row.slug, row.name, row.price, row.unit, -same, len(asked)) for _, same, _, row in found[:most]
    )
