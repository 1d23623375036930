"""The recap: what was sold and paid, what each office owes and since when, which tax was withheld, order by order.

Every reading takes the actor and looks at that producer's rows only. Sums are made by the database over exactly the
rows that the list pages through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, extract, func, select

from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import NotFound
from shop.db import session
from shop.growth import turnover
from shop.orders import terms
from shop.orders.models import Order, Payment
from shop.reference import calendar

MOST_OFFICES: Final = 100
MOST_ROWS: Final = 20_000
"""Rows of a file; a producer with more takes one office at a time."""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """What was paid in a month: orders, rupiah, tax withheld of it, and what came in."""

    month: date
    count: int
    paid: int
    withheld: int

    @property
    def net(self) -> int:
        """What arrived at the bank."""
        return self.paid - self.withheld


@dataclass(frozen=True, slots=True)
class Debt:
    """What one office has received and not paid. `working_days` are those since its oldest BAST, that day not counted."""

    office_id: int
    office: str
    count: int
    amount: int
    late_count: int
    late_amount: int
    since: date
    working_days: int


@dataclass(frozen=True, slots=True)
class PaidRow:
    """One order that was paid."""

    order_id: int
    number: str
    office: str
    purpose: str
    received_on: date | None
    paid_on: date
    reference: str
    paid: int
    withheld: int

    @property
    def net(self) -> int:
        """What arrived at the bank."""
        return self.paid - self.withheld


@dataclass(frozen=True, slots=True)
class Recap:
    """One producer's year, or the part of it with one office. `allowed_days` is the rule for today's BAST."""

    vendor_name: str
    year: int
    years: Sequence[int]
    office_id: int | None
    offices: Sequence[tuple[int, str]]
    months: Sequence[MonthRow]
    debts: Sequence[Debt]
    allowed_days: int

    @property
    def total(self) -> MonthRow:
        """All months together, under the first day of the year."""
        rows = self.months
        return MonthRow(
            date(self.year, 1, 1), sum(r.count for r in rows), sum(r.paid for r in rows), sum(r.withheld for r in rows)
        )

    @property
    def owed(self) -> int:
        """What all offices listed owe together, rupiah."""
        return sum(debt.amount for debt in self.debts)

    @property
    def late(self) -> int:
        """The part of it beyond the deadline, rupiah."""
        return sum(debt.late_amount for debt in self.debts)


def read_recap(actor: Actor, year: int, office_id: int | None, now: datetime) -> Recap:
    """Return sums and debts of a year; five statements, and rules and holidays.

    Raises NotFound for an office that never ordered here, which is also what a stranger's office looks like.
    """
    vendor_id = turnover.vendor_of(actor)
    offices = _offices(vendor_id)
    if office_id is not None and office_id not in {number for number, _name in offices}:
        raise NotFound("Kantor ini belum pernah memesan kepada Anda.")
    years = _years(vendor_id)
    paid = turnover.paid_by_month(vendor_id, date(year, 1, 1), date(year, 12, 31), office_id)
    today = local_day(now)
    return Recap(
        vendor_name=turnover.name_of(actor),
        year=year,
        years=sorted({*years, today.year, year}, reverse=True),
        office_id=office_id,
        offices=offices,
        months=[MonthRow(month, *values) for month, values in sorted(paid.items())],
        debts=_debts(vendor_id, office_id, now),
        allowed_days=terms.pay_working_days(today),
    )


def paid_orders(
    actor: Actor, year: int, office_id: int | None, *, offset: int = 0, limit: int = 50
) -> tuple[PaidRow, ...]:
    """Return the paid orders behind the sums of a year, the latest payment first; one statement."""
    rows = session.execute(
        select(
            Order.id, Order.number, Office.name, Order.purpose, Order.received_at, Payment.paid_on, Payment.reference,
            Payment.amount, Payment.withheld,
        )
        .join(Payment, Payment.order_id == Order.id)
        .join(Office, Office.id == Order.office_id)
        .where(
            *_mine(turnover.vendor_of(actor), office_id),
            Payment.paid_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(Payment.paid_on.desc(), Order.id.desc())
        .offset(offset)
        .limit(limit)
    )  # fmt: skip
    return tuple(PaidRow(*r[:4], local_day(r[4]) if r[4] else None, *r[5:]) for r in rows)


def _mine(vendor_id: int, office_id: int | None) -> list[ColumnElement[bool]]:
    return [Order.vendor_id == vendor_id, *([Order.office_id == office_id] if office_id is not None else [])]


def _offices(vendor_id: int) -> list[tuple[int, str]]:
    ids = select(Order.office_id).where(Order.vendor_id == vendor_id)
    rows = session.execute(select(Office.id, Office.name).where(Office.id.in_(ids)).order_by(Office.name))
    return [(row[0], row[1]) for row in rows]


def _years(vendor_id: int) -> list[int]:
    year = extract("year", Payment.paid_on)
    rows = session.execute(
        select(year).join(Order, Order.id == Payment.order_id).where(Order.vendor_id == vendor_id).group_by(year)
    )
    return [int(row[0]) for row in rows]


def _debts(vendor_id: int, office_id: int | None, now: datetime) -> list[Debt]:
    """Return what each office owes today, the oldest debt first. `due_at` is the end of the last working day allowed."""
    late: Any = Order.due_at < now
    rows = session.execute(
        select(
            Order.office_id, Office.name, func.count(), func.sum(Order.total), func.sum(case((late, 1), else_=0)),
            func.sum(case((late, Order.total), else_=0)), func.min(Order.received_at),
        )
        .join(Office, Office.id == Order.office_id)
        .where(*_mine(vendor_id, office_id), Order.state == "received")
        .group_by(Order.office_id, Office.name)
        .order_by(func.min(Order.received_at))
        .limit(MOST_OFFICES)
    )  # fmt: skip
    today, holidays = local_day(now), calendar.holiday_set(session)
    found = []
    for row in rows:
        since = local_day(row[6])
        days = calendar.working_days_between(since, today, holidays)
        found.append(Debt(row[0], row[1], row[2], int(row[3]), int(row[4]), int(row[5]), since, days))
    return found
