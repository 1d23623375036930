"""Producers at work in the demo: one proposes less, one is ready, one has days off, some charge for delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.db import session
from shop.orders import delivering, inbox, proposing
from shop.orders.models import Order
from shop.orders.proposing import Idea
from shop.reference import regions
from shop.vendors import reach
from shop.vendors.models import DeliveryArea

_COST: Final = 15_000
_PAID: Final = 2
"""How many producers charge for delivery outside their own kecamatan."""


def answer(owners: Mapping[str, Actor], now: datetime) -> None:
    """Bring life into the inboxes after the orders were played: the verbs are the real ones."""
    by_vendor = {owner.vendor_id: owner for owner in owners.values()}
    _propose(by_vendor, now)
    _ready(by_vendor, now)
    actors = list(by_vendor.values())
    if actors:
        first = local_day(now) + timedelta(days=20)
        reach.close_days(actors[0], first, first + timedelta(days=2), "Hajatan keluarga", now)
    for owner in actors[-_PAID:]:
        session.add_all(
            DeliveryArea(vendor_id=owner.vendor_id, kecamatan_code=place.code, cost=_COST)
            for place in regions.kecamatan(session)
        )


def _of(state: str) -> list[Order]:
    query = select(Order).where(Order.state == state).options(selectinload(Order.lines)).order_by(Order.id.desc())
    return list(session.scalars(query.limit(20)))


def _propose(by_vendor: Mapping[int | None, Actor], now: datetime) -> None:
    for order in _of("sent"):
        line, cook = order.lines[0], by_vendor.get(order.vendor_id)
        if cook and line.quantity > 1 and order.due_at and order.due_at > now:
            inbox.see(cook, [order.id], now - timedelta(minutes=4))
            idea = Idea(
                order.deliver_at + timedelta(hours=1), {line.id: line.quantity - 1}, "Oven kami satu sedang rusak"
            )
            proposing.propose(cook, order.id, order.version, idea, now - timedelta(minutes=2))
            return


def _ready(by_vendor: Mapping[int | None, Actor], now: datetime) -> None:
    for order in _of("confirmed"):
        cook = by_vendor.get(order.vendor_id)
        if cook:
            delivering.ready(cook, order.id, order.version, now - timedelta(minutes=1))
            return
