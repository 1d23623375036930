"""Proving the figures: orders and packages say it again, and ledger and kept totals must agree, in flat memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from operator import sub
from typing import Any, Final

from sqlalchemy import BigInteger, Select, cast, delete, func, insert, or_, select, union_all

from shop.db import session
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import cover, month_end, month_span
from shop.p3dn.posting import (
    DIMENSIONS,
    Statement,
    held_sums,
    kept,
    ledger,
    subtract,
    total_changes,
    wanted_sums,
    write_totals,
)
from shop.p3dn.rules import MEASURES

_BATCH: Final = 400
_NOTHING: Final = (0,) * len(MEASURES)
_KEY: Final = ("dim", "office_id", "account_code", "key")


@dataclass(frozen=True, slots=True)
class Difference:
    """One sum that is not what it should be. `where` names it; numbers are (measure, expected minus found)."""

    kind: str
    """`facts` (ledger against orders and packages), `unstated` (a source nobody stated), `totals` (kept sums)."""
    where: str
    numbers: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class VerifyReport:
    """What was compared and the first differences found."""

    limit: int
    sources: int = 0
    entries: int = 0
    sums: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return self.found == 0

    def add(self, kind: str, where: str, numbers: Iterable[int]) -> None:
        """Count a difference and keep it while there is room."""
        self.found += 1
        if len(self.differences) < self.limit:
            pairs = tuple((n, v) for n, v in zip(MEASURES, numbers, strict=True) if v)
            self.differences.append(Difference(kind, where, pairs))


class _Seen:
    """Which sources were stated: one bit a number, so ten million orders take little more than a megabyte."""

    def __init__(self) -> None:
        self._bits: defaultdict[str, bytearray] = defaultdict(bytearray)
        self._odd: set[str] = set()

    def add(self, source: str) -> None:
        kind, number = self._split(source)
        if number < 0:
            self._odd.add(source)
            return
        bits = self._bits[kind]
        if number >> 3 >= len(bits):
            bits.extend(bytes((number >> 3) + 1024 - len(bits)))
        bits[number >> 3] |= 1 << (number & 7)

    def __contains__(self, source: str) -> bool:
        kind, number = self._split(source)
        if number < 0:
            return source in self._odd
        bits = self._bits[kind]
        return number >> 3 < len(bits) and bool(bits[number >> 3] & 1 << (number & 7))

    @staticmethod
    def _split(source: str) -> tuple[str, int]:
        kind, _, number = source.partition(":")
        return (kind, int(number)) if number.isdecimal() and len(number) <= 9 else (kind, -1)  # noqa: PLR2004


def verify(wanted: Iterable[Statement], *, limit: int = 20) -> VerifyReport:
    """Compare facts with the ledger, and the ledger with every kept total. Reads only; changes nothing.

    `wanted` yields every source with its facts as the rooms above state them now, in any order.
    """
    report, seen = VerifyReport(limit), _Seen()
    statements = iter(wanted)
    while batch := list(islice(statements, _BATCH)):
        sources = [source for source, _ in batch]
        for source in sources:
            seen.add(source)
        report.sources += len(sources)
        _compare(report, "facts", batch, sources)
    for sources in _batches(_sources()):
        _compare(report, "unstated", (), [source for source in sources if source not in seen])
    _verify_days(report)
    _verify_rollups(report)
    return report


def rebuild_totals() -> int:
    """Throw the kept totals away and sum the ledger again; return the rows written. Runs in a unit of work."""
    session.execute(delete(P3dnTotal))
    for day in _days():
        write_totals(total_changes(_entries(day), (day.isoformat(),)))
    columns = ("period", *_KEY, *MEASURES)
    for period in (*_months(), *_years()):
        parts = select(cast(period, kept.c.period.type), *_summed()).where(_parts_of(period)).group_by(*_keys())
        session.execute(insert(kept).from_select(columns, parts.having(_nonzero())))
    return session.execute(select(func.count()).select_from(kept)).scalar_one()


def _compare(report: VerifyReport, kind: str, batch: Iterable[Statement], sources: list[str]) -> None:
    if sources:
        for where, numbers in subtract(wanted_sums(batch), held_sums(sources)):
            report.add(kind, f"{where[0]} {where[1]}", numbers)


def _sources() -> Iterator[str]:
    query = select(ledger.c.source).distinct().order_by(ledger.c.source)
    yield from session.execute(query.execution_options(yield_per=1000)).scalars()


def _batches(values: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(values, _BATCH)):
        yield batch


class _Counted:
    """Passes entries through and counts them."""

    def __init__(self, entries: Iterable[tuple[tuple[Any, ...], tuple[int, ...]]]) -> None:
        self._entries = entries
        self.count = 0

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], tuple[int, ...]]]:
        for entry in self._entries:
            self.count += 1
            yield entry


def _verify_days(report: VerifyReport) -> None:
    """Sum each day's entries and take the kept sums of that day away: nothing may be left."""
    for day in _days():
        entries = _Counted(_entries(day))
        left = total_changes(entries, (day.isoformat(),))
        report.entries += entries.count
        rows = session.execute(
            select(*(kept.c[name] for name in (*_KEY, *MEASURES))).where(kept.c.period == day.isoformat())
        )
        for row in rows:
            report.sums += 1
            key = (day.isoformat(), *row[:4])
            left[key] = tuple(map(sub, left.get(key, _NOTHING), row[4:]))
        for key in sorted(key for key, numbers in left.items() if any(numbers)):
            report.add("totals", _name(key), left[key])


def _verify_rollups(report: VerifyReport) -> None:
    """Months must be the sum of their days and years of their months; the database compares, one period at a time."""
    for period in (*_months(), *_years()):
        below = select(*_keys(), *(kept.c[name] for name in MEASURES)).where(_parts_of(period))
        own = select(*_keys(), *((-kept.c[name]).label(name) for name in MEASURES)).where(kept.c.period == period)
        both = union_all(below, own).subquery()
        sums = [cast(func.sum(both.c[name]), BigInteger).label(name) for name in MEASURES]
        keys = [both.c[name] for name in _KEY]
        left = or_(*(func.sum(both.c[name]) != 0 for name in MEASURES))
        for row in session.execute(select(*keys, *sums).group_by(*keys).having(left).order_by(*keys)):
            report.add("totals", _name((period, *row[:4])), row[4:])
        count = select(func.count()).select_from(kept).where(kept.c.period == period)
        report.sums += session.execute(count).scalar_one()


def _name(key: tuple[Any, ...]) -> str:
    period, dim, office_id, account_code, group = key
    return f"{period} dim={dim or '-'} office={office_id or 'all'} account={account_code or 'all'} key={group or '-'}"


def _entries(day: date) -> Iterator[tuple[tuple[Any, ...], tuple[int, ...]]]:
    width = len(DIMENSIONS)
    query: Select[Any] = select(*(ledger.c[name] for name in (*DIMENSIONS, *MEASURES))).where(ledger.c.day == day)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield tuple(row[:width]), tuple(row[width:])


def _ends() -> tuple[date, date] | None:
    """Return the first and last day that ledger or kept totals know of."""
    days = [d for d in session.execute(select(func.min(ledger.c.day), func.max(ledger.c.day))).one() if d]
    first, last = session.execute(select(func.min(kept.c.period), func.max(kept.c.period))).one()
    if first:
        days += [date(int(first[:4]), 1, 1), date(int(last[:4]), 12, 31)]
    return (min(days), max(days)) if days else None


def _days() -> Iterator[date]:
    ends = _ends()
    day = ends[0] if ends else date.max
    while ends and day <= ends[1]:
        yield day
        day += timedelta(days=1)


def _months() -> list[str]:
    ends = _ends()
    return cover(ends[0].replace(day=1), month_end(ends[1]), years=False) if ends else []


def _years() -> list[str]:
    return sorted({month[:4] for month in _months()})


def _keys() -> list[Any]:
    return [kept.c[name] for name in _KEY]


def _summed() -> list[Any]:
    return [*_keys(), *(cast(func.sum(kept.c[name]), BigInteger) for name in MEASURES)]


def _nonzero() -> Any:
    return or_(*(func.sum(kept.c[name]) != 0 for name in MEASURES))


def _parts_of(period: str) -> Any:
    """Match the periods one step finer inside `period`: days of a month, months of a year.

    Named one by one: comparing texts by order would follow the collation of the server.
    """
    if len(period) == 4:  # noqa: PLR2004 - a year
        return kept.c.period.in_([f"{period}-{month:02d}" for month in range(1, 13)])
    first, last = month_span(period)
    return kept.c.period.in_([f"{period}-{day:02d}" for day in range(first.day, last.day + 1)])
