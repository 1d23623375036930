"""The producer has it ready, sets out and arrives; the arrival is stamped, because punctuality is measured in minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from shop.base.actor import Actor
from shop.base.clock import end_of_day, local_day
from shop.db import session
from shop.orders import news, states, terms
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.reference import calendar


def ready(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Note that the goods stand ready to go; the office can count on them. The deadline stays."""
    order = lock_order(actor, order_id)
    states.move(actor, order, "ready", version, now, {"ready_at": now})
    news.tell(order, "ready", now)
    return order


def ship(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Note that the goods are on their way. The deadline stays: the moment asked for, or that of what was sent back."""
    order = lock_order(actor, order_id)
    states.move(actor, order, "ship", version, now, {})
    news.tell(order, "shipped", now)
    return order


def arrive(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Note that the goods stand at the office; the PPK has two working days to inspect them."""
    order = lock_order(actor, order_id)
    late = max(0, (now - (order.due_at or order.deliver_at)) // timedelta(minutes=1))
    inspect_by = working_days_after(now, terms.INSPECT_WORKING_DAYS)
    states.move(actor, order, "arrive", version, now, {"arrived_at": now, "due_at": inspect_by}, minutes_late=late)
    news.tell(order, "arrived", now)
    return order


def working_days_after(now: datetime, days: int) -> datetime:
    """Return the end of the `days`-th working day after the Jakarta day of `now`, in UTC."""
    return end_of_day(calendar.add_working_days(local_day(now), days, calendar.holiday_set(session)))
