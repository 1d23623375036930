"""What the office says to a warning: kept as written, read by the auditor beside the finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select

from shop.accounts.models import UserAccount
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, Invalid, NotFound
from shop.db import session
from shop.orders.models import Order
from shop.risk.models import RiskNote

WRITE: Final = "risk:note:write"
LEAST, MOST = 10, 500
MOST_NOTES: Final = 20
"""Of one order: more would be a conversation, and nobody reads it."""


def words_of(text: str, *, required: bool = False) -> str:
    """Return an explanation on one line; empty when nothing was written and nothing had to be.

    Raises Invalid at `risk_note` for fewer than 10 or more than 500 letters; blanks are no letters.
    """
    words = one_line(text)
    if not words and not required:
        return ""
    if not LEAST <= len(words) <= MOST:
        left_empty = "Tulis penjelasannya, 10 sampai 500 huruf, atau biarkan kosong."
        raise Invalid.at("risk_note", "Tulis penjelasannya, 10 sampai 500 huruf." if required else left_empty)
    return words


def keep(actor: Actor, order_ids: Iterable[int], words: str, now: datetime) -> None:
    """Keep what was written at the warning, with each order of the placement. Empty words keep nothing."""
    actor.require(WRITE)
    if words:
        _insert(actor, order_ids, words, now, before_sending=True)


def add(actor: Actor, order_id: int, text: str, now: datetime) -> None:
    """Add an explanation to an order of the own office.

    Raises Forbidden, NotFound for another office's order, Invalid at `risk_note`, Conflict when there are 20 already.
    """
    actor.require(WRITE)
    office_id = session.scalar(select(Order.office_id).where(Order.id == order_id))
    if office_id is None or office_id != actor.office_id:
        raise NotFound("Pesanan ini tidak ada.")
    words = words_of(text, required=True)
    if len(of_order(order_id)) >= MOST_NOTES:
        raise Conflict("Penjelasan untuk pesanan ini sudah 20. Ringkas yang baru di berita acara.", kind="too-many")
    _insert(actor, [order_id], words, now, before_sending=False)


def of_order(order_id: int) -> Sequence[Any]:
    """Return rows (words, written_at, before_sending, name) of an order, the oldest first."""
    return session.execute(
        select(RiskNote.words, RiskNote.written_at, RiskNote.before_sending, UserAccount.name)
        .join(UserAccount, UserAccount.id == RiskNote.written_by)
        .where(RiskNote.order_id == order_id)
        .order_by(RiskNote.id)
        .limit(MOST_NOTES)
    ).all()


def _insert(actor: Actor, order_ids: Iterable[int], words: str, now: datetime, *, before_sending: bool) -> None:
    for order_id in order_ids:
        note_id = session.execute(
            insert(RiskNote).returning(RiskNote.id),
            {
                "order_id": order_id,
                "words": words,
                "written_by": actor.user_id,
                "written_at": now,
                "before_sending": before_sending,
            },
        ).scalar_one()
        # Not under the order: its history is read by the producer too.
        trail.record(actor, "risk.noted", "risk_note", note_id, now, order_id=order_id, words=words)
