"""When nobody inspects: reminders, then acceptance by itself. An open complaint, or an open question, holds it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from shop.base.actor import SYSTEM
from shop.base.clock import local_day
from shop.db import each_alone, session, unit_of_work
from shop.handover import news, states, terms
from shop.handover.models import Complaint, Receipt
from shop.orders import news as order_news
from shop.orders import states as order_states
from shop.orders import terms as order_terms
from shop.orders.delivering import working_days_after
from shop.orders.loading import lock_order
from shop.orders.models import Order, OrderReminder

_BEFORE: Final = timedelta(hours=24)
"""How long before acceptance the last reminder is sent (our policy)."""
STEPS: Final = ("inspect", "inspect_last")
_HELD: Final = (
    select(Complaint.id).where(Complaint.order_id == Order.id, Complaint.state.in_(states.OPEN)).exists()
    | select(Receipt.id).where(Receipt.order_id == Order.id, Receipt.state == "waiting").exists()
    # At one of several places something is missing, and nobody has said yet what becomes of it.
    | select(Receipt.id)
    .where(Receipt.order_id == Order.id, Receipt.choice == "later", Receipt.at >= Order.arrived_at)
    .exists()
)


def accept_due(now: datetime, limit: int = 200) -> int:
    """Accept what stood uninspected past its time, each order in its own transaction. Returns how many were due.

    Reads along the index of state and deadline. Rule `handover.auto_accept_working_days`, confidence L.
    """
    due = [row.id for row in _late(now, limit) if terms.accepted_at(row.due_at) < now]
    return each_alone(due, lambda order_id: _accept(order_id, now), "an order could not be accepted by itself")


def remind_due(now: datetime, limit: int = 200) -> int:
    """Tell the PPK that an inspection is late, and once more a day before it is too late. Returns how many were told."""
    rows = _late(now, limit)
    told = {(r.order_id, r.step) for r in session.scalars(
        select(OrderReminder).where(OrderReminder.order_id.in_([row.id for row in rows]), OrderReminder.step.in_(STEPS))
    )}  # fmt: skip
    due = [
        (row.id, step, end)
        for row in rows
        for end in (terms.accepted_at(row.due_at),)
        for step in (STEPS[1] if now >= end - _BEFORE else STEPS[0],)
        if (row.id, step) not in told
    ]
    session.rollback()
    if due:
        with unit_of_work():
            for order_id, step, end in due:
                session.add(OrderReminder(order_id=order_id, step=step, sent_at=now))
                news.tell(order_id, "inspect_late", now, until=end.isoformat())
    return len(due)


def _late(now: datetime, limit: int) -> list[Any]:
    query = select(Order.id, Order.due_at).where(Order.state == "arrived", Order.due_at < now, ~_HELD)
    return list(session.execute(query.order_by(Order.due_at).limit(limit)))


def _accept(order_id: int, now: datetime) -> None:
    order = lock_order(SYSTEM, order_id)
    held = session.scalar(select(Order.id).where(Order.id == order_id, _HELD))
    if held or order.state != "arrived" or order.due_at is None or terms.accepted_at(order.due_at) >= now:
        return
    pay_by = working_days_after(now, order_terms.pay_working_days(local_day(now)))
    sets = {"received_by": None, "received_at": now, "due_at": pay_by}
    order_states.move(SYSTEM, order, "accept", order.version, now, sets, automatic=True)
    order_news.tell(order, "received", now)
