"""A producer that an office does not pay may stop its other orders of that office; it does not count as a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import WrongState
from shop.budgets import pagu
from shop.db import session
from shop.orders import confirming, news, proposing, reasons, states
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.reference import calendar, policy
from shop.reference.policy import RuleValue

STOP: Final = "orders:order:stop"
STOPPABLE: Final = frozenset(step.source for step in states.MACHINE.steps if step.verb == "stop")
"""States in which a producer may stop: nothing has gone out to the office yet."""
_NOT_LATE_ENOUGH: Final = "Pesanan boleh dihentikan bila kantor ini punya pesanan lain yang lewat batas bayar paling sedikit %(days)s hari kerja."


@dataclass(frozen=True, slots=True)
class UnpaidOrder:
    """The received order an office should have paid longest ago: rupiah, its deadline, working days since then."""

    order_id: int
    number: str
    total: int
    due_at: datetime
    days: int


def rule(now: datetime) -> RuleValue:
    """Return after how many working days past the deadline a producer may stop (rule `order.stop_unpaid_working_days`)."""
    return policy.rule(session, "order.stop_unpaid_working_days", local_day(now))


def unpaid_of(vendor_id: int, office_id: int, now: datetime) -> UnpaidOrder | None:
    """Return the order that lets this producer stop others of this office, None when none is late enough."""
    row = session.execute(
        select(Order.id, Order.number, Order.total, Order.due_at)
        .where(
            Order.vendor_id == vendor_id,
            Order.office_id == office_id,
            Order.state == "received",
            Order.due_at < now,
        )
        .order_by(Order.due_at)
        .limit(1)
    ).first()
    if row is None or row.due_at is None:
        return None
    days = calendar.working_days_between(local_day(row.due_at), local_day(now), calendar.holiday_set(session))
    return UnpaidOrder(row.id, row.number, row.total, row.due_at, days) if days >= rule(now).value else None


def stop(actor: Actor, order_id: int, version: int, words: str, now: datetime) -> Order:
    """End an order that has not gone out as its unpaid producer; pagu, stock and capacity go back.

    Raises Forbidden, Stale, WrongState when the order has gone out, or nothing of this office is late enough.
    """
    order = lock_order(actor, order_id)
    actor.require(STOP)
    unpaid = unpaid_of(order.vendor_id, order.office_id, now)
    if unpaid is None and order.state in STOPPABLE:
        raise WrongState(_NOT_LATE_ENOUGH, days=rule(now).value)
    said = reasons.checked(reasons.STOP, "unpaid", words)
    pagu.lock_package(order.package_id)  # before the kept totals, as everywhere
    proposing.close_waiting(actor, order, now)
    facts = {"unpaid": unpaid.number, "days": unpaid.days} if unpaid else {}
    states.move(actor, order, "stop", version, now, confirming.ENDS, **facts, **said)
    confirming.give_back(order, now)
    news.tell(order, "stopped", now, **said)
    return order
