"""The channel `qris`: a code for one sale out of the producer's own. Nobody calls back, so it is unconfirmed until proof."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound
from shop.base.numbers import checked_reason
from shop.db import session
from shop.orders import paying
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.paying import Proof
from shop.payments import channels, states
from shop.payments.channels import Channel, live_request, lock_request, offer
from shop.payments.models import PaymentRequest
from shop.qris import building, limits
from shop.qris.checking import check
from shop.reference.policy import RuleValue, rule
from shop.vendors.models import Vendor

CODE: Final = "qris"


def refuses(order: Order, net: int, day: date) -> str:
    """Return why an order cannot be paid by QRIS on a day, empty when it can."""
    vendor = session.get_one(Vendor, order.vendor_id)
    if not vendor.qris:
        return "Produsen ini belum memasang kode QRIS. Pilih saluran lain."
    if net > limits.limit_on(_rule_on, day).value:
        return "Nilai ini di atas batas sekali bayar dengan QRIS. Pilih saluran lain."
    try:
        _code(vendor, order, net, day)
    except Invalid:
        return "Kode QRIS produsen tidak dapat dipakai. Minta produsen memasang yang baru, atau pilih saluran lain."
    return ""


def _prepare(_actor: Actor, order: Order, request: PaymentRequest, now: datetime) -> None:
    """Freeze the code with the request: what the producer changes afterwards moves no payment that is open."""
    vendor = session.get_one(Vendor, order.vendor_id)
    request.details = {"payload": _code(vendor, order, request.amount, local_day(now)), "number": order.number}


def _code(vendor: Vendor, order: Order, net: int, day: date) -> str:
    limit = int(limits.limit_on(_rule_on, day).value)
    return building.dynamic(vendor.qris, net, limit, bill=one_line(order.number)[: building.BILL_LENGTH].strip())


def live_code(order_id: int) -> PaymentRequest:
    """Return the live QRIS request of an order; whose order it is the caller has asked. Raises NotFound."""
    found = live_request(order_id)
    if found is None or found.channel != CODE:
        raise NotFound("Tidak ada kode QRIS yang terbuka untuk pesanan ini.")
    return found


def fee(request: PaymentRequest) -> limits.Fee:
    """Return the fee the producer pays on this payment. Raises NotFound for a day without a rule."""
    report = check(request.details["payload"])
    return limits.fee(_rule_on, report.criteria, request.amount, request.assessed_on, report.mcc)


def prove(actor: Actor, order_id: int, proof: Proof, now: datetime) -> Order:
    """Record that the code was paid, with proof: the request has succeeded and the order is paid, in one step.

    Raises NotFound without a live code, Invalid for an unusable proof, SeparationOfDuties, WrongState.
    """
    order, request = _locked(actor, order_id)
    if proof.paid_on < local_day(request.opened_at):
        raise Invalid.at("paid_on", "Tanggal bayar tidak mungkin sebelum kode QRIS ini dibuka.")
    return channels.prove(actor, order, request, proof, now)


def cancel(actor: Actor, order_id: int, reason: str, now: datetime) -> None:
    """Close a code that was not paid, with a reason, so that another channel can be used. Raises NotFound, Invalid, WrongState."""
    order, request = _locked(actor, order_id)
    paying.may_pay(actor, order)
    request.words = checked_reason(reason, message="Tulis alasan membatalkan, 5 sampai 300 huruf.")
    states.move(actor, request, "cancel", now)


def _locked(actor: Actor, order_id: int) -> tuple[Order, PaymentRequest]:
    """Return order and live code, locked in this order."""
    order = lock_order(actor, order_id)
    return order, lock_request(live_code(order_id).id)


def _rule_on(key: str, day: date) -> RuleValue:
    return rule(session, key, day)


offer(Channel(CODE, paying.CHANNELS[CODE], refuses, _prepare))
