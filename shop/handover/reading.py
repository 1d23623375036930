"""What the page of an order shows about its handing over: receipts, photos, papers, complaints, rating. Frozen rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import select

from shop.accounts import people
from shop.base.actor import Actor
from shop.db import session
from shop.handover import expecting, photos, ratings, reasons, receipts, states, terms
from shop.handover.expecting import Awaited
from shop.handover.models import Complaint, HandoverPaper, HandoverPhoto, Rating, Receipt, ReceiptLine, Signing
from shop.handover.papers import Signatures
from shop.orders import states as orders
from shop.orders.reading import OrderView

_ASKS: Final[Mapping[str, str]] = {
    "answer": "Kantor mencatat barang kurang. Lihat dan jawab di bawah.",
    "sign": "BAP dan BAST menunggu tanda tangan Anda.",
    "bring": "Kantor menunggu yang kurang atau ditolak diantar lagi. Lihat rinciannya di bawah.",
}


@dataclass(frozen=True, slots=True)
class LineView:
    """What was found of one line; `reason` is a code of reasons.REFUSED."""

    line_id: int
    name: str
    unit: str
    received: int
    short: int
    refused: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One inspection with its lines; `by` is empty when nobody inspected in time."""

    number: int
    choice: str
    state: str
    by: str
    at: datetime
    note: str
    answer_by: datetime | None
    answer_words: str
    answered: bool
    place: int | None
    lines: Sequence[LineView]


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint in a list on the order's page."""

    id: int
    kind: str
    state: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class RatingView:
    """What the office said; `words` only for who may read them."""

    minutes_late: int | None
    as_ordered: bool
    packed: bool
    tasty: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """The whole part; `may` names what this person can do now. `accepted_at`: when silence counts as acceptance."""

    receipts: Sequence[ReceiptView]
    photos: Sequence[tuple[str, str]]
    papers: Mapping[str, str]
    signed: Signatures | None
    complaints: Sequence[ComplaintRow]
    rating: RatingView | None
    accepted_at: datetime | None
    sources: Sequence[str]
    may: frozenset[str]
    places: Sequence[Awaited]
    """Where something is still to be looked at, for who may inspect an order to several places; else empty."""

    @property
    def waiting(self) -> ReceiptView | None:
        """The receipt that waits for the producer's answer."""
        return next((r for r in self.receipts if r.state == "waiting"), None)

    @property
    def asks(self) -> str:
        """What waits for this very person in this part (a msgid); empty when nothing does."""
        return next((words for what, words in _ASKS.items() if what in self.may), "")

    refused: ClassVar[Mapping[str, str]] = reasons.REFUSED
    kinds: ClassVar[Mapping[str, str]] = reasons.KINDS
    labels: ClassVar[Mapping[str, str]] = states.LABELS
    tones: ClassVar[Mapping[str, str]] = states.TONES


_UNDER_WAY: Final = ("confirmed", "ready", "on_the_way")
_SHOWN: Final = orders.COMMITTED | {"cancelled"}


def part(actor: Actor, view: OrderView, now: datetime) -> Part | None:
    """Return what this person sees and may do; None before the producer has said yes. At most twelve statements."""
    if view.confirmed_at is None or view.state not in _SHOWN:
        return None
    found, signed = _receipts(view.id), _signed(view.id)
    complained = [
        ComplaintRow(*row)
        for row in session.execute(
            select(Complaint.id, Complaint.kind, Complaint.state, Complaint.due_at)
            .where(Complaint.order_id == view.id)
            .order_by(Complaint.id)
        )
    ]
    photo_rows = session.execute(
        select(HandoverPhoto.key, HandoverPhoto.moment)
        .where(HandoverPhoto.order_id == view.id, HandoverPhoto.complaint_id.is_(None))
        .order_by(HandoverPhoto.id)
    )
    said = _rating(actor, view)
    held = any(c.state in states.OPEN for c in complained) or any(_holds(r, view) for r in found)
    runs = view.state == "arrived" and not held and view.case.due_at is not None
    may = _may(actor, view, found, signed, said, complained, now)
    awaited = expecting.of_view(view) if "inspect" in may else ()
    return Part(
        found,
        [(row.key, row.moment) for row in photo_rows],
        _papers(view.id) if signed else {},
        signed,
        complained,
        said,
        terms.accepted_at(view.case.due_at) if runs and view.case.due_at else None,
        [terms.rule(terms.ACCEPT, now).source] if runs else [],
        may,
        [place for place in awaited if place.stop],
    )


def _holds(receipt: ReceiptView, view: OrderView) -> bool:
    """Tell whether a receipt keeps the order from being accepted by itself, as accepting.py judges it."""
    here = view.arrived_at is not None and receipt.at >= view.arrived_at
    return receipt.state == "waiting" or (receipt.choice == "later" and here)


def _may(
    actor: Actor,
    view: OrderView,
    found: Sequence[ReceiptView],
    signed: Signatures | None,
    said: RatingView | None,
    complained: Sequence[ComplaintRow],
    now: datetime,
) -> frozenset[str]:
    case = view.case
    ppk = actor.may(states.RECEIVE) and actor.office_id == case.office_id and actor.acts_for(case.ppk_id)
    buyer = ppk or (actor.may(ratings.RATE) and actor.acts_for(case.placed_by))
    vendor = actor.vendor_id is not None and actor.vendor_id == case.vendor_id
    waits = any(r.state == "waiting" for r in found)
    some = any(line.received for r in found if r.state in states.COUNTING for line in r.lines)
    able = {
        "inspect": ppk and view.state == "arrived" and not waits,
        "withdraw": ppk and waits,
        "end_short": ppk and not waits and receipts.may_end_short(view.state, case.due_at, some, now),
        "answer": vendor and waits,
        "photo": vendor and view.state in photos.MOMENTS,
        "sign": vendor and signed is not None and signed.vendor_at is None,
        "bring": vendor and bool(found) and found[-1].choice == "replace" and view.state in _UNDER_WAY,
        "rate": buyer and said is None and view.state in ratings.RATED,
        "complain": actor.may(states.COMPLAIN)
        and (vendor or actor.office_id == case.office_id)
        and view.state in orders.COMMITTED
        and not any(c.state in states.OPEN for c in complained),
    }
    return frozenset(name for name, yes in able.items() if yes)


def _receipts(order_id: int) -> list[ReceiptView]:
    """Return the receipts of an order, oldest first; at most three statements."""
    rows = session.execute(select(Receipt).where(Receipt.order_id == order_id).order_by(Receipt.number)).scalars().all()
    if not rows:
        return []
    lines: dict[int, list[LineView]] = {row.id: [] for row in rows}
    columns = (
        ReceiptLine.line_id, ReceiptLine.name, ReceiptLine.unit, ReceiptLine.received, ReceiptLine.short,
        ReceiptLine.refused, ReceiptLine.reason,
    )  # fmt: skip
    query = select(ReceiptLine.receipt_id, *columns).where(ReceiptLine.receipt_id.in_(lines)).order_by(ReceiptLine.id)
    for line in session.execute(query):
        lines[line.receipt_id].append(LineView(*line[1:]))
    names = people.names_of({row.by for row in rows if row.by})
    return [
        ReceiptView(
            row.number, row.choice, row.state, names.get(row.by or 0, ""), row.at, row.note, row.answer_by,
            row.answer_words, row.answered_by is not None, row.place_number, lines[row.id],
        )
        for row in rows
    ]  # fmt: skip


def _signed(order_id: int) -> Signatures | None:
    row = session.execute(
        select(Signing.signed_by, Signing.signed_at, Signing.answered_by, Signing.answered_at, Signing.answer_by).where(
            Signing.order_id == order_id
        )
    ).first()
    if row is None:
        return None
    names = people.names_of({row.signed_by or 0, row.answered_by or 0})
    return Signatures(
        names.get(row.signed_by or 0, ""), row.signed_at, names.get(row.answered_by or 0, ""), row.answered_at,
        row.answer_by,
    )  # fmt: skip


def _papers(order_id: int) -> dict[str, str]:
    rows = session.execute(select(HandoverPaper.kind, HandoverPaper.number).where(HandoverPaper.order_id == order_id))
    return {row.kind: row.number for row in sorted(rows)}


def _rating(actor: Actor, view: OrderView) -> RatingView | None:
    if view.state not in ratings.RATED:
        return None
    row = session.execute(
        select(Rating.minutes_late, Rating.as_ordered, Rating.packed, Rating.tasty, Rating.words).where(
            Rating.order_id == view.id
        )
    ).first()
    if row is None:
        return None
    reads = actor.vendor_id == view.case.vendor_id or actor.office_id == view.case.office_id
    return RatingView(*row[:4], row.words if reads or actor.may("orders:order:read_all") else "")
