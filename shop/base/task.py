"""One thing that waits for this very hat, as a room tells it to the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What waits: a msgid, where to do it, how many, since when the oldest waits and until when the first should be done."""

    label: str
    link: str
    count: int
    oldest: datetime | None
    due: datetime | None
