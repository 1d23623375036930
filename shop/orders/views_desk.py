"""Door: the desk: what waits for this hat, in every room, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shop.addenda import reading as addenda
from shop.approvals import waiting as approvals
from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.base.task import Task
from shop.catalog.states import CURATE
from shop.curation import queue
from shop.handover import waiting as handover
from shop.negotiation import waiting as negotiation
from shop.orders import again, cards, waiting
from shop.orders.desk import read_desk
from shop.payments import waiting as payments
from shop.programme import reading as programme
from shop.targets import alerting
from shop.treasury import remit_lists
from shop.vendors import todo
from shop.web.guard import actor, requires

bp = Blueprint("desk", __name__)
TURNS: Final[Sequence[Callable[[Actor, datetime], list[Task]]]] = (
    waiting.turns,
    approvals.turns,
    negotiation.turns,
    addenda.turns,
    handover.turns,
    payments.turns,
    remit_lists.turns,
    alerting.turns,
)
"""What waits for a hat beside its own turn with orders: one function for each room; the desk shows the most urgent first."""


@bp.get("/meja")
@requires("desk:home:read")
def desk() -> ResponseReturnValue:
    """Show what waits for this hat, the most urgent first."""
    who, now = actor(), utc_now()
    found = read_desk(who, now)
    return render_template(
        "orders/desk.html",
        desk=found,
        tasks=sorted((t for turns in TURNS for t in turns(who, now)), key=_urgency),
        waiting=[cards.card(who, o, now) for o in found.waiting],
        elsewhere=[cards.card(who, o, now) for o in found.elsewhere],
        curation=queue.count(who, None, now) if who.may(CURATE) else None,
        now=now,
        today=local_day(now),
        again=again.earlier(who),
        business_todo=todo.of(who, local_day(now)),
        programme=programme.waiting(who, local_day(now)),
    )


def _urgency(task: Task) -> tuple[datetime, datetime]:
    """Order tasks by their deadline, those without one last, and then by how long they have waited."""
    far = datetime.max.replace(tzinfo=UTC)
    return task.due or far, task.oldest or far
