"""Addenda that end by themselves: the order moved on, or nobody answered in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from shop.addenda import agreeing
from shop.addenda.models import Addendum
from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.orders.loading import lock_order
from shop.orders.models import Order

log = structlog.get_logger(__name__)


def on_orders(payloads: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Handle outbox messages `orders.news`: an order that cannot be changed any more takes its open addendum along."""
    ids = {payload["order_id"] for payload in payloads}
    query = select(Addendum).join(Order, Order.id == Addendum.order_id)
    wanted = Addendum.order_id.in_(ids), Addendum.answer == "", Order.state.not_in(agreeing.CHANGEABLE)
    for found in session.scalars(query.where(*wanted).order_by(Addendum.id)):
        agreeing.lapse(SYSTEM, found, now)


def lapse_due(now: datetime, limit: int = 200) -> int:
    """Close what nobody answered in time, each in its own transaction; one that fails does not hold up the others."""
    query = select(Addendum.id, Addendum.order_id).where(Addendum.answer == "", Addendum.answer_by < now)
    due = session.execute(query.order_by(Addendum.answer_by).limit(limit)).all()
    session.rollback()
    for row in due:
        try:
            with unit_of_work():
                lock_order(SYSTEM, row.order_id)
                found = session.get(Addendum, row.id)
                if found is not None and found.answer == "" and found.answer_by < now:
                    agreeing.lapse(SYSTEM, found, now)
        except Exception:
            log.exception("an addendum could not be closed", addendum_id=row.id)
    return len(due)
