"""BAP and BAST: numbered without gaps, frozen when issued, signed by the PPK and then by the producer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.accounts import people
from shop.accounts.offices import office_names
from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import fingerprint
from shop.base.errors import NotFound, WrongState
from shop.db import each_alone, session
from shop.handover import expecting, news, terms
from shop.handover.models import HandoverPaper, HandoverPhoto, Receipt, Signing
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.numbering import take_number
from shop.orders.places import Stop

SIGN: Final = "handover:paper:sign"
KINDS: Final[Mapping[str, str]] = {"BAP": "Berita Acara Pemeriksaan", "BAST": "Berita Acara Serah Terima"}


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signed when; a name is empty where silence counted as a yes."""

    office_name: str
    office_at: datetime
    vendor_name: str
    vendor_at: datetime | None
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper as it was issued, and the signatures under it."""

    kind: str
    number: str
    content: Mapping[str, Any]
    fingerprint: str
    issued_at: datetime
    signed: Signatures
    photo_keys: Sequence[str]


def issue(order: Order, now: datetime) -> None:
    """Issue both papers of an order that was just received; the PPK has signed by that act, the producer is asked."""
    receipts = session.scalars(
        select(Receipt)
        .where(Receipt.order_id == order.id, Receipt.state.in_(("recorded", "agreed")))
        .options(selectinload(Receipt.lines))
        .order_by(Receipt.number)
    ).all()
    names = people.names_of({r.by for r in receipts if r.by} | {order.received_by or 0, order.placed_by})
    stops = expecting.of_order(order)
    head = {
        "order_number": order.number, "ordered_on": local_day(order.placed_at).isoformat(),
        "office": office_names([order.office_id]).get(order.office_id, ""), "vendor": order.vendor_name,
        "officer": names.get(order.received_by or 0, ""), "address": order.deliver_address,
        "purpose": order.purpose, "automatic": order.received_by is None,
        "places": [_place(stop.stop, receipts) for stop in stops if stop.stop],
    }  # fmt: skip
    keys = session.scalars(
        select(HandoverPhoto.key).where(HandoverPhoto.order_id == order.id).order_by(HandoverPhoto.id)
    )
    bap = _write(order, "BAP", head | _inspection(receipts, names) | {"photos": list(keys)}, now)
    value = {
        "bap_number": bap, "lines": [_value(line) for line in order.lines], "shipping": order.shipping,
        "total": order.total, "received_at": now.isoformat(), "progress": 100,
        "pay_by": order.due_at.isoformat() if order.due_at else "",
    }  # fmt: skip
    bast = _write(order, "BAST", head | value, now)
    session.add(
        Signing(
            order_id=order.id, vendor_id=order.vendor_id, signed_by=order.received_by, signed_at=now,
            answer_by=terms.countersign_by(now),
        )
    )  # fmt: skip
    trail.record(SYSTEM, "papers_issued", "order", order.id, now, bap=bap, bast=bast)
    news.tell(order.id, "papers", now)


def countersign(actor: Actor, order_id: int, now: datetime) -> None:
    """Sign both papers as the producer, in one tap. Raises NotFound for another's, WrongState when it was done already."""
    order = lock_order(actor, order_id)
    actor.require(SIGN)
    if actor.vendor_id != order.vendor_id:
        raise NotFound("Pesanan ini tidak ada.")
    signing = session.get(Signing, order_id, with_for_update=True)
    if signing is None or signing.answered_at is not None:
        raise WrongState("BAP dan BAST belum terbit, atau sudah ditandatangani.")
    signing.answered_by, signing.answered_at = actor.user_id, now
    trail.record(actor, "papers_signed", "order", order_id, now)


def assume_due(now: datetime, limit: int = 200) -> int:
    """Take a producer's silence as agreement where the time is over. Returns how many papers were due."""
    due = session.scalars(
        select(Signing.order_id)
        .where(Signing.answered_at.is_(None), Signing.answer_by < now)
        .order_by(Signing.answer_by)
        .limit(limit)
    )
    return each_alone(due, lambda order_id: _assume(order_id, now), "a paper could not be taken as agreed")


def _assume(order_id: int, now: datetime) -> None:
    lock_order(SYSTEM, order_id)
    signing = session.get(Signing, order_id, with_for_update=True, populate_existing=True)
    if signing is not None and signing.answered_at is None and signing.answer_by < now:
        signing.answered_at = now
        trail.record(SYSTEM, "papers_assumed", "order", order_id, now)


def read_paper(order_id: int, kind: str) -> PaperView:
    """Return one paper with its signatures; who may see the order was judged before. Raises NotFound."""
    row = session.execute(
        select(HandoverPaper, Signing)
        .join(Signing, Signing.order_id == HandoverPaper.order_id)
        .where(HandoverPaper.order_id == order_id, HandoverPaper.kind == kind)
    ).first()
    if row is None:
        raise NotFound("Berita acara pesanan ini belum terbit.")
    paper, signing = row
    names = people.names_of({signing.signed_by or 0, signing.answered_by or 0})
    signed = Signatures(
        names.get(signing.signed_by or 0, ""), signing.signed_at, names.get(signing.answered_by or 0, ""),
        signing.answered_at, signing.answer_by,
    )  # fmt: skip
    content = paper.content
    return PaperView(kind, paper.number, content, paper.fingerprint, paper.issued_at, signed, content.get("photos", ()))


def _write(order: Order, kind: str, content: dict[str, Any], now: datetime) -> str:
    """Number and freeze one paper; the number rolls back with everything else."""
    day = local_day(now)
    number = take_number(order.office_id, kind, day)
    content |= {"kind": kind, "number": number, "issued_on": day.isoformat()}
    session.add(
        HandoverPaper(
            order_id=order.id, kind=kind, number=number, content=content, fingerprint=fingerprint(content),
            issued_at=now,
        )
    )  # fmt: skip
    return number


def _inspection(receipts: Sequence[Receipt], names: Mapping[int, str]) -> dict[str, Any]:
    """What was found over all receipts, line by line, and each receipt with its day and examiner."""
    lines: dict[int, dict[str, Any]] = {}
    seen = set[tuple[int, int | None]]()
    for receipt in receipts:
        for line in receipt.lines:
            row = lines.setdefault(
                line.line_id,
                {
                    "name": line.name,
                    "unit": line.unit,
                    "ordered": 0,
                    "received": 0,
                    "refused": 0,
                    "reasons": [],
                },
            )
            if (line.line_id, receipt.place_number) not in seen and (receipt.place_number or not row["ordered"]):
                row["ordered"] += line.expected
            seen.add((line.line_id, receipt.place_number))
            row["received"] += line.received
            row["refused"] += line.refused
            row["reasons"] += [line.reason] if line.reason else []
    told = [
        {"number": r.number, "at": r.at.isoformat(), "by": names.get(r.by or 0, ""), "choice": r.choice, "note": r.note,
         "place": r.place_number,
         "assumed": r.state == "agreed" and r.answered_by is None}
        for r in receipts
    ]  # fmt: skip
    return {"inspected": list(lines.values()), "receipts": told}


def _place(stop: Stop, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """One delivery place of an order to several: where, and what was received there over all inspections."""
    lines: dict[int, dict[str, Any]] = {}
    for line in (line for r in receipts if r.place_number == stop.number for line in r.lines):
        row = lines.setdefault(line.line_id, {"name": line.name, "unit": line.unit, "received": 0})
        row["received"] += line.received
    where = {"number": stop.number, "address": f"{stop.address}, {stop.kecamatan}", "contact": stop.contact}
    return where | {"lines": list(lines.values())}


def _value(line: Any) -> dict[str, Any]:
    return {
        "name": line.product_name, "unit": line.unit, "quantity": line.quantity, "unit_price": line.unit_price,
        "amount": line.amount,
    }  # fmt: skip
