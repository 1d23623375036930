"""Turnover of one producer by month and by source: what was ordered here, what a kiosk sold, what the owner states.

The sources are never mixed: every figure can say where it comes from. A source that does not exist yet answers None,
which is not the same as nothing sold. Each reading takes the actor and looks at that producer's rows only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import extract, func, select

from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.db import session
from shop.growth import months
from shop.growth.models import DeclaredMonth
from shop.orders.models import Order, Payment
from shop.vendors.models import Vendor

READ: Final = "growth:figures:read"
Reader = Callable[[int, date, date], Mapping[date, int]]
"""Takes a producer and first and last day; gives {month: rupiah} for months in which something was sold."""
_kiosk: list[Reader] = []


def add_kiosk(reader: Reader) -> None:
    """Let the kiosk's sales in. Called once, by the roof: rooms of one floor do not know each other."""
    _kiosk[:] = [reader]


@dataclass(frozen=True, slots=True)
class MonthSales:
    """Sales of one month by source, rupiah. None: the source does not exist (kiosk), or nothing was stated (declared)."""

    month: date
    orders: int
    kiosk: int | None
    declared: int | None
    order_count: int = 0
    withheld: int = 0
    """Tax that treasurers kept back from the orders paid in this month."""

    @property
    def total(self) -> int:
        """All sources together, as far as they are known."""
        return self.orders + (self.kiosk or 0) + (self.declared or 0)


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Orders that offices have received and not paid yet."""

    count: int
    amount: int


def vendor_of(actor: Actor) -> int:
    """Return whose figures this hat reads: the own producer's, and nobody else's. Raises Forbidden, NotFound."""
    actor.require(READ)
    if actor.vendor_id is None:
        raise NotFound("Catatan ini milik sebuah usaha.")
    return actor.vendor_id


def name_of(actor: Actor) -> str:
    """Return the name of the producer; one statement."""
    return session.execute(select(Vendor.name).where(Vendor.id == vendor_of(actor))).scalar_one()


def sales(actor: Actor, first: date, last: date) -> tuple[MonthSales, ...]:
    """Return the sales of each month from `first` to `last`; two statements, and the kiosk's.

    An order counts in the month its money went out (`payment.paid_on`), in full: delivery and withheld tax included.
    """
    vendor_id = vendor_of(actor)
    paid = paid_by_month(vendor_id, first, months.end_of(last))
    kiosk = _kiosk[0](vendor_id, first, months.end_of(last)) if _kiosk else None
    stated = {
        row[0]: row[1]
        for row in session.execute(
            select(DeclaredMonth.month, DeclaredMonth.outside_sales).where(
                DeclaredMonth.vendor_id == vendor_id, DeclaredMonth.month.between(first, last)
            )
        )
    }
    found = []
    for month in months.between(first, last):
        count, amount, withheld = paid.get(month, (0, 0, 0))
        sold = None if kiosk is None else kiosk.get(month, 0)
        found.append(MonthSales(month, amount, sold, stated.get(month), count, withheld))
    return tuple(found)


def paid_by_month(
    vendor_id: int, first: date, last: date, office_id: int | None = None
) -> dict[date, tuple[int, int, int]]:
    """Return {month: (orders, rupiah, tax withheld)} of what was paid in these days; one statement, own orders only."""
    year, month = extract("year", Payment.paid_on), extract("month", Payment.paid_on)
    query = (
        select(year, month, func.count(), func.sum(Payment.amount), func.sum(Payment.withheld))
        .select_from(Order)
        .join(Payment, Payment.order_id == Order.id)
        .where(Order.vendor_id == vendor_id, Payment.paid_on.between(first, last))
        .group_by(year, month)
    )
    if office_id is not None:
        query = query.where(Order.office_id == office_id)
    return {date(int(r[0]), int(r[1]), 1): (r[2], int(r[3]), int(r[4])) for r in session.execute(query)}


def unpaid(actor: Actor) -> Unpaid:
    """Return what offices have received and not paid; one statement along the producer's index."""
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(Order.total), 0)).where(
            Order.vendor_id == vendor_of(actor), Order.state == "received"
        )
    ).one()
    return Unpaid(row[0], int(row[1]))
