"""Changing what was agreed: quantities, prices and time of a locked order; goods and pagu follow, then the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Conflict, Invalid, WrongState
from shop.budgets import pagu
from shop.catalog import offers
from shop.catalog.indexing import post_index
from shop.db import session
from shop.orders import facts, owing, places, states, track_record, valuing
from shop.orders.models import Order, OrderLine
from shop.p3dn import posting

RECEIVED: Final[list[Callable[[int], Mapping[int, int]]]] = []
"""What an office has received of an order: {line id: pieces}. A room above knows it; the roof puts its function here."""
HELD: Final[list[Callable[[int], None]]] = []
"""What forbids another total of a received order: each raises Conflict. A payment that is open has its amount already."""
BELOW: Final = "Sudah diterima %(least)s. Jumlah tidak bisa di bawah itu."


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of an order. Lines are named by id and those that stay are left out; a quantity of 0 takes one out."""

    quantities: Mapping[int, int] = field(default_factory=dict)
    unit_prices: Mapping[int, int] = field(default_factory=dict)
    """Rupiah."""
    deliver_at: datetime | None = None
    """UTC; None when the time stays."""


def adjust(actor: Actor, order: Order, change: Change, verb: str, now: datetime, **data: object) -> int:
    """Write a change that both sides agreed to into an unpaid order; return the new total in rupiah.

    The order must be locked and the caller must have judged who may; this locks the package, moves pieces, capacity
    and pagu, writes the trail as `verb` and lets the ledger follow, so that no total keeps what is not bought any more.
    The order gets a new version. Raises WrongState for a paid or ended order, Invalid when no line would be left,
    Conflict `already-received`, `out-of-stock`, `capacity-gone` or `pagu-exceeded`.
    """
    if order.state not in states.OPEN - states.PAID:
        raise WrongState("Pesanan ini sudah dibayar atau berakhir, jadi tidak bisa diubah lagi.")
    for refuse in HELD if order.state == "received" else ():
        refuse(order.id)
    least = received(order.id)
    for line in order.lines:
        if change.quantities.get(line.id, line.quantity) < least.get(line.id, 0):
            raise Conflict(BELOW, kind="already-received", least=least[line.id])
    before, counted = order.total, track_record.of_order(order)
    total = reshape(order, change, now)
    order.total = total
    if change.deliver_at is not None:
        order.deliver_at = change.deliver_at
    track_record.follow(counted, order)
    session.flush()
    trail.record(actor, verb, "order", order.id, now, total=total, total_before=before, **data)
    valuing.count(order, local_day(now))
    posting.settle(actor, f"order:{order.id}", facts.of_order(order, *states.standing(order.state)), now)
    if order.state == "received":
        owing.owe(actor, order, now)
    return total


def received(order_id: int) -> dict[int, int]:
    """Return {line id: pieces} that the office has already received: no change may go below them."""
    return {line: pieces for known in RECEIVED for line, pieces in known(order_id).items() if pieces}


def reshape(order: Order, change: Change, now: datetime) -> int:
    """Move goods and pagu of a locked order and rewrite its lines; return its new total, which the caller sets."""
    ground = pagu.lock_package(order.package_id)
    wanted = {line.id: change.quantities.get(line.id, line.quantity) for line in order.lines}
    if not any(wanted.values()):
        raise Invalid.at("lines", "Paling sedikit satu barang tetap dikirim. Untuk tidak jadi, batalkan pesanan.")
    _move_goods(order, wanted, change.deliver_at or order.deliver_at, now)
    places.follow(order, wanted, (change.deliver_at or order.deliver_at) - order.deliver_at)
    total = order.shipping + _rewrite(order, wanted, change.unit_prices)
    if total > order.total:
        pagu.reserve(ground, total - order.total)
    elif total < order.total:
        pagu.release(order.package_id, order.total - total)
    return total


def _move_goods(order: Order, wanted: Mapping[int, int], at: datetime, now: datetime) -> None:
    """Give back what is not needed, take what is more, and book the other day when it changes; product rows by id."""
    was, day = local_day(order.deliver_at), local_day(at)
    found = offers.read_offers([line.product_id for line in order.lines], local_day(now), lock=True)
    moved = day != was
    freed = [
        offers.Taken(x.product_id, less, stock=x.took_stock, capacity=x.took_capacity and not moved)
        for x in order.lines
        # What was short never left the shelf and can be sold; what was refused has been out, and nobody may eat it later.
        # If it is durable and whole, the producer puts it back on sale in its own list, knowingly.
        if (less := x.quantity - wanted[x.id] - x.refused) > 0
    ]
    if moved:
        freed += [offers.Taken(x.product_id, x.quantity, stock=False, capacity=x.took_capacity) for x in order.lines]
    touched = offers.give_back(freed, was)
    # A line takes more only from where it took before: a limit that was set since does not reach an old agreement.
    more = {x.id: wanted[x.id] - (0 if moved else x.quantity) for x in order.lines}
    grown = [x for x in order.lines if wanted[x.id] > x.quantity and x.took_stock]
    touched += offers.take_stock({found[x.product_id]: wanted[x.id] - x.quantity for x in grown})
    booked = [
        x for x in order.lines if x.took_capacity and more[x.id] > 0 and found[x.product_id].daily_capacity is not None
    ]
    offers.book([(found[x.product_id], more[x.id]) for x in booked], day)
    if moved:
        for line in order.lines:  # what was not booked there must not be given back there
            line.took_capacity = line in booked
    if touched:
        post_index(touched, now)


def _rewrite(order: Order, wanted: Mapping[int, int], prices: Mapping[int, int]) -> int:
    """Write quantities and agreed prices and return the lines' total in rupiah."""
    gone: list[OrderLine] = [line for line in order.lines if not wanted[line.id]]
    for line in gone:
        order.lines.remove(line)
        session.delete(line)
    for line in order.lines:
        line.quantity, line.unit_price = wanted[line.id], prices.get(line.id, line.unit_price)
        line.amount = line.quantity * line.unit_price
    return sum(line.amount for line in order.lines)
