"""How punctually an office pays: counts kept with each payment, by office and year, and rebuilt from the payments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Table, delete, func, select

from shop.accounts.models import Office
from shop.base.clock import local_day
from shop.base.money import round_half_up
from shop.db import session
from shop.kept import adding
from shop.orders import terms
from shop.orders.models import OfficePaymentRecord, Order, Payment
from shop.reference import calendar

LEAST_SHOWN: Final = 5
"""Below so many payments a share says nothing about an office."""
_records: Final[Table] = OfficePaymentRecord.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How one office paid in the years asked for. `open_late` is received, unpaid and past its deadline now."""

    in_time: int
    late: int
    working_days: int
    open_late: int

    @property
    def n(self) -> int:
        """Orders paid in those years."""
        return self.in_time + self.late

    @property
    def is_shown(self) -> bool:
        """Tell whether there are enough payments to say anything."""
        return self.n >= LEAST_SHOWN

    @property
    def average(self) -> str:
        """Average working days from BAST to payment, with one decimal, the Indonesian way: `2,4`."""
        whole, tenth = divmod(round_half_up(self.working_days * 10, max(self.n, 1)), 10)
        return f"{whole},{tenth}"


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One office of the public list."""

    code: str
    name: str
    record: Punctuality


def note(order: Order, paid_on: date) -> None:
    """Count a payment that was just recorded, in its transaction. The order must be received; days are Jakarta days."""
    if order.received_at is None:
        return
    in_time, days = judge(local_day(order.received_at), paid_on)
    values = {"office_id": order.office_id, "year": paid_on.year, "in_time": int(in_time), "late": int(not in_time)}
    sums = ("in_time", "late", "working_days")
    session.execute(adding(_records, ("office_id", "year"), sums), values | {"working_days": days})


def judge(received_on: date, paid_on: date) -> tuple[bool, int]:
    """Return (paid in time, working days from BAST to payment) by the rule `payment.due_working_days` of the BAST's day."""
    days = calendar.working_days_between(received_on, paid_on, calendar.holiday_set(session))
    return days <= terms.pay_working_days(received_on), days


def of_offices(office_ids: Collection[int], now: datetime) -> dict[int, Punctuality]:
    """Return {office id: how it paid this year and last}; two statements. An office that never paid has zeros."""
    ids, year = set(office_ids), local_day(now).year
    if not ids:
        return {}
    rows = session.execute(
        select(
            OfficePaymentRecord.office_id,
            func.sum(OfficePaymentRecord.in_time),
            func.sum(OfficePaymentRecord.late),
            func.sum(OfficePaymentRecord.working_days),
        )
        .where(OfficePaymentRecord.office_id.in_(ids), OfficePaymentRecord.year.in_((year - 1, year)))
        .group_by(OfficePaymentRecord.office_id)
    ).all()
    paid = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}
    waiting = _open_late(ids, now)
    return {i: Punctuality(*paid.get(i, (0, 0, 0)), waiting.get(i, 0)) for i in ids}


def _open_late(office_ids: Collection[int], now: datetime) -> dict[int, int]:
    rows = session.execute(
        select(Order.office_id, func.count())
        .where(Order.office_id.in_(office_ids), Order.state == "received", Order.due_at < now)
        .group_by(Order.office_id)
    )
    return {row[0]: row[1] for row in rows}


def offices(year: int, now: datetime, *, offset: int, limit: int) -> tuple[Sequence[OfficeRow], int, int]:
    """Return (one page of the offices with enough payments in a year, by name; how many; how many have too few)."""
    enough = OfficePaymentRecord.in_time + OfficePaymentRecord.late >= LEAST_SHOWN
    this = OfficePaymentRecord.year == year
    counted = session.execute(select(enough, func.count()).where(this).group_by(enough)).all()
    total, hidden = (sum(n for is_enough, n in counted if bool(is_enough) == wanted) for wanted in (True, False))
    rows = session.execute(
        select(
            Office.id,
            Office.code,
            Office.name,
            OfficePaymentRecord.in_time,
            OfficePaymentRecord.late,
            OfficePaymentRecord.working_days,
        )
        .join(Office, Office.id == OfficePaymentRecord.office_id)
        .where(this, enough)
        .order_by(Office.name, Office.id)
        .offset(offset)
        .limit(limit)
    ).all()
    waiting = _open_late([row.id for row in rows], now)
    found = [OfficeRow(r.code, r.name, Punctuality(*r[3:], waiting.get(r.id, 0))) for r in rows]
    return found, total, hidden


def years() -> list[int]:
    """Return the years in which anything was paid, newest first."""
    return list(session.scalars(select(OfficePaymentRecord.year).distinct().order_by(OfficePaymentRecord.year.desc())))


def recount() -> int:
    """Count anew from every payment, in one transaction; return how many rows there are then."""
    wanted = _wanted()
    session.execute(delete(OfficePaymentRecord))
    if wanted:
        session.execute(_records.insert(), [_row(key, sums) for key, sums in sorted(wanted.items())])
    return len(wanted)


def verify() -> list[str]:
    """Return what the kept counts and the payments disagree on, a line each; empty when they agree."""
    columns = ("office_id", "year", "in_time", "late", "working_days")
    held = {(r[0], r[1]): tuple(r[2:]) for r in session.execute(select(*(_records.c[name] for name in columns)))}
    wanted = _wanted()
    return [
        f"kantor {key[0]} tahun {key[1]}: tersimpan {held.get(key)}, seharusnya {wanted.get(key)}"
        for key in sorted(held.keys() | wanted.keys())
        if held.get(key) != wanted.get(key)
    ]


def _row(key: tuple[int, int], sums: tuple[int, int, int]) -> Mapping[str, int]:
    return dict(zip(("office_id", "year", "in_time", "late", "working_days"), (*key, *sums), strict=True))


def _wanted() -> dict[tuple[int, int], tuple[int, int, int]]:
    found: dict[tuple[int, int], tuple[int, int, int]] = {}
    for office_id, received_on, paid_on in _payments():
        in_time, days = judge(received_on, paid_on)
        key = office_id, paid_on.year
        before = found.get(key, (0, 0, 0))
        found[key] = before[0] + in_time, before[1] + (not in_time), before[2] + days
    return found


def _payments() -> Iterator[tuple[int, date, date]]:
    query = select(Order.office_id, Order.received_at, Payment.paid_on).join(Order, Order.id == Payment.order_id)
    for office_id, received_at, paid_on in session.execute(query.execution_options(yield_per=1000)):
        if received_at is not None:
            yield office_id, local_day(received_at), paid_on
