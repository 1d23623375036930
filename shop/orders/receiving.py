"""The PPK inspects what arrived: receives it, or sends it back with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from shop.accounts import duties
from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Forbidden
from shop.budgets import pagu
from shop.db import session
from shop.orders import actions, news, reasons, states, terms
from shop.orders.delivering import working_days_after
from shop.orders.loading import lock_order
from shop.orders.models import Order


def receive(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Record that the PPK has everything as ordered; the payment clock starts.

    Raises SeparationOfDuties when this person also ordered, unless the office has openly relaxed it.
    """
    order = lock_order(actor, order_id)
    only_its_ppk(actor, order)
    relaxed = keep_apart(actor, order, "receive", {"place": order.placed_by})
    pay_by = working_days_after(now, terms.pay_working_days(local_day(now)))
    sets = {"received_by": actor.user_id, "received_for": actor.for_user_id, "received_at": now, "due_at": pay_by}
    states.move(actor, order, "receive", version, now, sets | relaxed, **relaxed_note(relaxed))
    news.tell(order, "received", now)
    return order


def send_back(actor: Actor, order_id: int, version: int, reason: str, words: str, now: datetime) -> Order:
    """Give back what is not what was ordered: the producer delivers again. Nothing is paid meanwhile."""
    said = reasons.checked(reasons.SEND_BACK, reason, words)
    order = lock_order(actor, order_id)
    only_its_ppk(actor, order)
    again_by = working_days_after(now, terms.REPLACE_WORKING_DAYS)
    states.move(
        actor, order, "send_back", version, now, {"arrived_at": None, "ready_at": None, "due_at": again_by}, **said
    )
    news.tell(order, "sent_back", now, **said)
    return order


def only_its_ppk(actor: Actor, order: Order) -> None:
    """Raise Forbidden unless the actor is the PPK of the order's package; another PPK cannot answer for it."""
    if actor.may("orders:order:receive") and not actor.acts_for(pagu.read_package(order.package_id).ppk_id):
        raise Forbidden(actions.ONLY_ITS_PPK)


def keep_apart(actor: Actor, order: Order, step: str, earlier: dict[str, int | None]) -> dict[str, object]:
    """Hold the separation of duties; return what the order sets when a relaxed office makes an exception.

    Raises SeparationOfDuties.
    """
    relaxed = session.execute(select(Office.relaxed_duties).where(Office.id == order.office_id)).scalar_one()
    for_whom = {"place": order.placed_for, "receive": order.received_for}
    if duties.check_apart(relaxed, actor.user_id, earlier, step, actor.for_user_id, for_whom):
        return {"relaxed": [*(done for done in order.relaxed if done != step), step]}
    return {}


def relaxed_note(relaxed: dict[str, object]) -> dict[str, bool]:
    """Return what the trail should say about duties at this step: nothing, or that one person took two."""
    return {"duties_relaxed": True} if relaxed else {}
