"""Reminders: whoever holds an order hears before its deadline and at it, and those above hear until it is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, literal, or_, select

from shop.accounts import ringing
from shop.audit import trail
from shop.base.actor import SYSTEM
from shop.base.clock import at_local, end_of_day, local, local_day, stamp
from shop.base.money import rupiah
from shop.budgets import pagu
from shop.db import each_alone, session
from shop.orders import actions, mailing, terms
from shop.orders.loading import lock_order
from shop.orders.models import Order, OrderReminder
from shop.reference import calendar

FIRST_HOUR, LAST_HOUR = 7, 19
"""Jakarta hours between which somebody may be rung (our policy): a phone does not ring at night over a paper."""
ABOVE: Final[Mapping[str, tuple[str, ...]]] = {"vendor": ("pp", "ppk"), "ppk": ("pa",), "bendahara": ("pa",)}
"""Who hears when the deadline of a party has passed: for an office its PA/KPA, for a producer the people who wait."""
_SOON: Final = (
    "Batas waktu pesanan %(number)s sudah dekat",
    "Pesanan %(number)s senilai %(total)s menunggu Anda. Batas waktunya %(due)s. Buka /pesanan/%(id)s",
)
_PASSED: Final = (
    "Batas waktu pesanan %(number)s sudah lewat",
    "Pesanan %(number)s senilai %(total)s menunggu Anda, batas waktunya sudah lewat: %(due)s. Selesaikan di /pesanan/%(id)s",
)
_TOLD: Final = (
    "Pesanan %(number)s terlambat",
    "Pesanan %(number)s dari %(vendor)s senilai %(total)s lewat batas waktu %(due)s. Sekarang giliran %(who)s. Buka /pesanan/%(id)s",
)
# When the turn began that is asked about: a step told in an earlier turn of the same order does not count for this one.
_began: Final = case(
    (Order.state == "sent", Order.placed_at),
    (Order.state == "arrived", Order.arrived_at),
    (Order.state == "received", Order.received_at),
    (Order.state == "paid", Order.paid_at),
    else_=Order.confirmed_at,
)


def remind_due(now: datetime, limit: int = 50) -> int:
    """Take the steps that are due (rule `order.reminder_steps`), each order in its own transaction; return how many.

    A step that was missed is skipped when the next is due already. One order that fails is logged and does not hold up
    the others. Nothing is sent at night. Reads along the index of state and deadline.
    """
    if not FIRST_HOUR <= local(now).hour < LAST_HOUR:
        return 0
    found = session.execute(_due(now).limit(limit)).all()
    return each_alone(found, lambda row: _step(row.id, row.step, now), "a reminder could not be sent")


def _due(now: datetime) -> Any:
    step, horizon = _step_and_horizon(now)
    told = select(OrderReminder.order_id).where(
        OrderReminder.order_id == Order.id, OrderReminder.step == step, OrderReminder.sent_at >= _began
    )
    return (
        select(Order.id, step.label("step"))
        .where(
            Order.state.in_(sorted(actions.TURN)),
            Order.due_at <= horizon,
            # An order nobody answered ends at its deadline; there is nothing left to remind of.
            or_(Order.state != "sent", Order.due_at > now),
            # Who got the turn only today has just been told.
            or_(Order.due_at <= now, _began < at_local(local_day(now), time.min)),
            ~told.exists(),
        )
        .order_by(Order.due_at, Order.id)
    )


def _step_and_horizon(now: datetime) -> tuple[ColumnElement[str], datetime]:
    """Return the step of an order today as SQL (`late2:received`), and up to which deadline anybody hears already."""
    rule = terms.reminder_steps(local_day(now))
    today, closed = local_day(now), calendar.holiday_set(session)
    kinds = [(Order.due_at > now, "before")]
    kinds += [
        (Order.due_at > end_of_day(days_back(today, rule["again"] * k, closed)), f"late{k - 1}" if k > 1 else "due")
        for k in range(1, rule["most"] + 1)
    ]
    kind = case(*kinds, else_=f"late{rule['most']}")
    return kind + literal(":") + Order.state, end_of_day(calendar.add_working_days(today, rule["before"], closed))


def days_back(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the latest day after which `count` working days have gone by, `day` included."""
    while count:
        count -= calendar.is_working_day(day, holidays)
        day -= timedelta(days=1)
    return day


def _step(order_id: int, step: str, now: datetime) -> bool:
    order = lock_order(SYSTEM, order_id)
    kind, _, state = step.partition(":")
    if order.state != state or order.due_at is None:
        return False  # somebody acted in this very moment
    session.merge(OrderReminder(order_id=order_id, step=step, sent_at=now))
    _tell(order, kind, order.due_at, now)
    return True


def _tell(order: Order, kind: str, due: datetime, now: datetime) -> None:
    party: actions.Party = "vendor" if order.asked else actions.TURN[order.state]
    ppk_id = pagu.read_package(order.package_id).ppk_id
    said: dict[str, Any] = {
        "number": order.number,
        "total": rupiah(order.total),
        "vendor": order.vendor_name,
        "due": stamp(due),
        "who": order.vendor_name if party == "vendor" else actions.PARTIES[party],
        "id": order.id,
    }
    if kind in {"before", "due"}:
        ringing.ring(
            mailing.people(order, ppk_id, (party,), now), *(_SOON if kind == "before" else _PASSED), now, **said
        )
    if kind != "before":
        ringing.ring(mailing.people(order, ppk_id, ABOVE[party], now), *_TOLD, now, **said)
    trail.record(SYSTEM, "remind", "order", order.id, now, step=kind, party=party)
