"""The basket of one officer in one office, with the prices that were shown when things were put in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Table, bindparam, delete, func, insert, select, update

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint, one_line
from shop.base.errors import Conflict, Invalid, NotFound
from shop.catalog.offers import Offer, read_offers
from shop.db import session
from shop.orders import terms
from shop.orders.models import CartLine

_lines: Final[Table] = CartLine.__table__  # type: ignore[assignment]
_MINE: Final = (_lines.c.user_id == bindparam("owner")) & (_lines.c.office_id == bindparam("office"))
_READ: Final = (
    select(_lines.c.product_id, _lines.c.quantity, _lines.c.note, _lines.c.seen_price, _lines.c.instead_of)
    .where(_MINE)
    .order_by(_lines.c.id)
)
_COUNT: Final = select(func.count()).select_from(_lines).where(_MINE)
_TAKE_OUT: Final = delete(_lines).where(_MINE, _lines.c.product_id.in_(bindparam("products", expanding=True)))


_FULL: Final = "Keranjang paling banyak 50 baris. Kirim dulu yang sudah ada."


@dataclass(frozen=True, slots=True)
class Kept:
    """A line from somewhere else, a saved basket or an old order, with the price (rupiah) it had there."""

    product_id: int
    quantity: int
    note: str
    seen_price: int


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line as it stands today. `offer` is None when the product is gone. Rupiah."""

    product_id: int
    quantity: int
    note: str
    seen_price: int
    offer: Offer | None
    instead_of: int | None = None
    """The product this one was put in place of, when it was."""

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


def put(
    actor: Actor,
    product_id: int,
    quantity: int,
    note: str,
    now: datetime,
    *,
    add: bool = True,
    seen: int | None = None,
) -> None:
    """Put a product into the basket, or with `add=False` set its quantity and note.

    `seen` is the quantity the person had on the screen: another window may have changed it since.
    Raises Invalid, NotFound, Conflict `not-for-sale`, `basket-full` or `basket-changed`.
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
    _check_seen(offer.name, held.get(product_id), quantity, seen)
    before = held.get(product_id)
    if before is not None:
        total = min(before.quantity + quantity, terms.MAX_QUANTITY) if add else quantity
        values = {"quantity": total, "seen_price": offer.price, "note": note or before.note if add else note}
        session.execute(update(_lines).where(_MINE, _lines.c.product_id == product_id).values(values), mine)
        return
    if len(held) >= terms.MAX_LINES:
        raise Conflict(_FULL, kind="basket-full")
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


def _check_seen(name: str, before: Any, quantity: int, seen: int | None) -> None:
    if seen is None or (before is not None and before.quantity in (seen, quantity)):
        return
    raise Conflict(
        "%(product)s sudah diubah di jendela lain: sekarang %(now)s. Isian Anda (%(typed)s) belum disimpan; periksa lalu simpan lagi.",
        kind="basket-changed",
        product=name,
        now=before.quantity if before else 0,
        typed=quantity,
    )


def fill(actor: Actor, lines: Sequence[Kept], now: datetime) -> None:
    """Put many lines in at once; what is in the basket stays, and a product that is in both gets the new quantity.

    Lines of products that are not sold any more come in too, so that the page can tell. Raises Conflict `basket-full`.
    """
    held = {row.product_id for row in session.execute(_READ, _mine(actor))}
    if len(held | {line.product_id for line in lines}) > terms.MAX_LINES:
        raise Conflict(_FULL, kind="basket-full")
    take_out(actor, [line.product_id for line in lines])
    where = {"user_id": actor.user_id, "office_id": actor.office_id, "added_at": now}
    session.execute(
        insert(_lines),
        [
            where | {"product_id": x.product_id, "quantity": x.quantity, "note": x.note, "seen_price": x.seen_price}
            for x in lines
        ],
    )


def swap(actor: Actor, product_id: int, to: int, day: date) -> None:
    """Put an equal product in place of a line, quantity and note staying; the line remembers, so it can be put back.

    Raises NotFound when the line is not in the basket; Conflict when the other is not sold, is no equal (another
    category or unit) or is in the basket already.
    """
    mine = _mine(actor)
    held = {row.product_id: row for row in session.execute(_READ, mine)}
    offers = read_offers([product_id, to], day)
    line, new, old = held.get(product_id), offers.get(to), offers.get(product_id)
    if line is None or new is None or old is None:
        raise NotFound("Produk ini tidak ada di keranjang Anda.")
    if not new.for_sale or (new.category_code, new.unit) != (old.category_code, old.unit):
        raise Conflict("%(product)s tidak bisa menggantikan baris ini.", kind="no-equal", product=new.name)
    if to in held:
        raise Conflict(
            "%(product)s sudah ada di keranjang. Tambah jumlahnya di sana.", kind="no-equal", product=new.name
        )
    session.execute(
        update(_lines)
        .where(_MINE, _lines.c.product_id == product_id)
        .values(product_id=to, seen_price=new.price, instead_of=None if to == line.instead_of else product_id),
        mine,
    )


def stamp(actor: Actor) -> str:
    """Return a print of the basket as it is now: two windows that show the same basket have the same."""
    rows = [(row.product_id, row.quantity, row.note) for row in session.execute(_READ, _mine(actor))]
    return fingerprint({"lines": sorted(rows)})


def take_out(actor: Actor, product_ids: Collection[int]) -> None:
    """Take products out of the basket: removed by hand, or sent. Taking out what is not in it changes nothing."""
    session.execute(_TAKE_OUT, {**_mine(actor), "products": list(product_ids)})


def count(actor: Actor) -> int:
    """Return the number of lines in the basket; 0 for hats without one."""
    if not actor.may("orders:cart:edit"):
        return 0
    return session.execute(_COUNT, _mine(actor)).scalar_one()


def read(actor: Actor, day: date) -> tuple[BasketLine, ...]:
    """Return the basket with today's offers, in the order things were put in; the same statements whatever its size."""
    rows = session.execute(_READ, _mine(actor)).all()
    found = read_offers([row.product_id for row in rows], day)
    return tuple(BasketLine(*row[:4], found.get(row.product_id), row.instead_of) for row in rows)
