"""How far an office is in a year and where it will end: kept totals in, plain values out. Never an order is summed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shop.base.clock import local_day
from shop.base.money import ratio_bp
from shop.db import session
from shop.p3dn.rules import ZERO, Measures
from shop.p3dn.totals import Filters, Report, totals
from shop.reference.calendar import holiday_set, working_days_between
from shop.reference.policy import rule
from shop.targets.forecasting import Basis, Forecast, Least, Past, Refusal, forecast, same_day

PAST_YEARS: Final = 2
"""How many earlier years a forecast looks at."""
_NEW_YEAR_EVE: Final = (12, 31)


@dataclass(frozen=True, slots=True)
class Month:
    """One month and what the year came to by its end."""

    key: str
    measures: Measures
    so_far: Measures

    @property
    def pdn_bp(self) -> int | None:
        """PDN of what was paid from January on, in basis points."""
        return ratio_bp(self.so_far.pdn_value, self.so_far.paid_total)

    @property
    def umk_bp(self) -> int | None:
        """UMK of what was paid from January on, in basis points."""
        return ratio_bp(self.so_far.umk_value, self.so_far.paid_total)


@dataclass(frozen=True, slots=True)
class Course:
    """One office (or the city) in one year: the report by month, the months with their running sums, and the forecast."""

    report: Report
    months: tuple[Month, ...]
    basis: Basis
    forecast: Forecast | Refusal
    least: Least


def course(office_id: int | None, year: int, now: datetime) -> Course:
    """Return the course of a year as it stands at `now`: seven statements at most, whatever was bought."""
    today = local_day(now)
    report = totals(Filters(year=year, office_id=office_id), "month", now=now)
    told = basis(report.total, office_id, year, now)
    least = least_on(today)
    return Course(report, _months(report, year, today), told, forecast(told, least), least)


def basis(measures: Measures, office_id: int | None, year: int, now: datetime) -> Basis:
    """Return what a forecast is made of; of years that are over nothing more is read."""
    today = local_day(now)
    closed, eve = holiday_set(session), date(year - 1, *_NEW_YEAR_EVE)
    running = today.year == year
    return Basis(
        day=today,
        year=year,
        paid=measures.paid_total,
        committed=measures.committed,
        orders=measures.orders,
        days_passed=working_days_between(eve, today, closed) if running else 0,
        days_whole=working_days_between(eve, date(year, *_NEW_YEAR_EVE), closed) if running else 0,
        past=_past(office_id, year, today, now) if running else (),
    )


def least_on(day: date) -> Least:
    """Return what a forecast takes (dated rule `p3dn.forecast`)."""
    value = rule(session, "p3dn.forecast", day).value
    return Least(value["least_orders"], value["least_days"], value["least_past_bp"])


def _past(office_id: int | None, year: int, today: date, now: datetime) -> tuple[Past, ...]:
    found = []
    for earlier in range(year - 1, year - 1 - PAST_YEARS, -1):
        whole = totals(Filters(year=earlier, office_id=office_id), now=now).total
        if whole.paid_total > 0:  # mostly a shop is young: the days of a year that is empty are not asked for
            until = Filters(year=earlier, office_id=office_id, end=same_day(today, earlier))
            by_day = totals(until, now=now).total.paid_total
            found.append(Past(earlier, by_day, whole.paid_total, whole.orders))
    return tuple(found)


def _months(report: Report, year: int, today: date) -> tuple[Month, ...]:
    """Return every month from January to today, those in which nothing happened too, each with its running sum."""
    by_month, so_far, found = {row.key: row.measures for row in report.rows}, ZERO, []
    last = 12 if year < today.year else today.month if year == today.year else 0
    last = max([last, *(int(key[5:]) for key in by_month)])
    for number in range(1, last + 1):
        key = f"{year}-{number:02d}"
        measures = by_month.get(key, ZERO)
        so_far += measures
        found.append(Month(key, measures, so_far))
    return tuple(found)
