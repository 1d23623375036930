"""The basket of one officer in one office, with the prices that were shown when things were put in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, delete, func, insert, select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Conflict, Invalid, NotFound
from shop.catalog.offers import Offer, read_offers
from shop.db import session
from shop.orders import terms
from shop.orders.models import CartLine


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line as it stands today. `offer` is None when the product is gone. Rupiah."""

    product_id: int
    quantity: int
    note: str
    seen_price: int
    offer: Offer | None

    @property
    def for_sale(self) -> bool:
        """Whether it can still be ordered."""
        return self.offer is not None and self.offer.for_sale

    @property
    def unit_price(self) -> int:
        """Rupiah per unit today at this quantity; 0 when not for sale."""
        return self.offer.price_at(self.quantity) if self.offer and self.for_sale else 0

    @property
    def amount(self) -> int:
        """Rupiah of the line today."""
        return self.unit_price * self.quantity

    @property
    def price_changed(self) -> bool:
        """Whether the list price differs from the one shown when it was put in."""
        return self.offer is not None and self.offer.price != self.seen_price


def _mine(actor: Actor) -> tuple[int, int]:
    actor.require("orders:cart:edit")
    if actor.user_id is None or actor.office_id is None:
        raise NotFound
    return actor.user_id, actor.office_id


def put(actor: Actor, product_id: int, quantity: int, note: str, now: datetime, *, add: bool = True) -> None:
    """Put a product into the basket, or set its quantity. Raises Invalid, NotFound, Conflict `not-for-sale`."""
    user_id, office_id = _mine(actor)
    if not 1 <= quantity <= terms.MAX_QUANTITY:
        raise Invalid.at("quantity", "Jumlah harus bilangan bulat 1 sampai 100.000.")
    if len(note) > 300:  # noqa: PLR2004
        raise Invalid.at("note", "Catatan paling panjang 300 huruf.")
    offer = read_offers([product_id], local_day(now)).get(product_id)
    if offer is None:
        raise NotFound("Produk ini tidak ada.")
    if not offer.for_sale:
        raise Conflict("%(product)s sudah tidak dijual.", kind="not-for-sale", product=offer.name)
    line = session.scalars(_lines(user_id, office_id).where(CartLine.product_id == product_id)).first()
    if line is not None:
        line.quantity = min(line.quantity + quantity, terms.MAX_QUANTITY) if add else quantity
        line.seen_price = offer.price
        line.note = note or line.note
        return
    if (count(actor) or 0) >= terms.MAX_LINES:
        raise Conflict("Keranjang paling banyak 50 baris. Kirim dulu yang sudah ada.", kind="basket-full")
    session.execute(insert(CartLine).values(user_id=user_id, office_id=office_id, product_id=product_id,
                                            quantity=quantity, seen_price=offer.price, note=note, added_at=now))


def remove(actor: Actor, product_id: int) -> None:
    """Take a product out of the basket; taking out what is not in it changes nothing."""
    user_id, office_id = _mine(actor)
    session.execute(delete(CartLine).where(CartLine.user_id == user_id, CartLine.office_id == office_id,
                                           CartLine.product_id == product_id))


def empty(actor: Actor) -> None:
    """Take everything out, after it was sent."""
    user_id, office_id = _mine(actor)
    session.execute(delete(CartLine).where(CartLine.user_id == user_id, CartLine.office_id == office_id))


def count(actor: Actor) -> int:
    """Return the number of lines in the basket; 0 for hats without one."""
    if not actor.may("orders:cart:edit"):
        return 0
    return session.execute(
        select(func.count()).select_from(CartLine)
        .where(CartLine.user_id == actor.user_id, CartLine.office_id == actor.office_id)
    ).scalar_one()


def read(actor: Actor, day: date) -> tuple[BasketLine, ...]:
    """Return the basket with today's offers, in the order things were put in; four statements whatever its size."""
    user_id, office_id = _mine(actor)
    lines = session.scalars(_lines(user_id, office_id)).all()
    found = read_offers([line.product_id for line in lines], day)
    return tuple(BasketLine(line.product_id, line.quantity, line.note, line.seen_price, found.get(line.product_id))
                 for line in lines)


def _lines(user_id: int, office_id: int) -> Select[tuple[CartLine]]:
    return select(CartLine).where(CartLine.user_id == user_id, CartLine.office_id == office_id).order_by(CartLine.id)
