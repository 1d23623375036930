"""Every order against its books: what it should have posted by its state, and posting what older versions did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import String, cast, func, literal, or_, select

from shop.base.actor import SYSTEM
from shop.base.clock import local_day
from shop.books.accounts import BANK, EXPENSE, PAYABLE, tax_of, withheld
from shop.books.models import MoneyPosting, MoneyTransfer
from shop.books.posting import Event, Transfer, post
from shop.db import session
from shop.orders import states, taxing
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax
from shop.orders.owing import source
from shop.orders.paying import CARD, kept_back

_OWED: Final = states.PAID | {"received"}
_BATCH: Final = 500
_MOST: Final = 100


def differences() -> list[str]:
    """Return where an order and its books disagree, a line each and the first 100; empty when they agree.

    Received: all of its total is owed. Paid: nothing is owed but what came back through a channel, and what was kept
    back is what the payment says. Before: nothing. Orders are read in batches, so memory does not grow with them.
    """
    return list(islice((words for batch in _orders() for words in _of_batch(batch)), _MOST))


def _orders() -> Iterator[Sequence[Any]]:
    after = 0
    columns = (Order.id, Order.number, Order.state, Order.total, Payment.withheld)
    platform = select(func.sum(OrderTax.remit_platform)).where(OrderTax.order_id == Order.id).scalar_subquery()
    query = select(*columns, platform.label("platform")).outerjoin(Payment, Payment.order_id == Order.id)
    while rows := session.execute(query.where(Order.id > after).order_by(Order.id).limit(_BATCH)).all():
        yield rows
        after = rows[-1].id


def _of_batch(rows: Sequence[Any]) -> Iterator[str]:
    books = _moved([source(row.id) for row in rows])
    for row in rows:
        held = _standing(books[source(row.id)])
        owed, paid = row.state in _OWED, row.state in states.PAID
        wanted = {
            "utang diakui": row.total if owed else 0,
            "belum dibayar": row.total if owed and not paid else 0,
            "dipungut bendahara": (row.withheld or 0) if paid else 0,
            "dipungut platform": (row.platform or 0) if paid else 0,
        }
        for what, amount in wanted.items():
            if held[what] != amount:
                yield f"pesanan {row.number} ({row.state}), {what}: buku {held[what]}, seharusnya {amount}"


def _standing(moved: Mapping[tuple[str, str], int]) -> dict[str, int]:
    found = dict.fromkeys(("utang diakui", "belum dibayar", "dipungut bendahara", "dipungut platform"), 0)
    for (debit, credit), amount in moved.items():
        found["utang diakui"] += amount * ((debit == EXPENSE) - (credit == EXPENSE))
        if (debit, credit) != (BANK, PAYABLE):  # what came back through a channel is owed again, and that is no fault
            found["belum dibayar"] += amount * ((credit == PAYABLE) - (debit == PAYABLE))
        if debit == PAYABLE and tax_of(credit):
            by = "bendahara" if credit == withheld(tax_of(credit)) else "platform"
            found[f"dipungut {by}"] += amount
    return found


def _moved(sources: Sequence[str]) -> Mapping[str, Mapping[tuple[str, str], int]]:
    """Return {source: {(debit, credit): rupiah}} of these sources; one statement."""
    key = (MoneyPosting.source, MoneyTransfer.debit, MoneyTransfer.credit)
    rows = session.execute(
        select(*key, func.sum(MoneyTransfer.amount))
        .join(MoneyTransfer, MoneyTransfer.posting_id == MoneyPosting.id)
        .where(MoneyPosting.source.in_(sources))
        .group_by(*key)
    )
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for of, debit, credit, amount in rows:
        found[of][debit, credit] = int(amount)
    return found


def lacking(limit: int = _BATCH) -> list[int]:
    """Return ids of received or paid orders whose books lack an event, the oldest first: they predate the books."""

    def lacks(name: str) -> Any:
        there = select(MoneyPosting.id).where(
            MoneyPosting.source == literal("order:").concat(cast(Order.id, String)), MoneyPosting.name == name
        )
        return ~there.exists()

    where = or_(
        Order.state.in_(_OWED) & lacks("due"),
        Order.state.in_(states.PAID) & lacks("paid"),
    )
    return list(session.scalars(select(Order.id).where(where).order_by(Order.id).limit(limit)))


def catch_up(order_id: int, now: datetime) -> bool:
    """Post what an order's books lack, on the days it happened; return whether anything was. Doing it again changes nothing.

    What was kept back before there were tax codes is put under the codes of the rules of the day of payment, value added
    tax first. No assessment is written: nobody made one then.
    """
    order = session.scalars(select(Order).where(Order.id == order_id).with_for_update()).one()
    did = False

    def write(name: str, day: date, transfers: Sequence[Transfer], channel: str = "") -> bool:
        return post(
            SYSTEM, Event(source(order.id), name, order.office_id, order.vendor_id, day, transfers, channel), now
        )

    if order.state in _OWED and order.received_at is not None:
        did = write("due", local_day(order.received_at), [Transfer(EXPENSE, PAYABLE, order.total)])
    paid = session.get(Payment, order.id)
    if order.state in states.PAID and paid is not None:
        codes = {}
        if paid.withheld:
            codes = kept_back(taxing.assess_order(order, paid.paid_on, card=paid.channel == CARD), paid.withheld)
        transfers = [Transfer(PAYABLE, withheld(code), amount) for code, amount in codes.items()]
        transfers.append(Transfer(PAYABLE, BANK, order.total - paid.withheld))
        did |= write("paid", paid.paid_on, transfers, paid.channel)
    return did
