"""Addenda that end by themselves: the order moved on, or nobody answered in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.addenda import agreeing
from shop.addenda.models import Addendum
from shop.base.actor import SYSTEM
from shop.db import each_alone, session
from shop.orders.loading import lock_order
from shop.orders.models import Order


def on_orders(payloads: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Handle outbox messages `orders.news`: an order that cannot be changed any more takes its open addendum along."""
    ids = {payload["order_id"] for payload in payloads}
    query = select(Addendum).join(Order, Order.id == Addendum.order_id)
    wanted = Addendum.order_id.in_(ids), Addendum.answer == "", Order.state.not_in(agreeing.CHANGEABLE)
    for found in session.scalars(query.where(*wanted).order_by(Addendum.id)):
        agreeing.lapse(SYSTEM, found, now)


def lapse_due(now: datetime, limit: int = 200) -> int:
    """Close what nobody answered in time, each in its own transaction. Returns how many were closed."""
    query = select(Addendum.id, Addendum.order_id).where(Addendum.answer == "", Addendum.answer_by < now)
    due = session.execute(query.order_by(Addendum.answer_by).limit(limit)).all()
    return each_alone(due, lambda row: _lapse(row.id, row.order_id, now), "an addendum could not be closed")


def _lapse(addendum_id: int, order_id: int, now: datetime) -> bool:
    lock_order(SYSTEM, order_id)
    found = session.get(Addendum, addendum_id)
    if found is None or found.answer != "" or found.answer_by >= now:
        return False
    agreeing.lapse(SYSTEM, found, now)
    return True
