"""How a listing begins: a short form, or a copy of another size or taste; and what it is nearly the same as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.codes import one_line, slug
from shop.base.errors import Invalid
from shop.catalog import sections, states
from shop.catalog.editing import own_product, touch
from shop.catalog.models import LeadTier, PriceTier, Product, ProductPhoto
from shop.catalog.sections import About, Price
from shop.db import session
from shop.search.words import words_of

MAX_LABEL: Final = 60
_COPIED: Final = (
    "category_code", "description", "ingredients", "price", "unit", "min_order", "serves", "weight_gram", "daily_capacity",
    "lead_time_hours", "halal", "pdn", "attributes", "allergens", "tkdn_none",
)  # fmt: skip
_NEAR: Final = 0.86
"""Likeness of two names from which on a person would ask whether they are one thing; tried on real titles."""
_OWN: Final = 300
_SHOWN: Final = 5


def create(actor: Actor, about: About, price: Price, now: datetime) -> int:
    """Begin a draft of an own product; returns its id. Raises Invalid with every fault, Forbidden."""
    actor.require(states.MANAGE)
    if faults := (*about.faults(), *price.faults()):
        raise Invalid(faults=tuple(faults))
    return _begin(actor, now, about, price)


def add_variant(actor: Actor, product_id: int, label: str, now: datetime) -> int:
    """Copy an own product into a draft of another size or taste; returns its id. Raises Invalid, NotFound, Forbidden.

    Stock, photos and papers are not copied: they belong to the thing, not to its kind. Variants hang on one product.
    """
    source, label = own_product(actor, product_id), one_line(label)
    faults = sections.length("label", label, 1, MAX_LABEL)
    root = source.variant_of or source.id
    siblings = session.scalars(
        select(Product.variant_label).where(Product.variant_of == root, Product.state != "archived")
    )
    if label.casefold() in {other.casefold() for other in siblings}:
        faults += Invalid.at("label", "Varian dengan sebutan ini sudah ada.").faults
    if faults:
        raise Invalid(faults=tuple(faults))
    base = session.get_one(Product, root).name
    made = _copied(source, actor, f"{base[: 199 - len(label)]} {label}", now)
    made.variant_of, made.variant_label = root, label
    for model, column in ((PriceTier, "price"), (LeadTier, "hours")):
        rows = session.execute(select(model.min_quantity, getattr(model, column)).where(model.product_id == source.id))
        session.add_all([model(**{"product_id": made.id, "min_quantity": q, column: value}) for q, value in rows])
    touch(actor, made, "add_variant", now, variant_of=root, label=label)
    return made.id


def _copied(source: Product, actor: Actor, name: str, now: datetime) -> Product:
    values = {column: getattr(source, column) for column in _COPIED}
    return _added(actor, now, name=name, slug=slug(name), **values)


def _begin(actor: Actor, now: datetime, about: About, price: Price) -> int:
    name = one_line(about.name)
    made = _added(actor, now, name=name, slug=slug(name), category_code=about.category_code,
                  price=price.price, unit=one_line(price.unit), min_order=price.min_order)  # fmt: skip
    touch(actor, made, "create_product", now, name=name)
    return made.id


def _added(actor: Actor, now: datetime, **values: object) -> Product:
    made = Product(vendor_id=actor.vendor_id, state=states.MACHINE.initial, created_at=now, updated_at=now, **values)
    session.add(made)
    session.flush()
    return made


@dataclass(frozen=True, slots=True)
class Twin:
    """Another product that is nearly the same. `why`: `name`, `photo`."""

    id: int
    name: str
    slug: str
    mine: bool
    why: str


def twins(actor: Actor, product: Product, found: Sequence[tuple[int, str, str]]) -> list[Twin]:
    """Return at most five near-duplicates: own products of much the same name, `found` ones, and those with a same photo.

    `found` are (id, name, slug) that the index gave for the name. A hint and never a block: two producers may well sell
    the same cake. Two statements on bounded sets.
    """
    words = _folded(product.name)
    own = session.execute(
        select(Product.id, Product.name, Product.slug, Product.variant_of)
        .where(Product.vendor_id == actor.vendor_id, Product.state != "archived", Product.id != product.id)
        .order_by(Product.id.desc())
        .limit(_OWN)
    ).all()
    family = {product.id, product.variant_of}
    mine = [Twin(r.id, r.name, r.slug, mine=True, why="name") for r in own
            if not family & {r.id, r.variant_of} - {None} and _near(words, r.name)]  # fmt: skip
    ours = {row.id for row in own} | {product.id}
    others = [Twin(i, n, s, mine=False, why="name") for i, n, s in found if i not in ours and _near(words, n)]
    return _first([*_same_photo(actor, product), *mine, *others])


def _same_photo(actor: Actor, product: Product) -> list[Twin]:
    keys = select(ProductPhoto.key).where(ProductPhoto.product_id == product.id)
    rows = session.execute(
        select(Product.id, Product.name, Product.slug, Product.vendor_id)
        .join(ProductPhoto, ProductPhoto.product_id == Product.id)
        .where(ProductPhoto.key.in_(keys), Product.id != product.id)
        .where((Product.vendor_id == actor.vendor_id) & (Product.state != "archived") | (Product.state == "published"))
        .limit(_SHOWN)
    )
    return [Twin(row.id, row.name, row.slug, row.vendor_id == actor.vendor_id, "photo") for row in rows]


def _first(many: Iterable[Twin]) -> list[Twin]:
    seen: dict[int, Twin] = {}
    for twin in many:
        seen.setdefault(twin.id, twin)
    return list(seen.values())[:_SHOWN]


def _folded(name: str) -> str:
    return " ".join(sorted(word.whole for word in words_of(name)))


def _near(words: str, name: str) -> bool:
    return SequenceMatcher(None, words, _folded(name)).ratio() >= _NEAR
