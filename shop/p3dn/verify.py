"""Proving the figures: orders and packages say it again, and ledger, kept totals and the trail's chain must agree.

Three steps, each streamed in flat memory: `facts` (orders and packages against the ledger), `totals` (the ledger against
every kept sum, inside the database) and `chain` (the hash chain of the trail).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, func, select

from shop.audit import trail
from shop.db import session
from shop.p3dn.faces import ALL_OFFICES
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import month_end, month_span, year_span
from shop.p3dn.posting import Statement, held_sums, kept, ledger, wanted_sums
from shop.p3dn.rollup import KEY, Rollup, steps
from shop.p3dn.rules import MEASURES

Progress = Callable[[str, int], None]
"""Told the step and how much of it is done: sources, then entries, then records of the trail."""
_BATCH: Final = 400
_OFFICES: Final = 32
"""Offices that one statement sums: few enough that what it sorts stays small."""
_NOTHING: Final = (0,) * len(MEASURES)


class Gap(NamedTuple):
    """One measure that is not what it should be."""

    measure: str
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One sum that is not what it should be."""

    kind: str
    """`facts` (ledger against orders and packages), `unstated` (a source nobody stated), `totals` (kept sums)."""
    where: str
    """`order:12 line:31`, or a kept sum by its key."""
    gaps: tuple[Gap, ...]


@dataclass(slots=True)
class VerifyReport:
    """What was compared and the first differences found."""

    limit: int
    sources: int = 0
    entries: int = 0
    sums: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)
    chain: trail.ChainReport = field(default_factory=lambda: trail.ChainReport(0, None))

    @property
    def ok(self) -> bool:
        """Whether everything agrees, the chain of the trail included."""
        return self.found == 0 and self.chain.first_broken is None

    def first(self, *kinds: str) -> Difference | None:
        """Return the first difference of these kinds: `facts` and `unstated` belong to the first step."""
        return next((difference for difference in self.differences if difference.kind in kinds), None)

    def add(self, kind: str, where: str, expected: Iterable[int], found: Iterable[int]) -> None:
        """Count a difference; keep the first ones, and always the first of its kind."""
        self.found += 1
        if len(self.differences) < self.limit or self.first(kind) is None:
            gaps = (Gap(*gap) for gap in zip(MEASURES, expected, found, strict=True))
            self.differences.append(Difference(kind, where, tuple(gap for gap in gaps if gap.expected != gap.found)))


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


def verify(
    wanted: Iterable[Statement], *, limit: int = 20, progress: Progress | None = None, chain: bool = True
) -> VerifyReport:
    """Compare facts with the ledger, the ledger with every kept total, and the trail with its hashes. Changes nothing.

    `wanted` yields every source with its facts as the rooms above state them now, in any order. Without `chain` the trail
    is left to the caller.
    """
    report, tell = VerifyReport(limit), progress or (lambda _step, _done: None)
    _verify_facts(report, wanted, tell)
    _verify_totals(report, tell)
    if chain:
        report.chain = trail.verify()
        tell("chain", report.chain.entries)
    return report


def rebuild_totals() -> int:
    """Throw the kept totals away and sum the ledger again, in SQL; return the rows written. Runs in a unit of work."""
    session.execute(delete(P3dnTotal))
    for step, given in _steps():
        session.execute(step.lay, given)
    return session.execute(select(func.count()).select_from(kept)).scalar_one()


def _verify_facts(report: VerifyReport, wanted: Iterable[Statement], tell: Progress) -> None:
    seen, statements = _Seen(), iter(wanted)
    while batch := list(islice(statements, _BATCH)):
        sources = [source for source, _ in batch]
        for source in sources:
            seen.add(source)
        report.sources += len(sources)
        _compare(report, "facts", wanted_sums(batch), sources)
        tell("facts", report.sources)
    for some in _batches(_sources()):
        _compare(report, "unstated", {}, [source for source in some if source not in seen])


def _compare(report: VerifyReport, kind: str, wanted: Mapping[Any, Any], sources: list[str]) -> None:
    if not sources:
        return
    held = held_sums(sources)
    if wanted == held:  # nearly always, and compared without a loop of ours
        return
    for where in (*held, *(w for w in wanted if w not in held)):
        expected, found = wanted.get(where, _NOTHING), held.get(where, _NOTHING)
        if expected != found:
            report.add(kind, f"{where[0]} {where[1]}", expected, found)


def _sources() -> Iterator[str]:
    query = select(ledger.c.source).distinct().order_by(ledger.c.source)
    yield from session.execute(query.execution_options(yield_per=1000)).scalars()


def _batches(values: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(values, _BATCH)):
        yield batch


def _verify_totals(report: VerifyReport, tell: Progress) -> None:
    """Let the database compare, a month or some offices of a year at a time, and say what each difference would be."""
    entries = select(func.count()).select_from(ledger)
    for step, given in _steps():
        for row in session.execute(step.differs.order_by(*KEY), given).all():
            key, numbers = row[: len(KEY)], row[len(KEY) :]
            found = session.execute(
                select(*(kept.c[name] for name in MEASURES)).where(
                    *(kept.c[name] == value for name, value in zip(KEY, key, strict=True))
                )
            ).first()
            numbers_found = tuple(found or _NOTHING)
            expected = tuple(a + b for a, b in zip(numbers, numbers_found, strict=True))
            report.add("totals", _name(tuple(key)), expected, numbers_found)
        if step is steps()["day"]:
            days = ledger.c.day.between(given["start"], given["end"])
            report.entries += session.execute(entries.where(days)).scalar_one()
            tell("totals", report.entries)
    report.sums = session.execute(select(func.count()).select_from(kept)).scalar_one()


def _steps() -> Iterator[tuple[Rollup, dict[str, Any]]]:
    """Yield every step with its parameters, what is finer before what is made of it. What has no rows has no step."""
    known, months = steps(), list(_months())
    for month in months:
        start, end = month_span(month)
        days = {"first": f"{month}-00", "last": f"{month}-99"}
        yield known["day"], {**days, "start": start, "end": end}
        yield known["day_whole"], days
        yield known["rolled"], {"period": month, "finer": [f"{month}-{day:02d}" for day in range(1, end.day + 1)]}
    offices = _offices()
    for year in sorted({month[:4] for month in months}):
        start, end = year_span(int(year))
        yield known["rolled"], {"period": year, "finer": [f"{year}-{month:02d}" for month in range(1, 13)]}
        for at in range(0, len(offices), _OFFICES):
            given = {"period": year, "start": start, "end": end, "offices": offices[at : at + _OFFICES]}
            yield known["office"], given
            yield known["office_whole"], given


def _offices() -> list[int]:
    """Return every office that ledger or kept totals know."""
    known = session.execute(select(ledger.c.office_id).distinct()).scalars().all()
    return sorted({*known, *session.execute(select(kept.c.office_id).distinct()).scalars()} - {ALL_OFFICES})


def _name(key: tuple[Any, ...]) -> str:
    period, dim, office_id, account_code, group = key
    return f"{period} dim={dim or '-'} office={office_id or 'all'} account={account_code or 'all'} key={group or '-'}"


def _months() -> Iterator[str]:
    """Yield the months that ledger or kept totals have rows of, by stepping over what lies between.

    A year kept without any month is found as its January.
    """
    after, before = date.min, ""
    while True:
        day = session.execute(select(func.min(ledger.c.day)).where(ledger.c.day > after)).scalar()
        period = session.execute(select(func.min(kept.c.period)).where(kept.c.period > before)).scalar()
        known = [day.isoformat()[:7]] if day else []
        known += [period[:7] if len(period) > 4 else f"{period}-01"] if period else []  # noqa: PLR2004 - a year
        if not known:
            return
        month = min(known)
        yield month
        after, before = month_end(date.fromisoformat(f"{month}-01")), f"{month}-99"
