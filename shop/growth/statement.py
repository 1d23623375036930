"""The monthly financial statement (P6): profit and loss on cash basis, and what the business has and owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import at_local, local_day
from shop.db import session
from shop.growth import months, turnover
from shop.growth.declaring import MonthFigures, SizeFigures, stated_month, stated_sizes
from shop.growth.turnover import MonthSales
from shop.orders.models import Order, Payment
from shop.vendors.models import Vendor
from shop.vendors.registering import notice

_RECEIVED: Final = ("received", "paid", "closed")


@dataclass(frozen=True, slots=True)
class Statement:
    """One month of one business. What is None was not stated by the owner and is said to be missing, never shown as zero."""

    month: date
    vendor_name: str
    owner_name: str
    sales: MonthSales
    stated: MonthFigures | None
    position: SizeFigures | None
    owed: int
    """Received by offices by the end of the month and not paid by then, rupiah. Outside the result: the basis is cash."""
    is_running: bool

    @property
    def result(self) -> int | None:
        """Sales minus costs and withheld tax, rupiah; None while the costs are not stated."""
        return self.sales.total - self.stated.costs - self.sales.withheld if self.stated else None

    @property
    def is_complete(self) -> bool:
        """Whether it says everything a statement must: a finished month, its costs, and a position."""
        return not self.is_running and self.stated is not None and self.position is not None


def read_statement(actor: Actor, month: date, now: datetime) -> Statement:
    """Return the statement of a month; six statements. What the shop knows and what the owner states stay apart."""
    vendor_id = turnover.vendor_of(actor)
    last = months.end_of(month)
    name, owner = session.execute(select(Vendor.name, Vendor.owner_name).where(Vendor.id == vendor_id)).one()
    position = stated_sizes(actor, min(last, local_day(now)))
    return Statement(
        month=month,
        vendor_name=name,
        owner_name=owner,
        sales=turnover.sales(actor, month, month)[0],
        stated=stated_month(actor, month)[0],
        position=position[0] if position else None,
        owed=_owed_at(vendor_id, last),
        is_running=last >= local_day(now),
    )


def _owed_at(vendor_id: int, day: date) -> int:
    """Return what offices had received and not paid at the end of a day."""
    end = at_local(day + timedelta(days=1), time.min)
    owed = session.execute(
        select(func.sum(Order.total))
        .outerjoin(Payment, Payment.order_id == Order.id)
        .where(
            Order.vendor_id == vendor_id,
            Order.state.in_(_RECEIVED),
            Order.received_at < end,
            or_(Payment.paid_on.is_(None), Payment.paid_on > day),
        )
    ).scalar()
    return int(owed or 0)


def note_printed(actor: Actor, statement: Statement, now: datetime) -> None:
    """Note that a statement was printed. The first complete one is facility P6, which the programme hears of."""
    vendor_id = turnover.vendor_of(actor)
    printed = trail.history("statement", vendor_id)
    trail.record(
        actor, "print", "statement", vendor_id, now, month=statement.month.isoformat()[:7],
        complete=statement.is_complete,
    )  # fmt: skip
    if statement.is_complete and not any(entry.data.get("complete") for entry in printed):
        notice(vendor_id, "P6", now)
