"""What waits for a hat: requests to answer, or answered ones to send."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from shop.approvals.answering import ANSWER
from shop.approvals.asking import ASK
from shop.approvals.models import ApprovalRequest
from shop.approvals.reading import my_turn
from shop.base.actor import Actor
from shop.base.task import Task
from shop.budgets.models import Package
from shop.db import session


def turns(actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001 - every room's has this signature
    """Return what waits for this hat here; one statement, and none for hats that neither ask nor answer."""
    row = _waiting(actor)
    if row is None or not row.count:
        return []
    label = "Permintaan persetujuan menunggu jawaban Anda" if actor.may(ANSWER) else "Yang disetujui siap Anda kirim"
    return [Task(label, "/persetujuan?status=giliran", row.count, row.oldest, row.due)]


def count(actor: Actor) -> int:
    """Return how many requests wait for this hat; answered from an index, cheap enough for every page."""
    row = _waiting(actor)
    return row.count if row is not None else 0


def _waiting(actor: Actor) -> Any:
    if not (actor.may(ANSWER) or actor.may(ASK)):
        return None
    return session.execute(
        select(
            func.count().label("count"),
            func.min(ApprovalRequest.asked_at).label("oldest"),
            func.min(ApprovalRequest.due_at).label("due"),
        )
        .select_from(ApprovalRequest)
        .join(Package, Package.id == ApprovalRequest.package_id)
        .where(my_turn(actor))
    ).one()
