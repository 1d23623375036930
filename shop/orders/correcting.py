"""Correcting what a paid line counts as: an entry with its reason and paper, never an edit. Undoing is another entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day, long_day
from shop.base.codes import is_reason, one_line
from shop.base.errors import Invalid, NotFound, SeparationOfDuties, Stale, WrongState
from shop.base.fields import Fields
from shop.base.sheet import basis_points
from shop.db import session
from shop.orders import facts, states
from shop.orders.models import Order, OrderLine
from shop.orders.models_correction import OrderLineCorrection
from shop.p3dn import posting

CORRECT: Final = "orders:line:correct"
EVIDENCE: Final = ("certified", "self_declared", "none")
COUNTS: Final = ("evidence", "tkdn_bp", "pdn", "umk")
PAGE: Final = 50
_LONGEST: Final = 80
_DUTIES: Final = ("placed_by", "placed_for", "received_by", "received_for", "paid_by")


@dataclass(frozen=True, slots=True)
class Said:
    """What a line shall count as from now on, and what that stands on."""

    evidence: str
    tkdn_bp: int
    pdn: bool
    umk: bool
    certificate_number: str
    issued_on: date | None
    valid_until: date | None
    reason: str
    document: str


@dataclass(frozen=True, slots=True)
class Correctable:
    """An order with the lines and everything that was corrected of them, oldest first."""

    order: Order
    corrections: Sequence[OrderLineCorrection]

    def of(self, line_id: int) -> list[OrderLineCorrection]:
        """Return the corrections of one line."""
        return [found for found in self.corrections if found.line_id == line_id]

    def now(self, line: OrderLine) -> Mapping[str, Any]:
        """Return {evidence, tkdn_bp, pdn, umk} as the line counts today."""
        found = self.of(line.id)
        return counts(found[-1] if found else line)


def counts(said: facts.Said) -> dict[str, Any]:
    """Return what a line or a correction says, by name."""
    return {name: getattr(said, name) for name in COUNTS}


def find(actor: Actor, number: str) -> int:
    """Return the id of the order with this number. Raises NotFound."""
    actor.require(CORRECT)
    found: int | None = session.execute(select(Order.id).where(Order.number == one_line(number)[:60])).scalar()
    if found is None:
        raise NotFound("Tidak ada pesanan dengan nomor itu.")
    return found


def read(actor: Actor, order_id: int) -> Correctable:
    """Return an order to be corrected; three statements. Raises NotFound."""
    actor.require(CORRECT)
    return _of(session.scalars(_ORDER.where(Order.id == order_id)).first())


_ORDER: Final = select(Order).options(selectinload(Order.lines))


def _of(order: Order | None) -> Correctable:
    if order is None:
        raise NotFound("Pesanan ini tidak ada.")
    return Correctable(order, facts.corrections(order.id))


def said(sent: Mapping[str, str], placed: date) -> Said:
    """Read what was sent for an order placed on a Jakarta day. Raises Invalid with every fault.

    A certificate counts only with its number and when it held on that day (rules of P3DN: evidence of the order day).
    """
    form = Fields(sent)
    evidence, share = form.typed("evidence"), basis_points(form.typed("tkdn"))
    if evidence not in EVIDENCE:
        form.fault("evidence", "Pilih bukti TKDN dari daftar.")
    if share is None or share > 10_000:  # noqa: PLR2004 - the whole
        form.fault("tkdn", "Isi TKDN dari 0 sampai 100 persen, misalnya 45,5.")
    elif share and evidence == "none":
        form.fault("tkdn", "Tanpa bukti, TKDN dihitung 0. Isi 0.")
    held = _certificate(form, placed) if evidence == "certified" else ("", None, None)
    reason, document = one_line(form.typed("reason")), one_line(form.typed("document"))
    if not is_reason(reason):
        form.fault("reason", "Isi alasan, 5 sampai 300 huruf. Alasan ini dibaca umum.")
    if not 3 <= len(document) <= _LONGEST:  # noqa: PLR2004
        form.fault("document", "Isi nomor surat atau berita acara yang mendasari, 3 sampai 80 huruf.")
    form.check()
    return Said(evidence, share or 0, form.typed("pdn") == "1", form.typed("umk") == "1", *held, reason, document)


def _certificate(form: Fields, placed: date) -> tuple[str, date | None, date | None]:
    number = one_line(form.typed("certificate_number"))
    first = form.day("issued_on", "Isi tanggal terbit sertifikat.")
    last = form.day("valid_until", "Isi hari terakhir sertifikat berlaku.")
    if not 3 <= len(number) <= _LONGEST:  # noqa: PLR2004
        form.fault("certificate_number", "Isi nomor sertifikat, 3 sampai 80 huruf.")
    if first and last and not first <= placed <= last:
        words = "Sertifikat ini tidak berlaku pada hari pesanan, %(day)s."
        form.fault("valid_until" if placed > last else "issued_on", words, day=long_day(placed))
    return number, first, last


def correct(actor: Actor, order_id: int, line_id: int, seen: int, sent: Mapping[str, str], now: datetime) -> None:
    """Write what a line of a paid order counts as from now on; the difference is posted as an entry of today.

    `seen`: how many corrections of the line were on the screen. Raises Invalid with every fault, SeparationOfDuties
    for who ordered, received or paid, WrongState before payment, Stale when somebody corrected the line meanwhile.
    """
    actor.require(CORRECT)
    found = _of(session.scalars(_ORDER.where(Order.id == order_id).with_for_update(of=Order)).first())
    order, line = found.order, next((line for line in found.order.lines if line.id == line_id), None)
    if line is None:
        raise NotFound("Baris ini tidak ada.")
    if any(actor.acts_for(getattr(order, duty)) for duty in _DUTIES):
        raise SeparationOfDuties(
            "Anda ikut memesan, menerima, atau membayar pesanan ini, jadi orang lain yang mengoreksi."
        )
    wanted = said(sent, local_day(order.placed_at))
    if order.state not in states.PAID:
        raise WrongState("Koreksi dibuat setelah pesanan dibayar: sebelum itu bukti barang belum dihitung.")
    if len(found.of(line_id)) != seen:
        raise Stale
    before = found.now(line)
    if counts(wanted) == before:
        raise Invalid.at("evidence", "Isian ini sama dengan yang sudah dihitung. Tidak ada yang perlu dikoreksi.")
    kept = {name: getattr(wanted, name) for name in Said.__dataclass_fields__}
    session.execute(
        insert(OrderLineCorrection).values(
            order_id=order_id,
            line_id=line_id,
            number=seen + 1,
            before=before,
            made_by=actor.user_id,
            made_at=now,
            **kept,
        )
    )
    order.corrected = True
    session.flush()
    posting.settle(actor, f"order:{order.id}", facts.of_order(order, *states.standing(order.state)), now)
    after = counts(wanted) | {"reason": wanted.reason, "document": wanted.document}
    trail.record(actor, "correct_line", "order", order_id, now, line=line_id, before=before, after=after)


def public(line_id: int | None, before: int | None) -> Sequence[Any]:
    """Return corrections for everybody to read, the newest first, one more than a page: no names of people."""
    c = OrderLineCorrection
    query = (
        select(
            c.id, c.line_id, c.number, c.made_at, c.before, c.evidence, c.tkdn_bp, c.pdn, c.umk, c.reason, c.document,
            Order.number.label("order_number"), OrderLine.product_name,
        )
        .join(Order, Order.id == c.order_id)
        .join(OrderLine, OrderLine.id == c.line_id)
    )  # fmt: skip
    if line_id is not None:
        query = query.where(c.line_id == line_id)
    if before is not None:
        query = query.where(c.id < before)
    return session.execute(query.order_by(c.id.desc()).limit(PAGE + 1)).all()
