"""Reading totals: a number of rows bounded by groups × periods, never the ledger itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Select, cast, func, select

from shop.base.errors import Invalid
from shop.db import session
from shop.p3dn.faces import GroupBy, question
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import cover, year_span
from shop.p3dn.posting import kept
from shop.p3dn.rules import BASIS, EVIDENCE, MEASURES, SYSTEM, ZERO, Measures, Shares, shares

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
    months in order. Raises Invalid when the days exclude each other.
    """
    days = span(filters)
    sums: dict[str, Measures] = {}
    if days is not None:
        for row in session.execute(_query(filters, group_by, cover(*days, years=group_by != "month"))):
            key = row.period[:7] if group_by == "month" else row.key
            sums[key] = sums.get(key, ZERO) + Measures(*row[2:])
    found = {key: measures for key, measures in sums.items() if measures}
    total = _sum(sums.values())
    if group_by is None:
        found = {}
    names = label(group_by, found) if label and group_by and found else {}
    rows = (Row(key, names.get(key, ""), measures) for key, measures in found.items())
    start, end = days or (filters.start, filters.end)
    return Report(SYSTEM, now, BASIS, start, end, group_by, tuple(sorted(rows, key=_order(group_by))), total)


def span(filters: Filters) -> tuple[date, date] | None:
    """Return first and last day meant, open ends closed by the years that have data; None when there is none.

    Raises Invalid when `from` lies after `to`, or both outside `year`.
    """
    start, end = filters.start, filters.end
    if start and end and start > end:
        raise Invalid.at("to", "Tanggal akhir mendahului tanggal awal.")
    if filters.year is not None:
        first, last = year_span(filters.year)
        start, end = max(start or first, first), min(end or last, last)
        if start > end:
            raise Invalid.at("year", "Tanggal yang diminta berada di luar tahun ini.")
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


def _query(filters: Filters, group_by: GroupBy | None, periods: list[str]) -> Select[Any]:
    asked = question(group_by, filters.office_id, filters.account_code)
    split = kept.c.period if group_by == "month" else func.min(kept.c.period).label("period")
    query = select(split, kept.c.key, *_SUMS).where(
        kept.c.period.in_(periods),
        kept.c.dim == asked.dim,
        kept.c.office_id == asked.office_id,
        kept.c.account_code == asked.account_code,
    )
    if asked.key is not None:
        query = query.where(kept.c.key == asked.key)
    return query.group_by(kept.c.period, kept.c.key) if group_by == "month" else query.group_by(kept.c.key)


def _sum(parts: Iterable[Measures]) -> Measures:
    whole = ZERO
    for part in parts:
        whole += part
    return whole


def _order(group_by: GroupBy | None) -> Callable[[Row], Any]:
    if group_by == "month":
        return lambda row: row.key
    if group_by == "evidence":
        places = {name: place for place, name in enumerate(EVIDENCE)}
        return lambda row: places.get(row.key, len(places))
    return lambda row: (-row.measures.paid_total, -row.measures.committed, -row.measures.planned, row.key)
