"""Loading one order to act on it: locked, with its lines, and only for who takes part in it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.db import session
from shop.orders.models import Order


def is_party(actor: Actor, order: Order) -> bool:
    """Tell whether this hat takes part in the order: its office, its producer, or an auditor who reads all."""
    if actor.may("orders:order:read_all"):
        return True
    if actor.vendor_id is not None:
        return order.vendor_id == actor.vendor_id
    return actor.office_id is not None and order.office_id == actor.office_id


def lock_order(actor: Actor, order_id: int) -> Order:
    """Lock an order and load its lines. Raises NotFound when it is not there or not the actor's to see."""
    order = session.scalars(
        select(Order).where(Order.id == order_id).options(selectinload(Order.lines)).with_for_update(of=Order)
    ).first()
    if order is None or not (actor.may("system") or is_party(actor, order)):
        raise NotFound("Pesanan ini tidak ada.")
    return order
