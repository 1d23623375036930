"""Addenda: what one side wanted to change in an order both had agreed on, and what the other said."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime

_OPEN: Final = "answer = ''"


class Addendum(Base):
    """One proposed change of an order, with the terms before and after it. Answered once, then a paper."""

    __tablename__ = "addendum"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("side IN ('office', 'vendor')", "side"),
        CheckConstraint("answer IN ('', 'accepted', 'declined', 'withdrawn', 'lapsed')", "answer"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", "answered"),
        # A number of its own belongs to what both sides signed, and to nothing else.
        CheckConstraint("(signed_number IS NOT NULL) = (answer = 'accepted')", "numbered"),
        # Two open changes of one order would each be computed from what the other replaces.
        Index("uq_addendum_open", "order_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_addendum_due", "answer", "answer_by"),
        Index("ix_addendum_office", "office_id", "answer"),
        Index("ix_addendum_vendor", "vendor_id", "answer"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    number: Mapped[int] = mapped_column(Integer)
    """Counts what was proposed for this order, answered or not: the address of its page."""
    signed_number: Mapped[int | None] = mapped_column(Integer)
    """Counts what both sides signed: "Addendum ke-1"."""
    side: Mapped[str] = mapped_column(String(10))
    """Who proposed it: the office or the producer."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The terms it was proposed against: time, place, purpose, lines by id, total. Rupiah."""
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The same terms as they become."""
    reason: Mapped[str] = mapped_column(String(500))
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(10), default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_words: Mapped[str] = mapped_column(String(500), default="")
