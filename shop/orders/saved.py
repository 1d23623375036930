"""Baskets kept under a name: one's own, shared with the office, taken again for as many people as come this time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, or_, select

from shop.accounts.models import UserAccount
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.catalog.offers import read_offers
from shop.db import session
from shop.orders import cart, terms
from shop.orders.cart import BasketLine, Kept
from shop.orders.models_basket import SavedBasket, SavedBasketLine

MAX_SAVED: Final = 100
"""Most baskets one person keeps in one office, and most of a colleague's that are listed."""
MAX_NAME: Final = 80
_DUPLICATE: Final = "Anda sudah punya keranjang bernama %(name)s. Pilih nama lain, atau hapus yang lama dahulu."
_NONE: Final = "Keranjang tersimpan ini tidak ada."


@dataclass(frozen=True, slots=True)
class Naming:
    """What a basket is called when it is kept. With a headcount its quantities grow and shrink with the people."""

    name: str
    purpose: str = ""
    headcount: int | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved basket in a list. `mine`: whether its reader may change it."""

    id: int
    name: str
    purpose: str
    headcount: int | None
    shared: bool
    archived_at: datetime | None
    saved_at: datetime
    owner: str
    lines: int
    mine: bool


def save(actor: Actor, naming: Naming, now: datetime) -> int:
    """Keep the own basket as it is now under a name, and return its id.

    Raises Invalid for a name that is empty, too long or already one's own, a headcount out of range; Conflict
    `basket-empty` when there is nothing to keep.
    """
    lines = cart.read(actor, local_day(now))
    name, purpose = one_line(naming.name), one_line(naming.purpose)
    held = session.scalars(select(SavedBasket.name).where(_owned(actor)).limit(MAX_SAVED)).all()
    _check(name, purpose, naming.headcount, held)
    if not lines:
        raise Conflict("Keranjang kosong. Masukkan barang dahulu, lalu simpan.", kind="basket-empty")
    kept = SavedBasket(
        user_id=actor.user_id,
        office_id=actor.office_id,
        name=name,
        purpose=purpose,
        headcount=naming.headcount,
        shared=naming.shared,
        saved_at=now,
    )
    session.add(kept)
    session.flush()
    session.execute(
        insert(SavedBasketLine),
        [
            {
                "basket_id": kept.id,
                "product_id": line.product_id,
                "position": position,
                "quantity": line.quantity,
                "note": line.note,
                "seen_price": line.offer.price if line.offer else line.seen_price,
            }
            for position, line in enumerate(lines)
        ],
    )
    return kept.id


def _check(name: str, purpose: str, headcount: int | None, held: Any) -> None:
    faults = []
    if not 1 <= len(name) <= MAX_NAME:
        faults.append(FieldFault("name", "Beri nama, 1 sampai 80 huruf, misalnya Rapat bulanan RW."))
    elif name.casefold() in {other.casefold() for other in held}:
        faults.append(FieldFault("name", _DUPLICATE, (("name", name),)))
    elif len(held) >= MAX_SAVED:
        faults.append(FieldFault("name", "Anda sudah menyimpan 100 keranjang. Hapus yang tidak dipakai lagi."))
    if len(purpose) > 200:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("purpose", "Keperluan paling panjang 200 huruf."))
    if headcount is not None and not 1 <= headcount <= terms.MAX_HEADCOUNT:
        faults.append(FieldFault("headcount", "Jumlah orang harus 1 sampai 100.000."))
    if faults:
        raise Invalid(faults=tuple(faults))


def _owned(actor: Actor) -> Any:
    actor.require("orders:cart:edit")
    if actor.user_id is None or actor.office_id is None:
        raise NotFound
    return (SavedBasket.user_id == actor.user_id) & (SavedBasket.office_id == actor.office_id)


def _seen(actor: Actor) -> Any:
    """Return which baskets may be seen: one's own, and those colleagues of the same office share."""
    shared = SavedBasket.shared.is_(True) & SavedBasket.archived_at.is_(None)
    return (SavedBasket.office_id == actor.office_id) & or_(_owned(actor), shared)


def listed(actor: Actor, *, archived: bool = False) -> tuple[SavedView, ...]:
    """Return what may be taken, the newest first: one's own and the shared ones of colleagues. One statement."""
    where = SavedBasket.archived_at.is_not(None) if archived else SavedBasket.archived_at.is_(None)
    return _views(actor, where)


def view(actor: Actor, saved_id: int) -> SavedView:
    """Return one saved basket. Raises NotFound when it is not there, not shared, or another office's."""
    found = _views(actor, SavedBasket.id == saved_id)
    if not found:
        raise NotFound(_NONE)
    return found[0]


def _views(actor: Actor, where: Any) -> tuple[SavedView, ...]:
    s = SavedBasket
    count = select(func.count()).where(SavedBasketLine.basket_id == s.id).scalar_subquery()
    query: Any = (
        select(s.id, s.name, s.purpose, s.headcount, s.shared, s.archived_at, s.saved_at, UserAccount.name, count)
        .add_columns((s.user_id == actor.user_id).label("mine"))
        .join(UserAccount, UserAccount.id == s.user_id)
        .where(_seen(actor), where)
        .order_by(s.id.desc())
        .limit(2 * MAX_SAVED)
    )
    return tuple(SavedView(*row) for row in session.execute(query))


def lines_of(actor: Actor, saved: SavedView, headcount: int | None, now: datetime) -> tuple[BasketLine, ...]:
    """Return the lines at today's prices for so many people (None: as saved); `saved` has been judged to be visible."""
    actor.require("orders:cart:edit")
    kept = _kept(saved, headcount)
    found = read_offers([line.product_id for line in kept], local_day(now))
    return tuple(BasketLine(x.product_id, x.quantity, x.note, x.seen_price, found.get(x.product_id)) for x in kept)


def _kept(saved: SavedView, headcount: int | None) -> list[Kept]:
    w = SavedBasketLine
    rows = session.execute(
        select(w.product_id, w.quantity, w.note, w.seen_price).where(w.basket_id == saved.id).order_by(w.position)
    )
    return [Kept(of, scaled(n, saved.headcount, headcount), note, price) for of, n, note, price in rows]


def products(saved: SavedView) -> frozenset[int]:
    """Return the products of a saved basket; `saved` has been judged to be visible. One statement."""
    where = SavedBasketLine.basket_id == saved.id
    return frozenset(session.scalars(select(SavedBasketLine.product_id).where(where)))


def scaled(quantity: int, was: int | None, people: int | None) -> int:
    """Return a quantity for `was` people as it is for `people`, rounded up: nobody goes without.

    >>> scaled(30, 30, 45), scaled(2, 30, 31), scaled(7, None, 45)
    (45, 3, 7)
    """
    return min(-(-quantity * people // was), terms.MAX_QUANTITY) if was and people else quantity


def take(actor: Actor, saved_id: int, headcount: int | None, now: datetime) -> SavedView:
    """Put a saved basket into the own one, for so many people. Raises NotFound, Invalid, Conflict `basket-full`."""
    found = view(actor, saved_id)
    if headcount is not None and not 1 <= headcount <= terms.MAX_HEADCOUNT:
        raise Invalid.at("headcount", "Jumlah orang harus 1 sampai 100.000.")
    cart.fill(actor, _kept(found, headcount), now)
    return found


def share(actor: Actor, saved_id: int, *, shared: bool) -> None:
    """Let the colleagues of the office see it, or not any more. Raises NotFound for what is not one's own."""
    _own(actor, saved_id).shared = shared


def archive(actor: Actor, saved_id: int, now: datetime | None) -> None:
    """Put it out of sight, or with None back into the list. Raises NotFound for what is not one's own."""
    _own(actor, saved_id).archived_at = now


def remove(actor: Actor, saved_id: int) -> None:
    """Delete it for good; orders made of it stay as they are. Raises NotFound for what is not one's own."""
    found = _own(actor, saved_id)
    session.execute(delete(SavedBasketLine).where(SavedBasketLine.basket_id == found.id))
    session.execute(delete(SavedBasket).where(SavedBasket.id == found.id))


def _own(actor: Actor, saved_id: int) -> SavedBasket:
    found = session.scalars(select(SavedBasket).where(_owned(actor), SavedBasket.id == saved_id)).first()
    if found is None:
        raise NotFound(_NONE)
    return found
