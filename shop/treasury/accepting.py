"""The treasurer takes a movement of the account for something: that pays an order, or confirms what was recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, NotFound
from shop.base.money import rupiah
from shop.base.numbers import checked_reason
from shop.books.accounts import BANK, REFUND_DUE
from shop.books.models import MoneyPosting, MoneyTransfer
from shop.books.posting import Event, Transfer, balances, find, post
from shop.db import session
from shop.orders import paying
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.paying import Proof
from shop.treasury import matching
from shop.treasury.matching import UNDONE
from shop.treasury.models_bank import BankMatch, BankProposal, BankRow
from shop.treasury.models_remit import TaxDeposit
from shop.treasury.rights import MATCH, office_of

SUBJECTS: Final = {"order": "order", "payment": "order", "deposit": "deposit", "refund": "posting"}


def accept(actor: Actor, row_id: int, kind: str, target_id: int, now: datetime) -> str:
    """Take a row for what was proposed; return the kind. An open order is paid by it, with the row as its proof.

    Raises NotFound for a row of another office or what was never proposed for it, Conflict `already-matched` when the
    row or its target is taken, Conflict `amount-differs` when the row is not what has to be transferred that day, and
    whatever `orders.paying.pay` raises.
    """
    actor.require(MATCH)
    target = (BankProposal.row_id == row_id, BankProposal.kind == kind, BankProposal.target_id == target_id)
    proposed = session.scalar(select(BankProposal).where(*target))
    owner = session.scalar(select(BankRow.office_id).where(BankRow.id == row_id))
    if kind not in SUBJECTS or owner != office_of(actor):
        raise NotFound
    order_id = None if proposed is None else target_id if SUBJECTS[kind] == "order" else _order_behind(kind, target_id)
    order = lock_order(actor, order_id) if order_id is not None else None
    row = session.scalars(
        select(BankRow).where(BankRow.id == row_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if row.matched or _taken(kind, target_id) or (kind == "deposit" and not _stands(target_id)):
        raise Conflict("Mutasi ini atau pasangannya sudah dicocokkan.", kind="already-matched")
    if proposed is None:
        raise NotFound
    if kind == "order" and order is not None:
        _pay(actor, order, row, now)
    elif proposed.expected != row.amount:
        raise _differs(row.amount, proposed.expected)
    values = {"row_id": row_id, "kind": kind, "subject": SUBJECTS[kind], "target_id": target_id}
    match_id = session.execute(
        insert(BankMatch).returning(BankMatch.id),
        {**values, "matched_by": actor.user_id, "matched_at": now, "reason": ""},
    ).scalar_one()
    if kind == "refund":
        _come_back(actor, target_id, row, match_id, now)
    session.execute(update(BankRow).where(BankRow.id == row_id).values(matched=True))
    session.execute(delete(BankProposal).where(BankProposal.row_id == row_id))
    trail.record(actor, "bank_match", "bank_row", row_id, now, kind=kind, target=target_id, amount=row.amount)
    return kind


def _taken(kind: str, target_id: int) -> bool:
    where = (BankMatch.subject == SUBJECTS[kind], BankMatch.target_id == target_id, BankMatch.undone_at.is_(None))
    return session.scalar(select(BankMatch.id).where(*where)) is not None


def _stands(deposit_id: int) -> bool:
    """Tell whether a deposit was not reversed since it was proposed; it is held, so that nobody reverses it meanwhile."""
    where = (TaxDeposit.id == deposit_id, TaxDeposit.reversed_at.is_(None))
    return session.scalar(select(TaxDeposit.id).where(*where).with_for_update()) is not None


def _pay(actor: Actor, order: Order, row: BankRow, now: datetime) -> None:
    """Pay an order by a row. The amount is worked out again: taxes may have changed since it was proposed."""
    if order.state != "received":
        raise Conflict("Pesanan ini tidak sedang menunggu pembayaran.", kind="wrong-state")
    expected = matching.net_of(order, row.day)
    if expected != row.amount:
        raise _differs(row.amount, expected)
    note = f"Mutasi rekening baris {row.line}: {row.words}"[:1000]
    proof = Proof(reference_of(row), row.day, note=note, channel="transfer")
    paying.pay(actor, order.id, order.version, proof, now)


def _order_behind(kind: str, posting_id: int) -> int | None:
    """Return the order whose money comes back, None for what is no refund."""
    source = (
        session.scalar(select(MoneyPosting.source).where(MoneyPosting.id == posting_id)) if kind == "refund" else None
    )
    return int(source.removeprefix("order:")) if source and source.startswith("order:") else None


def _come_back(actor: Actor, posting_id: int, row: BankRow, match_id: int, now: datetime) -> None:
    """Book money that was owed back and is in the account now, unless its channel told of it before: then this only confirms."""
    owed = session.get_one(MoneyPosting, posting_id)
    where = (MoneyTransfer.posting_id == posting_id, MoneyTransfer.debit == REFUND_DUE)
    is_due = session.scalar(select(MoneyTransfer.id).where(*where).limit(1)) is not None
    if is_due and balances(owed.source).get(REFUND_DUE, 0) >= row.amount:
        event = (owed.source, f"back:{match_id}", owed.office_id, owed.vendor_id, row.day)
        post(actor, Event(*event, [Transfer(BANK, REFUND_DUE, row.amount)], owed.channel), now)


def _send_back(actor: Actor, match: BankMatch, row: BankRow, now: datetime) -> None:
    """Take back what `_come_back` booked for a match that is undone."""
    owed = session.get_one(MoneyPosting, match.target_id)
    if find(owed.source, f"back:{match.id}") is not None:
        event = (owed.source, f"{UNDONE}{match.id}", owed.office_id, owed.vendor_id, row.day)
        post(actor, Event(*event, [Transfer(REFUND_DUE, BANK, row.amount)], owed.channel), now)


def reference_of(row: BankRow) -> str:
    """Return the reference a payment gets from its row: what the bank wrote, and the row's own number."""
    return one_line(f"{paying.STATEMENT}{row.id} {row.words}")[:100]


def _differs(moved: int, expected: int) -> Conflict:
    words = "Mutasi ini %(moved)s, sedangkan yang harus ditransfer %(expected)s. Catat pembayarannya di halaman pesanan beserta alasannya."
    return Conflict(words, kind="amount-differs", moved=rupiah(moved), expected=rupiah(expected))


def undo(actor: Actor, row_id: int, match_id: int, reason: str, now: datetime) -> None:
    """Untie a row from what it was taken for. A payment stays recorded; only which row confirms it is open again.

    Raises Invalid without a reason, NotFound for another office's row, Conflict when the order is closed or the match
    was undone before.
    """
    actor.require(MATCH)
    row = session.scalars(select(BankRow).where(BankRow.id == row_id).with_for_update()).first()
    if row is None or row.office_id != office_of(actor):
        raise NotFound
    words = checked_reason(reason)
    where = (BankMatch.id == match_id, BankMatch.row_id == row_id, BankMatch.undone_at.is_(None))
    match = session.scalar(select(BankMatch).where(*where))
    if match is None:
        raise Conflict("Pencocokan ini sudah dilepas.", kind="stale")
    if match.subject == "order":
        state = session.scalar(select(Order.state).where(Order.id == match.target_id))
        if state == "closed":
            raise Conflict("Pesanannya sudah ditutup, jadi pencocokan ini tetap.", kind="wrong-state")
    if match.subject == "posting":
        _send_back(actor, match, row, now)
    match.undone_by, match.undone_at, match.reason = actor.user_id, now, words
    row.matched = False
    trail.record(actor, "bank_unmatch", "bank_row", row_id, now, kind=match.kind, target=match.target_id, reason=words)
