"""The channel `autodebet`: the bendahara asks, the PA/KPA decides, the bank debits, the bendahara brings the proof.

No bank has given us an interface: what the bank did is known only from its own note, which the bendahara records.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Invalid, NotFound, SeparationOfDuties, Stale, WrongState
from shop.base.numbers import checked_reason, mask
from shop.db import session
from shop.orders import paying
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.paying import Proof
from shop.payments import channels, news, states
from shop.payments.channels import Channel, live_request, lock_request, offer
from shop.payments.models import PaymentRequest
from shop.payments.office_accounts import account_of
from shop.vendors.models import Vendor

CODE: Final = "autodebet"
_SAME: Final = "Anda yang meminta autodebet ini, jadi orang lain yang harus menyetujui atau menolaknya."
_DECIDED: Final = "Anda yang menyetujui autodebet ini, jadi orang lain yang harus mencatat pembayarannya."


def approve(actor: Actor, order_id: int, seen: tuple[int, int], now: datetime) -> PaymentRequest:
    """Let the bank debit what the bendahara asked for. `seen`: id and version of the request on the screen.

    Never by who asked, ordered or received. Raises Forbidden, NotFound, Stale, SeparationOfDuties, WrongState.
    """
    return _decide(actor, order_id, seen, "approve", now)


def reject(actor: Actor, order_id: int, seen: tuple[int, int], reason: str, now: datetime) -> PaymentRequest:
    """Refuse it with a reason; the bendahara is told and may choose another way. Raises Invalid and what `approve` raises."""
    return _decide(actor, order_id, seen, "reject", now, checked_reason(reason))


def cancel(actor: Actor, order_id: int, seen: tuple[int, int], reason: str, now: datetime) -> None:
    """Take the request back, with a reason, so that another channel can be used.

    Raises Invalid, Forbidden, NotFound, Stale, SeparationOfDuties, WrongState.
    """
    actor.require(states.OPEN)
    words = checked_reason(reason)
    order, request = _locked(actor, order_id, seen)
    paying.may_pay(actor, order)
    request.words = words
    states.move(actor, request, "cancel", now, why=words)  # `words` would be read by the producer too
    news.tell(request, "cancelled", now)


def prove(actor: Actor, order_id: int, seen: tuple[int, int], proof: Proof, now: datetime) -> Order:
    """Record that the bank debited the approved sum, with its proof: the request has succeeded and the order is paid.

    Raises Invalid, Forbidden, NotFound, Stale, SeparationOfDuties (also for who approved it), WrongState.
    """
    actor.require(states.OPEN)
    order, request = _locked(actor, order_id, seen)
    if {request.decided_by, request.details.get("decided_for")} & set(actor.hands):
        raise SeparationOfDuties(_DECIDED)
    approved_on = local_day(request.decided_at or now)
    if proof.paid_on < approved_on:
        raise Invalid.at("paid_on", "Tanggal debit tidak mungkin sebelum autodebet ini disetujui.")
    return channels.prove(actor, order, request, proof, now)


def _decide(
    actor: Actor, order_id: int, seen: tuple[int, int], verb: str, now: datetime, words: str = ""
) -> PaymentRequest:
    actor.require(states.APPROVE)
    order, request = _locked(actor, order_id, seen)
    asked = {request.opened_by, request.details.get("for")} - {None}
    if asked & set(actor.hands):
        raise SeparationOfDuties(_SAME)
    if verb == "approve":
        for name, value in paying.hold_duties(actor, order).items():
            setattr(order, name, value)
    request.decided_by, request.decided_at, request.words = actor.user_id, now, words
    request.details = {**request.details, "decided_for": actor.for_user_id}
    states.move(actor, request, verb, now, **({"why": words} if words else {}))
    news.tell(request, request.state, now)
    return request


def _locked(actor: Actor, order_id: int, seen: tuple[int, int]) -> tuple[Order, PaymentRequest]:
    """Return order and its live autodebet, locked in this order, as the person saw it."""
    order = lock_order(actor, order_id)
    found = live_request(order.id)
    if found is None or found.channel != CODE:
        raise WrongState("Tidak ada autodebet yang terbuka untuk pesanan ini.")
    request = lock_request(found.id)
    if (request.id, request.version) != seen:
        raise Stale
    return order, request


def _refuses(order: Order, _net: int, _day: date) -> str:
    if account_of(order.office_id) is None:
        return "Kantor ini belum mendaftarkan rekening autodebet. PA/KPA mendaftarkannya di menu Rekening kantor."
    if not session.get_one(Vendor, order.vendor_id).bank_account:
        return "Produsen belum mengisi nomor rekening, jadi bank tidak tahu ke mana mengirim."
    return ""


def _prepare(actor: Actor, order: Order, request: PaymentRequest, now: datetime) -> None:
    """Freeze from where to where it goes, and ask: there is nothing else to fill in."""
    account = account_of(order.office_id)
    if account is None:
        raise NotFound
    vendor = session.get_one(Vendor, order.vendor_id)
    request.details = {
        "bank": account.bank,
        "account": mask(account.number),
        "to_bank": vendor.bank_name,
        "to_account": mask(vendor.bank_account),
        "to_holder": vendor.bank_holder,
        "for": actor.for_user_id,
    }
    states.move(actor, request, "ask", now)
    news.tell(request, "asked", now)


offer(Channel(CODE, paying.CHANNELS[CODE], _refuses, _prepare))
