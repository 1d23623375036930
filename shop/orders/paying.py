"""An order is paid: by hand with proof, or because a channel confirmed it. Taxes are assessed and frozen; the PPK closes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import insert

from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import LEAST_REASON, one_line
from shop.base.errors import Conflict, FieldFault, Invalid
from shop.base.money import rupiah
from shop.base.numbers import card_faults
from shop.budgets import pagu
from shop.db import session
from shop.orders import booking, facts, news, punctuality, states, taxing, terms, valuing
from shop.orders.delivering import working_days_after
from shop.orders.loading import lock_order
from shop.orders.models import Order, Payment
from shop.orders.receiving import keep_apart, only_its_ppk, relaxed_note
from shop.orders.taxing import OrderTaxes
from shop.p3dn import posting

APART: Final[list[Callable[[Actor, Order], bool]]] = []
"""Rooms above that know more of who received; the roof puts them here. Each raises SeparationOfDuties, or returns whether
a relaxed office made an exception."""
CHANNELS: Final[Mapping[str, str]] = {
    "transfer": "Transfer bank",
    "autodebet": "Autodebet",
    "kkpd": "Kartu Kredit Pemerintah",
    "qris": "QRIS",
    "gateway": "Gerbang pembayaran",
}
"""How money goes out, with labels; msgids."""
CARD: Final = "kkpd"
AS_OPENED: Final = "Sesuai hitungan saat pembayaran dibuka."
"""Why another sum was kept back than the rules of the day of payment say."""
STATEMENT: Final = "MUTASI-"
"""How the reference begins of a payment that a movement of the account proves; its number follows."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof of payment: the transfer or SP2D number, the day, and the kept file (key and shown name).

    `withheld`: what the treasurer kept back in rupiah; None for what the rules say. Another sum needs its reason in `note`.
    """

    reference: str
    paid_on: date
    file_key: str = ""
    file_name: str = ""
    withheld: int | None = None
    note: str = ""
    channel: str = "transfer"


@dataclass(frozen=True, slots=True)
class Charged:
    """What a channel confirmed: the net amount that left, when, under which reference, for the person who opened it.

    `assessed_on` is the day whose rules the net amount was worked out by.
    """

    channel: str
    reference: str
    amount: int
    paid_on: date
    assessed_on: date
    by: int
    note: str = ""


def may_pay(actor: Actor, order: Order) -> dict[str, object]:
    """Hold that this person may pay this order; return what the order sets when a relaxed office makes an exception.

    Raises Forbidden, SeparationOfDuties when this person ordered or received any of it.
    """
    actor.require(states.PERMISSIONS["pay"])
    return hold_duties(actor, order)


def hold_duties(actor: Actor, order: Order) -> dict[str, object]:
    """Hold that who takes part in paying neither ordered nor received; return what the order sets when that is relaxed.

    Raises SeparationOfDuties.
    """
    relaxed = keep_apart(actor, order, "pay", {"place": order.placed_by, "receive": order.received_by})
    used = [judge(actor, order) for judge in APART]  # each is asked, whatever the one before said
    if any(used) and not relaxed:
        relaxed = {"relaxed": [*(done for done in order.relaxed if done != "pay"), "pay"]}
    return relaxed


def pay(actor: Actor, order_id: int, version: int, proof: Proof, now: datetime) -> Order:
    """Record that the order was paid in full. UU 1/2004 art. 21(1): never before the goods were received.

    Raises Invalid for an unusable proof, SeparationOfDuties when this person ordered or received.
    """
    order = lock_order(actor, order_id)
    relaxed = may_pay(actor, order)
    pagu.lock_package(order.package_id)  # before the kept totals, as an import takes them: neither waits for the other
    day = _within(order, proof.paid_on, now)
    taxing.hold_turnover(order.vendor_id, day.year)
    taxes = taxing.assess_order(order, day, card=proof.channel == CARD)
    kept = kept_back(taxes, proof.withheld)
    sets = {"paid_by": actor.user_id} | relaxed
    said = {"reference": one_line(proof.reference), "paid_on": proof.paid_on.isoformat()}
    _move(actor, order, "pay", version, now, sets, withheld=sum(kept.values()), **said, **relaxed_note(relaxed))
    _check(order, proof, taxes, now)
    _keep(actor, order, proof, taxes, kept, now)
    return order


def charge(order_id: int, charged: Charged, now: datetime) -> Order:
    """Record what a channel confirmed, in the name of who opened it there; duties were held when it was opened.

    The money has gone, so it is written as it went: what the order costs beyond `charged.amount` counts as kept back,
    and the note says so when the rules of today would keep back another sum. Raises WrongState when the order is not
    waiting for its payment any more, Conflict `amount-differs` for more than it costs: then the channel owes it back.
    """
    order = lock_order(SYSTEM, order_id)
    pagu.lock_package(order.package_id)
    taxing.hold_turnover(order.vendor_id, charged.assessed_on.year)
    taxes = taxing.assess_order(order, charged.assessed_on, card=charged.channel == CARD)
    back = order.total - taxes.total("remit_platform") - charged.amount
    if back < 0:
        raise Conflict("Yang dibayar saluran lebih dari nilai pesanan ini.", kind="amount-differs")
    kept = kept_back(taxes, back)
    note = charged.note or ("" if back == taxes.total("remit_treasurer") else AS_OPENED)
    proof = Proof(charged.reference, charged.paid_on, withheld=back, note=note, channel=charged.channel)
    said = {
        "reference": one_line(charged.reference),
        "paid_on": charged.paid_on.isoformat(),
        "channel": charged.channel,
    }
    _move(SYSTEM, order, "charge", order.version, now, {"paid_by": charged.by}, withheld=back, **said)
    _keep(SYSTEM, order, proof, taxes, kept, now)
    return order


def _move(
    actor: Actor, order: Order, verb: str, version: int, now: datetime, sets: dict[str, object], **said: object
) -> None:
    close_by = working_days_after(now, terms.CLOSE_WORKING_DAYS)
    states.move(actor, order, verb, version, now, {"paid_at": now, "due_at": close_by} | sets, **said)


def _keep(actor: Actor, order: Order, proof: Proof, taxes: OrderTaxes, kept: dict[str, int], now: datetime) -> None:
    session.execute(
        insert(Payment).values(
            order_id=order.id,
            amount=order.total,
            paid_on=proof.paid_on,
            reference=one_line(proof.reference)[:100],
            channel=proof.channel,
            proof_key=proof.file_key,
            proof_name=one_line(proof.file_name)[:200],
            withheld=sum(kept.values()),
            note=one_line(proof.note)[:1000],
            recorded_by=order.paid_by,
            recorded_at=now,
        )
    )
    pagu.realise(order.package_id, order.total)
    taxing.freeze(order, taxes, proof.paid_on, now)
    if valuing.count(order, proof.paid_on, taxes):  # the assessment it was paid by, not the one it was placed with
        posting.settle(actor, f"order:{order.id}", facts.of_order(order, *states.standing(order.state)), now)
    booking.settle(actor, order, kept, taxes, proof.paid_on, proof.channel, now)
    punctuality.note(order, proof.paid_on)
    news.tell(order, "paid", now)


def kept_back(taxes: OrderTaxes, told: int | None) -> dict[str, int]:
    """Return {code: rupiah} kept back: as assessed, or the sum that was told, PPN first and the rest as income tax."""
    assessed = taxes.withheld
    if told is None or told == sum(assessed.values()):
        return assessed
    vat = min(told, assessed.get("PPN", 0))
    income = next((code for code in assessed if code != "PPN"), taxes.kinds[0].result.pph_code)
    return {code: amount for code, amount in (("PPN", vat), (income, told - vat)) if amount > 0}


def _check(order: Order, proof: Proof, taxes: OrderTaxes, now: datetime) -> None:
    faults = card_faults({"reference": proof.reference, "note": proof.note, "proof": proof.file_name})
    if not 3 <= len(one_line(proof.reference)) <= 100:  # noqa: PLR2004
        faults.append(FieldFault("reference", "Isi nomor bukti transfer atau SP2D, 3 sampai 100 huruf."))
    received_on = local_day(order.received_at) if order.received_at else None
    if received_on and not received_on <= proof.paid_on <= local_day(now):
        faults.append(FieldFault("paid_on", "Tanggal bayar harus antara hari barang diterima dan hari ini."))
    if proof.withheld is not None:
        faults += _told(
            order.total - taxes.total("remit_platform"), proof, taxes.total("remit_treasurer"), proof.withheld
        )
    if faults:
        raise Invalid(faults=tuple(faults))


def _within(order: Order, day: date, now: datetime) -> date:
    """Return a typed day moved between BAST and today, so that its law is known while the fault is told."""
    return min(max(day, local_day(order.received_at or now)), local_day(now))


def _told(most: int, proof: Proof, assessed: int, told: int) -> list[FieldFault]:
    """Judge the sum a treasurer says was kept back; `most` is what would be left without it."""
    if not 0 <= told < most:
        return [FieldFault("withheld", "Pajak yang dipungut harus 0 atau lebih dan di bawah nilai pesanan.")]
    if told != assessed and len(one_line(proof.note)) < LEAST_REASON:
        words = "Menurut aturan %(assessed)s. Kosongkan, isi sama, atau tulis alasannya di catatan."
        return [FieldFault("withheld", words, (("assessed", rupiah(assessed)),))]
    return []


def close(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Close the order: its PPK has seen the papers."""
    order = lock_order(actor, order_id)
    only_its_ppk(actor, order)
    states.move(actor, order, "close", version, now, {"due_at": None})
    news.tell(order, "closed", now)
    return order
