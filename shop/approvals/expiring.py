"""A request whose deadline passes ends by itself. Nothing was bound, so nothing is freed."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select

from shop.approvals import states
from shop.approvals.asking import NEWS, lock
from shop.approvals.models import ApprovalRequest
from shop.base.actor import SYSTEM
from shop.db import each_alone, session
from shop.outbox import posting as outbox


def expire_due(now: datetime, limit: int = 200) -> int:
    """End requests that were not answered or not sent in time, each in its own transaction. Returns how many ended."""
    due = session.scalars(
        select(ApprovalRequest.id)
        .where(ApprovalRequest.state.in_(states.OPEN), ApprovalRequest.due_at < now)
        .order_by(ApprovalRequest.due_at)
        .limit(limit)
    )
    return each_alone(due, partial(_expire, now=now), "a request could not expire")


def _expire(request_id: int, now: datetime) -> bool:
    request = lock(SYSTEM, request_id)
    if request.state not in states.OPEN or request.due_at >= now:
        return False
    states.move(SYSTEM, request, "expire", request.version, now, {})
    outbox.post(NEWS, {"request_id": request.id, "event": "expired"}, now)
    return True
