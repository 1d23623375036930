"""What came of an event: sales its producers declared, and for a business matching the orders that followed by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from shop.accounts.models import Office
from shop.base.clock import at_local
from shop.db import session
from shop.orders import states
from shop.orders.models import Order
from shop.programme.models import Event, EventOffice, Participation
from shop.programme.rules import MATCHING_DAYS


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one event. Rupiah. The two are told apart and never added: one sale may stand in both."""

    declared: int
    declared_by: int
    """How many producers stated their sales."""
    orders: int
    order_value: int


@dataclass(frozen=True, slots=True)
class FollowedOrder:
    """One order that counts as the result of a business matching. Value in rupiah."""

    id: int
    number: str
    vendor_name: str
    office_name: str
    accepted_at: datetime
    total: int


def result(event: Event) -> Result:
    """Return what came of an event; two statements, whatever its size."""
    declared = session.execute(
        select(func.count(), func.coalesce(func.sum(Participation.declared_sales), 0)).where(
            Participation.event_id == event.id, Participation.declared_sales.is_not(None)
        )
    ).one()
    followed: Any = (0, 0)
    if event.kind == "matching":
        followed = session.execute(
            select(func.count(), func.coalesce(func.sum(Order.total), 0)).where(*_follows(event))
        ).one()
    return Result(int(declared[1] or 0), int(declared[0]), int(followed[0]), int(followed[1]))


def orders(event: Event, *, offset: int, limit: int) -> list[FollowedOrder]:
    """Return a page of the orders behind the figure, the newest first; one statement."""
    if event.kind != "matching":
        return []
    rows: Any = session.execute(
        select(Order.id, Order.number, Order.vendor_name, Office.name, Order.confirmed_at, Order.total)
        .join(Office, Office.id == Order.office_id)
        .where(*_follows(event))
        .order_by(Order.confirmed_at.desc(), Order.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [FollowedOrder(*row) for row in rows.all()]


def _follows(event: Event) -> list[ColumnElement[bool]]:
    """Return the rule: both sides were there, the order came after it began and was accepted within MATCHING_DAYS.

    Semi-joins, so that an order counts once for the event however many ways lead to it.
    """
    start = at_local(event.from_day, time.min)
    end = at_local(event.until_day + timedelta(days=MATCHING_DAYS + 1), time.min)
    came = select(Participation.vendor_id).where(Participation.event_id == event.id, Participation.attended.is_(True))
    buyers = select(EventOffice.office_id).where(EventOffice.event_id == event.id)
    return [
        Order.vendor_id.in_(came),
        Order.office_id.in_(buyers),
        Order.state.in_(sorted(states.COMMITTED)),
        Order.placed_at >= start,
        Order.confirmed_at >= start,
        Order.confirmed_at < end,
    ]
