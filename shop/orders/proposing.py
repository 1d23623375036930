"""A producer proposes another time or smaller quantities instead of a plain yes; the office answers once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, FieldFault, Forbidden, Invalid, Stale, WrongState
from shop.budgets import pagu
from shop.db import session
from shop.orders import actions, news, reasons, states, terms
from shop.orders.adjusting import Change, reshape
from shop.orders.loading import lock_order
from shop.orders.models import Order, OrderProposal

_GONE = "Usulan ini sudah dijawab atau ditarik. Muat ulang halaman pesanan."
ONLY_ITS_BUYERS = "Hanya pemesan atau PPK paket ini yang boleh menjawab usulan."


@dataclass(frozen=True, slots=True)
class Idea:
    """What is proposed: a UTC moment or None, {line id: smaller quantity, 0 takes it out}, and words to the office."""

    deliver_at: datetime | None
    quantities: Mapping[int, int]
    words: str = ""


def propose(actor: Actor, order_id: int, version: int, idea: Idea, now: datetime) -> OrderProposal:
    """Keep the proposal and tell the office. Raises Invalid, Stale, WrongState, Conflict `proposal-waiting`."""
    actor.require("orders:order:propose")
    order = _sent(actor, order_id, version, now)
    if _waiting(order.id):
        raise Conflict("Usulan Anda yang lain masih menunggu jawaban kantor.", kind="proposal-waiting")
    changed = {line_id: wanted for line_id, wanted in idea.quantities.items() if wanted != _now_of(order, line_id)}
    at = idea.deliver_at if idea.deliver_at != order.deliver_at else None
    _check(order, at, changed, idea.words, now)
    number = session.scalar(select(func.count()).where(OrderProposal.order_id == order.id)) or 0
    made = OrderProposal(
        order_id=order.id,
        number=number + 1,
        deliver_at=at,
        quantities={str(line_id): wanted for line_id, wanted in changed.items()},
        words=one_line(idea.words),
        before=_as_it_stands(order),
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(made)
    _renew(order)
    trail.record(actor, "propose", "order", order.id, now, number=made.number, words=made.words)
    news.tell(order, "proposed", now, words=made.words)
    return made


def withdraw(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Take the own proposal back; the order waits for a plain answer. Raises Stale, WrongState."""
    actor.require("orders:order:propose")
    order = _sent(actor, order_id, version, now)
    _close(actor, _needed(order), "withdrawn", "", now)
    _renew(order)
    return order


def decline(actor: Actor, order_id: int, version: int, reason: str, words: str, now: datetime) -> Order:
    """Say no as the office, with a reason; the order waits on for a plain answer until its deadline."""
    said = reasons.checked(reasons.DECLINE, reason, words)
    order = _sent(actor, order_id, version, now)
    _must_be_buyer(actor, order, pagu.read_package(order.package_id).ppk_id)
    _close(actor, _needed(order), "declined", said["words"], now, reason=reason)
    _renew(order)
    news.tell(order, "proposal_declined", now, **said)
    return order


def accept(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    """Agree as the office: time, lines and total become what was proposed, and the order is confirmed in the same step.

    Rupiah that are not needed go back to the pagu, pieces and capacity move in key order. Raises Stale, WrongState,
    Forbidden, or Conflict `capacity-gone` when the proposed day has been filled meanwhile.
    """
    order = _sent(actor, order_id, version, now)
    _must_be_buyer(actor, order, pagu.read_package(order.package_id).ppk_id)
    proposal = _needed(order)
    at = proposal.deliver_at or order.deliver_at
    if at <= now:
        raise Conflict("Waktu yang diusulkan sudah lewat. Minta produsen mengusulkan waktu lain.", kind="too-late")
    quantities = {int(line_id): wanted for line_id, wanted in proposal.quantities.items()}
    total = reshape(order, Change(quantities, deliver_at=at), now)
    _close(actor, proposal, "accepted", "", now)
    sets = {"total": total, "deliver_at": at, "confirmed_at": now, "due_at": at}
    states.move(actor, order, "agree", version, now, sets, total=total)
    news.tell(order, "proposal_accepted", now)
    return order


def close_waiting(actor: Actor, order: Order, now: datetime) -> None:
    """Close what still waits because the order itself was answered or ended. The order must be locked."""
    found = _waiting(order.id)
    if found:
        found.answer, found.answered_by, found.answered_at = "withdrawn", actor.user_id, now
        trail.record(actor, "answer_closed", "order", order.id, now, number=found.number)


def _sent(actor: Actor, order_id: int, version: int, now: datetime) -> Order:
    order = lock_order(actor, order_id)
    if order.version != version:
        raise Stale
    if order.state != "sent":
        raise WrongState("Pesanan ini sudah dijawab, jadi tidak ada yang bisa diusulkan lagi.")
    if order.due_at is not None and now > order.due_at:
        raise WrongState(actions.TOO_LATE)
    return order


def _must_be_buyer(actor: Actor, order: Order, ppk_id: int | None) -> None:
    actor.require(states.PERMISSIONS["agree"])
    if not any(map(actor.acts_for, (order.placed_by, order.placed_for, ppk_id))):
        raise Forbidden(ONLY_ITS_BUYERS)


def _waiting(order_id: int) -> OrderProposal | None:
    return session.scalars(
        select(OrderProposal).where(OrderProposal.order_id == order_id, OrderProposal.answer == "")
    ).first()


def _needed(order: Order) -> OrderProposal:
    found = _waiting(order.id)
    if found is None:
        raise WrongState(_GONE)
    return found


def _close(actor: Actor, proposal: OrderProposal, answer: str, words: str, now: datetime, **data: object) -> None:
    proposal.answer, proposal.answer_words = answer, words
    proposal.answered_by, proposal.answered_at = actor.user_id, now
    verb = f"answer_{answer}"
    trail.record(actor, verb, "order", proposal.order_id, now, number=proposal.number, words=words, **data)


def _renew(order: Order) -> None:
    """Give the order a new version: whoever has the page without this change on the screen must look again."""
    flag_modified(order, "due_at")
    session.flush()


def _now_of(order: Order, line_id: int) -> int | None:
    return next((line.quantity for line in order.lines if line.id == line_id), None)


def _check(order: Order, at: datetime | None, changed: Mapping[int, int], words: str, now: datetime) -> None:
    faults = []
    if at is not None and not now < at <= now + terms.FARTHEST_DELIVERY:
        faults.append(FieldFault("deliver.at", "Pilih waktu yang akan datang, paling lama setahun dari sekarang."))
    for line_id, wanted in changed.items():
        before = _now_of(order, line_id)
        if before is None:
            faults.append(FieldFault("lines", "Baris ini bukan bagian pesanan. Muat ulang halaman."))
        elif not 0 <= wanted < before:
            field = f"line-{line_id}"
            faults.append(FieldFault(field, "Isi 0 sampai %(most)s; 0 berarti tidak ikut.", (("most", before),)))
    if not faults and all(changed.get(line.id) == 0 for line in order.lines):
        faults.append(
            FieldFault("lines", "Paling sedikit satu barang tetap dikirim. Untuk tidak mengirim, tolak pesanan.")
        )
    if at is None and not changed:
        faults.append(FieldFault("lines", "Ubah waktu atau jumlah; bila semua sama, cukup terima pesanannya."))
    if len(one_line(words)) > 500:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("message", "Penjelasan paling panjang 500 huruf."))
    if faults:
        raise Invalid(faults=tuple(faults))


def _as_it_stands(order: Order) -> dict[str, Any]:
    return {
        "deliver_at": order.deliver_at.isoformat(),
        "total": order.total,
        "lines": [
            {"id": x.id, "name": x.product_name, "quantity": x.quantity, "unit_price": x.unit_price, "amount": x.amount}
            for x in order.lines
        ],
    }
