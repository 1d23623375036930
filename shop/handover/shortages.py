"""The producer agrees that something was missing, denies it, or lets the time pass, which counts as yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.errors import NotFound, Stale, WrongState
from shop.db import each_alone, session
from shop.handover import complaints, expecting, reasons, receipts, states
from shop.handover.models import Receipt
from shop.orders import adjusting, places, receiving
from shop.orders import news as order_news
from shop.orders import states as order_states
from shop.orders import terms as order_terms
from shop.orders.delivering import working_days_after
from shop.orders.loading import lock_order
from shop.orders.models import Order

_OPEN: Final = frozenset({"arrived", "confirmed", "ready"})
"""States in which an order can wait for the answer."""


def agree(actor: Actor, order_id: int, version: int, now: datetime) -> None:
    """Say as the producer that it is so: order, pagu and ledger shrink to what was received, and it is received."""
    order, receipt = _asked(actor, order_id, version)
    states.move_receipt(actor, receipt, "agree", now)
    receipt.answered_by, receipt.answered_at = actor.user_id, now
    _settle(actor, order, receipt, now)


def dispute(actor: Actor, order_id: int, version: int, words: str, now: datetime) -> None:
    """Deny the shortage as the producer: the note does not count, and a complaint begins its way. Raises Invalid."""
    order, receipt = _asked(actor, order_id, version)
    said = reasons.checked_words(words, "words", receipts.MAX_NOTE)
    states.move_receipt(actor, receipt, "dispute", now, words=said)
    receipt.answered_by, receipt.answered_at, receipt.answer_words = actor.user_id, now, said
    session.flush()
    receipts.note_refused(order)
    if order.state == "arrived":
        order.due_at = working_days_after(now, order_terms.INSPECT_WORKING_DAYS)
    if complaints.open_of(order.id) is None:
        complaints.begin(actor, order, "vendor", "short", said, now)


def assume_due(now: datetime, limit: int = 100) -> int:
    """Take silence as a yes where the time is over, each order in its own transaction. Returns how many were due."""
    due = session.scalars(
        select(Receipt.order_id)
        .where(Receipt.state == "waiting", Receipt.answer_by < now)
        .order_by(Receipt.answer_by)
        .limit(limit)
    )
    return each_alone(due, lambda order_id: _assume(order_id, now), "a shortage could not be settled")


def _assume(order_id: int, now: datetime) -> None:
    order = lock_order(SYSTEM, order_id)
    receipt = receipts.waiting_of(order_id)
    if receipt is None or receipt.answer_by is None or receipt.answer_by >= now:
        return
    receipt.answered_at = now
    if order.state not in _OPEN:
        states.move_receipt(SYSTEM, receipt, "drop", now)
        return
    states.move_receipt(SYSTEM, receipt, "assume", now)
    _settle(SYSTEM, order, receipt, now)


def _asked(actor: Actor, order_id: int, version: int) -> tuple[Order, Receipt]:
    order = lock_order(actor, order_id)
    actor.require(states.ANSWER_SHORT)
    if actor.vendor_id != order.vendor_id:
        raise NotFound("Pesanan ini tidak ada.")
    if order.version != version:
        raise Stale
    receipt = receipts.waiting_of(order_id)
    if receipt is None or order.state not in _OPEN:
        raise WrongState("Tidak ada catatan kekurangan yang menunggu jawaban Anda.")
    return order, receipt


def _settle(actor: Actor, order: Order, receipt: Receipt, now: datetime) -> None:
    """Shrink the order to what was received; its PPK has received it by the note both sides stand by now."""
    session.flush()
    arrived = expecting.received_at(order.id)
    before = expecting.received_before(order.id)
    wanted = {line.id: before.get(line.id, 0) for line in order.lines if before.get(line.id, 0) < line.quantity}
    adjusting.adjust(actor, order, adjusting.Change(wanted), "adjust_received", now, receipt=receipt.number)
    places.rewrite(order.id, {(place, line): n for (line, place), n in arrived.items() if place is not None})
    pay_by = working_days_after(now, order_terms.pay_working_days(local_day(now)))
    sets: dict[str, Any] = {
        "received_by": receipt.by, "received_for": receipt.for_id, "received_at": now, "due_at": pay_by,
    }  # fmt: skip
    relaxed: dict[str, Any] = {}
    if {receipt.by, receipt.for_id} & (
        {order.placed_by, order.placed_for} - {None}
    ):  # judged when the receipt was made; here it goes on the record
        relaxed = {"relaxed": [*order.relaxed, "receive"]}
    noted = receiving.relaxed_note(relaxed)
    order_states.move(SYSTEM, order, "settle", order.version, now, sets | relaxed, receipt=receipt.number, **noted)
    order_news.tell(order, "received", now)
