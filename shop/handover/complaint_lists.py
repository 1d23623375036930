"""Lists and one page of complaints, as a side or as the programme sees them; and papers a producer has yet to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, false, or_, select, true

from shop.accounts import people
from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.db import session
from shop.handover import states
from shop.handover.complaints import may_answer, side_of
from shop.handover.models import Complaint, HandoverPhoto, Signing
from shop.orders.models import Order

READ: Final = "handover:complaint:read"
PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One complaint in a list."""

    id: int
    kind: str
    state: str
    side: str
    opened_at: datetime
    due_at: datetime | None
    order_number: str
    office: str
    vendor: str


@dataclass(frozen=True, slots=True)
class Page:
    """One complaint with everything said; `may` names what this person can do now."""

    row: Row
    order_id: int
    version: int
    words: str
    opened_by: str
    answer_words: str
    answered_by: str
    answered_at: datetime | None
    escalated_at: datetime | None
    outcome: str
    outcome_words: str
    ended_by: str
    ended_at: datetime | None
    total: int
    photos: Sequence[str]
    may: frozenset[str]


_ROW: Final = (
    Complaint.id, Complaint.kind, Complaint.state, Complaint.side, Complaint.opened_at, Complaint.due_at, Order.number,
    Office.name, Order.vendor_name,
)  # fmt: skip
_QUERY: Final[Any] = (
    select(*_ROW).join(Order, Order.id == Complaint.order_id).join(Office, Office.id == Complaint.office_id)
)


def complaints(actor: Actor, *, waiting: bool = False, after: int | None = None) -> tuple[Sequence[Row], int | None]:
    """Return up to 20 complaints this hat may see and the id to go on after; one statement, along an index.

    All of them newest first, or with `waiting` what the programme has to decide, oldest first.
    """
    actor.require(READ)
    query = _QUERY.where(_seen(actor))
    if waiting:
        query = query.where(Complaint.state == "escalated").order_by(Complaint.id)
        query = query.where(Complaint.id > after) if after is not None else query
    else:
        query = query.order_by(Complaint.id.desc())
        query = query.where(Complaint.id < after) if after is not None else query
    rows = [Row(*row) for row in session.execute(query.limit(PAGE + 1))]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def complaint(actor: Actor, complaint_id: int) -> Page:
    """Return one complaint; four statements. Raises NotFound when it is not there or not theirs to see."""
    actor.require(READ)
    found = session.scalars(select(Complaint).where(Complaint.id == complaint_id, _seen(actor))).first()
    if found is None:
        raise NotFound("Pengaduan ini tidak ada.")
    row = session.execute(_QUERY.add_columns(Order.total).where(Complaint.id == complaint_id)).one()
    names = people.names_of(i for i in (found.opened_by, found.answered_by, found.ended_by) if i is not None)
    keys = session.scalars(
        select(HandoverPhoto.key).where(
            HandoverPhoto.order_id == found.order_id, HandoverPhoto.complaint_id == found.id
        )
    )
    return Page(
        Row(*row[:-1]), found.order_id, found.version, found.words, names.get(found.opened_by, ""), found.answer_words,
        names.get(found.answered_by or 0, ""), found.answered_at, found.escalated_at, found.outcome,
        found.outcome_words, names.get(found.ended_by or 0, ""), found.ended_at, row.total, list(keys),
        _may(actor, found),
    )  # fmt: skip


def unsigned(vendor_id: int) -> Sequence[Any]:
    """Return rows (id, number, total, answer_by) of orders whose papers a producer has not signed; one statement."""
    return session.execute(
        select(Order.id, Order.number, Order.total, Signing.answer_by)
        .join(Signing, Signing.order_id == Order.id)
        .where(Signing.vendor_id == vendor_id, Signing.answered_at.is_(None))
        .order_by(Signing.answer_by, Order.id)
        .limit(PAGE)
    ).all()


def of_office(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a complaint is about an order of the actor's office; never true without one."""
    return Complaint.office_id == actor.office_id if actor.office_id is not None else false()


def _seen(actor: Actor) -> ColumnElement[bool]:
    if actor.may(states.DECIDE) or actor.may("orders:order:read_all"):
        return true()
    vendor = Complaint.vendor_id == actor.vendor_id if actor.vendor_id is not None else false()
    return or_(of_office(actor), vendor)


def _may(actor: Actor, found: Complaint) -> frozenset[str]:
    side = side_of(actor, found)
    able = set[str]()
    verbs: tuple[str, ...] = ()
    if side == found.side and actor.may(states.COMPLAIN):
        verbs = ("settle", "escalate", "withdraw")
    elif side and side != found.side and may_answer(actor, found.kind):
        verbs = ("answer",)
    able |= {step.verb for step in states.COMPLAINT.steps_from(found.state) if step.verb in verbs}
    if actor.may(states.DECIDE) and found.state == "escalated":
        able.add("decide")
    return frozenset(able)
