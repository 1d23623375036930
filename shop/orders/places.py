"""Several places for one order: checked before sending, kept with it, and kept true when the order changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Table, func, insert, select, update

from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import FieldFault
from shop.db import session
from shop.orders.models import OrderLine
from shop.orders.models_basket import OrderPlace, OrderPlaceLine
from shop.orders.wish import Place
from shop.reference import regions

if TYPE_CHECKING:
    from shop.orders.models import Order
    from shop.orders.wish import Wish

MAX_PLACES: Final = 20
TOO_MANY: Final = "Satu pesanan paling banyak untuk 20 tempat. Bagi menjadi dua pesanan."
_NOTHING: Final = "Tidak ada barang untuk tempat ini. Isi jumlahnya, atau hapus tempat ini."
_shares: Final = cast("Table", OrderPlaceLine.__table__)


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of an order as people read it. `shares`: {line id: pieces}; empty when nothing goes there any more."""

    id: int
    number: int
    address: str
    code: str
    kecamatan: str
    contact: str
    note: str
    at: datetime | None
    shares: Mapping[int, int]


def check(wish: Wish) -> list[FieldFault]:
    """Return what is wrong with the places of a wish: too many, outside Jakarta, empty, another day, a wrong sum."""
    if len(wish.places) > MAX_PLACES:
        return [FieldFault("places", TOO_MANY)]
    known = regions.regions(session)
    faults = [fault for n, place in enumerate(wish.places[1:], 2) for fault in _faults_of(f"p{n}", place, wish, known)]
    if wish.places and not wish.places[0].shares:
        words = (
            "Tidak ada barang untuk alamat utama. Kurangi jumlah di tempat lain, atau jadikan tempat itu yang utama."
        )
        faults.append(FieldFault("deliver.address", words))
    return [*faults, *_sums(wish)]


def _faults_of(name: str, place: Place, wish: Wish, known: Mapping[str, Any]) -> Iterable[FieldFault]:
    if not 5 <= len(place.address) <= 300:  # noqa: PLR2004
        yield FieldFault(f"{name}.address", "Tuliskan alamat kirim, 5 sampai 300 huruf.")
    where = known.get(place.kecamatan)
    if where is None or where.level != "kecamatan":
        yield FieldFault(f"{name}.kecamatan", "Pilih salah satu dari 44 kecamatan di Jakarta.")
    if len(place.contact) > 120 or len(place.note) > 300:  # noqa: PLR2004 - the columns' widths
        yield FieldFault(f"{name}.contact", "Penerima paling panjang 120 huruf, catatan 300 huruf.")
    if not place.shares:
        yield FieldFault(f"{name}.shares", _NOTHING)
    if place.at is not None and not (
        place.at >= wish.delivery.at and local_day(place.at) == local_day(wish.delivery.at)
    ):
        yield FieldFault(f"{name}.at", "Isi jam pada hari yang sama, tidak lebih awal dari waktu tiba yang utama.")


def _sums(wish: Wish) -> Iterable[FieldFault]:
    if not wish.places:
        return []
    told = []
    for line in wish.lines:
        there = sum(pieces for place in wish.places for of, pieces in place.shares if of == line.product_id)
        if there != line.quantity or any(pieces < 1 for place in wish.places for _, pieces in place.shares):
            words = "Jumlah di semua tempat %(there)s, padahal baris ini %(quantity)s. Samakan keduanya."
            told.append(FieldFault("places", words, (("there", there), ("quantity", line.quantity))))
    return told


def rest_first(first: Place, others: Sequence[Place], quantities: Mapping[int, int]) -> tuple[Place, ...]:
    """Return all places with what is left over at the first one: the officer only says what goes elsewhere.

    Where the others are given more than there is, the first gets nothing of it and the sum is wrong, which `check` tells.
    """
    left = dict(quantities)
    for place in others:
        for product_id, pieces in place.shares:
            left[product_id] = left.get(product_id, 0) - pieces
    return (replace(first, shares=tuple((of, n) for of, n in left.items() if n > 0)), *others)


def for_products(places: Sequence[Place], product_ids: Collection[int]) -> tuple[Place, ...]:
    """Return the places some of these products go to, with these products only: what one producer has to know."""
    mine = (replace(p, shares=tuple(s for s in p.shares if s[0] in product_ids)) for p in places)
    return tuple(place for place in mine if place.shares)


def trips(places: Sequence[Place]) -> list[str]:
    """Return the kecamatan of each trip: places of one kecamatan at one time are one trip, and cost delivery once."""
    return [kecamatan for kecamatan, _ in dict.fromkeys((place.kecamatan, place.at) for place in places)]


def keep(order_id: int, places: Sequence[Place]) -> None:
    """Write the places of an order just made; one place is the order's own address and needs no row."""
    if len(places) < 2:  # noqa: PLR2004
        return
    lines = session.execute(select(OrderLine.product_id, OrderLine.id).where(OrderLine.order_id == order_id)).all()
    line_of = {row.product_id: row.id for row in lines}
    rows = [
        OrderPlace(
            order_id=order_id,
            number=number,
            address=one_line(place.address),
            kecamatan_code=place.kecamatan,
            contact=one_line(place.contact),
            note=one_line(place.note),
            at=place.at,
        )
        for number, place in enumerate(places, 1)
    ]
    session.add_all(rows)
    session.flush()
    shares = [
        {"place_id": row.id, "line_id": line_of[of], "quantity": pieces}
        for row, place in zip(rows, places, strict=True)
        for of, pieces in place.shares
    ]
    session.execute(insert(_shares), shares)


def follow(order: Order, wanted: Mapping[int, int], moved: timedelta) -> None:
    """Let the places follow a change of the order: fewer pieces leave the last place first, more go to the first.

    Whoever ordered named the most important place first. A place keeps its row when nothing goes there any more, so that
    papers that name it still read. `moved`: by how much the order's time changes; times of single places move along.
    """
    held = session.execute(
        select(OrderPlace.id, _shares.c.line_id, _shares.c.quantity)
        .join(_shares, _shares.c.place_id == OrderPlace.id)
        .where(OrderPlace.order_id == order.id)
        .order_by(OrderPlace.number.desc())
    ).all()
    if not held:
        return
    for line in order.lines:
        less = line.quantity - wanted[line.id]
        mine = [row for row in held if row.line_id == line.id]
        for row in (mine if less > 0 else mine[-1:]) if less else ():
            taken = min(less, row.quantity)
            _set_share(row.id, line.id, row.quantity - taken)
            less -= taken
    if moved:
        for place in session.scalars(
            select(OrderPlace).where(OrderPlace.order_id == order.id, OrderPlace.at.is_not(None))
        ):
            place.at = place.at + moved if place.at else None


def rewrite(order_id: int, pieces: Mapping[tuple[int, int], int]) -> None:
    """Write how much of each line there is at each place, {(place number, line id): pieces}, for the lines that stay."""
    held = session.execute(
        select(OrderPlace.id, OrderPlace.number, OrderLine.id.label("line_id"))
        .join(OrderLine, OrderLine.order_id == OrderPlace.order_id)
        .where(OrderPlace.order_id == order_id)
    ).all()
    shares = [(row.id, row.line_id, pieces.get((row.number, row.line_id), 0)) for row in held]
    if shares:
        session.execute(_shares.delete().where(_shares.c.place_id.in_({place for place, _, _ in shares})))
        rows = [{"place_id": place, "line_id": line, "quantity": n} for place, line, n in shares if n]
        session.execute(insert(_shares), rows)


def _set_share(place_id: int, line_id: int, pieces: int) -> None:
    here = (_shares.c.place_id == place_id) & (_shares.c.line_id == line_id)
    session.execute(update(_shares).where(here).values(quantity=pieces) if pieces else _shares.delete().where(here))


def of_order(order_id: int) -> tuple[Stop, ...]:
    """Return the places of an order in their order; empty for an order to one place. One statement."""
    columns = (OrderPlace.id, OrderPlace.number, OrderPlace.address, OrderPlace.kecamatan_code, OrderPlace.contact)
    rows = session.execute(
        select(*columns, OrderPlace.note, OrderPlace.at, _shares.c.line_id, _shares.c.quantity)
        .outerjoin(_shares, _shares.c.place_id == OrderPlace.id)
        .where(OrderPlace.order_id == order_id)
        .order_by(OrderPlace.number, _shares.c.line_id)
    ).all()
    known = regions.regions(session) if rows else {}
    found: dict[int, tuple[Any, dict[int, int]]] = {}
    for row in rows:
        _, shares = found.setdefault(row.id, (row, {}))
        if row.line_id is not None:
            shares[row.line_id] = row.quantity
    return tuple(
        Stop(r.id, r.number, r.address, r.kecamatan_code, known[r.kecamatan_code].name, r.contact, r.note, r.at, shares)
        for r, shares in found.values()
    )


def counts(order_ids: Collection[int]) -> dict[int, int]:
    """Return {order id: number of places}; orders to one place are left out. One statement."""
    query = select(OrderPlace.order_id, func.count()).where(OrderPlace.order_id.in_(order_ids))
    rows = session.execute(query.group_by(OrderPlace.order_id)).all() if order_ids else ()
    return {row[0]: row[1] for row in rows}
