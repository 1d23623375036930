"""Calendar periods of the kept totals: 'YYYY', 'YYYY-MM' and 'YYYY-MM-DD'. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""Days outside are pulled to these ends: nothing is ever posted there, and a range stays short to cover."""


def periods_of(day: date) -> tuple[str, str, str]:
    """Return the year, month and day a posting counts in.

    >>> periods_of(date(2026, 3, 9))
    ('2026', '2026-03', '2026-03-09')
    """
    text = day.isoformat()
    return text[:4], text[:7], text


def month_end(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_span(month: str) -> tuple[date, date]:
    """Return first and last day of 'YYYY-MM'. Raises ValueError for anything else."""
    first = date.fromisoformat(f"{month}-01")
    return first, month_end(first)


def year_span(year: int) -> tuple[date, date]:
    """Return first and last day of a fiscal year, which is the calendar year here."""
    return date(year, 1, 1), date(year, 12, 31)


def cover(start: date, end: date, *, years: bool = True) -> list[str]:
    """Return the fewest periods that cover start..end exactly, both included; none when end is before start.

    With `years` false no period is longer than a month: what a breakdown by month reads. At most 60 days,
    22 months and one entry per whole year, however many lines were posted.
    """
    found: list[str] = []
    day = start
    while day <= end:
        year, month, text = periods_of(day)
        if years and day.month == day.day == 1 and day.replace(month=12, day=31) <= end:
            found.append(year)
            day = day.replace(month=12, day=31)
        elif day.day == 1 and month_end(day) <= end:
            found.append(month)
            day = month_end(day)
        else:
            found.append(text)
        day += timedelta(days=1)
    return found
