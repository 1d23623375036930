"""When nobody of the producer opens a new order: ring the owner, then the mentor, and tell the office. Each step once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import mail, ringing
from shop.base.actor import SYSTEM
from shop.base.clock import local_day, stamp
from shop.db import each_alone, session
from shop.orders import states, terms
from shop.orders.loading import lock_order
from shop.orders.models import Order, OrderReminder
from shop.vendors.reading import people_of

MentorOf = Callable[[int], int | None]
"""Vendor id -> user id of its mentor. The programme's room lies above; the roof hands this down."""
STEPS: Final = ("owner", "mentor")
_SUBJECT: Final = "Pesanan %(number)s belum dibuka"
_OWNER: Final = (
    "Pesanan baru %(number)s belum Anda buka. Jawab paling lambat %(due)s di e-Order, halaman /pesanan/%(id)s"
)
_MENTOR: Final = "%(vendor)s belum membuka pesanan %(number)s. Tolong hubungi; batas jawab %(due)s."
_OFFICE: Final = (
    "%(vendor)s belum membuka pesanan %(number)s; batas jawab %(due)s. Siapkan pilihan lain bila perlu: /pesanan/%(id)s"
)


def ring_unread(now: datetime, mentor_of: MentorOf, limit: int = 50) -> int:
    """Take the steps that are due, each order in its own transaction; returns how many orders rang.

    At most `limit` a round: after a night without this process, not everything rings in the same second. A step
    that was missed is skipped when the next is due already. Reads along the index of state and deadline.
    """
    rows = session.execute(
        select(Order.id, Order.placed_at, Order.due_at)
        .where(
            Order.state == states.initial(),
            Order.due_at > now,
            Order.seen_at.is_(None),
            ~select(OrderReminder).where(OrderReminder.order_id == Order.id, OrderReminder.step == STEPS[-1]).exists(),
        )
        .order_by(Order.due_at)
        .limit(limit * 20)
    ).all()
    rung = set(
        session.scalars(select(OrderReminder.order_id).where(OrderReminder.order_id.in_([row.id for row in rows])))
    )
    steps = ((row.id, terms.unread_step(row.placed_at, row.due_at, now)) for row in rows)
    due = [(order_id, step) for order_id, step in steps if step and not (step == STEPS[0] and order_id in rung)]
    return each_alone(due[:limit], lambda one: _step(*one, now, mentor_of), "an unread order could not ring")


def _step(order_id: int, step: str, now: datetime, mentor_of: MentorOf) -> bool:
    order = lock_order(SYSTEM, order_id)
    taken = session.get(OrderReminder, (order_id, step))
    if taken is not None or order.seen_at is not None or order.state != states.initial():
        return False
    session.add(OrderReminder(order_id=order_id, step=step, sent_at=now))
    _ring(order, step, now, mentor_of)
    return True


def _ring(order: Order, step: str, now: datetime, mentor_of: MentorOf) -> None:
    said: dict[str, Any] = {
        "number": order.number,
        "vendor": order.vendor_name,
        "due": stamp(order.due_at),
        "id": order.id,
    }
    ringing.ring(people_of(order.vendor_id, local_day(now)), _SUBJECT, _OWNER, now, **said)
    if step == STEPS[-1]:
        mentor = mentor_of(order.vendor_id)
        if mentor is not None:
            ringing.ring([mentor], _SUBJECT, _MENTOR, now, **said)
        mail.notify(
            [order.placed_by, *([order.placed_for] if order.placed_for else [])], _SUBJECT, _OFFICE, now, **said
        )
