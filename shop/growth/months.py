"""Months as the figures count them: named by their first day, read from `2026-11`, written out for papers."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from babel.dates import format_date

from shop.base.errors import NotFound

FIRST_YEAR: Final = 2019
"""The years the rest of the shop knows; nothing is stated about earlier ones."""
_WRITTEN: Final = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
_YEAR: Final = 12


def month_of(day: date) -> date:
    """Return the first day of the month a day lies in."""
    return day.replace(day=1)


def month_from(text: str, today: date) -> date:
    """Read `2026-11`. Raises NotFound for what is no month, lies ahead, or is before the years we know."""
    if _WRITTEN.fullmatch(text):
        month = date.fromisoformat(f"{text}-01")
        if date(FIRST_YEAR, 1, 1) <= month <= today:
            return month
    raise NotFound("Bulan ini tidak ada dalam catatan, atau belum dimulai.")


def shifted(month: date, count: int) -> date:
    """Return the month `count` months later (earlier when negative)."""
    year, place = divmod(month.year * _YEAR + month.month - 1 + count, _YEAR)
    return date(year, place + 1, 1)


def end_of(month: date) -> date:
    """Return the last day of a month."""
    return shifted(month, 1) - timedelta(days=1)


def between(first: date, last: date) -> tuple[date, ...]:
    """Return the months from `first` to `last`, both included."""
    count = (last.year - first.year) * _YEAR + last.month - first.month + 1
    return tuple(shifted(first, n) for n in range(count))


def of_year(year: int, today: date) -> tuple[date, ...]:
    """Return the months of a year that have begun by `today`."""
    return between(date(year, 1, 1), min(date(year, 12, 1), month_of(today)))


def written(month: date) -> str:
    """Return `November 2026`, in Indonesian: the language of papers."""
    return str(format_date(month, "MMMM y", locale="id_ID"))


def day_written(day: date) -> str:
    """Return `25 November 2026`, in Indonesian."""
    return str(format_date(day, "d MMMM y", locale="id_ID"))
