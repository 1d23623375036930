"""The bendahara records what was paid, with proof; the PPK closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.budgets import pagu
from shop.db import session
from shop.orders import news, punctuality, states, terms
from shop.orders.delivering import working_days_after
from shop.orders.loading import lock_order
from shop.orders.models import Order, Payment
from shop.orders.receiving import keep_apart, only_its_ppk, relaxed_note


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof of payment: the transfer or SP2D number, the day, and the kept file (key and shown name).

    `withheld` is the tax the bendahara withheld, in rupiah, as written on the slip; computing it is not done here.
    """

    reference: str
    paid_on: date
    file_key: str = ""
    file_name: str = ""
    withheld: int = 0
    note: str = ""


def pay(actor: Actor, order_id: int, version: int, proof: Proof, now: datetime) -> Order:
    """Record that the order was paid in full. UU 1/2004 art. 21(1): never before the goods were received.

    Raises Invalid for an unusable proof, SeparationOfDuties when this person ordered or received.
    """
    order = lock_order(actor, order_id)
    relaxed = keep_apart(actor, order, "pay", {"place": order.placed_by, "receive": order.received_by})
    pagu.lock_package(order.package_id)  # before the kept totals, as an import takes them: neither waits for the other
    sets = {"paid_by": actor.user_id, "paid_at": now, "due_at": working_days_after(now, terms.CLOSE_WORKING_DAYS)}
    states.move(
        actor,
        order,
        "pay",
        version,
        now,
        sets | relaxed,
        reference=one_line(proof.reference),
        paid_on=proof.paid_on.isoformat(),
        withheld=proof.withheld,
        **relaxed_note(relaxed),
    )
    _check(order, proof, now)
    session.execute(
        insert(Payment).values(
            order_id=order.id,
            amount=order.total,
            paid_on=proof.paid_on,
            reference=one_line(proof.reference),
            proof_key=proof.file_key,
            proof_name=one_line(proof.file_name)[:200],
            withheld=proof.withheld,
            note=one_line(proof.note)[:1000],
            recorded_by=actor.user_id,
            recorded_at=now,
        )
    )
    pagu.realise(order.package_id, order.total)
    punctuality.note(order, proof.paid_on)
    news.tell(order, "paid", now)
    return order


def _check(order: Order, proof: Proof, now: datetime) -> None:
    faults = []
    if not 3 <= len(one_line(proof.reference)) <= 100:  # noqa: PLR2004
        faults.append(FieldFault("reference", "Isi nomor bukti transfer atau SP2D, 3 sampai 100 huruf."))
    received_on = local_day(order.received_at) if order.received_at else None
    if received_on and not received_on <= proof.paid_on <= local_day(now):
        faults.append(FieldFault("paid_on", "Tanggal bayar harus antara hari barang diterima dan hari ini."))
    if not 0 <= proof.withheld < order.total:
        faults.append(FieldFault("withheld", "Pajak yang dipungut harus 0 atau lebih dan di bawah nilai pesanan."))
    if faults:
        raise Invalid(faults=tuple(faults))


def close(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Close the order: its PPK has seen the papers."""
    order = lock_order(actor, order_id)
    only_its_ppk(actor, order)
    states.move(actor, order, "close", version, now, {"due_at": None})
    news.tell(order, "closed", now)
    return order
