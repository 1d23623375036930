"""Reading totals: a number of rows bounded by groups × periods, never the ledger itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Select, cast, func, select

from shop.db import session
from shop.p3dn import basis
from shop.p3dn.faces import GroupBy, question
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import FIRST_DAY, LAST_DAY, cover, year_span
from shop.p3dn.posting import kept
from shop.p3dn.rules import EVIDENCE, MEASURES, SYSTEM, ZERO, Measures, Shares, shares

Label = Callable[[GroupBy, Collection[str]], Mapping[str, str]]
"""Names for the keys of one breakdown. Given by the door: vendors live above this room."""

_SUMS: Final = tuple(cast(func.sum(kept.c[name]), BigInteger).label(name) for name in MEASURES)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the ledger is meant. Days are Jakarta days, both ends included; None means open."""

    year: int | None = None
    office_id: int | None = None
    account_code: str | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One group: its key, its label ('' without a label hook) and its measures."""

    key: str
    label: str
    measures: Measures

    @property
    def shares(self) -> Shares:
        """The percentages of this group."""
        return shares(self.measures)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures with all that must stand beside them: the system, the moment, the basis, the days covered."""

    system: str
    as_of: datetime
    basis: str
    bases: tuple[str, ...]
    """On which bases lines of these days may count; more than one when rule `p3dn.value_basis` changed meanwhile."""
    start: date | None
    end: date | None
    group_by: GroupBy | None
    rows: tuple[Row, ...]
    total: Measures

    @property
    def shares(self) -> Shares:
        """The percentages of the whole."""
        return shares(self.total)


def totals(filters: Filters, group_by: GroupBy | None = None, *, now: datetime, label: Label | None = None) -> Report:
    """Return the kept sums under `filters`, broken down by `group_by`, as they stand at `now`.

    Groups that come to nothing are left out; a year without data has no rows and a total of zero. Largest first,
    months in order. Days that exclude each other select nothing.
    """
    days = span(filters)
    sums = _sums(filters, group_by, days) if days else {}
    total = Measures(*map(sum, zip(*(measures.as_tuple() for measures in sums.values()), strict=True)))
    found = {key: measures for key, measures in sums.items() if group_by and measures}
    names = label(group_by, found) if label and group_by and found else {}
    rows = (Row(key, names.get(key, ""), measures) for key, measures in found.items())
    start, end = days or (filters.start, filters.end)
    bases = basis.within(start, end)
    return Report(SYSTEM, now, bases[-1], bases, start, end, group_by, tuple(sorted(rows, key=_order(group_by))), total)


def span(filters: Filters) -> tuple[date, date] | None:
    """Return first and last day meant, open ends closed by the years that have data; None when no day is meant."""
    start, end = filters.start and max(filters.start, FIRST_DAY), filters.end and min(filters.end, LAST_DAY)
    if filters.year is not None:
        first, last = year_span(filters.year)
        start, end = max(start or first, first), min(end or last, last)
    if start is None or end is None:
        known = years_with_data()
        if known is None:
            return None
        start, end = start or year_span(known[0])[0], end or year_span(known[1])[1]
    return (start, end) if start <= end else None


def years_with_data() -> tuple[int, int] | None:
    """Return first and last year of the kept totals: two look-ups at the ends of the primary key."""
    first = session.execute(select(P3dnTotal.period).order_by(P3dnTotal.period).limit(1)).scalar()
    last = session.execute(select(P3dnTotal.period).order_by(P3dnTotal.period.desc()).limit(1)).scalar()
    return (int(first[:4]), int(last[:4])) if first and last else None


def _sums(filters: Filters, group_by: GroupBy | None, days: tuple[date, date]) -> dict[str, Measures]:
    """Return the measures by key, or by month."""
    periods = cover(*days, years=group_by != "month")
    asked = question(group_by, filters.office_id, filters.account_code)
    here = [
        kept.c.period.in_(periods),
        kept.c.dim == asked.dim,
        kept.c.office_id == asked.office_id,
        kept.c.account_code == asked.account_code,
    ]
    if asked.key is not None:
        here.append(kept.c.key == asked.key)
    if group_by == "month":
        months: dict[str, Measures] = {}
        for row in session.execute(select(kept.c.period, *(kept.c[name] for name in MEASURES)).where(*here)):
            months[row.period[:7]] = months.get(row.period[:7], ZERO) + Measures(*row[1:])
        return months
    if len(periods) == 1:  # whole years, the usual question: each key has one row, nothing to add up
        here[0] = kept.c.period == periods[0]
        query: Select[Any] = select(kept.c.key, *(kept.c[name] for name in MEASURES)).where(*here)
    else:
        query = select(kept.c.key, *_SUMS).where(*here).group_by(kept.c.key)
    return {row[0]: Measures(*row[1:]) for row in session.execute(query)}


def _order(group_by: GroupBy | None) -> Callable[[Row], Any]:
    if group_by == "month":
        return lambda row: row.key
    if group_by == "evidence":
        places = {name: place for place, name in enumerate(EVIDENCE)}
        return lambda row: places.get(row.key, len(places))
    return lambda row: (-row.measures.paid_total, -row.measures.committed, -row.measures.planned, row.key)
