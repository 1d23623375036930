"""What waits for a hat: requests to answer, or answered ones to send."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, func, select

from shop.approvals.answering import ANSWER
from shop.approvals.asking import ASK
from shop.approvals.models import ApprovalRequest
from shop.base.actor import Actor
from shop.base.task import Task
from shop.budgets.models import Package
from shop.db import session

_r: Final = cast("Table", ApprovalRequest.__table__).c
_p: Final = cast("Table", Package.__table__).c
_hands: Final[Any] = bindparam("hands", expanding=True)
# What `reading.my_turn` says, built once: every page of an officer counts it.
_COUNT: Final = (
    select(func.count().label("count"), func.min(_r.asked_at).label("oldest"), func.min(_r.due_at).label("due"))
    .join_from(ApprovalRequest.__table__, Package.__table__, _p.id == _r.package_id)
    .where(_r.office_id == bindparam("office"))
)
_TO_ANSWER: Final = _COUNT.where(_r.state == "waiting", _p.ppk_id.in_(_hands))
_TO_SEND: Final = _COUNT.where(_r.state == "answered", _r.asked_by.in_(_hands) | _r.asked_for.in_(_hands))


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
    asked = _TO_ANSWER if actor.may(ANSWER) else _TO_SEND if actor.may(ASK) else None
    if asked is None:
        return None
    return session.execute(asked, {"office": actor.office_id or 0, "hands": list(actor.hands)}).one()
