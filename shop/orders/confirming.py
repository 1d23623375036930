"""The producer answers, or the deadline does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.errors import Forbidden, WrongState
from shop.budgets import pagu
from shop.catalog import offers
from shop.db import each_alone, session
from shop.orders import actions, consequences, news, proposing, reasons, states
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.outbox import posting as outbox

ENDS: Final[Mapping[str, object]] = {"due_at": None}
"""What an order that ends sets: nobody has to act any more."""


def confirm(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Accept as the producer: from now on the order counts as committed. Raises WrongState after the deadline."""
    order = lock_order(actor, order_id)
    if order.state == "sent" and order.due_at is not None and now > order.due_at:
        raise WrongState(actions.TOO_LATE)
    proposing.close_waiting(actor, order, now)
    states.move(actor, order, "confirm", version, now, {"confirmed_at": now, "due_at": order.deliver_at})
    news.tell(order, "confirmed", now)
    return order


def refuse(actor: Actor, order_id: int, version: int, reason: str, words: str, now: datetime) -> Order:
    """Decline as the producer, with a reason from the fixed list; pagu, stock and capacity go back."""
    said = reasons.checked(reasons.REFUSE, reason, words)
    order = lock_order(actor, order_id)
    proposing.close_waiting(actor, order, now)
    states.move(actor, order, "refuse", version, now, ENDS, **said)
    give_back(order, now)
    news.tell(order, "refused", now, **said)
    return order


def cancel(actor: Actor, order_id: int, version: int, reason: str, words: str, now: datetime) -> Order:
    """Withdraw as the office, with a reason; what was bound goes back and the ledger follows.

    Once the goods have left the kitchen the reason needs words of its own.
    """
    reasons.checked(reasons.CANCEL, reason, words)
    order = lock_order(actor, order_id)
    actor.require(states.PERMISSIONS["cancel"])
    # The package before the kept totals: an import takes them in this order too, so neither waits for the other.
    ppk_id = pagu.lock_package(order.package_id).ppk_id
    if not any(map(actor.acts_for, (order.placed_by, order.placed_for, ppk_id))):
        raise Forbidden(actions.ONLY_ITS_BUYERS)
    least = consequences.LEAST_WORDS if order.state in consequences.GONE_OUT else 0
    said = reasons.checked(reasons.CANCEL, reason, words, least=least)
    proposing.close_waiting(actor, order, now)
    states.move(actor, order, "cancel", version, now, ENDS, **said)
    give_back(order, now)
    news.tell(order, "cancelled", now, **said)
    return order


def give_back(order: Order, now: datetime) -> None:
    """Free pagu, stock and capacity of an order that ends without payment."""
    pagu.release(order.package_id, order.total)
    taken = [
        offers.Taken(line.product_id, line.quantity - line.refused, line.took_stock, line.took_capacity)
        for line in order.lines
        if line.quantity > line.refused  # what was brought and refused does not become sellable again by itself
    ]
    refilled = offers.give_back(taken, local_day(order.deliver_at))
    if refilled:
        outbox.post("catalog.index", {"ids": refilled}, now)


def expire_due(now: datetime, limit: int = 200) -> int:
    """End the orders whose producer has not answered in time, each in its own transaction. Returns how many ended."""
    due = session.scalars(
        select(Order.id).where(Order.state == "sent", Order.due_at < now).order_by(Order.due_at).limit(limit)
    )
    return each_alone(due, lambda order_id: _expire(order_id, now), "an order could not expire")


def _expire(order_id: int, now: datetime) -> bool:
    order = lock_order(SYSTEM, order_id)
    if order.state != "sent" or order.due_at is None or order.due_at >= now:
        return False
    expire(order, now)
    return True


def expire(order: Order, now: datetime) -> None:
    """End a locked order that nobody answered; what was bound goes back."""
    data: dict[str, Any] = {"deadline": order.due_at.isoformat() if order.due_at else None}
    proposing.close_waiting(SYSTEM, order, now)
    states.move(SYSTEM, order, "expire", order.version, now, ENDS, **data)
    give_back(order, now)
    news.tell(order, "expired", now)
