"""What waits for a hat in this room: autodebet to decide, debits of the bank to record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from shop.base.actor import Actor
from shop.base.task import Task
from shop.orders.models import Order
from shop.orders.waiting import counted
from shop.payments import states
from shop.payments.models import PaymentRequest


def turns(actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001 - every room's function has this shape
    """Return what waits for this hat in this room; one statement for PA/KPA and bendahara, none for others."""
    if actor.office_id is None:
        return []
    query = (
        select(func.count(), func.min(PaymentRequest.opened_at), func.min(Order.due_at))
        .join(Order, Order.id == PaymentRequest.order_id)
        .where(PaymentRequest.office_id == actor.office_id)
    )
    if actor.may(states.APPROVE):
        wanted = query.where(PaymentRequest.state == "asked")
        return counted(("Autodebet yang menunggu persetujuan Anda", "/bayar/persetujuan", wanted))
    if actor.may(states.OPEN):
        wanted = query.where(PaymentRequest.state == "approved")
        return counted(("Autodebet disetujui: catat debit bank", "/bayar", wanted))
    return []
