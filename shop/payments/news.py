"""Telling people about payments: a message in the outbox for each turn that passes to somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shop.outbox import posting as outbox
from shop.payments.models import PaymentRequest

KIND: Final = "payments.news"


def tell(request: PaymentRequest, event: str, now: datetime) -> None:
    """Leave a message that `event` happened to a request. Who hears of it is decided when it is sent."""
    outbox.post(KIND, {"request_id": request.id, "event": event}, now)
