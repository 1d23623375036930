"""Going along with the steps of an order: papers that are due and complete issue by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shop.base.actor import SYSTEM, Actor
from shop.db import before_commit, current_work, session
from shop.documents import asking, signing
from shop.documents.ground import read_ground
from shop.documents.issuing import Missing, gather, write
from shop.documents.models import IssuedDocument
from shop.documents.table import KINDS
from shop.orders.models import Order

_NOTE: Final = "documents"


@dataclass(frozen=True, slots=True)
class _Step:
    """A step whose papers are not written yet; `state` is the one it led to."""

    actor: Actor
    verb: str
    state: str
    at: datetime


def follow(actor: Actor, order: Order, verb: str, now: datetime) -> None:
    """Hear of a step of an order; its papers are written just before the commit, when everything it writes is there."""
    if not any(kind.automatic and order.state in kind.states for kind in KINDS.values()):
        return
    waiting: dict[int, _Step] = current_work().notes.setdefault(_NOTE, {})
    if order.id in waiting:
        _issue_due(order.id, waiting[order.id])
    else:
        before_commit(lambda: _issue_due(order.id, waiting[order.id]))
    waiting[order.id] = _Step(actor, verb, order.state, now)


def _issue_due(order_id: int, step: _Step) -> None:
    """Issue what is due. What lacks a field waits: the page of the order says which, and who fills it in."""
    due = [kind for kind in KINDS.values() if kind.automatic and step.state in kind.states]
    newest = select(IssuedDocument.kind, func.max(IssuedDocument.id)).where(IssuedDocument.order_id == order_id)
    there: dict[str, int] = dict(session.execute(newest.group_by(IssuedDocument.kind)).all())
    waiting = [kind for kind in due if kind.code not in there or step.verb in kind.renewed_by]
    if not waiting:
        return
    order = session.scalars(select(Order).where(Order.id == order_id).options(selectinload(Order.lines))).one()
    ground = read_ground(order, step.at)
    for kind in waiting:
        if order.state not in kind.states or gather(kind, ground) is None:
            continue
        try:
            made = write(SYSTEM, kind, ground, kind.renewed_by.get(step.verb, ""))
        except Missing:
            continue
        if made.id != there.get(kind.code):  # the same one still stands when nothing it says has changed
            _sign(made, order, step)


def _sign(made: IssuedDocument, order: Order, step: _Step) -> None:
    """Take the step as the signature of who took it, and of who had asked for what it agrees to."""
    asked = asking.asker(order, step.verb)
    for code, party in KINDS[made.kind].parties.items():
        if step.actor.user_id is None or step.verb not in party.steps:
            continue
        if step.actor.role in party.roles:
            signing.keep(step.actor, made, code, "step", "", step.at)
        elif asked is not None:
            signing.keep_asked(step.actor, made, code, asked, step.at)
