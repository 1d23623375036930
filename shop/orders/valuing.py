"""What the lines of an order count where its basis makes that another sum than they cost."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import selectinload

from shop.base.clock import local_day
from shop.db import session
from shop.orders import taxing
from shop.orders.models import Order
from shop.orders.tax_cases import kind_of, rule_on
from shop.orders.taxing import OrderTaxes
from shop.p3dn import basis
from shop.p3dn.rules import BASIS, line_values


def count_placed(order_id: int, now: datetime) -> None:
    """Write what the lines of an order that was just placed count; nothing to do on the usual basis."""
    if basis.on_day(local_day(now)) != BASIS:
        count(session.get_one(Order, order_id, options=[selectinload(Order.lines)]), local_day(now))


def count(order: Order, day: date, taxes: OrderTaxes | None = None) -> bool:
    """Write into the lines what they count, rupiah; return False on the usual basis, where there is nothing to do.

    `day`: as if it were paid then, until it is; `taxes`: what it was paid by. Each kind of supply gives up its own tax
    and carries the delivery that was taxed with it. `order.lines` must be loaded and the lines written.
    """
    if order.value_basis == BASIS:
        return False
    placed = local_day(order.placed_at)
    for part in (taxes or taxing.assess_order(order, day)).kinds:
        lines = [line for line in order.lines if kind_of(line.category_code, placed, rule_on) == part.kind]
        amounts = [line.amount for line in lines]
        delivery = part.facts.amount - sum(amounts)
        inside = 0 if part.facts.basis == "excl" else part.result.ppn + part.result.pbjt
        for line, value in zip(lines, line_values(amounts, delivery, inside, order.value_basis), strict=True):
            line.counted = value
    return True
