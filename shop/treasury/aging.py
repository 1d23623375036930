"""What is owed and how old it is: received orders nobody has paid, by working days past their deadline.

The deadline of an order stands in it since its BAST (`due_at`, rule `payment.due_working_days` of that day), so lists
and sums come from the indexes over state and deadline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, func, select

from shop.accounts.models import Office
from shop.base.clock import end_of_day, local_day
from shop.db import session
from shop.orders.models import Order
from shop.reference import calendar
from shop.treasury.models import ClaimPledge
from shop.treasury.purses import Purse

STEPS: Final = (5, 20)
"""Working days past the deadline at which a bucket ends (our choice: a week and a month of work)."""
LABELS: Final = (
    "Belum lewat batas",
    "Lewat sampai 5 hari kerja",
    "Lewat 6–20 hari kerja",
    "Lewat lebih dari 20 hari kerja",
)
"""Buckets, the youngest first; msgids."""
MOST_GROUPS: Final = 200
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Group:
    """What one office owes, or what is owed to one producer. `buckets` as LABELS, rupiah."""

    id: int
    name: str
    count: int
    buckets: tuple[int, ...]
    oldest: date
    """Jakarta day of the oldest BAST."""

    @property
    def total(self) -> int:
        """Rupiah owed."""
        return sum(self.buckets)

    @property
    def late(self) -> int:
        """Rupiah past the deadline."""
        return sum(self.buckets[1:])


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One received, unpaid order."""

    order_id: int
    number: str
    office: str
    vendor: str
    amount: int
    received_on: date
    due_on: date
    days_late: int
    """Working days past the deadline, 0 while it is ahead."""
    days: int
    """Working days since the BAST."""
    is_late: bool
    """Whether the deadline is over, also on the weekend right after it."""
    bank: str
    """The bank its claim is offered to, empty for most."""


def groups(purse: Purse, now: datetime) -> Sequence[Group]:
    """Return what is owed by counterparty, the most overdue first; one statement. Offices group by producer, others by office."""
    cuts = [now, *(_past(step, now) for step in STEPS)]
    edges = [Order.due_at >= cuts[0], Order.due_at >= cuts[1], Order.due_at >= cuts[2]]
    place = case(*((edge, number) for number, edge in enumerate(edges)), else_=len(edges))
    sums = [func.sum(case((place == number, Order.total), else_=0)) for number in range(len(LABELS))]
    by_vendor = purse.party == "office"
    key = Order.vendor_id if by_vendor else Order.office_id
    name = func.max(Order.vendor_name) if by_vendor else func.max(Office.name)
    query = select(key, name, func.count(), func.min(Order.received_at), *sums).where(*_owed(purse)).group_by(key)
    if not by_vendor:
        query = query.join(Office, Office.id == Order.office_id)
    late = func.sum(case((place > 0, Order.total), else_=0))
    rows = session.execute(query.order_by(late.desc(), func.sum(Order.total).desc(), key).limit(MOST_GROUPS))
    return [Group(r[0], r[1], r[2], tuple(int(n) for n in r[4:]), local_day(r[3])) for r in rows]


def owed(purse: Purse, now: datetime, *, offset: int = 0, limit: int = 50) -> Sequence[OwedRow]:
    """Return a page of what is owed, the nearest or most overdue deadline first; one statement."""
    return _rows(session.execute(_query(purse).offset(offset).limit(limit)), now)


def every_row(purse: Purse, now: datetime) -> Iterator[Sequence[OwedRow]]:
    """Yield all of it a batch at a time, by id: what is paid meanwhile moves nothing else."""
    after = 0
    query = _query(purse).order_by(None)
    while found := _rows(session.execute(query.where(Order.id > after).order_by(Order.id).limit(_BATCH)), now):
        yield found
        after = found[-1].order_id


def _query(purse: Purse) -> Any:
    live = (ClaimPledge.order_id == Order.id) & ClaimPledge.withdrawn_at.is_(None)
    return (
        select(
            Order.id, Order.number, Office.name.label("office"), Order.vendor_name, Order.total, Order.received_at,
            Order.due_at, func.coalesce(ClaimPledge.bank, "").label("bank"),
        )
        .join(Office, Office.id == Order.office_id)
        .outerjoin(ClaimPledge, live)
        .where(*_owed(purse))
        .order_by(Order.due_at, Order.id)
    )  # fmt: skip


def _rows(found: Any, now: datetime) -> list[OwedRow]:
    today, holidays, rows = local_day(now), calendar.holiday_set(session), []
    for r in found:
        received, due = local_day(r.received_at), local_day(r.due_at)
        late, since = (calendar.working_days_between(day, today, holidays) for day in (due, received))
        who = (r.id, r.number, r.office, r.vendor_name)
        rows.append(OwedRow(*who, r.total, received, due, late, since, r.due_at < now, r.bank))
    return rows


def _owed(purse: Purse) -> tuple[Any, ...]:
    if purse.party == "city":
        return (Order.state == "received",)
    mine = Order.office_id if purse.party == "office" else Order.vendor_id
    return (mine == purse.party_id, Order.state == "received")


def _past(step: int, now: datetime) -> datetime:
    """Return the earliest deadline that is at most `step` working days past today."""
    day, holidays, counted = local_day(now), calendar.holiday_set(session), 0
    while True:
        counted += calendar.is_working_day(day, holidays)
        if counted > step:
            return end_of_day(day)
        day -= timedelta(days=1)
