"""What a rule about taxes would change before it is saved: the orders that wait for payment, taxed the old and the new way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select

from shop.base.errors import Invalid
from shop.db import session
from shop.orders import tax_cases
from shop.orders.models import Order
from shop.orders.tax_cases import Case
from shop.orders.taxing import assess_case
from shop.tax.assessing import RuleOn

MOST: Final = 500
"""Orders looked at, the earliest due first."""
SUMS: Final = ("gross", "seller_receives", "remit_treasurer", "remit_platform", "ppn", "pph")


@dataclass(frozen=True, slots=True)
class Preview:
    """`open`: orders received and not paid; `looked_at` of them were taxed twice, `unanswered` by neither way.

    `before` and `after`: sums in rupiah by the names of SUMS, of those that were answered both ways.
    """

    open: int
    looked_at: int
    changed: int
    unanswered: int
    before: dict[str, int]
    after: dict[str, int]


def compare(day: date, old: RuleOn, new: RuleOn) -> Preview:
    """Return what payments on `day` would be by the old and by the new rules; six statements, nothing is saved."""
    waiting = Order.state == "received"
    count = session.scalar(select(func.count()).select_from(Order).where(waiting)) or 0
    orders: Sequence[Order] = session.scalars(
        select(Order).where(waiting).order_by(Order.due_at, Order.id).limit(MOST)
    ).all()
    cases = tax_cases.read(orders, day.year) if orders else []
    before, after, changed, unanswered = dict.fromkeys(SUMS, 0), dict.fromkeys(SUMS, 0), 0, 0
    for case in cases:
        one, two = _sums(case, day, old), _sums(case, day, new)
        if one is None or two is None:
            unanswered += 1
            continue
        changed += one != two
        for name in SUMS:
            before[name] += one[name]
            after[name] += two[name]
    return Preview(count, len(cases), changed, unanswered, before, after)


def _sums(case: Case, day: date, rules: RuleOn) -> dict[str, int] | None:
    try:
        taxes = assess_case(case, day, rules)
    except Invalid:
        return None
    return {name: taxes.total(name) for name in SUMS}
