"""Money that comes back through the gateway: never more than went, each refund once, in the books when it is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import random_key
from shop.base.errors import FieldFault, Invalid, WrongState, or_fault
from shop.base.money import rupiah
from shop.base.numbers import checked_reason
from shop.books.accounts import BANK, PAYABLE, REFUND_DUE
from shop.books.posting import Event, Transfer, balances, post
from shop.clients import stripe_errors as faults
from shop.clients.stripe import Refund, Stripe, to_minor
from shop.db import session, unit_of_work
from shop.orders.owing import source
from shop.payments import states
from shop.payments.channels import lock_request
from shop.payments.gateway_calls import mine
from shop.payments.gateway_channel import CODE, FIRST_LOOK
from shop.payments.gateway_truth import next_look, note_odd
from shop.payments.models import PaymentRefund, PaymentRequest

TOO_MUCH: Final = "Pengembalian di gerbang melebihi yang pernah dibayar. Hubungi admin."
AMOUNT: Final = "Jumlah pengembalian di gerbang tidak sama dengan yang diminta. Hubungi admin."
BOUNCED: Final = (
    "Pengembalian yang sudah tercatat kembali ternyata gagal di gerbang. Uangnya belum kembali. Hubungi admin."
)
_ENDED: Final = {"succeeded": "succeed", "failed": "fail", "canceled": "fail"}


def ask_back(actor: Actor, request_id: int, amount: int, reason: str, now: datetime) -> PaymentRefund:
    """Open a refund of what the gateway took; `settle` sends it after the commit. Rupiah.

    Raises NotFound, Forbidden, SeparationOfDuties, WrongState when the gateway took nothing, Invalid at `amount` above what
    is left, at `reason` without one.
    """
    request = mine(actor, request_id)
    taken = request.details.get("charged", 0)
    if not taken:
        raise WrongState("Tidak ada uang yang keluar lewat pembayaran ini.")
    wrong, left = list[FieldFault](), taken - given_back(request_id)
    if not 1 <= amount <= left:
        said = (("left", rupiah(left)),)
        wrong.append(FieldFault("amount", "Isi rupiah bulat, paling banyak %(left)s: sisa yang pernah dibayar.", said))
    words = or_fault(wrong, checked_reason, reason, "reason")
    if wrong or words is None:
        raise Invalid(faults=tuple(wrong))
    refund = PaymentRefund(
        request_id=request.id, amount=amount, state=states.REFUNDS.initial, key=random_key(), reason=words,
        asked_by=actor.user_id, asked_at=now,
    )  # fmt: skip
    session.add(refund)
    session.flush()
    request.next_check_at = now + FIRST_LOOK
    said_so = {"refund": refund.id, "amount": amount, "reason": words}
    trail.record(actor, "refund_ask", "order", request.order_id, now, **said_so)
    return refund


def given_back(request_id: int) -> int:
    """Return the rupiah of a request's refunds that have not failed."""
    where = (PaymentRefund.request_id == request_id, PaymentRefund.state != "failed")
    return session.scalar(select(func.coalesce(func.sum(PaymentRefund.amount), 0)).where(*where)) or 0


def settle(stripe: Stripe, request_id: int, now: datetime) -> None:
    """Bring the refunds of a request and the gateway's together: send what never arrived, write what has ended.

    The gateway's list is read first and held against what was taken: compatible servers pay back more than came. Raises
    `stripe_errors.StripeFault` when there is no answer; the request is looked at again later. No transaction may be open.
    """
    intent_id = session.scalar(select(PaymentRequest.external_id).where(PaymentRequest.id == request_id))
    charged = session.scalar(select(PaymentRequest.details).where(PaymentRequest.id == request_id)) or {}
    open_ones = session.execute(
        select(PaymentRefund.id, PaymentRefund.key, PaymentRefund.amount)
        .where(PaymentRefund.request_id == request_id, PaymentRefund.state == "pending")
        .order_by(PaymentRefund.id)
    ).all()
    session.rollback()
    if not intent_id or "charged" not in charged:
        return
    there = stripe.refunds(intent_id)
    for row in open_ones:
        found = next((one for one in there if one.metadata.get("refund") == row.key), None)
        try:
            if found is None and _sum(there) + to_minor(row.amount) <= to_minor(charged["charged"]):
                found = stripe.refund(intent_id, row.amount, {"refund": row.key}, row.key)
                there.append(found)
        except faults.Unknown:
            raise
        except faults.Refused as fault:
            _fail(request_id, row.id, fault.code or "refused", now)
            continue
        if found is None:
            _fail(request_id, row.id, "too-much", now)
            continue
        with unit_of_work():
            _apply(request_id, row.id, found, now)
    with unit_of_work():
        _adopt(request_id, there, charged["charged"], now)


def _sum(refunds: Sequence[Refund]) -> int:
    return sum(one.amount for one in refunds if _ENDED.get(one.status) != "fail")


def _fail(request_id: int, refund_id: int, code: str, now: datetime) -> None:
    with unit_of_work():
        request = lock_request(request_id)
        refund = session.get_one(PaymentRefund, refund_id)
        if refund.state != "pending":
            return
        states.end_refund(SYSTEM, refund, request.order_id, "fail", now)
        if code == "too-much":
            note_odd(f"refund:{refund.id}", request.external_id, TOO_MUCH, now)


def _apply(request_id: int, refund_id: int, found: Refund, now: datetime) -> None:
    request = lock_request(request_id)
    refund = session.get_one(PaymentRefund, refund_id, populate_existing=True)
    refund.external_id = found.id
    if found.amount != to_minor(refund.amount):
        note_odd(f"refund:{refund.id}", found.id, AMOUNT, now)
        return
    if refund.state == "pending" and found.status in _ENDED:
        _finish(request, refund, _ENDED[found.status], now)


def _finish(request: PaymentRequest, refund: PaymentRefund, verb: str, now: datetime) -> None:
    """End a refund. What came back for a paid order is owed to its producer again; what was owed back is settled."""
    states.end_refund(SYSTEM, refund, request.order_id, verb, now)
    if verb == "succeed":
        owed = REFUND_DUE if request.details.get("owed_back") else PAYABLE
        if owed == REFUND_DUE and balances(source(request.order_id)).get(REFUND_DUE, 0) < refund.amount:
            return  # the bank statement told of it first, and it is booked
        where = (source(request.order_id), f"refund:{refund.id}", request.office_id, request.vendor_id, local_day(now))
        post(SYSTEM, Event(*where, [Transfer(BANK, owed, refund.amount)], CODE), now)


def _adopt(request_id: int, there: Sequence[Refund], taken: int, now: datetime) -> None:
    """Keep refunds that somebody made at the gateway itself, as far as they can be; look again while some are open."""
    request = lock_request(request_id)
    where = PaymentRefund.request_id == request_id
    known = {refund.external_id: refund for refund in session.scalars(select(PaymentRefund).where(where))}
    for one in there:
        refund, whole = known.get(one.id), one.amount // 100
        if refund is not None and refund.state == "succeeded" and _ENDED.get(one.status) == "fail":
            note_odd(f"refund:{one.id}", one.id, BOUNCED, now)
        if refund is None and one.metadata.get("refund") is None and one.status in _ENDED:
            if not 1 <= whole <= taken - given_back(request_id) or one.amount % 100:
                note_odd(f"refund:{one.id}", one.id, TOO_MUCH, now)
                continue
            refund = PaymentRefund(
                request_id=request_id, amount=whole, state=states.REFUNDS.initial, key=f"gateway:{one.id}"[:64],
                external_id=one.id[:100], reason="Dibuat di gerbang", asked_at=now,
            )  # fmt: skip
            session.add(refund)
            session.flush()
            _finish(request, refund, _ENDED[one.status], now)
    waiting = (where, PaymentRefund.state == "pending")
    if session.scalar(select(PaymentRefund.id).where(*waiting).limit(1)) is not None:
        request.next_check_at = next_look(request, now)
    elif request.state not in states.LIVE:
        request.next_check_at = None
