"""Going along with the steps of an order: what one tap means in receipts and papers, and what cannot be any more."""

from __future__ import annotations

from datetime import datetime

from shop.base.actor import SYSTEM, Actor
from shop.base.errors import WrongState
from shop.handover import expecting, papers, receipts, states
from shop.orders.models import Order


def follow(actor: Actor, order: Order, verb: str, now: datetime) -> None:
    """Hear of a step of an order in its transaction.

    Raises WrongState for what would forget goods that were received.
    """
    if verb == "receive" and receipts.waiting_of(order.id) is not None:
        raise WrongState(receipts.ASKED)
    if verb in {"receive", "accept"}:
        receipts.complete(actor, order, now)
    if verb in {"receive", "accept", "settle"}:
        papers.issue(order, now)
    if verb in {"cancel", "send_back"}:
        _refuse_when_something_was_received(order)
    if verb in {"cancel", "send_back", "ship"}:
        _drop_waiting(order, now)


def _refuse_when_something_was_received(order: Order) -> None:
    # A note that nobody has agreed to yet does not hold the order: it is dropped with the step.
    if any(expecting.received_before(order.id, ("recorded", "agreed")).values()):
        raise WrongState(
            "Sebagian barang sudah diterima, jadi pesanan tidak bisa dikembalikan atau dibatalkan seluruhnya. "
            "Catat sisanya di halaman penerimaan."
        )


def _drop_waiting(order: Order, now: datetime) -> None:
    waiting = receipts.waiting_of(order.id)
    if waiting is not None:
        states.move_receipt(SYSTEM, waiting, "drop", now)
        waiting.answered_at = now
