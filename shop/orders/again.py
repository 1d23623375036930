"""Ordering again what was ordered before: today's prices beside the old ones, and the next day that makes sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from shop.base.actor import Actor
from shop.base.clock import at_local, local, local_day
from shop.catalog.categories import shelves
from shop.db import session
from shop.orders import cart, reading, states
from shop.orders.cart import BasketLine, Kept
from shop.orders.models import Order, OrderLine
from shop.reference import calendar
from shop.vendors import reach

_MORNING: Final = time(10)
_ONE_DAY: Final = timedelta(days=1)
_SEARCHED: Final = timedelta(days=60)
_PREFERRED: Final = timedelta(days=14)
"""Within this the same weekday as last time is chosen before an earlier day."""
_TYPING: Final = timedelta(hours=1)
"""Time between opening the page and sending: a moment that is only just possible would be gone by then."""
_RECENT: Final = timedelta(days=7)
_READ: Final = 12
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """An order of this office that can be repeated. Rupiah."""

    id: int
    purpose: str
    vendor_name: str
    total: int
    headcount: int | None
    deliver_at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """An order already made for the same product, or for the same kind of food on the same day."""

    id: int
    number: str
    vendor_name: str
    product_name: str
    quantity: int
    unit: str
    deliver_at: datetime
    same_product: bool


def earlier(actor: Actor) -> tuple[Earlier, ...]:
    """Return the last few different orders of the own office, for a desk; one statement along its index."""
    if not actor.may("orders:cart:edit") or actor.office_id is None:
        return ()
    o = Order
    rows = session.execute(
        select(o.id, o.purpose, o.vendor_name, o.total, o.headcount, o.deliver_at)
        .where(o.office_id == actor.office_id)
        .order_by(o.id.desc())
        .limit(_READ)
    ).all()
    seen: dict[tuple[str, str], Earlier] = {}
    for row in rows:
        seen.setdefault((row.purpose.casefold(), row.vendor_name), Earlier(*row))
    return tuple(seen.values())[:_SHOWN]


def refill(actor: Actor, view: reading.OrderView, now: datetime) -> None:
    """Put the lines of an earlier order into the basket, quantities and notes kept, each with the list price of then.

    What is gone or sold out comes along and is told on the page. Raises Forbidden, Conflict `basket-full`.
    """
    cart.fill(actor, [Kept(x.product_id, x.quantity, x.note, x.list_price) for x in view.lines], now)


def next_time(lines: Sequence[BasketLine], now: datetime, like: datetime | None = None) -> datetime:
    """Return the next moment all producers can meet: a working day without days off, after every lead time.

    `like` is the time of the order that is repeated and gives hour and weekday; without it ten o'clock on the first such day.
    """
    offers = [(line.offer, line.quantity) for line in lines if line.offer]
    soonest = now + timedelta(hours=max((offer.lead_at(pieces) for offer, pieces in offers), default=24))
    # What is repeated is wanted another time: never on the day of the order it repeats.
    first = max(local_day(soonest), local_day(like) + _ONE_DAY) if like else local_day(soonest) + _ONE_DAY
    clock = local(like).time().replace(second=0, microsecond=0) if like else _MORNING
    holidays = calendar.holiday_set(session)
    off = reach.days_off({offer.vendor_id for offer, _ in offers}, first, first + _SEARCHED)

    def fits(day: date) -> bool:
        closed = any(offer.closed_weekdays >> day.weekday() & 1 for offer, _ in offers)
        at = at_local(day, clock)
        return calendar.is_working_day(day, holidays) and day not in off and not closed and at >= soonest + _TYPING

    days = [day for n in range(_SEARCHED.days) if fits(day := first + timedelta(days=n))]
    days = days or [calendar.add_working_days(first, 1, holidays)]
    same = (d for d in days if like and d.weekday() == local_day(like).weekday() and d <= first + _PREFERRED)
    return at_local(next(same, days[0]), clock)


def alike(actor: Actor, lines: Sequence[BasketLine], day: date | None, now: datetime) -> tuple[Alike, ...]:
    """Return open orders of this office that look like this basket; at most ten, one statement.

    The same product sent in the last seven days or wanted for the same day; or food of the same shelf for the same day.
    """
    offers = {line.product_id: line.offer for line in lines if line.offer}
    if not offers or actor.office_id is None:
        return ()
    same = OrderLine.product_id.in_(offers)
    wanted: ColumnElement[bool] = same & (Order.placed_at >= now - _RECENT)
    if day is not None:
        food = {o.category_code for o in offers.values() if shelves()[o.category_code].kind == "food"}
        start, end = at_local(day, time.min), at_local(day + timedelta(days=1), time.min)
        that_day = (Order.deliver_at >= start) & (Order.deliver_at < end)
        wanted = or_(wanted, that_day & or_(same, OrderLine.category_code.in_(food)))
    columns = (OrderLine.product_name, OrderLine.quantity, OrderLine.unit, Order.deliver_at)
    rows = session.execute(
        select(Order.id, Order.number, Order.vendor_name, *columns, same.label("same"))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.office_id == actor.office_id, Order.state.in_(sorted(states.OPEN)), wanted)
        .order_by(Order.id.desc())
        .limit(10)
    )
    return tuple(Alike(*row[:-1], bool(row.same)) for row in rows)
