"""What waits for a hat in this room: shortages, signatures and complaints, for the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from shop.base.actor import Actor
from shop.base.task import Task
from shop.handover import states
from shop.handover.complaint_lists import of_office
from shop.handover.models import Complaint, Receipt, Signing
from shop.orders.models import Order
from shop.orders.waiting import counted


def turns(actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001 - every room's function has this shape
    """Return what waits for this hat in this room; a fixed number of statements for each role."""
    asked: list[tuple[str, str, Any]] = []
    if actor.vendor_id is not None:
        asked += [
            ("Kekurangan barang untuk Anda jawab", "/pesanan?status=berjalan", _shortages(actor.vendor_id)),
            ("BAP dan BAST untuk Anda tanda tangani", "/serah-terima", _unsigned(actor.vendor_id)),
        ]
    if actor.may(states.COMPLAIN):
        mine = Complaint.vendor_id == actor.vendor_id if actor.vendor_id is not None else of_office(actor)
        side = "vendor" if actor.vendor_id is not None else "office"
        open_ = (Complaint.state == "open") & (Complaint.side != side)
        told = (Complaint.state == "answered") & (Complaint.side == side)
        asked.append(("Pengaduan yang menunggu Anda", "/pengaduan", _clocks(mine, open_ | told)))
    if actor.may(states.DECIDE):
        asked.append(("Pengaduan untuk diputus", "/pengaduan", _clocks(Complaint.state == "escalated")))
    return counted(*asked)


def _shortages(vendor_id: int) -> Any:
    query = select(func.count(), func.min(Receipt.at), func.min(Receipt.answer_by))
    return query.join(Order, Order.id == Receipt.order_id).where(
        Receipt.state == "waiting", Order.vendor_id == vendor_id
    )


def _unsigned(vendor_id: int) -> Any:
    query = select(func.count(), func.min(Signing.signed_at), func.min(Signing.answer_by))
    return query.where(Signing.vendor_id == vendor_id, Signing.answered_at.is_(None))


def _clocks(*narrowed: ColumnElement[bool]) -> Any:
    query = select(func.count(), func.min(Complaint.opened_at), func.min(Complaint.due_at))
    return query.where(Complaint.state.in_(states.OPEN), *narrowed)
