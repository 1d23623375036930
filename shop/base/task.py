"""One thing that waits for a hat, as the desk lists it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Work of one kind: what it is, where it is done, how many, since when and until when (UTC)."""

    label: str
    """A msgid."""
    link: str
    count: int
    oldest: datetime | None
    due: datetime | None
