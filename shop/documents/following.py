"""Going along with the steps of an order: papers that are due and complete issue by themselves."""

from __future__ import annotations

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
Steps = list[tuple[Actor, str]]


def follow(actor: Actor, order: Order, verb: str, now: datetime) -> None:
    """Hear of a step of an order; its papers are written just before the commit, when everything it writes is there."""
    if not any(kind.automatic and order.state in kind.states for kind in KINDS.values()):
        return
    notes: dict[int, Steps] = current_work().notes.setdefault(_NOTE, {})
    if order.id not in notes:
        before_commit(lambda: _issue_due(order.id, notes[order.id], now))
    notes.setdefault(order.id, []).append((actor, verb))


def _issue_due(order_id: int, steps: Steps, now: datetime) -> None:
    """Issue what is due. What lacks a field waits: the page of the order says which, and who fills it in."""
    there = set(session.scalars(select(IssuedDocument.kind).where(IssuedDocument.order_id == order_id)))
    waiting = [kind for kind in KINDS.values() if kind.automatic and kind.code not in there]
    if not waiting:
        return
    order = session.scalars(select(Order).where(Order.id == order_id).options(selectinload(Order.lines))).one()
    ground = read_ground(order, now)
    for kind in waiting:
        if order.state not in kind.states or gather(kind, ground) is None:
            continue
        try:
            _sign(write(SYSTEM, kind, ground), steps, now)
        except Missing:
            continue


def _sign(made: IssuedDocument, steps: Steps, now: datetime) -> None:
    """Take the step itself as the signature of who took it."""
    for code, party in KINDS[made.kind].parties.items():
        for actor, verb in steps:
            if actor.user_id is not None and verb in party.steps and actor.role in party.roles:
                signing.keep(actor, made, code, "step", "", now)
                break
