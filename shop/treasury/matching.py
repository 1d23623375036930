"""What a movement of the account may be: open orders, payments and deposits recorded before, money that comes back.

Proposals only. They are worked out when a statement comes or when the treasurer asks, kept, and shown with their reasons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select

from shop.base.actor import Actor
from shop.base.clock import local_day, month_number
from shop.books.accounts import BANK, PAYABLE, REFUND_DUE
from shop.books.models import MoneyPosting, MoneyTransfer
from shop.db import session
from shop.orders import tax_cases, taxing
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax
from shop.orders.tax_cases import Case
from shop.treasury.models_bank import BankMatch, BankProposal, BankRow
from shop.treasury.models_remit import TaxDeposit
from shop.treasury.rights import MATCH, office_of
from shop.vendors.models import Vendor

REASONS: Final = {
    "exact": "Jumlahnya tepat sama.",
    "differs": "Jumlahnya berbeda dari yang harus ditransfer.",
    "number": "Nomor pesanan ada di keterangan bank.",
    "name": "Nama produsen atau pemilik rekening ada di keterangan bank.",
    "soon": "Tanggalnya dalam tujuh hari setelah barang diterima.",
    "near": "Tanggalnya dekat dengan yang dicatat.",
    "ntpn": "NTPN ada di keterangan bank.",
    "others": "Ada pilihan lain yang sama kuat. Bandingkan dulu.",
}
"""Why something is proposed, in words; msgids."""
UNDONE: Final = "unback:"
"""How the name of an event of the books begins that takes back a refund matched wrongly; its match follows."""
_POINTS: Final = {"exact": 50, "differs": 0, "number": 40, "name": 30, "soon": 10, "near": 10, "ntpn": 40, "others": 0}
_NAMED: Final = frozenset({"number", "name", "ntpn"})
MOST_ROWS: Final = 500
_MOST_ORDERS: Final = 400
_MOST_ASSESSED: Final = 2_000
_NEAR, _SOON = 5, 7
_LEAST_SHARE: Final = 80
"""No set of taxes keeps back more than a fifth: an order of another size needs no assessment."""
_LEAST_NAME: Final = 5
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a row may be. `number` and `names` are plain, as they are looked for in the bank's words."""

    kind: str
    target_id: int
    amount: int
    day: date
    number: str = ""
    names: tuple[str, ...] = ()
    total: int = 0
    order: Order | None = None


@dataclass(slots=True)
class _Found:
    row: BankRow
    one: Candidate
    expected: int
    reasons: list[str] = field(default_factory=list)

    @property
    def score(self) -> int:
        return sum(_POINTS[code] for code in self.reasons)


@dataclass(frozen=True, slots=True)
class Proposals:
    """What was worked out, not kept yet: which rows were looked at, and the rows of `bank_proposal` for them."""

    row_ids: Sequence[int]
    values: Sequence[Mapping[str, Any]]


def judge(actor: Actor, now: datetime) -> Proposals:
    """Work out what the open rows of this office may be, outside of a unit of work: it takes a while and writes nothing.

    At most the 500 newest open rows and the 400 oldest unpaid orders are looked at.
    """
    actor.require(MATCH)
    office_id = office_of(actor)
    rows = session.scalars(
        select(BankRow)
        .where(BankRow.office_id == office_id, ~BankRow.matched)
        .order_by(BankRow.id.desc())
        .limit(MOST_ROWS)
    ).all()
    if not rows:
        return Proposals((), ())
    found = _judge(rows, _candidates(office_id, rows), local_day(now))
    values = [
        {"row_id": f.row.id, "kind": f.one.kind, "target_id": f.one.target_id, "expected": f.expected, "score": f.score,
         "sure": _is_sure(f), "reasons": f.reasons}
        for f in found
    ]  # fmt: skip
    return Proposals([row.id for row in rows], values)


def keep(made: Proposals) -> int:
    """Keep what was worked out, in place of what was proposed before; return how many rows have a proposal.

    What was matched or paid meanwhile is refused when somebody accepts it (`accepting.accept`).
    """
    session.execute(delete(BankProposal).where(BankProposal.row_id.in_(made.row_ids)))
    if made.values:
        session.execute(insert(BankProposal), made.values)
    return len({value["row_id"] for value in made.values})


def _judge(rows: Sequence[BankRow], candidates: Sequence[Candidate], today: date) -> list[_Found]:
    nets = _Nets([one.order for one in candidates if one.order is not None])
    kept: list[_Found] = []
    for row in rows:
        words = plain(row.words)
        mine = [f for one in candidates if (f := _look(row, one, words, nets, today)) is not None]
        mine.sort(key=lambda f: (-f.score, f.one.target_id))
        kept += mine[:_SHOWN]
    _mark_rivals(kept)
    return kept


def _look(row: BankRow, one: Candidate, words: str, nets: _Nets, today: date) -> _Found | None:
    if (row.way == "in") != (one.kind == "refund"):
        return None
    named = []
    if one.number and one.number in words:
        named.append("ntpn" if one.kind == "deposit" else "number")
    if any(name in words for name in one.names):
        named.append("name")
    expected = one.amount
    if one.order is not None:
        close = one.total * _LEAST_SHARE <= row.amount * 100 <= one.total * 100
        if not one.day <= row.day <= today or not (close or "number" in named):
            return None
        expected = nets.of(one.order, row.day)
    exact = expected == row.amount
    if not exact and "number" not in named:
        return None
    return _Found(row, one, expected, ["exact" if exact else "differs", *named, *_when(row, one)])


def _when(row: BankRow, one: Candidate) -> list[str]:
    days = (row.day - one.day).days
    if one.kind == "order":
        return ["soon"] if 0 <= days <= _SOON else []
    return ["near"] if abs(days) <= _NEAR else []


def _mark_rivals(found: Sequence[_Found]) -> None:
    """Say of each row with several equals, and of each target wanted by several rows, that it is not the only one."""
    best: dict[int, int] = {}
    for f in found:
        best[f.row.id] = max(best.get(f.row.id, 0), f.score)
    top = [f for f in found if f.score == best[f.row.id]]
    of_row = Counter(f.row.id for f in top)
    of_target = Counter((f.one.kind, f.one.target_id) for f in top)
    for f in top:
        if of_row[f.row.id] > 1 or of_target[f.one.kind, f.one.target_id] > 1:
            f.reasons.append("others")
    for f in found:
        if f not in top:
            f.reasons.append("others")


def _is_sure(f: _Found) -> bool:
    return "exact" in f.reasons and "others" not in f.reasons and not _NAMED.isdisjoint(f.reasons)


def plain(text: str) -> str:
    """Return letters and digits alone: banks drop slashes, points and case.

    >>> plain("0412/SP/OPD-0031/XI/2026")
    '0412SPOPD0031XI2026'
    """
    return re.sub(r"[^A-Z0-9]", "", text.upper())


class _Nets:
    """What has to be transferred for each of some orders, by day: read together, assessed when asked and then kept."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self._orders = orders
        self._cases: dict[int, dict[int, Case]] = {}
        self._nets: dict[tuple[int, date], int] = {}

    def of(self, order: Order, day: date) -> int:
        """Return the net amount of an order that is paid that day; -1 when too many were asked about."""
        key = (order.id, day)
        if len(self._nets) >= _MOST_ASSESSED:
            return self._nets.get(key, -1)
        if key not in self._nets:
            if day.year not in self._cases:
                self._cases[day.year] = {case.order.id: case for case in tax_cases.read(self._orders, day.year)}
            self._nets[key] = taxing.assess_case(self._cases[day.year][order.id], day).total("seller_receives")
        return self._nets[key]


def net_of(order: Order, day: date) -> int:
    """Return what the producer's account receives when an order is paid on a day by the rules."""
    return taxing.assess_order(order, day).total("seller_receives")


def _candidates(office_id: int, rows: Sequence[BankRow]) -> list[Candidate]:
    """Return what may be behind these rows; four statements."""
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    span = (first - timedelta(days=_NEAR), last + timedelta(days=_NEAR))
    return [*_orders(office_id), *_payments(office_id, *span), *_deposits(office_id, *span), *_refunds(office_id)]


def _orders(office_id: int) -> list[Candidate]:
    rows = session.execute(
        select(Order, Vendor.bank_holder)
        .join(Vendor, Vendor.id == Order.vendor_id)
        .where(Order.office_id == office_id, Order.state == "received")
        .order_by(Order.id)
        .limit(_MOST_ORDERS)
    )
    return [
        Candidate("order", o.id, 0, local_day(o.received_at or o.placed_at), _told(o.number),
                  _names(o.vendor_name, holder), o.total, o)
        for o, holder in rows
    ]  # fmt: skip


def _told(text: str) -> str:
    """Return a text as it is looked for in the bank's words; empty when it is too short to mean anything."""
    found = plain(text)
    return found if len(found) >= _LEAST_NAME else ""


def _names(*names: str) -> tuple[str, ...]:
    return tuple(filter(None, map(_told, names)))


def _free(subject: str, column: Any) -> ColumnElement[bool]:
    held = (BankMatch.subject == subject, BankMatch.target_id == column, BankMatch.undone_at.is_(None))
    return ~select(BankMatch.id).where(*held).exists()


def _payments(office_id: int, first: date, last: date) -> list[Candidate]:
    """Return payments of these days that no row confirms yet, at what left the account."""
    months = [m for year in range(first.year, last.year + 1) for m in range(year * 100 + 1, year * 100 + 13)]
    within = [m for m in months if month_number(first) <= m <= month_number(last)]
    platform = func.sum(OrderTax.remit_platform)
    rows = session.execute(
        select(Order.id, Order.number, Order.vendor_name, Vendor.bank_holder, Payment.paid_on, Payment.amount,
               Payment.withheld, platform)
        .select_from(OrderTax)
        .join(Payment, Payment.order_id == OrderTax.order_id)
        .join(Order, Order.id == OrderTax.order_id)
        .join(Vendor, Vendor.id == Order.vendor_id)
        .where(OrderTax.office_id == office_id, OrderTax.month.in_(within), Payment.paid_on.between(first, last),
               _free("order", Order.id))
        .group_by(Order.id, Order.number, Order.vendor_name, Vendor.bank_holder, Payment.paid_on, Payment.amount,
                  Payment.withheld)
        .order_by(Order.id)
        .limit(MOST_ROWS)
    )  # fmt: skip
    return [Candidate("payment", r[0], r[5] - r[6] - int(r[7]), r[4], _told(r[1]), _names(r[2], r[3])) for r in rows]


def _deposits(office_id: int, first: date, last: date) -> list[Candidate]:
    rows = session.scalars(
        select(TaxDeposit)
        .where(TaxDeposit.office_id == office_id, TaxDeposit.deposited_on.between(first, last),
               TaxDeposit.reversed_at.is_(None), _free("deposit", TaxDeposit.id))
        .order_by(TaxDeposit.id)
        .limit(MOST_ROWS)
    )  # fmt: skip
    return [Candidate("deposit", d.id, d.amount, d.deposited_on, _told(d.ntpn)) for d in rows]


def _refunds(office_id: int) -> list[Candidate]:
    """Return what is owed back to this office, and what a channel gave back of a paid order, each event that says so."""
    due = and_(MoneyTransfer.debit == REFUND_DUE, ~MoneyPosting.name.startswith(UNDONE, autoescape=True))
    given = and_(MoneyTransfer.debit == BANK, MoneyTransfer.credit == PAYABLE)
    rows = session.execute(
        select(MoneyPosting.id, MoneyPosting.source, MoneyPosting.day, func.sum(MoneyTransfer.amount))
        .join(MoneyTransfer, MoneyTransfer.posting_id == MoneyPosting.id)
        .where(MoneyPosting.office_id == office_id, or_(due, given), _free("posting", MoneyPosting.id))
        .group_by(MoneyPosting.id, MoneyPosting.source, MoneyPosting.day)
        .order_by(MoneyPosting.id.desc())
        .limit(_MOST_ORDERS)
    )  # fmt: skip
    return [Candidate("refund", r[0], int(r[3]), r[2]) for r in rows]
