"""The life of a payment request is this table. Only this file assigns `.state`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.machine import Machine, Step
from shop.payments.models import PaymentRefund, PaymentRequest

OPEN: Final = "orders:order:pay"
APPROVE: Final = "payments:request:approve"
MACHINE: Final = Machine(
    initial="opened",
    final=("succeeded", "failed", "cancelled", "rejected"),
    steps=(
        # Autodebet: the bendahara asks, the PA/KPA decides, the bank debits.
        Step("opened", "ask", "asked", OPEN),
        Step("asked", "approve", "approved", APPROVE),
        Step("asked", "reject", "rejected", APPROVE),
        Step("opened", "cancel", "cancelled", OPEN),
        Step("asked", "cancel", "cancelled", OPEN),
        Step("approved", "cancel", "cancelled", OPEN),
        Step("opened", "begin", "processing", "system"),
        # Whoever confirms, the person with a proof or the channel by itself, the money has gone.
        Step("opened", "prove", "succeeded", OPEN),
        Step("approved", "prove", "succeeded", OPEN),
        Step("opened", "succeed", "succeeded", "system"),
        Step("processing", "succeed", "succeeded", "system"),
        Step("opened", "fail", "failed", "system"),
        Step("processing", "fail", "failed", "system"),
        Step("opened", "lapse", "cancelled", "system"),
        Step("processing", "lapse", "cancelled", "system"),
    ),
)
LABELS: Final = {
    "opened": "Dibuka, menunggu pembayaran",
    "asked": "Menunggu persetujuan PA/KPA",
    "approved": "Disetujui, menunggu debit bank",
    "processing": "Sedang diproses",
    "succeeded": "Terbayar",
    "failed": "Gagal",
    "cancelled": "Dibatalkan",
    "rejected": "Ditolak PA/KPA",
}
LIVE: Final = MACHINE.states - MACHINE.final
REFUNDS: Final = Machine(
    initial="pending",
    final=("succeeded", "failed"),
    steps=(Step("pending", "succeed", "succeeded", "system"), Step("pending", "fail", "failed", "system")),
)
REFUND_LABELS: Final = {"pending": "Sedang dikembalikan", "succeeded": "Sudah kembali", "failed": "Gagal dikembalikan"}


def move(actor: Actor, request: PaymentRequest, verb: str, now: datetime, **data: object) -> None:
    """Take one step of the table with its trail. Raises Forbidden, WrongState."""
    step = MACHINE.step(request.state, verb)
    actor.require(step.permission)
    before, request.state = request.state, step.target
    if step.target in MACHINE.final:
        request.ended_at, request.next_check_at = now, None
    said = {"from": before, "to": step.target, "channel": request.channel, "amount": request.amount}
    trail.record(actor, f"payment_{verb}", "order", request.order_id, now, request=request.id, **said, **data)


def initial() -> str:
    """Return the state a request is born in."""
    return MACHINE.initial


def end_refund(actor: Actor, refund: PaymentRefund, order_id: int, verb: str, now: datetime) -> None:
    """Take a refund to its end with its trail. Raises WrongState for one that has ended."""
    step = REFUNDS.step(refund.state, verb)
    actor.require(step.permission)
    refund.state, refund.ended_at = step.target, now
    said = {"refund": refund.id, "amount": refund.amount, "reference": refund.external_id}
    trail.record(actor, f"refund_{verb}", "order", order_id, now, **said)
