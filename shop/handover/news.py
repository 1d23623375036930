"""Telling people: a message in the outbox for each turn that passes to somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shop.outbox import posting as outbox

KIND: Final = "handover.news"


def tell(order_id: int, event: str, now: datetime, **data: object) -> None:
    """Leave a message that `event` happened to an order. Who hears of it is decided when it is sent."""
    outbox.post(KIND, {"order_id": order_id, "event": event, **data}, now)
