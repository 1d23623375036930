"""What the office owes for an order, in the books: posted with the BAST, and by its difference when that changes."""

from __future__ import annotations

from datetime import datetime

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.books.accounts import EXPENSE, PAYABLE
from shop.books.posting import Event, Transfer, balances, post
from shop.orders.models import Order


def source(order_id: int) -> str:
    """Return the name of an order in the books."""
    return f"order:{order_id}"


def owe(actor: Actor, order: Order, now: datetime) -> None:
    """Post what the office owes the producer: wanted minus held, so that a change after the BAST posts its difference."""
    held = balances(source(order.id)).get(EXPENSE, 0)
    more = order.total - held
    transfer = Transfer(EXPENSE, PAYABLE, more) if more > 0 else Transfer(PAYABLE, EXPENSE, -more)
    name = "due" if not held else f"due:{order.version}"
    day = local_day(now)
    post(actor, Event(source(order.id), name, order.office_id, order.vendor_id, day, [transfer]), now)
