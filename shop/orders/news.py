"""Telling people: a message in the outbox for each turn that passes to somebody else."""

from __future__ import annotations

from datetime import datetime

from shop.orders.models import Order
from shop.outbox import posting as outbox


def tell(order: Order, event: str, now: datetime, **data: object) -> None:
    """Leave a message that `event` happened to the order. Who gets the mail is decided when it is sent."""
    tell_of(order.id, event, now, **data)


def tell_of(order_id: int, event: str, now: datetime, **data: object) -> None:
    """Leave the same message for an order that is known by its id only."""
    outbox.post("orders.news", {"order_id": order_id, "event": event, **data}, now)
