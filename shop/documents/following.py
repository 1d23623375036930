"""Going along with the steps of an order: papers that are due and complete issue by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.base.actor import SYSTEM, Actor
from shop.db import before_commit, current_work, session
from shop.documents import signing
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
    there = set(session.scalars(select(IssuedDocument.kind).where(IssuedDocument.order_id == order_id)))
    waiting = [kind for kind in due if kind.code not in there]
    if not waiting:
        return
    order = session.scalars(select(Order).where(Order.id == order_id).options(selectinload(Order.lines))).one()
    ground = read_ground(order, step.at)
    for kind in waiting:
        if order.state not in kind.states or gather(kind, ground) is None:
            continue
        try:
            _sign(write(SYSTEM, kind, ground), step)
        except Missing:
            continue


def _sign(made: IssuedDocument, step: _Step) -> None:
    """Take the step itself as the signature of who took it."""
    for code, party in KINDS[made.kind].parties.items():
        if step.actor.user_id is not None and step.verb in party.steps and step.actor.role in party.roles:
            signing.keep(step.actor, made, code, "step", "", step.at)
