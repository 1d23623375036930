"""Where the year will end, by methods anybody can follow with a pocket calculator. Pure, whole rupiah, no clock.

Three ways to look at the same year, each named with its inputs on the page:

* *season*: of an earlier year we know what was paid by this same day and by its end; today's figure grows likewise;
* *pace*: what was paid so far, per working day passed, times the working days of the year;
* *bound*: what was paid, and what is ordered and not paid yet.

The expected end is the season of all usable years taken together, else the pace, and never less than what is bound. The
lowest and the highest of all of them are the range. With too little to go by it refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shop.base.money import FULL_BP, round_half_up, share

Method = Literal["actual", "season", "pace", "bound"]
_FEBRUARY, _LEAP_DAY = 2, 29


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier year, in rupiah paid: by the same day, and by its end; and how many orders it had."""

    year: int
    by_day: int
    whole: int
    orders: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What a forecast is made of. Rupiah on the value basis of the ledger; days are Jakarta's working days."""

    day: date
    year: int
    paid: int
    committed: int
    orders: int
    days_passed: int
    days_whole: int
    past: Sequence[Past] = ()

    @property
    def unpaid(self) -> int:
        """Ordered and not paid yet; nothing when orders of the year before were paid in this one."""
        return max(self.committed - self.paid, 0)


@dataclass(frozen=True, slots=True)
class Least:
    """Below these a forecast would be guessing (dated rule `p3dn.forecast`)."""

    orders: int
    days: int
    past_bp: int
    """An earlier year counts when it had enough orders and at least this share of it was paid by the same day."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to look at the year and the rupiah it comes to; `past` is the earlier year it was measured by."""

    method: Method
    amount: int
    past: Past | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will have been paid on 31 December: expected, and the range of all ways. `method` made the expected one."""

    method: Method
    low: int
    expected: int
    high: int
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no forecast: `not_begun`, `few_orders` or `few_days`; `least` is what it takes."""

    why: Literal["not_begun", "few_orders", "few_days"]
    have: int = 0
    least: int = 0


def same_day(day: date, year: int) -> date:
    """Return the same day of another year; 29 February becomes the 28th where there is none.

    >>> same_day(date(2028, 2, 29), 2027).isoformat()
    '2027-02-28'
    """
    if (day.month, day.day) == (_FEBRUARY, _LEAP_DAY):
        day = day.replace(day=_LEAP_DAY - 1)
    return day.replace(year=year)


def forecast(basis: Basis, least: Least) -> Forecast | Refusal:
    """Return what will have been paid by the end of the year, or why nobody can tell.

    Never less than what is paid; from 31 December on it is what is paid. A year whose payments came to nothing or less
    (only corrections) is not multiplied: what is bound remains.
    """
    if basis.day >= date(basis.year, 12, 31):
        return Forecast("actual", basis.paid, basis.paid, basis.paid)
    if basis.day.year < basis.year:
        return Refusal("not_begun")
    if basis.orders < least.orders:
        return Refusal("few_orders", basis.orders, least.orders)
    if basis.days_passed < max(least.days, 1):
        return Refusal("few_days", basis.days_passed, max(least.days, 1))
    usable = [p for p in basis.past if _usable(p, least)]
    bound = Way("bound", basis.paid + basis.unpaid)
    pace = Way("pace", _grown(basis.paid, basis.days_whole, basis.days_passed))
    seasons = [Way("season", _grown(basis.paid, p.whole, p.by_day), p) for p in usable]
    ways = (*seasons, pace, bound)
    main = pace
    if usable:
        main = Way("season", _grown(basis.paid, sum(p.whole for p in usable), sum(p.by_day for p in usable)))
    if bound.amount > main.amount:
        main = bound
    amounts = [main.amount, *(way.amount for way in ways)]
    return Forecast(main.method, min(amounts), main.amount, max(amounts), ways)


def _usable(past: Past, least: Least) -> bool:
    return (
        past.orders >= least.orders
        and past.by_day > 0
        and past.whole > 0
        and past.by_day * FULL_BP >= past.whole * least.past_bp
    )


def _grown(paid: int, whole: int, part: int) -> int:
    """Return what `paid` grows to when `part` of a whole had passed; never less than it is."""
    return max(paid, round_half_up(paid * whole, part)) if paid > 0 else paid


@dataclass(frozen=True, slots=True)
class Need:
    """What a target still asks of the rest of the year. Rupiah; `share_bp` None when nothing is left to spend."""

    rest: int
    """Still to be paid until the end of the year, as expected."""
    wanted: int
    """Of these so much has to count, 0 when the target is safe."""
    share_bp: int | None
    end_bp: int | None
    """The share at the year's end if the rest is spent like the part so far; None while nothing is paid."""

    @property
    def is_out_of_reach(self) -> bool:
        """Tell whether even spending all the rest rightly will not do."""
        return self.wanted > self.rest


def need(counted: int, paid: int, end: int, target_bp: int) -> Need:
    """Return what it takes that `counted` of `paid` becomes `target_bp` of `end`, all rupiah.

    >>> need(60, 100, 200, 8_000)
    Need(rest=100, wanted=100, share_bp=10000, end_bp=6000)
    """
    rest = max(end - paid, 0)
    wanted = max(-(-end * target_bp // FULL_BP) - counted, 0)
    return Need(
        rest,
        wanted,
        round_half_up(wanted * FULL_BP, rest) if rest else None,
        round_half_up(counted * FULL_BP, paid) if paid > 0 else None,
    )


def gap(counted: int, paid: int, target_bp: int) -> int:
    """Return the rupiah that are missing of the target in what is paid so far; 0 when it is reached.

    >>> gap(60, 100, 8_000), gap(90, 100, 8_000)
    (20, 0)
    """
    return max(share(paid, target_bp) - counted, 0)
