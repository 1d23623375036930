"""Calling the gateway about one payment, with no transaction open while the line is; what it says is written afterwards.

A payment is created under its own key, which was committed before. After a call whose outcome nobody knows it is first looked
for by that key, and only what is not there is created, under the same key: it cannot be charged twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.errors import Conflict, NotFound, WrongState
from shop.clients import stripe_errors as faults
from shop.clients.stripe import Intent, Stripe, intent_of
from shop.db import session, unit_of_work
from shop.orders import paying
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.payments import gateway_truth, states
from shop.payments.gateway_channel import CODE
from shop.payments.models import PaymentRequest

GIVE_UP: Final = timedelta(hours=1)
"""After this nothing is created any more: nobody waits for it, and money that leaves unexpectedly helps nobody."""
_EARLIER: Final = timedelta(hours=1)
"""How far the gateway's clock may be behind ours when we look for a payment since its opening."""
SILENT: Final = (
    "Gerbang belum menjawab. Kami memeriksa lagi dengan sendirinya; jangan membayar lewat saluran lain dulu."
)
KEY_REFUSED: Final = "Gerbang menolak kunci aplikasi ini. Hubungi admin; pembayaran diperiksa lagi dengan sendirinya."
REFUSED: Final = "Gerbang menolak permintaan ini. Tidak ada uang yang keluar. Pilih saluran lain atau hubungi admin."


@dataclass(frozen=True, slots=True)
class _Known:
    key: str
    amount: int
    external_id: str
    number: str
    opened_at: datetime
    is_live: bool
    is_wanted: bool


def ask(stripe: Stripe, request_id: int, now: datetime, *, method: str = "", fresh: bool = False) -> str:
    """Ask the gateway about a payment, or send it when it never arrived, and write what it says; open no transaction around.

    `fresh`: opened a moment ago by who calls, so that it cannot be there yet. Returns what does not agree (msgid). Raises
    `stripe_errors.StripeFault` after writing why there is no answer.
    """
    known = _known(request_id)
    session.rollback()  # no snapshot and no lock is held while the line is open
    try:
        found = _there(stripe, known, now, method, fresh=fresh)
        if found is not None and not found.is_paid and found.status != "canceled" and not known.is_wanted:
            found = _cancelled(stripe, known, found.id)
    except faults.StripeFault as fault:
        _unanswered(request_id, fault, now, is_known=bool(known.external_id))
        raise
    with unit_of_work():
        if found is not None:
            return gateway_truth.apply(request_id, found, now)
        gateway_truth.end(request_id, "lapse", gateway_truth.NEVER_ARRIVED, now)
        return ""


def _unanswered(request_id: int, fault: faults.StripeFault, now: datetime, *, is_known: bool) -> None:
    """Write why there is no payment to apply: refused for good, or to be looked at again."""
    for_good = isinstance(fault, faults.Refused) and not isinstance(fault, faults.BadKey | faults.TooOften)
    words = KEY_REFUSED if isinstance(fault, faults.BadKey) else SILENT
    with unit_of_work():
        if for_good and not is_known:
            words = gateway_truth.DECLINED if isinstance(fault, faults.Declined) else REFUSED
            gateway_truth.end(request_id, "fail", words, now, code=fault.code, gateway_request=fault.request_id)
        else:
            gateway_truth.wait(request_id, gateway_truth.UNKNOWN_THERE if for_good else words, now)


def cancel(actor: Actor, stripe: Stripe, request_id: int, now: datetime) -> None:
    """Cancel a payment at the gateway and then here; one that was paid meanwhile is written as paid.

    Raises NotFound, Forbidden, SeparationOfDuties, WrongState when it has ended, Conflict `gateway-paid` when the money had
    gone already, `stripe_errors.StripeFault` when the gateway did not answer: then nothing is cancelled.
    """
    with unit_of_work():
        request = mine(actor, request_id)
        if request.state not in states.LIVE:
            raise WrongState("Pembayaran ini sudah berakhir.")
    known = _known(request_id)
    session.rollback()
    found_id = known.external_id
    if not found_id:
        found = stripe.find("request", known.key, known.opened_at - _EARLIER)
        found_id = found.id if found else ""
    intent = _cancelled(stripe, known, found_id) if found_id else None
    with unit_of_work():
        if intent is None:
            gateway_truth.end(request_id, "cancel", "", now, by=actor)
        else:
            gateway_truth.apply(request_id, intent, now, by=actor)
    if intent is not None and intent.status != "canceled":
        raise Conflict("Tidak bisa dibatalkan lagi: gerbang sudah memprosesnya.", kind="gateway-paid")


def mine(actor: Actor, request_id: int) -> PaymentRequest:
    """Return a request of the gateway in the actor's office whose order this person may pay, locked after its order.

    Raises NotFound, Forbidden, SeparationOfDuties.
    """
    where = (
        PaymentRequest.id == request_id,
        PaymentRequest.office_id == actor.office_id,
        PaymentRequest.channel == CODE,
    )
    order_id = session.scalar(select(PaymentRequest.order_id).where(*where))
    if order_id is None:
        raise NotFound("Pembayaran ini tidak ada.")
    paying.may_pay(actor, lock_order(actor, order_id))
    return session.scalars(select(PaymentRequest).where(*where).with_for_update()).one()


def _known(request_id: int) -> _Known:
    row = session.execute(
        select(PaymentRequest, Order.state, Order.number)
        .join(Order, Order.id == PaymentRequest.order_id)
        .where(PaymentRequest.id == request_id, PaymentRequest.channel == CODE)
    ).one_or_none()
    if row is None:
        raise NotFound("Pembayaran ini tidak ada.")
    request, order_state, number = row
    is_live = request.state in states.LIVE
    wanted = is_live and order_state == "received"
    return _Known(request.key, request.amount, request.external_id, number, request.opened_at, is_live, wanted)


def _there(stripe: Stripe, known: _Known, now: datetime, method: str, *, fresh: bool) -> Intent | None:
    """Return the payment at the gateway, created when it may be; None when it is not there and shall not be."""
    if known.external_id:
        return stripe.retrieve(known.external_id)
    if not fresh:
        found = stripe.find("request", known.key, known.opened_at - _EARLIER)
        if found is not None or not known.is_wanted or now - known.opened_at > GIVE_UP:
            return found
    said = {"request": known.key, "order": known.number}
    try:
        return stripe.create(known.amount, said, known.key, method=method)
    except faults.Declined as fault:
        # The payment exists and may still be paid with other means: some servers send it along, others let us look.
        found = intent_of(fault) or stripe.find("request", known.key, known.opened_at - _EARLIER)
        if found is None:
            raise
        return found


def _cancelled(stripe: Stripe, known: _Known, intent_id: str) -> Intent:
    """Return the payment cancelled, or as it stands when it is too late for that."""
    try:
        return stripe.cancel(intent_id, f"{known.key}:cancel")
    except faults.Refused:
        return stripe.retrieve(intent_id)
