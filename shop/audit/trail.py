"""Writing and checking the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert, select, update

from shop.audit.models import AuditEntry, AuditHead
from shop.base.actor import Actor
from shop.base.codes import fingerprint
from shop.db import before_commit, current_work, session

GENESIS: Final = "0" * 64
_NOTE: Final = "audit"
# Built once and on the tables: every change of anything passes here.
_heads: Final = cast("Table", AuditHead.__table__)
_HEAD: Final = select(_heads.c.hash, _heads.c.entries).where(_heads.c.id == 1).with_for_update()
_MOVE_HEAD: Final = update(_heads).where(_heads.c.id == 1)
_ENTER: Final = insert(cast("Table", AuditEntry.__table__))


def record(actor: Actor, verb: str, subject_kind: str, subject_id: int, now: datetime, **data: object) -> None:
    """Note that `actor` did `verb` to a subject. Written by the running unit of work just before it commits.

    `data` must be plain JSON values. Raises RuntimeError outside a unit of work.
    """
    if actor.for_user_id is not None:  # always told: whoever acted in somebody's place did not act alone
        data |= {"for_user_id": actor.for_user_id, "for_name": actor.for_name}
    notes = current_work().notes
    if _NOTE not in notes:
        notes[_NOTE] = []
        before_commit(_write, last=True)
    notes[_NOTE].append(
        {
            "at": now,
            "user_id": actor.user_id,
            "actor": actor.name[:200],
            "role": actor.role,
            "verb": verb,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "data": data,
        }
    )


def _write() -> None:
    """Chain the waiting entries behind the head, which is locked here: late, once and briefly."""
    pending: list[dict[str, Any]] = current_work().notes.pop(_NOTE)
    head = session.execute(_HEAD).first()
    tip, count = (head.hash, head.entries) if head else (GENESIS, 0)
    for entry in pending:
        entry["previous_hash"] = tip
        tip = entry["hash"] = chain_hash(tip, entry)
    session.execute(_ENTER, pending)
    values = {"hash": tip, "entries": count + len(pending)}
    if head:
        session.execute(_MOVE_HEAD, values)
    else:
        session.execute(insert(AuditHead).values(id=1, **values))


def chain_hash(previous: str, entry: dict[str, Any]) -> str:
    """Return the hash of an entry behind `previous`; times count in UTC to the microsecond."""
    content = {key: entry[key] for key in ("user_id", "actor", "role", "verb", "subject_kind", "subject_id", "data")}
    return fingerprint({**content, "at": entry["at"].astimezone(UTC).isoformat(), "previous": previous})


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Result of checking the chain: how many entries, and the id of the first broken one, if any."""

    entries: int
    first_broken: int | None


def verify() -> ChainReport:
    """Recompute the whole chain in flat memory and name the first entry that does not follow."""
    tip, count = GENESIS, 0
    query = select(*AuditEntry.__table__.columns).order_by(AuditEntry.id).execution_options(yield_per=1000)
    with session.execute(query) as rows:  # closed also when we leave early: the cursor lives in the server
        for row in rows:
            entry = {
                key: getattr(row, key)
                for key in ("user_id", "actor", "role", "verb", "subject_kind", "subject_id", "data", "at")
            }
            if row.previous_hash != tip or chain_hash(tip, entry) != row.hash:
                return ChainReport(count, row.id)
            tip, count = row.hash, count + 1
    head = session.execute(select(AuditHead.hash).where(AuditHead.id == 1)).scalar()
    broken_tail = (head or GENESIS) != tip
    return ChainReport(count, count + 1 if broken_tail else None)


def history(subject_kind: str, subject_id: int) -> Sequence[Any]:
    """Return the entries about one subject, oldest first, as rows with the columns of AuditEntry."""
    return session.execute(
        select(*AuditEntry.__table__.columns)
        .where(AuditEntry.subject_kind == subject_kind, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id)
    ).all()
