"""The complaint desk: one side complains, the other answers in time, the programme decides what they cannot settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from shop.base.actor import SYSTEM, Actor
from shop.base.errors import Conflict, FieldFault, Forbidden, Invalid, NotFound, Stale, WrongState
from shop.db import each_alone, session
from shop.handover import news, photos, reasons, states, terms
from shop.handover.models import Complaint
from shop.handover.photos import Shot
from shop.orders import states as order_states
from shop.orders import terms as order_terms
from shop.orders.delivering import working_days_after
from shop.orders.loading import lock_order
from shop.orders.models import Order


def side_of(actor: Actor, order: Order | Complaint) -> str:
    """Return which side of an order somebody is on; empty for the programme and auditors."""
    if actor.vendor_id is not None and actor.vendor_id == order.vendor_id:
        return "vendor"
    return "office" if actor.office_id is not None and actor.office_id == order.office_id else ""


def may_answer(actor: Actor, kind: str) -> bool:
    """Tell whether a hat may answer complaints of a kind: the bendahara knows why it was not paid, and nothing else."""
    return actor.may(states.ANSWER) and (kind == "unpaid" or actor.may(states.COMPLAIN))


def open_complaint(
    actor: Actor, order_id: int, kind: str, words: str, now: datetime, shots: Sequence[Shot] = ()
) -> Complaint:
    """Complain about an order as one of its sides; one complaint at a time. Raises Invalid, Conflict, WrongState."""
    order = lock_order(actor, order_id)
    actor.require(states.COMPLAIN)
    side = side_of(actor, order)
    if not side:
        raise Forbidden("Hanya kantor pemesan atau produsennya yang boleh membuka pengaduan.")
    if order.state not in order_states.COMMITTED:
        raise WrongState("Pengaduan dibuka setelah pesanan diterima produsen.")
    faults = list[FieldFault]()
    if kind not in reasons.BY_SIDE[side]:
        faults += Invalid.at("kind", "Pilih tentang apa pengaduan ini.").faults
    elif kind == "not_arrived" and (order.arrived_at is not None or now < order.deliver_at):
        faults += Invalid.at("kind", "Waktu pengiriman belum lewat, atau barangnya sudah tercatat tiba.").faults
    elif kind == "unpaid" and not _is_unpaid(order, now):
        faults += Invalid.at("kind", "Batas waktu bayar belum lewat, atau pesanan sudah dibayar.").faults
    try:
        said = reasons.checked_words(words, "words")
    except Invalid as fault:
        faults += fault.faults
    if faults:
        raise Invalid(faults=tuple(faults))
    if open_of(order.id) is not None:
        raise Conflict("Pesanan ini sudah punya pengaduan yang belum selesai.", kind="complaint-open")
    complaint = begin(actor, order, side, kind, said, now)
    for shot in shots:
        photos.keep(actor, order.id, "complaint", shot, now, complaint_id=complaint.id)
    return complaint


def begin(actor: Actor, order: Order, side: str, kind: str, words: str, now: datetime) -> Complaint:
    """Write a complaint about a locked order and start the other side's clock; the words were checked before."""
    complaint = Complaint(
        order_id=order.id, office_id=order.office_id, vendor_id=order.vendor_id, side=side, kind=kind,
        state=states.COMPLAINT.initial, words=words, opened_by=actor.user_id, opened_at=now,
        due_at=terms.working_days(terms.ANSWER, now),
    )  # fmt: skip
    session.add(complaint)
    session.flush()
    states.trail_opened(actor, complaint, now)
    news.tell(order.id, "complaint_opened", now, complaint_id=complaint.id)
    return complaint


def answer(actor: Actor, complaint_id: int, version: int, words: str, now: datetime) -> None:
    """Answer as the other side, a bendahara about payment only; whoever complained has some working days to say whether that will do."""
    complaint = _theirs(actor, complaint_id, version, mine=False)
    if not may_answer(actor, complaint.kind):
        raise Forbidden("Bendahara hanya menjawab pengaduan tentang pembayaran.")
    said = reasons.checked_words(words, "words")
    states.move_complaint(actor, complaint, "answer", now, words=said)
    complaint.answer_words, complaint.answered_by, complaint.answered_at = said, actor.user_id, now
    complaint.due_at = terms.working_days(terms.CLOSE, now)
    news.tell(complaint.order_id, "complaint_answered", now, complaint_id=complaint.id)


def settle(actor: Actor, complaint_id: int, version: int, now: datetime) -> None:
    """Say that the answer will do: the complaint has ended."""
    complaint = _theirs(actor, complaint_id, version, mine=True)
    states.move_complaint(actor, complaint, "settle", now)
    _ended(complaint, now)


def withdraw(actor: Actor, complaint_id: int, version: int, now: datetime) -> None:
    """Take the own complaint back."""
    complaint = _theirs(actor, complaint_id, version, mine=True)
    states.move_complaint(actor, complaint, "withdraw", now)
    _ended(complaint, now)


def escalate(actor: Actor, complaint_id: int, version: int, now: datetime) -> None:
    """Say that the answer will not do: the programme decides."""
    complaint = _theirs(actor, complaint_id, version, mine=True)
    states.move_complaint(actor, complaint, "escalate", now)
    _escalated(complaint, now)


def decide(actor: Actor, complaint_id: int, version: int, outcome: str, words: str, now: datetime) -> None:
    """Decide as the programme, with an outcome from the list and words. The order itself is moved by its sides."""
    actor.require(states.DECIDE)
    complaint = _locked(complaint_id, version)
    faults = () if outcome in reasons.OUTCOMES else Invalid.at("outcome", "Pilih putusannya.").faults
    try:
        said = reasons.checked_words(words, "words")
    except Invalid as fault:
        faults += fault.faults
    if faults:
        raise Invalid(faults=faults)
    complaint.outcome, complaint.outcome_words = outcome, said
    states.move_complaint(actor, complaint, "decide", now, outcome=outcome, words=said)
    _ended(complaint, now)


def overdue_due(now: datetime, limit: int = 100) -> int:
    """Let clocks run out: no answer goes to the programme, an answer nobody contradicts stands. Returns how many."""
    due = session.scalars(
        select(Complaint.id)
        .where(Complaint.state.in_(("open", "answered")), Complaint.due_at < now)
        .order_by(Complaint.due_at)
        .limit(limit)
    )
    return each_alone(due, lambda complaint_id: _overdue(complaint_id, now), "a complaint's clock could not run out")


def _overdue(complaint_id: int, now: datetime) -> None:
    complaint = _locked(complaint_id)
    if complaint.state not in {"open", "answered"} or complaint.due_at is None or complaint.due_at >= now:
        return
    states.move_complaint(SYSTEM, complaint, "overdue", now)
    if complaint.state == "escalated":
        _escalated(complaint, now)
    else:
        _ended(complaint, now)


def open_of(order_id: int) -> Complaint | None:
    """Return the complaint of an order that has not ended, if there is one."""
    return session.scalars(
        select(Complaint).where(Complaint.order_id == order_id, Complaint.state.in_(states.OPEN))
    ).first()


def _escalated(complaint: Complaint, now: datetime) -> None:
    complaint.escalated_at, complaint.due_at = now, terms.working_days(terms.DECIDE, now)
    news.tell(complaint.order_id, "complaint_escalated", now, complaint_id=complaint.id)


def _ended(complaint: Complaint, now: datetime) -> None:
    """Give the PPK time to inspect again: the clock of automatic acceptance stood still meanwhile."""
    order = session.get(Order, complaint.order_id)  # locked before the complaint
    if order is not None and order.state == "arrived" and order.due_at is not None and order.due_at < now:
        order.due_at = working_days_after(now, order_terms.INSPECT_WORKING_DAYS)
    news.tell(complaint.order_id, "complaint_ended", now, complaint_id=complaint.id)


def _theirs(actor: Actor, complaint_id: int, version: int, *, mine: bool) -> Complaint:
    """Lock a complaint for the side that complained, or for the other. Raises NotFound for strangers."""
    order_id, office_id, vendor_id = _place(complaint_id)
    if not actor.may("orders:order:read_all") and actor.office_id != office_id and actor.vendor_id != vendor_id:
        raise NotFound("Pengaduan ini tidak ada.")
    actor.require(states.COMPLAIN if mine else states.ANSWER)
    lock_order(actor, order_id)
    complaint = _locked(complaint_id, version)
    if (side_of(actor, complaint) == complaint.side) is not mine:
        words = "Hanya pihak yang mengadu yang boleh melakukannya." if mine else "Hanya pihak lain yang boleh menjawab."
        raise Forbidden(words)
    return complaint


def _locked(complaint_id: int, version: int | None = None) -> Complaint:
    """Lock the order, then its complaint: one order of locks for everybody. Raises NotFound, Stale."""
    lock_order(SYSTEM, _place(complaint_id)[0])
    complaint = session.scalars(
        select(Complaint)
        .where(Complaint.id == complaint_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if version is not None and complaint.version != version:
        raise Stale
    return complaint


def _place(complaint_id: int) -> tuple[int, int, int]:
    row = session.execute(
        select(Complaint.order_id, Complaint.office_id, Complaint.vendor_id).where(Complaint.id == complaint_id)
    ).first()
    if row is None:
        raise NotFound("Pengaduan ini tidak ada.")
    return row.order_id, row.office_id, row.vendor_id


def _is_unpaid(order: Order, now: datetime) -> bool:
    return order.state == "received" and order.due_at is not None and order.due_at < now
