"""What waits for a hat on its desk: so many of a kind, since when, until when, and where to do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of work that waits. `label` is a msgid, `link` a path of this site; moments are UTC."""

    label: str
    link: str
    count: int
    oldest: datetime | None
    due: datetime | None
