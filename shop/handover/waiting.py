"""What waits for a hat in this room: signatures and complaints, for the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from shop.base.actor import Actor
from shop.base.task import Task
from shop.handover import states
from shop.handover.complaint_lists import of_office
from shop.handover.models import Complaint, Signing
from shop.orders.waiting import counted


def turns(actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001 - every room's function has this shape
    """Return what waits for this hat in this room; a fixed number of statements for each role."""
    asked: list[tuple[str, str, Any]] = []
    if actor.vendor_id is not None:
        asked.append(("BAP dan BAST untuk Anda tanda tangani", "/serah-terima", _unsigned(actor.vendor_id)))
    if actor.may(states.ANSWER):
        mine = Complaint.vendor_id == actor.vendor_id if actor.vendor_id is not None else of_office(actor)
        side = "vendor" if actor.vendor_id is not None else "office"
        open_ = (Complaint.state == "open") & (Complaint.side != side)
        if not actor.may(states.COMPLAIN):  # the bendahara: about payment, nothing else
            open_ &= Complaint.kind == "unpaid"
        told = (Complaint.state == "answered") & (Complaint.side == side)
        waits = open_ | told if actor.may(states.COMPLAIN) else open_
        asked.append(("Pengaduan yang menunggu Anda", "/pengaduan", _clocks(mine, waits)))
    if actor.may(states.DECIDE):
        asked.append(("Pengaduan untuk diputus", "/pengaduan", _clocks(Complaint.state == "escalated")))
    return counted(*asked)


def _unsigned(vendor_id: int) -> Any:
    query = select(func.count(), func.min(Signing.signed_at), func.min(Signing.answer_by))
    return query.where(Signing.vendor_id == vendor_id, Signing.answered_at.is_(None))


def _clocks(*narrowed: ColumnElement[bool]) -> Any:
    query = select(func.count(), func.min(Complaint.opened_at), func.min(Complaint.due_at))
    return query.where(Complaint.state.in_(states.OPEN), *narrowed)
