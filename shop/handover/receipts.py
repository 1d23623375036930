"""The PPK writes down what arrived, line by line, and says what becomes of what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from shop.accounts import duties
from shop.accounts.models import Office
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Forbidden, Invalid, Stale, WrongState
from shop.budgets import pagu
from shop.db import session
from shop.handover import expecting, news, reasons, states, terms
from shop.handover.expecting import Awaited, Expected
from shop.handover.models import Receipt, ReceiptLine
from shop.handover.photos import Shot, keep
from shop.orders import actions, receiving
from shop.orders import states as order_states
from shop.orders import terms as order_terms
from shop.orders.delivering import working_days_after
from shop.orders.loading import lock_order
from shop.orders.models import Order

MAX_NOTE: Final = 500
ASKED: Final = (
    "Penyesuaian masih menunggu jawaban produsen. Tarik dahulu catatan kekurangannya bila barang ternyata lengkap."
)
SHORT_SOMEWHERE: Final = (
    "Di salah satu tempat tercatat ada yang kurang atau ditolak. Periksa tempat lainnya satu per satu; "
    "di tempat terakhir Anda memilih bagaimana sisanya."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one line: pieces received and refused; the rest of what was expected is short."""

    received: int
    refused: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One inspection of one place. `lines`: {order line id: what was found}; `choice` only matters when something is missing.

    `place_number` is None for an order to one place.
    """

    lines: Mapping[int, Found]
    choice: str = ""
    note: str = ""
    shots: Sequence[Shot] = field(default=())
    place_number: int | None = None


def record(actor: Actor, order_id: int, version: int, check: Check, now: datetime) -> Receipt:
    """Keep an inspection and move the order: received, back to the producer for the rest, or waiting for a yes.

    An order to several places is inspected place by place and moves with the last of them; only then is it asked what
    becomes of all that is missing, because the producer brings it, or the office pays, once.
    Raises Forbidden for another PPK, SeparationOfDuties, Stale, WrongState, Invalid naming every wrong field.
    """
    order = _at_the_office(actor, order_id, version)
    if order.state != "arrived":
        raise WrongState("Pesanan ini tidak sedang menunggu pemeriksaan. Muat ulang halaman.")
    relaxed = receiving.keep_apart(actor, order, "receive", {"place": order.placed_by})
    found = expecting.of_order(order)
    here = expecting.at(found, check.place_number)
    others = [place for place in found if place is not here]
    last, lacking = not any(place.pending for place in others), any(place.short for place in others)
    some = any(expecting.received_before(order.id).values())
    missing = _judge(here.lines, check, last=last, lacking=lacking, some=some)
    choice = "complete" if not missing and not (last and lacking) else check.choice if last else "later"
    receipt = _keep(actor, order, here, check, choice, now)
    if not last:
        # A new version: whoever still has the page without this on the screen must look again.
        flag_modified(order, "due_at")
        trail.record(actor, "receipt_place", "order", order.id, now, receipt=receipt.number, place=here.number)
    elif choice == "complete":
        receiving.receive(actor, order_id, version, now)
    elif choice == "replace":
        again_by = working_days_after(now, order_terms.REPLACE_WORKING_DAYS)
        sets = {"arrived_at": None, "ready_at": None, "due_at": again_by} | relaxed
        noted = receiving.relaxed_note(relaxed)
        order_states.move(actor, order, "receive_part", version, now, sets, receipt=receipt.number, **noted)
        news.tell(order.id, "part_received", now)
    else:
        _ask(actor, order, receipt, now)
    return receipt


def went_on(receipt: Receipt) -> bool:
    """Tell whether the order moved with a receipt just made, or still waits for its other places."""
    moved = session.get_one(Order, receipt.order_id).state != "arrived"
    return moved or receipt.state == "waiting"


def end_short(actor: Actor, order_id: int, version: int, now: datetime) -> Receipt:
    """Say that what is missing will not be waited for any longer: only what was received before shall be paid.

    For an order of which a part was received and whose second delivery is overdue. Raises WrongState before that.
    """
    order = _at_the_office(actor, order_id, version)
    receiving.keep_apart(actor, order, "receive", {"place": order.placed_by})
    some = any(expecting.received_before(order.id).values())
    if not may_end_short(order.state, order.due_at, some, now):
        raise WrongState("Batas waktu antar ulang belum lewat. Sisanya masih ditunggu.")
    rest = expecting.whole(expecting.of_order(order))
    check = Check({line.line_id: Found(0) for line in rest.lines}, "adjust")
    receipt = _keep(actor, order, rest, check, "adjust", now)
    _ask(actor, order, receipt, now)
    return receipt


def may_end_short(state: str, due_at: datetime | None, some_received: bool, now: datetime) -> bool:  # noqa: FBT001
    """Tell whether an office need not wait any longer for the rest of an order."""
    return state in {"confirmed", "ready"} and some_received and due_at is not None and due_at < now


def withdraw(actor: Actor, order_id: int, version: int, now: datetime) -> None:
    """Take the own note of a shortage back while the producer has not answered: it was a mistake."""
    order = _at_the_office(actor, order_id, version)
    receipt = waiting_of(order.id)
    if receipt is None:
        raise WrongState("Tidak ada catatan kekurangan yang menunggu jawaban.")
    states.move_receipt(actor, receipt, "withdraw", now)
    receipt.answered_by, receipt.answered_at = actor.user_id, now
    session.flush()
    note_refused(order)
    order.due_at = working_days_after(now, order_terms.INSPECT_WORKING_DAYS)


def waiting_of(order_id: int) -> Receipt | None:
    """Return the receipt of an order that waits for the producer's answer, if there is one."""
    return session.scalars(select(Receipt).where(Receipt.order_id == order_id, Receipt.state == "waiting")).first()


def note_refused(order: Order) -> None:
    """Write into the lines how many pieces were refused: they left the kitchen, so they never go back on sale."""
    rows = session.execute(
        select(ReceiptLine.line_id, func.sum(ReceiptLine.refused))
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.order_id == order.id, Receipt.state.in_(states.COUNTING))
        .group_by(ReceiptLine.line_id)
    )
    refused = {line_id: int(pieces) for line_id, pieces in rows}
    for line in order.lines:
        line.refused = refused.get(line.id, 0)


def complete(actor: Actor, order: Order, now: datetime) -> None:
    """Write down that all that was still expected has been received: one tap, or nobody inspected in time.

    Raises WrongState when somebody has written down before that at one of the places something is missing.
    """
    found = [place for place in expecting.of_order(order) if place.lines]
    if any(place.short for place in found):
        raise WrongState(SHORT_SOMEWHERE)
    for place in found:
        check = Check({line.line_id: Found(line.pieces) for line in place.lines})
        _keep(actor, order, place, check, "complete", now)


def keep_apart_from_paying(actor: Actor, order: Order) -> bool:
    """Hold that who received any part of an order, or whose place was taken then, does not pay it.

    The order itself knows only its last receiver. Raises SeparationOfDuties, unless the office has openly relaxed it;
    returns whether that was needed.
    """
    relaxed = session.execute(select(Office.relaxed_duties).where(Office.id == order.office_id)).scalar_one()
    rows = session.execute(
        select(Receipt.by, Receipt.for_id).where(Receipt.order_id == order.id, Receipt.state.in_(states.COUNTING))
    )
    used = [
        duties.check_apart(relaxed, actor.user_id, {"receive": by}, "pay", actor.for_user_id, {"receive": instead})
        for by, instead in rows
    ]
    return any(used)


def _at_the_office(actor: Actor, order_id: int, version: int) -> Order:
    """Lock an order for its PPK. Raises Forbidden, Stale, Conflict while another receipt waits."""
    order = lock_order(actor, order_id)
    actor.require(states.RECEIVE)
    if not actor.acts_for(pagu.read_package(order.package_id).ppk_id):
        raise Forbidden(actions.ONLY_ITS_PPK)
    if order.version != version:
        raise Stale
    return order


def _judge(here: Sequence[Expected], check: Check, *, last: bool, lacking: bool, some: bool) -> bool:
    """Tell whether something is missing here. `lacking` and `some`: is missing elsewhere, was received before."""
    if waited := [line for line in here if line.line_id not in check.lines]:
        raise Invalid(faults=tuple(_fault(f"received-{line.line_id}", "Isi jumlah yang diterima.") for line in waited))
    faults = [fault for line in here for fault in _judge_line(line, check.lines[line.line_id])]
    found = [check.lines[line.line_id] for line in here]
    note = one_line(check.note)
    if len(note) > MAX_NOTE:
        faults.append(_fault("note", "Catatan paling panjang 500 huruf."))
    elif any(x.refused and x.reason == "other" for x in found) and len(note) < reasons.WORDS_LEAST:
        faults.append(_fault("note", "Tuliskan di catatan mengapa barang ditolak, paling sedikit 10 huruf."))
    missing = any(x.received < line.pieces for x, line in zip(found, here, strict=True))
    if last and (missing or lacking) and not faults:
        faults += _judge_choice(check.choice, some=some or any(x.received for x in found))
    if faults:
        raise Invalid(faults=tuple(faults))
    return missing


def _judge_line(line: Expected, found: Found) -> Iterator[FieldFault]:
    if not 0 <= found.received <= line.pieces:
        yield _fault(f"received-{line.line_id}", "Isi 0 sampai %(most)s.", most=line.pieces)
    elif not 0 <= found.refused <= line.pieces - found.received:
        words = "Yang diterima dan ditolak bersama-sama paling banyak %(most)s."
        yield _fault(f"refused-{line.line_id}", words, most=line.pieces)
    if found.refused and found.reason not in reasons.REFUSED:
        yield _fault(f"reason-{line.line_id}", "Pilih mengapa barang ini ditolak.")


def _judge_choice(choice: str, *, some: bool) -> list[FieldFault]:
    if choice not in {"replace", "adjust"}:
        return [_fault("choice", "Pilih: sisanya diantar lagi, atau bayar yang diterima saja.")]
    if choice == "adjust" and not some:
        words = "Tidak ada yang diterima, jadi tidak ada yang dibayar. Pilih diantar lagi, atau batalkan pesanannya."
        return [_fault("choice", words)]
    return []


def _fault(name: str, words: str, **params: object) -> FieldFault:
    return FieldFault(name, words, tuple(params.items()))


def _keep(actor: Actor, order: Order, here: Awaited, check: Check, choice: str, now: datetime) -> Receipt:
    if waiting_of(order.id) is not None:
        raise WrongState(ASKED)
    count = session.scalar(select(func.count()).where(Receipt.order_id == order.id)) or 0
    receipt = Receipt(
        order_id=order.id, number=count + 1, place_number=here.number, choice=choice,
        state=states.RECEIPT.initial, by=actor.user_id, for_id=actor.for_user_id, at=now, note=one_line(check.note),
    )  # fmt: skip
    for line in here.lines:
        found = check.lines[line.line_id]
        receipt.lines.append(
            ReceiptLine(
                line_id=line.line_id, name=line.name, unit=line.unit, expected=line.pieces, received=found.received,
                short=line.pieces - found.received - found.refused, refused=found.refused,
                reason=found.reason if found.refused else "",
            )
        )  # fmt: skip
    session.add(receipt)
    session.flush()
    note_refused(order)
    for shot in check.shots:
        keep(actor, order.id, "receipt", shot, now, receipt_id=receipt.id)
    return receipt


def _ask(actor: Actor, order: Order, receipt: Receipt, now: datetime) -> None:
    """Put the shortage before the producer, who has a dated number of hours to deny it."""
    receipt.answer_by = order.due_at = terms.shortage_by(now)
    states.move_receipt(actor, receipt, "ask", now, words=receipt.note)
    session.flush()
    news.tell(order.id, "shortage", now)
