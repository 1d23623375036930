"""How orders were paid, with their taxes as frozen that day, for programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from shop.db import session
from shop.orders.models import Payment
from shop.orders.models_tax import OrderTax


def payments_of(order_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return {order: its payment as the API tells it} of those that were paid; two statements, none for no orders."""
    if not order_ids:
        return {}
    taxes: dict[int, list[OrderTax]] = {}
    for tax in session.scalars(select(OrderTax).where(OrderTax.order_id.in_(order_ids)).order_by(OrderTax.id)):
        taxes.setdefault(tax.order_id, []).append(tax)
    paid = session.scalars(select(Payment).where(Payment.order_id.in_(order_ids)))
    return {payment.order_id: _told(payment, taxes.get(payment.order_id, [])) for payment in paid}


def _told(payment: Payment, taxes: list[OrderTax]) -> dict[str, Any]:
    return {
        "channel": payment.channel,
        "reference": payment.reference,
        "paid_on": payment.paid_on.isoformat(),
        "amount": payment.amount,
        "withheld": payment.withheld,
        "received": payment.amount - payment.withheld - sum(tax.remit_platform for tax in taxes),
        "taxes": [_item(item) for tax in taxes for item in tax.items],
    }


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": item["code"],
        "amount": item["amount"],
        "base": item["base"],
        "rate_bp": item["bp"],
        "remitted_by": item["by"],
        "source": (item["rule"] or {}).get("source", ""),
    }
