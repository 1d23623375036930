"""A year beside the year before: the same days of both, and the whole of the earlier one."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from shop.base.clock import local_day
from shop.base.money import ratio_bp
from shop.p3dn.faces import TIMES
from shop.p3dn.office_tree import OfficeTree
from shop.p3dn.rules import ZERO, Measures
from shop.p3dn.totals import Label, Row
from shop.reports.asking import Ask
from shop.reports.grouping import SHOWN, Table, answer

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Pair:
    """One group in both years. Shares in basis points are None without a denominator, and so are their differences."""

    key: str
    label: str
    now: Measures
    then: Measures
    whole: Measures

    @property
    def change(self) -> int:
        """What was paid more (or less, negative) than on the same days of the year before, rupiah."""
        return self.now.paid_total - self.then.paid_total

    @property
    def pdn_now(self) -> int | None:
        """Share of domestic products in what was paid."""
        return ratio_bp(self.now.pdn_value, self.now.paid_total)

    @property
    def pdn_then(self) -> int | None:
        """The same on the same days of the year before."""
        return ratio_bp(self.then.pdn_value, self.then.paid_total)

    @property
    def points(self) -> int | None:
        """Percentage points of that share gained, in hundredths."""
        return None if self.pdn_now is None or self.pdn_then is None else self.pdn_now - self.pdn_then


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two years side by side. `days`, `same` and `earlier`: of this year, the same of the last, the whole of the last."""

    now: Table
    days: Days
    same: Days
    earlier: Days
    pairs: tuple[Pair, ...]
    total: Pair

    @property
    def rows(self) -> tuple[Pair, ...]:
        """The rows a page shows."""
        return self.pairs[:SHOWN]

    @property
    def rest(self) -> Pair | None:
        """What the page leaves out, together."""
        left = self.pairs[SHOWN:]
        return _together(left, str(len(left))) if left else None


def compare(ask: Ask, tree: OfficeTree, *, now: datetime, label: Label) -> Comparison:
    """Compare: until today when the stretch runs on, and the same days a year earlier (28 February for the 29th)."""
    start, end = ask.days
    until = max(start, min(end, local_day(now)))
    days, same, earlier = (start, until), (_back(start), _back(until)), (_back(start), _last(end))
    filters = ask.filters(tree)
    found = [
        answer(ask, replace(filters, start=first, end=last), tree, now=now, label=label)
        for first, last in (days, same, earlier)
    ]
    pairs = _pairs(ask, found, label)
    return Comparison(found[0], days, same, earlier, pairs, _together(pairs, ""))


def _pairs(ask: Ask, found: Iterable[Table], label: Label) -> tuple[Pair, ...]:
    sides = [{_name(ask, row): row for row in table.whole} for table in found]
    keys = list(dict.fromkeys(key for side in sides for key in side))
    if ask.group_by in TIMES:
        keys.sort()
        names = label(ask.group_by, keys)
    else:
        names = {key: row.label for side in reversed(sides) for key, row in side.items()}
    return tuple(
        Pair(key, names[key], *(side[key].measures if key in side else ZERO for side in sides)) for key in keys
    )


def _name(ask: Ask, row: Row) -> str:
    """Return what stands for a group in both years: March is March."""
    return f"{ask.year}{row.key[4:]}" if ask.group_by in TIMES else row.key


def _together(pairs: Iterable[Pair], label: str) -> Pair:
    pairs = tuple(pairs)
    return Pair("", label, *(sum((getattr(p, side) for p in pairs), ZERO) for side in ("now", "then", "whole")))


def _back(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if leap_day else day.replace(year=day.year - 1)


def _last(day: date) -> date:
    """Return the last day of the same stretch a year earlier: a February keeps its end."""
    ends = (day.month, day.day) == (2, 28) and isleap(day.year - 1)
    return day.replace(year=day.year - 1, day=29) if ends else _back(day)
