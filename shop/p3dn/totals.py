"""Reading totals: a number of rows bounded by groups × periods, never the ledger itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Select, String, cast, func, select, union_all

from shop.db import session
from shop.p3dn import basis
from shop.p3dn.faces import TIMES, GroupBy, Question, question
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import (
    FIRST_DAY,
    LAST_DAY,
    Stretch,
    balance,
    balance_by_month,
    quarter_of,
    semester_of,
    year_span,
    years_and_rest,
)
from shop.p3dn.posting import kept, ledger
from shop.p3dn.rules import EVIDENCE, MEASURES, SYSTEM, ZERO, Measures, Shares, shares

Label = Callable[[GroupBy, Collection[str]], Mapping[str, str]]
"""Names for the keys of one breakdown. Given by the door: vendors live above this room."""

KEY_OF: Final[Mapping[str, Any]] = {
    "account": ledger.c.account_code,
    "kecamatan": ledger.c.kecamatan_code,
    "vendor": func.coalesce(cast(ledger.c.vendor_id, String), ""),
    "evidence": ledger.c.evidence,
    "category": ledger.c.category_code,
    "channel": ledger.c.channel,
}
"""The key of each breakdown, as the ledger has it."""
_STRETCH: Final[Mapping[str, Callable[[str], str]]] = {
    "month": str,
    "quarter": quarter_of,
    "semester": semester_of,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the ledger is meant. Days are Jakarta days, both ends included; None means open."""

    year: int | None = None
    office_id: int | None = None
    account_code: str | None = None
    start: date | None = None
    end: date | None = None
    office_ids: tuple[int, ...] | None = None
    """Several offices together, an office with all below it for one (office_tree.py); () is none. Beside `office_id`, both hold."""

    @property
    def offices(self) -> tuple[int, ...] | None:
        """The offices meant, None for all of them."""
        if self.office_id is None:
            return self.office_ids
        return (self.office_id,) if self.office_ids is None or self.office_id in self.office_ids else ()


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
    stretches of time in order. Days that exclude each other select nothing.
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
    """Return the measures by key, or by stretch of time, in one statement."""
    asked = question(group_by, filters.offices, filters.account_code)
    if group_by in TIMES:
        return _by_time(asked, days, _STRETCH[str(group_by)])
    if asked.narrow:
        years, rest = years_and_rest(*days)
        parts = [_kept(asked, years, 1)] if years else []
        parts += (_entered(asked, filters, stretch) for stretch in rest)
    else:
        plus, minus = balance(*days)
        parts = [_kept(asked, periods, sign) for periods, sign in ((plus, 1), (minus, -1)) if periods]
        if len(plus) == 1 and not minus:  # a whole year, the usual question: each key has one row, nothing to add up
            return {row[0]: Measures(*row[1:]) for row in session.execute(parts[0])}
    both = parts[0].subquery() if len(parts) == 1 else union_all(*parts).subquery()
    sums = (cast(func.sum(both.c[name]), BigInteger) for name in MEASURES)
    return {row[0]: Measures(*row[1:]) for row in session.execute(select(both.c.key, *sums).group_by(both.c.key))}


def _by_time(asked: Question, days: tuple[date, date], stretch: Callable[[str], str]) -> dict[str, Measures]:
    plus, minus = balance_by_month(*days)
    signs = dict.fromkeys(plus, 1) | dict.fromkeys(minus, -1)
    rows = session.execute(_kept(asked, [*plus, *minus], 1, kept.c.period)).all()
    found: dict[str, Measures] = {}
    for row in rows:
        measures, key = Measures(*row[1:]), stretch(row[0][:7])
        found[key] = found.get(key, ZERO) + (measures if signs[row[0]] > 0 else -measures)
    return found


def _kept(asked: Question, periods: Sequence[str], sign: int, key: Any = kept.c.key) -> Select[Any]:
    """Select kept rows, added or taken away."""
    numbers = (kept.c[name] if sign > 0 else (-kept.c[name]).label(name) for name in MEASURES)
    query = select(key.label("key"), *numbers).where(
        kept.c.period.in_(periods),
        kept.c.dim == asked.dim,
        kept.c.office_id.in_(asked.office_ids),
        kept.c.account_code == asked.account_code,
    )
    return query if asked.keys is None else query.where(kept.c.key.in_(asked.keys))


def _entered(asked: Question, filters: Filters, stretch: Stretch) -> Select[Any]:
    """Select what offices entered on some days, where nothing finer than a year is kept."""
    numbers = (ledger.c[name] if stretch.sign > 0 else (-ledger.c[name]).label(name) for name in MEASURES)
    query = select(KEY_OF[asked.dim].label("key"), *numbers).where(
        ledger.c.office_id.in_(asked.office_ids), ledger.c.day.between(stretch.start, stretch.end)
    )
    return query if filters.account_code is None else query.where(ledger.c.account_code == filters.account_code)


def _order(group_by: GroupBy | None) -> Callable[[Row], Any]:
    if group_by in TIMES:
        return lambda row: row.key
    if group_by == "evidence":
        places = {name: place for place, name in enumerate(EVIDENCE)}
        return lambda row: places.get(row.key, len(places))
    return lambda row: (-row.measures.paid_total, -row.measures.committed, -row.measures.planned, row.key)
