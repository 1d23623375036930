"""The basket of one officer in one office, with the prices that were shown when things were put in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Table, bindparam, delete, func, insert, select, update

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, Invalid, NotFound
from shop.catalog.offers import Offer, read_offers
from shop.db import session
from shop.orders import terms
from shop.orders.models import CartLine

_lines: Final[Table] = CartLine.__table__  # type: ignore[assignment]
_MINE: Final = (_lines.c.user_id == bindparam("owner")) & (_lines.c.office_id == bindparam("office"))
_READ: Final = (
    select(_lines.c.product_id, _lines.c.quantity, _lines.c.note, _lines.c.seen_price)
    .where(_MINE)
    .order_by(_lines.c.id)
)
_COUNT: Final = select(func.count()).select_from(_lines).where(_MINE)
_TAKE_OUT: Final = delete(_lines).where(_MINE, _lines.c.product_id.in_(bindparam("products", expanding=True)))


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
    def fault(self) -> str:
        """Why this line cannot be sent now, as a code: gone, off, too_few, sold_out; empty when it can."""
        if self.offer is None or not self.offer.for_sale:
            return "gone"
        if self.offer.sold_out:
            return "off"
        if self.quantity < self.offer.min_order:
            return "too_few"
        if self.offer.stock is not None and self.quantity > self.offer.stock:
            return "sold_out"
        return ""

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


def _mine(actor: Actor) -> dict[str, Any]:
    actor.require("orders:cart:edit")
    if actor.user_id is None or actor.office_id is None:
        raise NotFound
    return {"owner": actor.user_id, "office": actor.office_id}


def put(actor: Actor, product_id: int, quantity: int, note: str, now: datetime, *, add: bool = True) -> None:
    """Put a product into the basket, or with `add=False` set its quantity and note.

    Raises Invalid, NotFound, Conflict `not-for-sale` or `basket-full`.
    """
    mine = _mine(actor)
    note = one_line(note)
    if not 1 <= quantity <= terms.MAX_QUANTITY:
        raise Invalid.at("quantity", "Jumlah harus bilangan bulat 1 sampai 100.000.")
    if len(note) > terms.MAX_NOTE:
        raise Invalid.at("note", "Catatan paling panjang 300 huruf.")
    offer = read_offers([product_id], local_day(now)).get(product_id)
    if offer is None:
        raise NotFound("Produk ini tidak ada.")
    if not offer.for_sale:
        raise Conflict("%(product)s sudah tidak dijual.", kind="not-for-sale", product=offer.name)
    held = {row.product_id: row for row in session.execute(_READ, mine)}
    if product_id in held:
        before = held[product_id]
        total = min(before.quantity + quantity, terms.MAX_QUANTITY) if add else quantity
        session.execute(
            update(_lines)
            .where(_MINE, _lines.c.product_id == product_id)
            .values(quantity=total, seen_price=offer.price, note=note or before.note if add else note),
            mine,
        )
        return
    if len(held) >= terms.MAX_LINES:
        raise Conflict("Keranjang paling banyak 50 baris. Kirim dulu yang sudah ada.", kind="basket-full")
    session.execute(
        insert(_lines).values(
            user_id=actor.user_id,
            office_id=actor.office_id,
            product_id=product_id,
            quantity=quantity,
            seen_price=offer.price,
            note=note,
            added_at=now,
        )
    )


def take_out(actor: Actor, product_ids: Collection[int]) -> None:
    """Take products out of the basket: removed by hand, or sent. Taking out what is not in it changes nothing."""
    session.execute(_TAKE_OUT, {**_mine(actor), "products": list(product_ids)})


def count(actor: Actor) -> int:
    """Return the number of lines in the basket; 0 for hats without one."""
    if not actor.may("orders:cart:edit"):
        return 0
    return session.execute(_COUNT, _mine(actor)).scalar_one()


def read(actor: Actor, day: date) -> tuple[BasketLine, ...]:
    """Return the basket with today's offers, in the order things were put in; four statements whatever its size."""
    rows = session.execute(_READ, _mine(actor)).all()
    found = read_offers([row.product_id for row in rows], day)
    return tuple(BasketLine(*row, found.get(row.product_id)) for row in rows)
