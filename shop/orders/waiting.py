"""What waits for a hat beside its own turn with an order: proposals to answer, and for those above, what is late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from shop.base.actor import Actor
from shop.base.task import Task
from shop.budgets.models import Package
from shop.db import session
from shop.orders import actions
from shop.orders.models import Order, OrderProposal

_OFFICE_TURNS = sorted(state for state, party in actions.TURN.items() if party != "vendor")
_SHOWN = 100


def turns(actor: Actor, now: datetime) -> list[Task]:
    """Return these tasks of one hat, each with its count; one statement for the hats that have any."""
    if actor.office_id is None:
        return []
    if actor.may("orders:order:answer"):
        return _proposals(actor, actor.office_id)
    if actor.may("budgets:package:assign_ppk"):
        return _late(actor.office_id, now)
    return []


def counted(*asked: tuple[str, str, Any]) -> list[Task]:
    """Return a task for each (label, link, query of count, oldest and next deadline) of which there is anything."""
    found = ((label, link, session.execute(query).one()) for label, link, query in asked)
    return [Task(label, link, *row) for label, link, row in found if row[0]]


def _proposals(actor: Actor, office_id: int) -> list[Task]:
    people = [i for i in (actor.user_id, actor.for_user_id) if i is not None]
    rows = session.execute(
        select(Order.id, OrderProposal.made_at, Order.due_at)
        .join(OrderProposal, (OrderProposal.order_id == Order.id) & (OrderProposal.answer == ""))
        .join(Package, Package.id == Order.package_id)
        .where(
            Order.office_id == office_id,
            Order.state == "sent",
            or_(Order.placed_by.in_(people), Package.ppk_id.in_(people)),
        )
        .order_by(Order.due_at)
        .limit(_SHOWN)
    ).all()
    if not rows:
        return []
    oldest = min(row.made_at for row in rows)
    return [Task("Usulan produsen yang harus Anda jawab", f"/pesanan/{rows[0].id}", len(rows), oldest, rows[0].due_at)]


def _late(office_id: int, now: datetime) -> list[Task]:
    """Return what the people of a PA/KPA have left lying: nobody but their superior can move them."""
    late = Order.office_id == office_id, Order.state.in_(_OFFICE_TURNS), ~Order.asked, Order.due_at < now
    query = select(func.count(), func.min(Order.due_at), func.min(Order.due_at)).where(*late)
    return counted(("Pesanan kantor Anda yang lewat batas waktu", "/pesanan?status=berjalan", query))
