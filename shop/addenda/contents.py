"""The terms of an order as an addendum keeps them: a photograph before and after, and what differs between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop.orders.models import Order

Terms = Mapping[str, Any]
"""deliver_at (ISO, UTC), address, purpose, shipping, total, lines: id, name, unit, quantity, unit_price, amount. Rupiah."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to change. Lines by id; what is None or left out stays. `price_reason`: why a price rises."""

    quantities: Mapping[int, int] = field(default_factory=dict)
    unit_prices: Mapping[int, int] = field(default_factory=dict)
    deliver_at: datetime | None = None
    address: str | None = None
    purpose: str | None = None
    reason: str = ""
    price_reason: str = ""


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line of the order, as it was and as it becomes; a new quantity of 0 takes it out. Rupiah."""

    name: str
    unit: str
    quantity: int
    new_quantity: int
    unit_price: int
    new_unit_price: int

    @property
    def differs(self) -> bool:
        """Tell whether anything of the line changes."""
        return (self.quantity, self.unit_price) != (self.new_quantity, self.new_unit_price)


def of_order(order: Order) -> dict[str, Any]:
    """Return the terms of an order with its lines loaded, as they stand."""
    return {
        "deliver_at": order.deliver_at.isoformat(),
        "address": order.deliver_address,
        "purpose": order.purpose,
        "shipping": order.shipping,
        "total": order.total,
        "lines": [
            {
                "id": line.id,
                "name": line.product_name,
                "unit": line.unit,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "amount": line.amount,
            }
            for line in order.lines
        ],
    }


def becoming(before: Terms, wanted: Wanted) -> dict[str, Any]:
    """Return the terms after the wanted change; lines with 0 pieces are left out."""
    lines = []
    for line in before["lines"]:
        quantity = wanted.quantities.get(line["id"], line["quantity"])
        price = wanted.unit_prices.get(line["id"], line["unit_price"])
        if quantity:
            lines.append({**line, "quantity": quantity, "unit_price": price, "amount": quantity * price})
    at = before["deliver_at"] if wanted.deliver_at is None else wanted.deliver_at.isoformat()
    return {
        "deliver_at": at,
        "address": before["address"] if wanted.address is None else wanted.address,
        "purpose": before["purpose"] if wanted.purpose is None else wanted.purpose,
        "shipping": before["shipping"],
        "total": before["shipping"] + sum(line["amount"] for line in lines),
        "lines": lines,
    }


def line_changes(before: Terms, after: Terms) -> Sequence[LineChange]:
    """Return every line of the terms before with what becomes of it."""
    later = {line["id"]: line for line in after["lines"]}
    return [
        LineChange(
            line["name"],
            line["unit"],
            line["quantity"],
            later.get(line["id"], {"quantity": 0})["quantity"],
            line["unit_price"],
            later.get(line["id"], line)["unit_price"],
        )
        for line in before["lines"]
    ]
