"""Deadlines and limits of an order: dated rules, pure once the rules are looked up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

ACCEPT_HOURS: Final = 72
"""Producer's time to answer; LKPP's own catalogue cancels after 3 days (rules §2.4, confidence M)."""
INSPECT_WORKING_DAYS: Final = 2
"""PPK's time to inspect what arrived (our policy)."""
REPLACE_WORKING_DAYS: Final = 1
"""Producer's time to deliver again what was sent back (our policy)."""
PAY_WORKING_DAYS: Final = 3
"""Bendahara's time after the BAST (Instruksi Gubernur 29/2021)."""
CLOSE_WORKING_DAYS: Final = 5
"""PPK's time to close a paid order (our policy)."""
MAX_QUANTITY: Final = 100_000
MAX_LINES: Final = 50
MAX_NOTE: Final = 300
MAX_HEADCOUNT: Final = 100_000
FARTHEST_DELIVERY: Final = timedelta(days=366)


def answer_by(placed_at: datetime, deliver_at: datetime) -> datetime:
    """Return until when the producer answers: 72 hours, but never after the food should stand on the table."""
    return min(placed_at + timedelta(hours=ACCEPT_HOURS), deliver_at)
