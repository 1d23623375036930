"""When nobody of the producer opens a new order: ring the owner, then the mentor, and tell the office. Each step once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import select

from shop.accounts import mail, ringing
from shop.base.actor import SYSTEM
from shop.base.clock import local, local_day
from shop.db import session, unit_of_work
from shop.orders import states, terms
from shop.orders.loading import lock_order
from shop.orders.models import Order, OrderReminder
from shop.vendors.reading import people_of

log = structlog.get_logger(__name__)

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
    session.rollback()
    done = 0
    for row in rows:
        step = terms.unread_step(row.placed_at, row.due_at, now)
        if step and not (step == STEPS[0] and row.id in rung) and done < limit:
            done += _try(row.id, step, now, mentor_of)
    return done


def _try(order_id: int, step: str, now: datetime, mentor_of: MentorOf) -> int:
    try:
        with unit_of_work():
            order = lock_order(SYSTEM, order_id)
            taken = session.get(OrderReminder, (order_id, step))
            if taken is None and order.seen_at is None and order.state == states.initial():
                session.add(OrderReminder(order_id=order_id, step=step, sent_at=now))
                _ring(order, step, now, mentor_of)
                return 1
    except Exception:
        log.exception("an unread order could not ring", order_id=order_id)
    return 0


def _ring(order: Order, step: str, now: datetime, mentor_of: MentorOf) -> None:
    said: dict[str, Any] = {
        "number": order.number,
        "vendor": order.vendor_name,
        "due": local(order.due_at).strftime("%d-%m-%Y %H.%M WIB") if order.due_at else "",
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
