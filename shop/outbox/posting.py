"""Posting and draining. At-least-once: a handler may see a message twice and must not mind."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

import structlog
from sqlalchemy import Table, delete, insert, select, update

from shop.db import after_commit, current_work, session, unit_of_work
from shop.outbox.models import OutboxMessage

log = structlog.get_logger(__name__)

Handler = Callable[[Sequence[dict[str, Any]], datetime], None]
"""Takes the payloads of one kind, oldest first, and the moment."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """Who takes which kind of message.

    `inside` ones write to the database, in the very transaction that deletes their messages: exactly once.
    `outside` ones reach out of it (index, mail server), with no transaction open, so that nobody waits for a
    slow mail server; their messages are deleted afterwards: at least once.
    """

    inside: Mapping[str, Handler]
    outside: Mapping[str, Handler]


MAX_ATTEMPTS: Final = 8
_LEASE: Final = timedelta(minutes=2)
# Into the table and not through the mapper: every order passes here.
_POST: Final = insert(cast("Table", OutboxMessage.__table__))
nudge: Final = threading.Event()
"""Set after a commit that posted something, so that the worker does not wait for its next round."""


def post(kind: str, payload: dict[str, Any], now: datetime, *, delay: timedelta = timedelta()) -> None:
    """Leave a message in the running transaction: it exists exactly if the change it speaks of exists."""
    notes = current_work().notes
    if "outbox" not in notes:
        notes["outbox"] = True
        after_commit(nudge.set)
    session.execute(_POST, {"kind": kind, "payload": payload, "posted_at": now, "due_at": now + delay, "attempts": 0})


def drain(handlers: Handlers, now: datetime, limit: int = 500) -> int:
    """Take due messages under a lease, hand them over by kind, delete what succeeded. Returns how many succeeded.

    A crash after the hand-over but before the delete repeats the message when its lease ends.
    """
    taken = _lease(now, limit)
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for row in taken:
        by_kind[row.kind].append(row)
    return sum(_hand_over(handlers, kind, rows, now) for kind, rows in by_kind.items())


def _hand_over(handlers: Handlers, kind: str, rows: Sequence[Any], now: datetime) -> int:
    ids = [row.id for row in rows]
    try:
        payloads = [row.payload for row in rows]
        if kind in handlers.outside:
            handlers.outside[kind](payloads, now)
        with unit_of_work():
            if kind not in handlers.outside:
                handlers.inside[kind](payloads, now)
            session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    except Exception as fault:
        log.exception("outbox message failed", kind=kind, messages=len(ids))
        if kind in handlers.inside and len(rows) > 1:  # the one that cannot be handled must not hold up the others
            return sum(_hand_over(handlers, kind, [row], now) for row in rows)
        _put_back(rows, repr(fault)[:500], now)
        return 0
    return len(ids)


def _lease(now: datetime, limit: int) -> Sequence[Any]:
    waiting = OutboxMessage.failed_at.is_(None) & (OutboxMessage.due_at <= now)
    if session.execute(select(OutboxMessage.id).where(waiting).limit(1)).first() is None:
        session.rollback()
        return []  # nothing due: do not take the write lock for it
    with unit_of_work():
        rows = session.execute(
            select(OutboxMessage.id, OutboxMessage.kind, OutboxMessage.payload, OutboxMessage.attempts)
            .where(waiting)
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_([row.id for row in rows]))
            .values(due_at=now + _LEASE, attempts=OutboxMessage.attempts + 1)
        )
    return rows


def _put_back(rows: Sequence[Any], error: str, now: datetime) -> None:
    with unit_of_work():
        for row in rows:
            attempts = row.attempts + 1
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id == row.id)
                .values(
                    last_error=error,
                    due_at=now + timedelta(seconds=min(2**attempts * 5, 3600)),
                    failed_at=now if attempts >= MAX_ATTEMPTS else None,
                )
            )
