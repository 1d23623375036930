"""The parts of a listing that save by themselves: what it is, what is in it, what it costs, how much can be made.

Each part says what is wrong with it (`faults`) and writes itself (`write`); `save` is the one verb around them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar, Final, Protocol

from sqlalchemy import delete

from shop.base.actor import Actor
from shop.base.codes import one_line, slug
from shop.base.errors import FieldFault, Invalid, Stale
from shop.catalog import attributes, versions
from shop.catalog.categories import chain, shelves
from shop.catalog.editing import begin, refuse_while_judged, touch
from shop.catalog.models import LeadTier, PriceTier, Product
from shop.catalog.pricing import MAX_PRICE
from shop.db import session

MAX_PIECES: Final = 10_000_000
MAX_TIERS: Final = 4
"""Rows of price or lead time by quantity; more than anybody would compare."""
MAX_HOURS: Final = 8_760

Tiers = tuple[tuple[int, int], ...]
"""(from this quantity, price or hours)."""


class Part(Protocol):
    """One section of a listing as its form came back."""

    key: ClassVar[str]

    def faults(self) -> list[FieldFault]:
        """Return what is wrong with it."""

    def write(self, product: Product) -> None:
        """Put it into the product. Raises Stale when it was made from figures that have moved since."""


def save(actor: Actor, product_id: int, version: int, part: Part, now: datetime) -> bool:
    """Save one section. Returns whether something changed that curators judge.

    Raises Invalid with every fault, NotFound, Stale, and WrongState for such a change while curators look at it.
    """
    product = begin(actor, product_id, version)
    if faults := part.faults():
        raise Invalid(faults=tuple(faults))
    before = versions.content_of(product)
    product.updated_at = now
    part.write(product)
    session.flush()
    changed = versions.changes(before, versions.content_of(product))
    judged = any(name in versions.CURATED for name in changed)
    if judged:
        refuse_while_judged(product)
    touch(
        actor, product, "change_product", now, part=part.key, changed=list(changed), before={"price": before["price"]}
    )
    return judged


def leaves() -> list[str]:
    """Return the categories a product may lie in: those with nothing below them."""
    above = {shelf.parent_code for shelf in shelves().values()}
    return [code for code in shelves() if code not in above]


def asked(category_code: str) -> list[attributes.Attribute]:
    """Return what the category asks of a listing."""
    shelf = shelves().get(category_code)
    return attributes.asked(shelf.kind if shelf else "goods", chain(category_code))


@dataclass(frozen=True, slots=True)
class About:
    """What it is."""

    key: ClassVar[str] = "tentang"
    name: str
    category_code: str
    description: str

    def faults(self) -> list[FieldFault]:
        """Return what is wrong with it."""
        wrong = [*length("name", one_line(self.name), 2, 200), *length("description", self.description, 0, 5_000)]
        if self.category_code not in leaves():
            wrong.append(FieldFault("category_code", "Pilih kategori dari daftar."))
        return wrong

    def write(self, product: Product) -> None:
        """Put it into the product; answers that the new category does not ask for are dropped."""
        product.name = one_line(self.name)
        product.slug, product.description = slug(product.name), _lines(self.description)
        if product.category_code != self.category_code:
            product.category_code = self.category_code
            known = {attribute.key for attribute in asked(self.category_code)}
            product.attributes = {key: value for key, value in product.attributes.items() if key in known}


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in it. `answers` are texts by the keys of what `category_code` asks; weight in grams."""

    key: ClassVar[str] = "isi"
    category_code: str
    answers: Mapping[str, str]
    ingredients: str
    allergens: Sequence[str]
    serves: int | None
    weight_gram: int | None
    halal: bool
    pdn: bool

    def faults(self) -> list[FieldFault]:
        """Return what is wrong with it."""
        return [
            *attributes.read(asked(self.category_code), self.answers)[1],
            *length("ingredients", self.ingredients, 0, 2_000),
            *attributes.allergen_faults(self.allergens),
            *within("serves", self.serves, 1, 10_000),
            *within("weight_gram", self.weight_gram, 1, MAX_PIECES),
        ]

    def write(self, product: Product) -> None:
        """Put it into the product."""
        product.attributes = attributes.read(asked(self.category_code), self.answers)[0]
        product.ingredients = _lines(self.ingredients)
        product.allergens = [key for key in attributes.ALLERGENS if key in self.allergens]
        product.serves, product.weight_gram = self.serves, self.weight_gram
        product.halal, product.pdn = self.halal, self.pdn


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs: rupiah per unit, lower from a quantity on."""

    key: ClassVar[str] = "harga"
    price: int
    unit: str
    min_order: int
    tiers: Tiers = field(default=())

    def faults(self) -> list[FieldFault]:
        """Return what is wrong with it: buying more never costs more for each."""
        return [
            *within("price", self.price, 1, MAX_PRICE),
            *length("unit", one_line(self.unit), 1, 30),
            *within("min_order", self.min_order, 1, 100_000),
            *_rising("tier", self.tiers, self.min_order),
            *(
                FieldFault(f"tier-price-{row}", "Harga mulai jumlah ini harus lebih rendah dari harga sebelumnya.")
                for row, (one, two) in enumerate(pairwise(((0, self.price), *self.tiers)), 1)
                if not 0 < two[1] < one[1]
            ),
        ]

    def write(self, product: Product) -> None:
        """Put it into the product."""
        product.price, product.unit, product.min_order = self.price, one_line(self.unit), self.min_order
        _replace(PriceTier, product, "price", self.tiers)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much can be made, and how long before it must be ordered. `seen_stock` is the stock the form had shown."""

    key: ClassVar[str] = "kesanggupan"
    lead_time_hours: int
    daily_capacity: int | None
    stock: int | None
    seen_stock: int | None
    sold_out: bool = False
    lead_tiers: Tiers = field(default=())

    def faults(self) -> list[FieldFault]:
        """Return what is wrong with it: a larger order never needs less time."""
        return [
            *within("lead_time_hours", self.lead_time_hours, 0, MAX_HOURS),
            *within("daily_capacity", self.daily_capacity, 1, MAX_PIECES),
            *within("stock", self.stock, 0, MAX_PIECES),
            *_rising("lead", self.lead_tiers, 1),
            *(
                FieldFault(
                    f"lead-hours-{row}", "Pesanan lebih besar harus dipesan lebih awal: isi jam yang lebih banyak."
                )
                for row, (one, two) in enumerate(pairwise(((0, self.lead_time_hours), *self.lead_tiers)), 1)
                if not one[1] < two[1] <= MAX_HOURS
            ),
        ]

    def write(self, product: Product) -> None:
        """Put it into the product.

        Orders take from the stock without a new version, so the stock is only written when it was edited, and not when
        somebody bought in the meantime.
        """
        if self.stock != self.seen_stock:
            if product.stock != self.seen_stock:
                raise Stale("Stok sudah berubah karena ada pesanan. Muat ulang lalu isi lagi.")
            product.stock = self.stock
        product.lead_time_hours, product.daily_capacity = self.lead_time_hours, self.daily_capacity
        product.sold_out = self.sold_out
        _replace(LeadTier, product, "hours", self.lead_tiers)


def _replace(model: type[PriceTier | LeadTier], product: Product, column: str, tiers: Tiers) -> None:
    session.execute(delete(model).where(model.product_id == product.id))
    session.add_all(model(**{"product_id": product.id, "min_quantity": least, column: value}) for least, value in tiers)


def _rising(name: str, tiers: Tiers, above: int) -> list[FieldFault]:
    return [
        FieldFault(f"{name}-from-{row}", "Isi jumlah yang lebih besar dari baris sebelumnya.")
        for row, (one, two) in enumerate(pairwise(((max(above, 1), 0), *tiers)), 1)
        if not one[0] < two[0] <= MAX_PIECES
    ]


def _lines(text: str) -> str:
    """Keep lines, drop control characters (a database refuses some of them)."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def length(name: str, text: str, low: int, high: int) -> list[FieldFault]:
    """Return the fault of a text that is too short or too long."""
    if low <= len(text) <= high:
        return []
    return [FieldFault(name, "Isi %(low)s sampai %(high)s huruf.", (("low", low), ("high", high)))]


def within(name: str, value: Any, low: int, high: int) -> list[FieldFault]:
    """Return the fault of a number out of range; None, where nothing was written, has none."""
    if value is None or low <= value <= high:
        return []
    return [FieldFault(name, "Isi dengan bilangan bulat %(low)s sampai %(high)s.", (("low", low), ("high", high)))]
