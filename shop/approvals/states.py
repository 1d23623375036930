"""The life of a request for approval. Only this file assigns its `.state`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shop.approvals.models import ApprovalRequest
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Stale
from shop.base.machine import Machine, Step

MACHINE: Final = Machine(
    initial="waiting",
    final=("refused", "sent", "expired", "withdrawn"),
    steps=(
        Step("waiting", "answer", "answered", "approvals:request:answer"),
        Step("waiting", "refuse", "refused", "approvals:request:answer"),
        Step("waiting", "withdraw", "withdrawn", "approvals:request:ask"),
        Step("waiting", "expire", "expired", "system"),
        Step("answered", "send", "sent", "approvals:request:ask"),
        Step("answered", "withdraw", "withdrawn", "approvals:request:ask"),
        # A yes that nobody used: the prices were only kept until the deadline.
        Step("answered", "expire", "expired", "system"),
    ),
)
LABELS: Final[Mapping[str, str]] = {
    "waiting": "Menunggu jawaban PPK",
    "answered": "Sudah dijawab, siap dikirim",
    "refused": "Ditolak semua",
    "sent": "Sudah menjadi pesanan",
    "expired": "Lewat batas waktu",
    "withdrawn": "Ditarik",
}
TONES: Final[Mapping[str, str]] = {
    "waiting": "wait", "answered": "info", "refused": "bad", "sent": "ok", "expired": "bad", "withdrawn": "none",
}  # fmt: skip
OPEN: Final = tuple(sorted(MACHINE.states - MACHINE.final))


def initial() -> str:
    """Return the state a request is born in."""
    return MACHINE.initial


def move(
    actor: Actor,
    request: ApprovalRequest,
    verb: str,
    version: int,
    now: datetime,
    sets: Mapping[str, object],
    **data: object,
) -> None:
    """Take one step and write `sets` with it, as one new version. Raises Forbidden, WrongState, Stale.

    The state is judged before the version: who comes second hears that it is answered, not only that it changed.
    """
    step = MACHINE.step(request.state, verb)
    actor.require(step.permission)
    if request.version != version:
        raise Stale
    before, request.state = request.state, step.target
    for name, value in sets.items():
        setattr(request, name, value)
    trail.record(actor, verb, "approval", request.id, now, **{"from": before, "to": step.target}, **data)
