"""The ways of a receipt and of a complaint are tables. Only this file assigns `.state`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.machine import Machine, Step
from shop.db import session
from shop.handover.models import Complaint, Receipt
from shop.orders.models import Order

RECEIVE: Final = "orders:order:receive"
ANSWER_SHORT: Final = "handover:shortage:answer"
COMPLAIN: Final = "handover:complaint:open"
ANSWER: Final = "handover:complaint:answer"
DECIDE: Final = "handover:complaint:decide"

RECEIPT: Final = Machine(
    initial="recorded",
    final=("agreed", "disputed", "withdrawn"),
    steps=(
        # Only a receipt that asks to pay less waits for the producer; the others stay as they were recorded.
        Step("recorded", "ask", "waiting", RECEIVE),
        Step("waiting", "agree", "agreed", ANSWER_SHORT),
        Step("waiting", "assume", "agreed", "system"),
        Step("waiting", "dispute", "disputed", ANSWER_SHORT),
        Step("waiting", "withdraw", "withdrawn", RECEIVE),
        # The order moved on behind the question's back: it was sent back, cancelled, or is on its way again.
        Step("waiting", "drop", "withdrawn", "system"),
    ),
)
COUNTING: Final = ("recorded", "waiting", "agreed")
"""Receipts in these states say what was received; the others are as if they had not been."""

COMPLAINT: Final = Machine(
    initial="open",
    final=("settled", "withdrawn", "decided"),
    steps=(
        Step("open", "answer", "answered", ANSWER),
        Step("open", "withdraw", "withdrawn", COMPLAIN),
        Step("open", "overdue", "escalated", "system"),
        Step("answered", "settle", "settled", COMPLAIN),
        # Who complained and is silent after an answer is content with it.
        Step("answered", "overdue", "settled", "system"),
        Step("answered", "escalate", "escalated", COMPLAIN),
        Step("escalated", "withdraw", "withdrawn", COMPLAIN),
        Step("escalated", "decide", "decided", DECIDE),
    ),
)
OPEN: Final = ("open", "answered", "escalated")
"""A complaint in one of these states holds automatic acceptance back."""
LABELS: Final[Mapping[str, str]] = {
    "open": "Menunggu jawaban",
    "answered": "Sudah dijawab",
    "escalated": "Menunggu putusan program",
    "settled": "Selesai antara kedua pihak",
    "withdrawn": "Ditarik",
    "decided": "Sudah diputus",
}
TONES: Final[Mapping[str, str]] = {
    "open": "wait",
    "answered": "info",
    "escalated": "bad",
    "settled": "ok",
    "withdrawn": "",
    "decided": "ok",
}


def move_receipt(actor: Actor, receipt: Receipt, verb: str, now: datetime, **data: object) -> None:
    """Take one step and write it into the order's trail. Raises Forbidden, WrongState."""
    step = RECEIPT.step(receipt.state, verb)
    actor.require(step.permission)
    receipt.state = step.target
    # While the question is open the turn is the producer's. The order is locked and loaded by whoever acts.
    session.get_one(Order, receipt.order_id).asked = step.target == "waiting"
    trail.record(actor, f"receipt_{verb}", "order", receipt.order_id, now, number=receipt.number, **data)


def move_complaint(actor: Actor, complaint: Complaint, verb: str, now: datetime, **data: object) -> None:
    """Take one step, stamp its end when it is the last, and write it into the order's trail. Raises as above."""
    step = COMPLAINT.step(complaint.state, verb)
    actor.require(step.permission)
    complaint.state = step.target
    if step.target in COMPLAINT.final:
        complaint.due_at, complaint.ended_at, complaint.ended_by = None, now, actor.user_id
    trail.record(
        actor, f"complaint_{verb}", "order", complaint.order_id, now, complaint=complaint.id, to=step.target, **data
    )


def trail_opened(actor: Actor, complaint: Complaint, now: datetime) -> None:
    """Write into the order's trail that a complaint was born. It must have its id."""
    said = {"complaint": complaint.id, "kind": complaint.kind, "words": complaint.words}
    trail.record(actor, "complaint_open", "order", complaint.order_id, now, **said)
