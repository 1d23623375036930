"""Telling people: one message in the outbox for each turn that passes on. It names the thing, never an amount."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shop.outbox import posting as outbox

KIND: Final = "negotiation.news"


def of_talk(negotiation_id: int, event: str, now: datetime) -> None:
    """Leave a message that `event` happened to a negotiation."""
    outbox.post(KIND, {"talk": negotiation_id, "event": event}, now)


def of_tender(competition_id: int, event: str, now: datetime, vendor_id: int | None = None) -> None:
    """Leave a message about a competition: to one producer, or to whom the event concerns."""
    outbox.post(KIND, {"tender": competition_id, "event": event, "vendor_id": vendor_id}, now)
