"""Notes of auditors: kept as written, a later one supersedes. Shared with the office, a note is a question it answers once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, insert, or_, select
from sqlalchemy.orm import aliased

from shop.accounts.models import Office, UserAccount
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.db import session
from shop.orders.models import Order, OrderLine
from shop.orders.reading import OrderView
from shop.outbox import posting as outbox
from shop.oversight.models import AuditAnswer, AuditNote
from shop.vendors.models import Vendor

WRITE: Final = "oversight:note:write"
ANSWER: Final = "oversight:question:answer"
NEWS: Final = "oversight.news"
AUDIENCES: Final[Mapping[str, str]] = {
    "draft": "Hanya saya",
    "auditors": "Semua auditor",
    "office": "Kantor, sebagai pertanyaan",
}
"""msgids."""
KINDS: Final[Mapping[str, str]] = {"order": "Pesanan", "line": "Baris", "office": "Kantor", "vendor": "Produsen"}
"""msgids."""
_TABLES: Final[Mapping[str, Any]] = {"order": Order, "line": OrderLine, "office": Office, "vendor": Vendor}
_MAX_DIGITS: Final = 18
LEAST, MOST, PAGE = 5, 1000, 50
_writer, _answerer = aliased(UserAccount), aliased(UserAccount)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a note is about; `order_id` for an order and its lines."""

    kind: str
    id: int
    order_id: int | None


@dataclass(frozen=True, slots=True)
class OnOrder:
    """The part of an order's page: an auditor reads notes, its office reads questions and may answer."""

    notes: Sequence[Any]
    is_auditor: bool
    may_answer: bool

    @property
    def asks(self) -> str:
        """What the page says on top while a question waits for this person, as msgid; empty when none does."""
        waits = self.may_answer and any(note.answer is None for note in self.notes)
        return "Auditor bertanya tentang pesanan ini. Jawabannya sekali saja." if waits else ""


def subject_from(kind: str | None, text: str | None) -> Subject:
    """Return what a note is to be about. Raises NotFound when there is no such thing."""
    table = _TABLES.get(kind or "")
    if kind is None or table is None or not text or not text.isascii() or not text.isdigit() or len(text) > _MAX_DIGITS:
        raise NotFound
    order: Any = {"order": Order.id, "line": OrderLine.order_id}.get(kind, table.id)
    found = session.execute(select(table.id, order).where(table.id == int(text))).first()
    if found is None:
        raise NotFound
    return Subject(kind, found[0], found[1] if kind in {"order", "line"} else None)


def write(actor: Actor, about: Subject, sent: Mapping[str, str], now: datetime, supersedes: int | None = None) -> int:
    """Keep a note and return its id; a question to the office is mailed to it.

    Raises Forbidden, Invalid with every fault, NotFound for a draft of somebody else, Conflict when a colleague has
    superseded that note already.
    """
    actor.require(WRITE)
    audience, words = sent.get("untuk", ""), one_line(sent.get("isi", ""))
    faults = []
    if audience not in AUDIENCES:
        faults.append(FieldFault("untuk", "Pilih siapa yang membaca catatan ini."))
    elif audience == "office" and about.order_id is None:
        faults.append(FieldFault("untuk", "Pertanyaan kepada kantor ditulis pada pesanan atau barisnya."))
    if not LEAST <= len(words) <= MOST:
        faults.append(FieldFault("isi", "Tulis catatannya, 5 sampai 1.000 huruf."))
    if faults:
        raise Invalid(faults=tuple(faults))
    if supersedes is not None:
        _may_supersede(actor, note(actor, supersedes), about)
    note_id: int = session.execute(
        insert(AuditNote).returning(AuditNote.id),
        {
            "subject_kind": about.kind, "subject_id": about.id, "order_id": about.order_id, "audience": audience,
            "words": words, "supersedes": supersedes, "written_by": actor.user_id, "written_at": now,
        },
    ).scalar_one()  # fmt: skip
    # Under the note and not the order: the producer reads the order's history. Words of a draft stay with its writer.
    trail.record(
        actor, "oversight.noted", "audit_note", note_id, now, subject=about.kind, of=about.id, audience=audience
    )
    if audience == "office":
        outbox.post(NEWS, {"event": "asked", "note_id": note_id}, now)
    return note_id


def _may_supersede(actor: Actor, old: Any, about: Subject) -> None:
    if (old.subject_kind, old.subject_id) != (about.kind, about.id):
        raise NotFound
    if old.written_by != actor.user_id:
        raise Conflict("Hanya penulisnya yang mengganti catatan ini. Tulis catatan Anda sendiri.", kind="not-yours")
    if old.audience == "office":
        raise Conflict("Pertanyaan yang sudah dikirim ke kantor tidak diganti. Tulis yang baru.", kind="asked")
    if old.later is not None:
        raise Conflict("Catatan ini sudah diganti. Muat ulang lalu periksa lagi.", kind="stale")


def answer(actor: Actor, order_id: int, note_id: int, text: str, now: datetime) -> None:
    """Answer a question to the own office, once. Raises Forbidden, NotFound, Invalid at `jawaban`, Conflict."""
    found = question(actor, order_id, note_id)
    words = one_line(text)
    if not LEAST <= len(words) <= MOST:
        raise Invalid.at("jawaban", "Tulis jawabannya, 5 sampai 1.000 huruf.")
    if found.answer is not None:
        raise Conflict("Pertanyaan ini sudah dijawab.", kind="answered")
    values = {"note_id": note_id, "words": words, "answered_by": actor.user_id, "answered_at": now}
    session.execute(insert(AuditAnswer), values)
    trail.record(actor, "oversight.answered", "audit_note", note_id, now)
    outbox.post(NEWS, {"event": "answered", "note_id": note_id}, now)


def question(actor: Actor, order_id: int, note_id: int) -> Any:
    """Return a question to the actor's own office, with its answer if there is one. Raises Forbidden, NotFound."""
    actor.require(ANSWER)
    asked = (AuditNote.id == note_id, AuditNote.order_id == order_id, AuditNote.audience == "office")
    found = session.execute(_notes(None).where(*asked, Order.office_id == actor.office_id)).first()
    if found is None:
        raise NotFound("Pertanyaan ini tidak ada.")
    return found


def note(actor: Actor, note_id: int) -> Any:
    """Return one note. Raises Forbidden, and NotFound for a draft of somebody else."""
    actor.require(WRITE)
    found = session.execute(_notes(actor).where(AuditNote.id == note_id)).first()
    if found is None:
        raise NotFound("Catatan ini tidak ada.")
    return found


def notes(actor: Actor, *, about: Subject | None = None, before: int | None = None) -> Sequence[Any]:
    """Return the own notes, or all one may read about something; the newest first, 50 and one more. Raises Forbidden."""
    actor.require(WRITE)
    query = _notes(actor).order_by(AuditNote.id.desc()).limit(PAGE + 1)
    if about is None:
        query = query.where(AuditNote.written_by == actor.user_id)
    else:
        query = query.where(AuditNote.subject_kind == about.kind, AuditNote.subject_id == about.id)
    return session.execute(query.where(AuditNote.id < before) if before is not None else query).all()


def on_order(actor: Actor, view: OrderView, _now: datetime) -> OnOrder | None:
    """Return the part of an order's page; None for producers and when there is nothing for this hat. One statement."""
    auditor = actor.may(WRITE)
    office = actor.may(ANSWER) and actor.office_id == view.case.office_id  # only who may answer asks for the question
    if not auditor and not office:
        return None
    query = _notes(actor) if auditor else _notes(None).where(AuditNote.audience == "office")
    rows = session.execute(query.where(AuditNote.order_id == view.id).order_by(AuditNote.id).limit(PAGE)).all()
    if not rows and not auditor:
        return None
    return OnOrder(rows, auditor, office)


def _notes(actor: Actor | None) -> Select[Any]:
    """Select notes with their answers and whether a later one supersedes; drafts only of this person."""
    after = aliased(AuditNote)
    query = (
        select(
            *AuditNote.__table__.columns, _writer.name.label("writer"), after.id.label("later"), Order.number,
            AuditAnswer.words.label("answer"), AuditAnswer.answered_at, _answerer.name.label("answerer"),
        )
        .join(_writer, _writer.id == AuditNote.written_by)
        .outerjoin(Order, Order.id == AuditNote.order_id)
        .outerjoin(after, after.supersedes == AuditNote.id)
        .outerjoin(AuditAnswer, AuditAnswer.note_id == AuditNote.id)
        .outerjoin(_answerer, _answerer.id == AuditAnswer.answered_by)
    )  # fmt: skip
    if actor is None:
        return query
    return query.where(or_(AuditNote.audience != "draft", AuditNote.written_by == actor.user_id))
