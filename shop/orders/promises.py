"""Prices promised to one office: whoever approved, bargained or won may order at that price until a visible moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import Table, bindparam, insert, select, update

from shop.base.errors import Conflict
from shop.db import session
from shop.orders.models import PricePromise
from shop.orders.wish import Wish

Source = Literal["approval", "negotiation", "competition"]

_promises: Final = cast("Table", PricePromise.__table__)
_FIND: Final = select(_promises).where(_promises.c.id.in_(bindparam("ids", expanding=True)))
_USE: Final = (
    update(_promises)
    .where(_promises.c.id.in_(bindparam("ids", expanding=True)), _promises.c.used_order_id.is_(None))
    .values(used_order_id=bindparam("order_id"))
)


@dataclass(frozen=True, slots=True)
class Promised:
    """What is promised: a product, how many of it, and the rupiah for each."""

    product_id: int
    quantity: int
    unit_price: int


def promise(
    office_id: int, source: Source, source_id: int, goods: Sequence[Promised], until: datetime, now: datetime
) -> None:
    """Keep prices for an office until a UTC moment. The list price may change meanwhile; this one does not."""
    session.execute(
        insert(_promises),
        [
            {
                "office_id": office_id,
                "product_id": good.product_id,
                "quantity": good.quantity,
                "unit_price": good.unit_price,
                "source": source,
                "source_id": source_id,
                "valid_until": until,
                "made_at": now,
            }
            for good in goods
        ],
    )


def redeem(wish: Wish, office_id: int, now: datetime) -> dict[int, int]:
    """Return {product id: rupiah per unit} for the lines of a wish that stand on a promise.

    Raises Conflict `promise-gone` when one is not this office's, for another product or quantity, used or too old.
    """
    asked = {line.promise_id: line for line in wish.lines if line.promise_id is not None}
    if not asked:
        return {}
    found = {row.id: row for row in session.execute(_FIND, {"ids": list(asked)})}
    prices = {}
    for promise_id, line in asked.items():
        row = found.get(promise_id)
        fits = row is not None and (row.office_id, row.product_id, row.quantity) == (
            office_id, line.product_id, line.quantity,
        )  # fmt: skip
        if row is None or not fits or row.used_order_id is not None or row.valid_until < now:
            raise _gone()
        prices[line.product_id] = row.unit_price
    return prices


def stands_on(wish: Wish, source: Source) -> bool:
    """Tell whether every line of a wish stands on a promise of this source; whether they count, `redeem` judges."""
    ids = {line.promise_id for line in wish.lines if line.promise_id is not None}
    if len(ids) != len(wish.lines) or not ids:
        return False
    return {row.id for row in session.execute(_FIND, {"ids": list(ids)}) if row.source == source} == ids


def ids_of(source: Source, source_id: int) -> dict[int, int]:
    """Return {product id: promise id} of everything one source promised."""
    rows = session.execute(
        select(_promises.c.product_id, _promises.c.id).where(
            _promises.c.source == source, _promises.c.source_id == source_id
        )
    )
    return {row.product_id: row.id for row in rows}


def use(wish: Wish, orders: Mapping[int, int]) -> None:
    """Mark the promises of a wish as used. `orders`: {product id: order id}. Raises Conflict when another order was first."""
    by_order: dict[int, list[int]] = {}
    for line in wish.lines:
        if line.promise_id is not None:
            by_order.setdefault(orders[line.product_id], []).append(line.promise_id)
    for order_id, ids in by_order.items():
        if session.execute(_USE, {"ids": ids, "order_id": order_id}).rowcount != len(ids):  # type: ignore[attr-defined]
            raise _gone()


def _gone() -> Conflict:
    return Conflict(
        "Harga yang disepakati sudah dipakai, lewat batas waktunya, atau untuk jumlah lain. Muat ulang halaman ini.",
        kind="promise-gone",
    )
