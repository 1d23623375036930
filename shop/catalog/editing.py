"""What a producer changes about the own products. Somebody else's product does not exist here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line, slug
from shop.base.errors import FieldFault, Invalid, NotFound, Stale
from shop.catalog import states
from shop.catalog.indexing import post_index
from shop.catalog.models import Product
from shop.catalog.pricing import MAX_PRICE
from shop.db import session

MAX_PIECES: Final = 10_000_000
CHOICES: Final = ("published", "paused", "draft")
"""States a producer may ask for in the form."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The form as it came back. Rupiah, pieces, hours. `seen_stock` is the stock the form had shown."""

    name: str
    description: str
    ingredients: str
    price: int
    unit: str
    min_order: int
    stock: int | None
    seen_stock: int | None
    daily_capacity: int | None
    lead_time_hours: int
    halal: bool
    state: str


def own_product(actor: Actor, product_id: int, *, lock: bool = False) -> Product:
    """Return one of the actor's own products. Raises Forbidden without the permission, NotFound for any other product."""
    actor.require(states.MANAGE)
    query = select(Product).where(
        Product.id == product_id, Product.vendor_id == actor.vendor_id, Product.state != "archived"
    )
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("Produk ini tidak ada.")
    return found


def change_product(actor: Actor, product_id: int, version: int, changes: Changes, now: datetime) -> None:
    """Change a product as its form says. Raises Invalid, NotFound, Stale.

    Orders take from the stock without a new version, so the stock is only written when it was edited, and not when
    somebody bought in the meantime.
    """
    product = own_product(actor, product_id, lock=True)
    if product.version != version:
        raise Stale
    check(changes)
    if changes.stock != changes.seen_stock:
        if product.stock != changes.seen_stock:
            raise Stale("Stok sudah berubah karena ada pesanan. Muat ulang lalu isi lagi.")
        product.stock = changes.stock
    before = {"price": product.price, "state": product.state}
    name = one_line(changes.name)
    product.name, product.slug = name, slug(name)
    product.description, product.ingredients = _lines(changes.description), _lines(changes.ingredients)
    product.price, product.unit, product.min_order = changes.price, one_line(changes.unit), changes.min_order
    product.daily_capacity, product.lead_time_hours = changes.daily_capacity, changes.lead_time_hours
    product.halal, product.updated_at = changes.halal, now
    states.move_to(actor, product, changes.state)
    _told(actor, product, "change_product", now, before=before)


def change_state(actor: Actor, product_id: int, version: int, state: str, now: datetime) -> None:
    """Put a product on sale, pause it or take it back to draft, in one tap. Raises Invalid, NotFound, Stale."""
    product = own_product(actor, product_id, lock=True)
    if product.version != version:
        raise Stale
    if state not in CHOICES:
        raise Invalid.at("state", "Pilih dijual, jeda, atau konsep.")
    before = {"state": product.state}
    product.updated_at = now
    states.move_to(actor, product, state)
    _told(actor, product, "change_product", now, before=before)


def set_sold_out(actor: Actor, product_id: int, sold_out: bool, now: datetime) -> None:  # noqa: FBT001 - what is said
    """Say in one tap that nothing is left, or that there is again; saying it twice changes nothing. Raises NotFound."""
    product = own_product(actor, product_id, lock=True)
    if product.sold_out != sold_out:
        product.sold_out, product.updated_at = sold_out, now
        _told(actor, product, "sold_out" if sold_out else "back_on_sale", now)


def touch(actor: Actor, product: Product, verb: str, now: datetime, **data: object) -> None:
    """Give a product a new version because something that belongs to it changed, record it, and index it anew."""
    product.updated_at = now
    _told(actor, product, verb, now, **data)


def _lines(text: str) -> str:
    """Keep lines, drop control characters (a database refuses some of them)."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def _told(actor: Actor, product: Product, verb: str, now: datetime, **data: object) -> None:
    trail.record(actor, verb, "product", product.id, now, price=product.price, state=product.state, **data)
    post_index([product.id], now)


def check(changes: Changes) -> None:
    """Raise Invalid with every fault of the form at once."""
    faults = [
        *_length("name", one_line(changes.name), 2, 200),
        *_length("unit", one_line(changes.unit), 1, 30),
        *_length("description", changes.description, 0, 5_000),
        *_length("ingredients", changes.ingredients, 0, 2_000),
        *_range("price", changes.price, 1, MAX_PRICE),
        *_range("min_order", changes.min_order, 1, 100_000),
        *_range("stock", changes.stock, 0, MAX_PIECES),
        *_range("daily_capacity", changes.daily_capacity, 1, MAX_PIECES),
        *_range("lead_time_hours", changes.lead_time_hours, 0, 8_760),
    ]
    if changes.state not in CHOICES:
        faults.append(FieldFault("state", "Pilih dijual, jeda, atau konsep."))
    if faults:
        raise Invalid(faults=tuple(faults))


def _length(name: str, text: str, low: int, high: int) -> list[FieldFault]:
    if low <= len(text) <= high:
        return []
    return [FieldFault(name, "Isi %(low)s sampai %(high)s huruf.", (("low", low), ("high", high)))]


def _range(name: str, value: int | None, low: int, high: int) -> list[FieldFault]:
    if value is None or low <= value <= high:
        return []
    return [FieldFault(name, "Isi dengan bilangan bulat %(low)s sampai %(high)s.", (("low", low), ("high", high)))]
