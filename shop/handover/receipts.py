"""The PPK writes down what arrived, line by line, and says what becomes of what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from shop.accounts import duties
from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Forbidden, Invalid, Stale, WrongState
from shop.budgets import pagu
from shop.db import session
from shop.handover import news, reasons, states, terms
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


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one line: pieces received and refused; the rest of what was expected is short."""

    received: int
    refused: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One inspection. `lines`: {order line id: what was found}; `choice` only matters when something is missing."""

    lines: Mapping[int, Found]
    choice: str = ""
    note: str = ""
    shots: Sequence[Shot] = field(default=())
    place_number: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """A line that has not been received in full: how many pieces of it are still to come."""

    line_id: int
    name: str
    unit: str
    pieces: int


def record(actor: Actor, order_id: int, version: int, check: Check, now: datetime) -> Receipt:
    """Keep an inspection and move the order: received, back to the producer for the rest, or waiting for a yes.

    Raises Forbidden for another PPK, SeparationOfDuties, Stale, WrongState, Invalid naming every wrong field.
    """
    order = _at_the_office(actor, order_id, version)
    if order.state != "arrived":
        raise WrongState("Pesanan ini tidak sedang menunggu pemeriksaan. Muat ulang halaman.")
    relaxed = receiving.keep_apart(actor, order, "receive", {"place": order.placed_by})
    expected = still_expected(order)
    _judge(expected, check)
    missing = any(check.lines[line.line_id].received < line.pieces for line in expected)
    choice = check.choice if missing else "complete"
    receipt = _keep(actor, order, expected, check, choice, now)
    if choice == "complete":
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


def end_short(actor: Actor, order_id: int, version: int, now: datetime) -> Receipt:
    """Say that what is missing will not be waited for any longer: only what was received before shall be paid.

    For an order of which a part was received and whose second delivery is overdue. Raises WrongState before that.
    """
    order = _at_the_office(actor, order_id, version)
    receiving.keep_apart(actor, order, "receive", {"place": order.placed_by})
    if not may_end_short(order.state, order.due_at, any(received_before(order.id).values()), now):
        raise WrongState("Batas waktu antar ulang belum lewat. Sisanya masih ditunggu.")
    expected = still_expected(order)
    check = Check({line.line_id: Found(0) for line in expected}, "adjust")
    receipt = _keep(actor, order, expected, check, "adjust", now)
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
    order.due_at = working_days_after(now, order_terms.INSPECT_WORKING_DAYS)


def waiting_of(order_id: int) -> Receipt | None:
    """Return the receipt of an order that waits for the producer's answer, if there is one."""
    return session.scalars(select(Receipt).where(Receipt.order_id == order_id, Receipt.state == "waiting")).first()


def received_before(order_id: int, counting: Sequence[str] = states.COUNTING) -> dict[int, int]:
    """Return {line id: pieces received by all receipts that count}; one statement."""
    rows = session.execute(
        select(ReceiptLine.line_id, func.sum(ReceiptLine.received))
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.order_id == order_id, Receipt.state.in_(counting))
        .group_by(ReceiptLine.line_id)
    )
    return {line_id: int(pieces) for line_id, pieces in rows}


def still_expected(order: Order) -> list[Expected]:
    """Return what is still to come of an order whose lines are loaded; one statement."""
    before = received_before(order.id)
    left = [(line, line.quantity - before.get(line.id, 0)) for line in order.lines]
    return [Expected(line.id, line.product_name, line.unit, pieces) for line, pieces in left if pieces > 0]


def complete(actor: Actor, order: Order, now: datetime) -> None:
    """Write down that all that was still expected has been received: one tap, or nobody inspected in time."""
    expected = still_expected(order)
    if expected:
        check = Check({line.line_id: Found(line.pieces) for line in expected})
        _keep(actor, order, expected, check, "complete", now)


def keep_apart_from_paying(actor: Actor, order: Order) -> None:
    """Hold that who received any part of an order, or whose place was taken then, does not pay it.

    The order itself knows only its last receiver. Raises SeparationOfDuties, unless the office has openly relaxed it:
    then the order says so.
    """
    relaxed = session.execute(select(Office.relaxed_duties).where(Office.id == order.office_id)).scalar_one()
    rows = session.execute(
        select(Receipt.by, Receipt.for_id).where(Receipt.order_id == order.id, Receipt.state.in_(states.COUNTING))
    )
    used = [
        duties.check_apart(relaxed, actor.user_id, {"receive": by}, "pay", actor.for_user_id, {"receive": instead})
        for by, instead in rows
    ]
    if any(used) and "pay" not in order.relaxed:
        order.relaxed = [*order.relaxed, "pay"]


def _at_the_office(actor: Actor, order_id: int, version: int) -> Order:
    """Lock an order for its PPK. Raises Forbidden, Stale, Conflict while another receipt waits."""
    order = lock_order(actor, order_id)
    actor.require(states.RECEIVE)
    if not actor.acts_for(pagu.read_package(order.package_id).ppk_id):
        raise Forbidden(actions.ONLY_ITS_PPK)
    if order.version != version:
        raise Stale
    return order


def _judge(expected: Sequence[Expected], check: Check) -> None:
    if waited := [line for line in expected if line.line_id not in check.lines]:
        raise Invalid(faults=tuple(_fault(f"received-{line.line_id}", "Isi jumlah yang diterima.") for line in waited))
    faults, received, missing, refused_other = list[FieldFault](), 0, 0, False
    for line in expected:
        found = check.lines[line.line_id]
        if not 0 <= found.received <= line.pieces:
            faults.append(_fault(f"received-{line.line_id}", "Isi 0 sampai %(most)s.", most=line.pieces))
        elif not 0 <= found.refused <= line.pieces - found.received:
            words = "Yang diterima dan ditolak bersama-sama paling banyak %(most)s."
            faults.append(_fault(f"refused-{line.line_id}", words, most=line.pieces))
        if found.refused and found.reason not in reasons.REFUSED:
            faults.append(_fault(f"reason-{line.line_id}", "Pilih mengapa barang ini ditolak."))
        received += found.received
        missing += line.pieces - found.received
        refused_other |= bool(found.refused) and found.reason == "other"
    note = one_line(check.note)
    if len(note) > MAX_NOTE:
        faults.append(_fault("note", "Catatan paling panjang 500 huruf."))
    elif refused_other and len(note) < reasons.WORDS_LEAST:
        faults.append(_fault("note", "Tuliskan di catatan mengapa barang ditolak, paling sedikit 10 huruf."))
    if missing and not faults:
        faults += _judge_choice(check.choice, received)
    if faults:
        raise Invalid(faults=tuple(faults))


def _judge_choice(choice: str, received: int) -> list[FieldFault]:
    if choice not in {"replace", "adjust"}:
        return [_fault("choice", "Pilih: sisanya diantar lagi, atau bayar yang diterima saja.")]
    if choice == "adjust" and not received:
        words = "Tidak ada yang diterima, jadi tidak ada yang dibayar. Pilih diantar lagi, atau batalkan pesanannya."
        return [_fault("choice", words)]
    return []


def _fault(name: str, words: str, **params: object) -> FieldFault:
    return FieldFault(name, words, tuple(params.items()))


def _keep(
    actor: Actor, order: Order, expected: Sequence[Expected], check: Check, choice: str, now: datetime
) -> Receipt:
    if waiting_of(order.id) is not None:
        raise WrongState(ASKED)
    count = session.scalar(select(func.count()).where(Receipt.order_id == order.id)) or 0
    receipt = Receipt(
        order_id=order.id, number=count + 1, place_number=check.place_number, choice=choice,
        state=states.RECEIPT.initial, by=actor.user_id, for_id=actor.for_user_id, at=now, note=one_line(check.note),
    )  # fmt: skip
    for line in expected:
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
    for shot in check.shots:
        keep(actor, order.id, "receipt", shot, now, receipt_id=receipt.id)
    return receipt


def _ask(actor: Actor, order: Order, receipt: Receipt, now: datetime) -> None:
    """Put the shortage before the producer, who has a dated number of hours to deny it."""
    receipt.answer_by = order.due_at = terms.shortage_by(now)
    states.move_receipt(actor, receipt, "ask", now, words=receipt.note)
    session.flush()
    news.tell(order.id, "shortage", now)
