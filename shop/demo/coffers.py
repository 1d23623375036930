"""The money rooms of a demo: accounts to debit, taxes deposited, a debit to decide, a claim offered, a bank statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import partial
from typing import Final

import structlog
from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import at_local, local_day, month_number
from shop.base.errors import ShopError
from shop.db import session, unit_of_work
from shop.demo.filling import Cast
from shop.orders.models import Order, Payment
from shop.payments import autodebet, office_accounts
from shop.payments.channels import open_request
from shop.treasury import matching, pledging, remit_lists, remitting, statement_reading, statements
from shop.treasury.remitting import Told

log = structlog.get_logger(__name__)
_BANK: Final = "Bank Contoh"
_HEAD: Final = "Tanggal;Keterangan;Debet;Kredit\n"
_MOVEMENTS: Final = 12


def fill_coffers(cast: Cast, now: datetime) -> None:
    """Set all of it out, each in a unit of work of its own; what today does not allow is left out, as on the desks.

    The bank statement, and a period that is only half deposited, wait at the office whose logins are printed.
    """
    office = list(dict.fromkeys(code for code, _ in cast.officers))[1]
    for (code, role), officer in cast.officers.items():
        if role == "pa_kpa":
            _try(partial(_account, officer, now))
        if role == "bendahara":
            _try(partial(_deposits, officer, now, rest=code == office))
    for scene in (_autodebet, _claim):
        _try(partial(scene, cast, now))
    _try(partial(_statement, cast.officers[office, "bendahara"], now))


def _try(scene: Callable[[], None]) -> None:
    try:
        with unit_of_work():
            scene()
    except (ShopError, StopIteration) as error:
        log.warning("money of the demo does not fit today", error=str(error))


def _account(pa: Actor, now: datetime) -> None:
    """No province is 99, and no bank is called so."""
    office_accounts.register(pa, 0, _BANK, f"99{pa.office_id or 0:010d}", "Bendahara Pengeluaran", now)


def _deposits(bendahara: Actor, now: datetime, *, rest: bool) -> None:
    """Deposit what is overdue on its last day, of the newest period only half when there is to be a `rest`."""
    today, office_id = local_day(now), bendahara.office_id or 0
    this = month_number(today)
    late = [due for due in remit_lists.dues(office_id, this - 1_000, this) if due.is_late(today)]
    for number, due in enumerate(late):
        amount = max(due.left // 2, 1) if rest and due is late[-1] else due.left
        told = Told(due.code, f"DEMO{office_id:06d}{number:06d}", amount, due.due_on)
        remitting.record(bendahara, due.month, told, at_local(due.due_on, time(10)))


def _received() -> list[Order]:
    """Return the orders that wait for their payment; the first has a complaint on its desk already."""
    return list(session.scalars(select(Order).where(Order.state == "received").order_by(Order.id).limit(20)))[1:]


def _autodebet(cast: Cast, now: datetime) -> None:
    order = _received()[-1]
    who = next(a for (_, role), a in cast.officers.items() if role == "bendahara" and a.office_id == order.office_id)
    open_request(who, order.id, autodebet.CODE, order.version, now)


def _claim(cast: Cast, now: datetime) -> None:
    order = min(_received()[:-1], key=lambda one: one.vendor_id)
    owner = next(a for a in cast.vendors.values() if a.vendor_id == order.vendor_id)
    pledging.offer(owner, [order.id], _BANK, now)


def _statement(bendahara: Actor, now: datetime) -> None:
    """Bring in what the bank would write: last payments, one that nobody recorded yet, and a fee that is nobody's."""
    today = local_day(now)
    paid = session.execute(
        select(Order.number, Order.vendor_name, Payment.amount - Payment.withheld, Payment.paid_on)
        .join(Payment, Payment.order_id == Order.id)
        .where(Order.office_id == bendahara.office_id)
        .order_by(Payment.paid_on.desc(), Order.id)
        .limit(_MOVEMENTS)
    )
    rows = [(day, f"TRF {number} {vendor}", amount) for number, vendor, amount, day in paid if today.year == day.year]
    rows += [
        (today, f"TRF {order.number} {order.vendor_name}", matching.net_of(order, today))
        for order in _received()[:-1]
        if order.office_id == bendahara.office_id
    ][:1]
    rows.append((today, "BIAYA ADMINISTRASI REKENING", 15_000))
    text = _HEAD + "".join(f"{day:%d/%m/%Y};{words};{amount};0\n" for day, words, amount in rows)
    delimiter, lines = statement_reading.cells_of(text.encode())
    shape = statement_reading.recognise(delimiter, lines)
    assert shape is not None
    statements.load(bendahara, "mutasi-contoh.csv", statement_reading.read(lines, shape), now)
    matching.keep(matching.judge(bendahara, now))
