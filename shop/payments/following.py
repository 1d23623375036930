"""Going along with the steps of an order: nobody records a payment by hand while a channel may still take one."""

from __future__ import annotations

from datetime import datetime

from shop.base.actor import Actor
from shop.orders.models import Order
from shop.payments.channels import refuse_second


def follow(actor: Actor, order: Order, verb: str, now: datetime) -> None:  # noqa: ARG001 - the signature of followers
    """Hear of a step of an order in its transaction. Raises Conflict `payment-open`; a channel ends its request first."""
    if verb == "pay":
        refuse_second(order.id)
