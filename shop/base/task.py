"""Work that waits for somebody: one line of the desk, whichever room it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What waits for one hat: words (a msgid), where it is done, how much of it, since when and until when (UTC)."""

    label: str
    link: str
    count: int
    oldest: datetime | None
    due: datetime | None
