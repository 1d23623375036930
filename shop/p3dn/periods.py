"""Calendar periods of the kept totals: 'YYYY', 'YYYY-MM' and 'YYYY-MM-DD'. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final, NamedTuple

STRETCH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2]|Q[1-4]|S[12])")
MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")
QUARTER: Final = r"(?:19|20|21)[0-9]{2}-Q[1-4]"
SEMESTER: Final = r"(?:19|20|21)[0-9]{2}-S[12]"
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


def quarter_of(month: str) -> str:
    """Return the quarter of 'YYYY-MM'.

    >>> quarter_of("2026-04")
    '2026-Q2'
    """
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


def semester_of(month: str) -> str:
    """Return the half-year of 'YYYY-MM'.

    >>> semester_of("2026-07")
    '2026-S2'
    """
    return f"{month[:4]}-S{(int(month[5:7]) + 5) // 6}"


def stretch_span(key: str) -> tuple[date, date]:
    """Return first and last day of 'YYYY-MM', 'YYYY-Qn' or 'YYYY-Sn'. Raises ValueError for anything else."""
    if STRETCH.fullmatch(key) is None:
        msg = f"no such month, quarter or semester: {key}"
        raise ValueError(msg)
    year, part = key.split("-")
    length = {"Q": 3, "S": 6}.get(part[0], 1)
    last = int(part.lstrip("QS")) * length
    return date(int(year), last - length + 1, 1), month_end(date(int(year), last, 1))


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


class Balance(NamedTuple):
    """Periods whose sums are added, and periods whose sums are taken away again."""

    plus: list[str]
    minus: list[str]


def balance(start: date, end: date) -> Balance:
    """Return the fewest kept periods that come to start..end: 1 to 30 January is January without its last day.

    >>> balance(date(2026, 1, 1), date(2026, 11, 29))
    Balance(plus=['2026'], minus=['2026-11-30', '2026-12'])
    """
    found = Balance([], [])
    for year in range(start.year, end.year + 1):
        first, last = year_span(year)
        _put(found, _weighed(first, last, max(start, first), min(end, last), str(year)))
    return found


def balance_by_month(start: date, end: date) -> Balance:
    """Return the same for each month by itself, no period longer than a month."""
    found = Balance([], [])
    day = start.replace(day=1)
    while day <= end:
        last = month_end(day)
        _put(found, _weighed(day, last, max(start, day), min(end, last), day.isoformat()[:7]))
        day = last + timedelta(days=1)
    return found


def _weighed(first: date, last: date, start: date, end: date, whole: str) -> Balance:
    """Choose between the parts themselves, and the whole without the rest of it."""
    one = timedelta(days=1)
    parts = cover(start, end, years=False) if (start, end) != (first, last) else [whole]
    rest = cover(first, start - one, years=False) + cover(end + one, last, years=False)
    return Balance([whole], rest) if len(parts) > len(rest) + 1 else Balance(parts, [])


def _put(found: Balance, more: Balance) -> None:
    found.plus.extend(more.plus)
    found.minus.extend(more.minus)


class Stretch(NamedTuple):
    """Days of the ledger, both included, to be added (1) or taken away (-1)."""

    sign: int
    start: date
    end: date


def years_and_rest(start: date, end: date) -> tuple[list[str], list[Stretch]]:
    """Return the years to add, and the days that are missing or too many: never more than half a year at either end."""
    years, rest = [], []
    one = timedelta(days=1)
    for year in range(start.year, end.year + 1):
        first, last = year_span(year)
        here, there = max(start, first), min(end, last)
        if (there - here).days * 2 < (last - first).days:
            rest.append(Stretch(1, here, there))
            continue
        years.append(str(year))
        rest += (Stretch(-1, a, b) for a, b in ((first, here - one), (there + one, last)) if a <= b)
    return years, rest
