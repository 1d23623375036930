"""Telling people: a message in the outbox for each turn that passes to somebody else."""

from __future__ import annotations

from datetime import datetime

from shop.orders.models import Order
from shop.outbox import posting as outbox


def tell(order: Order, event: str, now: datetime, **data: object) -> None:
    """Leave a message that `event` happened to the order. Who gets the mail is decided when it is sent."""
    outbox.post("orders.news", {"order_id": order.id, "event": event, **data}, now)
