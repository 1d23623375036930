"""Spans the programme reports by: everything, a year, a semester, a quarter, a month. Pure but for the calendar of the totals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shop.base.errors import Invalid

_WRITTEN: Final = re.compile(r"(20\d\d)(?:-(?:S([12])|T([1-4])|(0[1-9]|1[0-2])))?")
FIRST_YEAR: Final = 2018


@dataclass(frozen=True, slots=True)
class Span:
    """A span of Jakarta days, both ends included, with its written key: '', '2026', '2026-S1', '2026-T3', '2026-11'."""

    key: str
    start: date
    end: date

    @property
    def whole_year(self) -> int | None:
        """Return the year when the span is one: targets are set for years."""
        return self.start.year if len(self.key) == 4 else None  # noqa: PLR2004 - digits of a year


def span_of(text: str, today: date) -> Span:
    """Read a span; empty is everything until today. Raises Invalid (field `periode`) for anything else."""
    if not text:
        return Span("", date(FIRST_YEAR, 1, 1), today)
    found = _WRITTEN.fullmatch(text) if text.isascii() else None
    if found is None or not FIRST_YEAR <= int(found[1]) <= today.year + 1:
        raise Invalid.at("periode", "Tulis periode seperti 2026, 2026-S1, 2026-T3, atau 2026-11.")
    year, half, quarter, month = int(found[1]), found[2], found[3], found[4]
    if half:
        first, months = int(half) * 6 - 5, 6
    elif quarter:
        first, months = int(quarter) * 3 - 2, 3
    else:
        first, months = (int(month), 1) if month else (1, 12)
    last = date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1) - timedelta(days=1)  # noqa: PLR2004
    return Span(text, date(year, first, 1), last)


def keys_of(day: date) -> tuple[str, ...]:
    """Return the keys of all spans a day lies in: everything, its year, half, quarter and month.

    >>> keys_of(date(2026, 11, 20))
    ('', '2026', '2026-S2', '2026-T4', '2026-11')
    """
    year, month = day.year, day.month
    return "", f"{year}", f"{year}-S{(month + 5) // 6}", f"{year}-T{(month + 2) // 3}", f"{year}-{month:02d}"


def choices(today: date) -> list[str]:
    """Return the keys to choose from: everything, this year and its parts, and the four years before."""
    year = today.year
    parts = [f"{year}-S{n}" for n in (1, 2)] + [f"{year}-T{n}" for n in (1, 2, 3, 4)]
    months = [f"{year}-{month:02d}" for month in range(1, today.month + 1)]
    return ["", str(year), *parts, *months, *(str(year - back) for back in range(1, 5))]
