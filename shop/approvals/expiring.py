"""A request whose deadline passes ends by itself. Nothing was bound, so nothing is freed."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select

from shop.approvals import states
from shop.approvals.asking import NEWS, lock
from shop.approvals.models import ApprovalRequest
from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.outbox import posting as outbox

log = structlog.get_logger(__name__)


def expire_due(now: datetime, limit: int = 200) -> int:
    """End requests that were not answered or not sent in time, each in its own transaction. Returns how many were due.

    One that cannot be ended is logged and tried again next time; the others do not wait for it.
    """
    due = session.scalars(
        select(ApprovalRequest.id)
        .where(ApprovalRequest.state.in_(states.OPEN), ApprovalRequest.due_at < now)
        .order_by(ApprovalRequest.due_at)
        .limit(limit)
    ).all()
    session.rollback()
    for request_id in due:
        try:
            with unit_of_work():
                request = lock(SYSTEM, request_id)
                if request.state in states.OPEN and request.due_at < now:
                    states.move(SYSTEM, request, "expire", request.version, now, {})
                    outbox.post(NEWS, {"request_id": request.id, "event": "expired"}, now)
        except Exception:
            log.exception("a request could not expire", request_id=request_id)
    return len(due)
