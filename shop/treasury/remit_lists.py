"""Taxes kept back and to be remitted, period by period: sums from the kept totals of the books, lines from the orders.

We compute and list; nobody files here. What the platform or the producer remits is listed apart and never added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from shop.accounts.models import Office, UserAccount
from shop.base.actor import Actor
from shop.base.clock import end_of_day, local_day, month_days, month_number
from shop.base.errors import NotFound
from shop.base.numbers import mask
from shop.base.task import Task
from shop.books.accounts import tax_of, withheld
from shop.books.models import MoneySum
from shop.db import session
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax
from shop.reference import calendar, policy
from shop.tax.facts import PPH_CODES
from shop.treasury.models_remit import TaxDeposit, TaxSlip
from shop.treasury.rights import RECORD, office_of
from shop.vendors.models import Vendor

PER_PAGE: Final = 50
_MONTH: Final = re.compile(r"20(19|[2-9][0-9])-(0[1-9]|1[0-2])")
OFFICES_PER_PAGE: Final = 50
_MOST_DEPOSITS: Final = 200
_DESK_MONTHS: Final = 100
"""How far back the desk looks, as a difference of months written 202611: one year."""
LABELS: Final = {"PPN": "PPN", "PBJT": "PBJT makanan dan minuman", **PPH_CODES}
"""Codes of taxes with their labels; msgids."""
PARTIES: Final = {"treasurer": "Bendahara", "platform": "Platform", "seller": "Produsen"}
"""Who remits, with labels; msgids."""


@dataclass(frozen=True, slots=True)
class Due:
    """One tax of one period: kept back by the books, deposited so far, until when. Rupiah."""

    month: int
    code: str
    kept: int
    deposited: int
    due_on: date
    unsure: bool
    """Whether the deadline is not confirmed."""

    @property
    def left(self) -> int:
        """Rupiah still to be deposited; below zero when a payment was corrected after its deposit."""
        return self.kept - self.deposited

    def is_late(self, today: date) -> bool:
        """Tell whether the deadline has passed with something left."""
        return self.left > 0 and today > self.due_on


@dataclass(frozen=True, slots=True)
class Line:
    """One tax of one kind of supply of one order, as frozen at its payment. `by`: who remits it."""

    line_id: int
    tax: str
    code: str
    by: str
    kind: str
    base: int
    bp: int
    amount: int
    vendor: str
    npwp: str
    nik: str
    order_id: int
    number: str
    received_on: date | None
    paid_on: date
    reference: str
    object_code: str
    unsure: bool
    slip: str


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit with who recorded it."""

    id: int
    code: str
    amount: int
    ntpn: str
    deposited_on: date
    has_proof: bool
    by: str
    reversed_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class OfficeSum:
    """What one office kept back and deposited for a period."""

    office_id: int
    name: str
    kept: int
    deposited: int


def month_key(text: str) -> int:
    """Return 202611 of `2026-11`. Raises NotFound."""
    if not _MONTH.fullmatch(text):
        raise NotFound
    return int(text.replace("-", ""))


def month_text(month: int) -> str:
    """Return `2026-11` of 202611."""
    return f"{month // 100}-{month % 100:02d}"


def due_day(code: str, month: int) -> tuple[date, bool]:
    """Return (last day to deposit, whether that is unsure): a day of the next month, moved on from a holiday.

    PMK 81/2024 arts. 94 and 100 for income taxes; for PPN not confirmed.
    """
    first = month_days(month)[1] + timedelta(days=1)
    rule = policy.rule(session, "tax.deposit_day.ppn" if code == "PPN" else "tax.deposit_day.pph", first)
    day = first.replace(day=rule.value["day"])
    holidays = calendar.holiday_set(session)
    moved = day if calendar.is_working_day(day, holidays) else calendar.add_working_days(day, 1, holidays)
    return moved, rule.is_unsure


def dues(office_id: int | None, first: int, last: int) -> list[Due]:
    """Return every tax the treasurer keeps back in these periods, of one office or the city; three statements.

    A reversed deposit credits the account again, so it is taken off what was kept back in the month it had moved.
    """
    party = ("office", office_id) if office_id is not None else ("city", 0)
    kept: dict[tuple[int, str], int] = defaultdict(int)
    sums = select(MoneySum.month, MoneySum.account, MoneySum.credit).where(
        MoneySum.party == party[0], MoneySum.party_id == party[1], MoneySum.month.between(first, last),
        MoneySum.account.startswith(withheld(""), autoescape=True),
    )  # fmt: skip
    for month, account, credit in session.execute(sums):
        kept[month, tax_of(account)] += int(credit)
    for month, code, amount in _deposits_by(TaxDeposit.deposited_month, office_id, first, last, reversed_=True):
        kept[month, code] -= amount
    deposited = {(m, c): a for m, c, a in _deposits_by(TaxDeposit.month, office_id, first, last, reversed_=False)}
    found = []
    for month, code in sorted(set(kept) | set(deposited)):
        amounts = kept.get((month, code), 0), deposited.get((month, code), 0)
        if any(amounts):
            found.append(Due(month, code, *amounts, *due_day(code, month)))
    return found


def _deposits_by(
    column: Any, office_id: int | None, first: int, last: int, *, reversed_: bool
) -> list[tuple[int, str, int]]:
    where = [
        column.between(first, last),
        TaxDeposit.reversed_at.is_not(None) if reversed_ else TaxDeposit.reversed_at.is_(None),
    ]
    if office_id is not None:
        where.append(TaxDeposit.office_id == office_id)
    query = select(column, TaxDeposit.code, func.sum(TaxDeposit.amount)).where(*where)
    return [(r[0], r[1], int(r[2])) for r in session.execute(query.group_by(column, TaxDeposit.code))]


def lines(
    office_id: int, month: int, *, after: int = 0, limit: int = PER_PAGE, full: bool = False
) -> tuple[list[Line], int | None]:
    """Return the taxes of a period order by order, and the id the next page begins after; two statements and rules.

    `limit` counts orders by kind of supply; one may bear two taxes. `full`: NPWP and NIK whole, for the treasurer alone.
    """
    rows = session.execute(
        select(OrderTax, Order.number, Order.received_at, Payment.reference, Vendor.name, Vendor.npwp, Vendor.nik)
        .join(Order, Order.id == OrderTax.order_id)
        .join(Payment, Payment.order_id == OrderTax.order_id)
        .join(Vendor, Vendor.id == OrderTax.vendor_id)
        .where(OrderTax.office_id == office_id, OrderTax.month == month, OrderTax.id > after)
        .order_by(OrderTax.id)
        .limit(limit + 1)
    ).all()
    shown, show = rows[:limit], (str if full else mask)
    ids = [r[0].id for r in shown]
    slips = {(s.line_id, s.tax): s.number for s in session.scalars(select(TaxSlip).where(TaxSlip.line_id.between(ids[0], ids[-1])))} if ids else {}  # fmt: skip
    found = []
    for tax, number, received_at, reference, vendor, npwp, nik in shown:
        for item in tax.items:
            if not item["amount"] or item["code"] not in LABELS or not item["by"]:
                continue
            which = "ppn" if item["code"] == "PPN" else "pph"
            found.append(
                Line(
                    tax.id, which, item["code"], item["by"], tax.kind, item["base"], item["bp"], item["amount"], vendor,
                    show(npwp or ""), show(nik or ""), tax.order_id, number,
                    local_day(received_at) if received_at else None, tax.paid_on, reference,
                    object_code(item["code"], tax.kind, tax.paid_on),
                    bool(item["rule"]) and item["rule"]["confidence"] == "L",
                    slips.get((tax.id, which), ""),
                )
            )  # fmt: skip
    return found, shown[-1][0].id if len(rows) > limit else None


def object_code(code: str, kind: str, day: date, name: str = "object") -> str:
    """Return the tax object code (or with `account` the deposit account) of the list that stood on a day; empty when unknown."""
    known: Mapping[str, str] = policy.rule(session, "tax.object_codes", day).value
    return known.get(f"{code}.{name}") or known.get(f"{code}.{kind}.{name}", "")


def line_sums(office_id: int, month: int) -> Mapping[str, Mapping[str, int]]:
    """Return {who remits: {code: rupiah}} over the lines of a period, as the rules say; one statement."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    query = (
        select(OrderTax.ppn_remitted_by, OrderTax.pph_remitted_by, OrderTax.pph_code, func.sum(OrderTax.ppn),
               func.sum(OrderTax.pph), func.sum(OrderTax.pbjt))
        .where(OrderTax.office_id == office_id, OrderTax.month == month)
        .group_by(OrderTax.ppn_remitted_by, OrderTax.pph_remitted_by, OrderTax.pph_code)
    )  # fmt: skip
    for vat_by, income_by, code, vat, income, local in session.execute(query):
        for by, name, amount in ((vat_by, "PPN", vat), (income_by, code, income), ("seller", "PBJT", local)):
            if amount and by:
                found[by][name] += int(amount)
    return {by: dict(sums) for by, sums in found.items()}


def deposits(office_id: int, month: int) -> Sequence[DepositView]:
    """Return the deposits of a period, reversed ones too, the newest first; one statement."""
    rows = session.execute(
        select(TaxDeposit, UserAccount.name)
        .join(UserAccount, UserAccount.id == TaxDeposit.recorded_by)
        .where(TaxDeposit.office_id == office_id, TaxDeposit.month == month)
        .order_by(TaxDeposit.id.desc())
        .limit(_MOST_DEPOSITS)
    )
    return [
        DepositView(d.id, d.code, d.amount, d.ntpn, d.deposited_on, bool(d.proof_key), name, d.reversed_at, d.reason)
        for d, name in rows
    ]


def offices(month: int, after: int = 0) -> tuple[list[OfficeSum], int | None]:
    """Return what the offices that kept anything back deposited of it, fifty a page; three statements."""
    mine = (MoneySum.party == "office", MoneySum.party_id == Office.id, MoneySum.month == month)
    kept_any = (
        select(MoneySum.party_id).where(*mine, MoneySum.account.startswith(withheld(""), autoescape=True)).exists()
    )
    query = select(Office.id, Office.name).where(Office.id > after, kept_any)
    query = query.order_by(Office.id).limit(OFFICES_PER_PAGE + 1)
    named = session.execute(query).all()
    ids = [r.id for r in named[:OFFICES_PER_PAGE]]
    sums = select(MoneySum.party_id, func.sum(MoneySum.credit)).where(
        MoneySum.party == "office", MoneySum.party_id.in_(ids), MoneySum.month == month,
        MoneySum.account.startswith(withheld(""), autoescape=True),
    )  # fmt: skip
    kept = {r[0]: int(r[1]) for r in session.execute(sums.group_by(MoneySum.party_id))}
    paid: dict[int, int] = defaultdict(int)
    both = TaxDeposit.office_id.in_(ids), (TaxDeposit.month == month) | (TaxDeposit.deposited_month == month)
    for d in session.scalars(select(TaxDeposit).where(*both)):
        if d.reversed_at is None:
            paid[d.office_id] += d.amount if d.month == month else 0
        elif d.deposited_month == month:
            kept[d.office_id] = kept.get(d.office_id, 0) - d.amount
    found = [OfficeSum(r.id, r.name, kept.get(r.id, 0), paid[r.id]) for r in named[:OFFICES_PER_PAGE]]
    return found, ids[-1] if len(named) > OFFICES_PER_PAGE else None


def turns(actor: Actor, now: datetime) -> list[Task]:
    """Return what the treasurer has to deposit, and apart what is late; three statements for a treasurer."""
    if not actor.may(RECORD):
        return []
    today = local_day(now)
    this = month_number(today)
    waiting = [due for due in dues(office_of(actor), this - _DESK_MONTHS, this) if due.left > 0]
    found = []
    for label, some in (
        ("Setoran pajak yang terlambat", [d for d in waiting if d.is_late(today)]),
        ("Pajak yang harus disetor", [d for d in waiting if not d.is_late(today) and d.month < this]),
    ):
        if some:
            link = f"/bendahara/setor/{month_text(some[0].month)}"
            found.append(Task(label, link, len(some), None, end_of_day(min(d.due_on for d in some))))
    return found
