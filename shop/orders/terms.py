"""Deadlines and limits of an order: those others decide are dated rules, looked up for the day; the rest is our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from shop.base.clock import local_day
from shop.db import session
from shop.reference import policy

INSPECT_WORKING_DAYS: Final = 2
"""PPK's time to inspect what arrived (our policy)."""
REPLACE_WORKING_DAYS: Final = 1
"""Producer's time to deliver again what was sent back (our policy)."""
CLOSE_WORKING_DAYS: Final = 5
"""PPK's time to close a paid order (our policy)."""
UNREAD_PARTS: Final = (("mentor", 2), ("owner", 4))
"""Who hears that nobody has opened an order, and after which part of its time to answer (our policy)."""
UNREAD_SOONEST, UNREAD_LATEST = timedelta(minutes=15), timedelta(hours=2)
"""The first of these steps is never sooner and never later than this; the second at most twice as late."""
MAX_QUANTITY: Final = 100_000
MAX_LINES: Final = 50
MAX_NOTE: Final = 300
MAX_HEADCOUNT: Final = 100_000
FARTHEST_DELIVERY: Final = timedelta(days=366)


def accept_hours(day: date) -> int:
    """Return how long a producer may take to answer what was sent on `day` (rule `order.seller_accept_hours`)."""
    hours: int = policy.rule(session, "order.seller_accept_hours", day).value
    return hours


def pay_working_days(day: date) -> int:
    """Return how long the bendahara has after a BAST of `day` (rule `payment.due_working_days`)."""
    days: int = policy.rule(session, "payment.due_working_days", day).value
    return days


def reminder_steps(day: date) -> Mapping[str, int]:
    """Return when people are reminded: working days `before` the deadline, `again` after each so many, `most` times."""
    steps: Mapping[str, int] = policy.rule(session, "order.reminder_steps", day).value
    return steps


def answer_by(placed_at: datetime, deliver_at: datetime) -> datetime:
    """Return until when the producer answers: in the hours of the rule, but never after the food should stand on the table."""
    return min(placed_at + timedelta(hours=accept_hours(local_day(placed_at))), deliver_at)


def unread_step(placed_at: datetime, due_at: datetime, now: datetime) -> str:
    """Return the furthest step that is due for an order nobody has opened; empty before the first."""
    for step, part in UNREAD_PARTS:
        times = 4 // part
        wait = min(max((due_at - placed_at) // part, UNREAD_SOONEST * times), UNREAD_LATEST * times)
        if now >= placed_at + wait:
            return step
    return ""
