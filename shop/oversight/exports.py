"""Who took which data away: written before the first byte, completed with the fingerprint after the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Invalid
from shop.db import session
from shop.oversight.models import ExportEnd, ExportRecord

LIST: Final = "oversight:export:read"
SIZE: Final = 50
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken: the name of the list, the file, the filter as its address says it and as a person reads it."""

    what: str
    file_name: str
    wanted: Mapping[str, str]
    words: str
    assignment: str = ""


def assignment_from(text: str | None) -> str:
    """Read the number of a letter of assignment or a reason; may be empty. Raises Invalid when it is too long."""
    words = one_line(text or "")
    if len(words) > _LONGEST:
        raise Invalid.at("surat", "Nomor surat tugas atau alasan paling panjang 100 huruf.")
    return words


def begin(actor: Actor, taken: Taken, now: datetime) -> int:
    """Write that this person begins to take data, and return the record's id. The door has judged the right to it."""
    export_id: int = session.execute(
        insert(ExportRecord).returning(ExportRecord.id),
        {
            "user_id": actor.user_id,
            "person": actor.name[:200],
            "role": actor.role,
            "what": taken.what,
            "file_name": taken.file_name,
            "wanted": dict(taken.wanted),
            "words": taken.words[:1000],
            "assignment": taken.assignment,
            "begun_at": now,
        },
    ).scalar_one()
    trail.record(actor, "oversight.export", "export_record", export_id, now, what=taken.what, wanted=dict(taken.wanted))
    return export_id


def end(export_id: int, rows: int, size: int, sha256: str, now: datetime) -> None:
    """Write that an export went out whole: its rows, bytes and fingerprint."""
    values = {"export_id": export_id, "rows": rows, "bytes": size, "sha256": sha256, "ended_at": now}
    session.execute(insert(ExportEnd), values)


def exports(actor: Actor, before: int | None = None) -> Sequence[Any]:
    """Return the newest records with their ends, the newest first, before an id; 50 and one more. Raises Forbidden."""
    actor.require(LIST)
    columns = ExportRecord.__table__.columns
    query = (
        select(*columns, ExportEnd.rows, ExportEnd.bytes, ExportEnd.sha256, ExportEnd.ended_at)
        .outerjoin(ExportEnd, ExportEnd.export_id == ExportRecord.id)
        .order_by(ExportRecord.id.desc())
        .limit(SIZE + 1)
    )
    return session.execute(query.where(ExportRecord.id < before) if before is not None else query).all()
