"""What is new for a producer: orders that wait for an answer, the read receipt, and orders that a day off would touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update

from shop.base.actor import Actor
from shop.base.clock import at_local
from shop.base.errors import NotFound
from shop.db import session
from shop.orders import reading, states
from shop.orders.models import Order
from shop.orders.reading import OrderView

SHOWN = 20
BUSY = tuple(sorted(states.COMMITTED - states.PAID - {"arrived", "received"}))
"""States in which the producer still has work with the order."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How many orders wait for an answer and which is the newest: all a phone asks for every few seconds."""

    waiting: int
    newest: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """New orders, the nearest deadline first, and those being worked on."""

    pulse: Pulse
    fresh: Sequence[OrderView]
    busy: Sequence[OrderView]


def _vendor(actor: Actor) -> int:
    actor.require("orders:order:confirm")
    if actor.vendor_id is None:
        raise NotFound
    return actor.vendor_id


def pulse(actor: Actor) -> Pulse:
    """Return what waits; one statement along the producer's index."""
    row = session.execute(
        select(func.count(), func.coalesce(func.max(Order.id), 0)).where(
            Order.vendor_id == _vendor(actor), Order.state == states.initial()
        )
    ).one()
    return Pulse(row[0], row[1])


def read_inbox(actor: Actor) -> Inbox:
    """Return the first page of a producer; five statements whatever the number of orders."""
    found = pulse(actor)
    scope = reading.scope_of([actor])
    return Inbox(found, reading.in_states(scope, [states.initial()], SHOWN), reading.in_states(scope, BUSY, SHOWN))


def see(actor: Actor, order_ids: Sequence[int], now: datetime) -> None:
    """Stamp the read receipt of orders nobody of the producer had opened; one statement, and no new version."""
    session.execute(
        update(Order)
        .where(Order.id.in_(order_ids), Order.vendor_id == _vendor(actor), Order.seen_at.is_(None))
        .values(seen_at=now, version=Order.version)
        .execution_options(synchronize_session=False)
    )


def promised(actor: Actor, first: date, last: date) -> Sequence[Any]:
    """Return rows (id, number, deliver_at) the producer has accepted for days it now takes off; they stay accepted."""
    start, end = at_local(first, time.min), at_local(last + timedelta(days=1), time.min)
    return session.execute(
        select(Order.id, Order.number, Order.deliver_at)
        .where(
            Order.vendor_id == _vendor(actor),
            Order.state.in_(BUSY),
            Order.deliver_at >= start,
            Order.deliver_at < end,
        )
        .order_by(Order.deliver_at)
        .limit(SHOWN)
    ).all()
