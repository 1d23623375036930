"""What arrived, the papers of handing over, photos, complaints, and ratings with their kept counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.db import Base, Id, UtcDateTime, keep_append_only


class Receipt(Base):
    """One inspection of what stood at the office. Several of one order add up, but for those disputed or withdrawn."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("choice IN ('complete', 'replace', 'adjust', 'later')", "choice"),
        CheckConstraint("state IN ('recorded', 'waiting', 'agreed', 'disputed', 'withdrawn')", "state"),
        CheckConstraint("state <> 'waiting' OR answer_by IS NOT NULL", "waiting_has_an_end"),
        Index("ix_receipt_waiting", "state", "answer_by"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    place_number: Mapped[int | None] = mapped_column(Integer)
    """Which of the order's delivery places was inspected; None when it has only one."""
    choice: Mapped[str] = mapped_column(String(10))
    """What the PPK wants about what is missing: nothing is, bring it again, pay only what was received, or
    later: other places of the order have not been looked at yet."""
    state: Mapped[str] = mapped_column(String(12))
    by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Who inspected; None when nobody did in time and the order was accepted by itself."""
    for_id: Mapped[int | None] = mapped_column(Id)
    """Whose place was taken by who inspected, under a delegation."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(500), default="")
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the producer may say that the shortage is not so."""
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_words: Mapped[str] = mapped_column(String(500), default="")

    lines: Mapped[list[ReceiptLine]] = relationship(order_by="ReceiptLine.id", lazy="raise")


class ReceiptLine(Base):
    """What was found of one order line. The line may be taken out of the order later, so its name stands here."""

    __tablename__ = "receipt_line"
    __table_args__ = (
        CheckConstraint("received >= 0 AND short >= 0 AND refused >= 0", "not_negative"),
        CheckConstraint("expected = received + short + refused", "all_told"),
        Index("ix_receipt_line_receipt", "receipt_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    line_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(30))
    expected: Mapped[int] = mapped_column(Integer)
    received: Mapped[int] = mapped_column(Integer)
    short: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(20), default="")


class HandoverPhoto(Base):
    """A photo somebody took at the handing over, drawn anew by us, without place or camera in it."""

    __tablename__ = "handover_photo"
    __table_args__ = (
        UniqueConstraint("order_id", "key"),
        CheckConstraint("moment IN ('delivery', 'receipt', 'complaint')", "moment"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    key: Mapped[str] = mapped_column(String(80))
    moment: Mapped[str] = mapped_column(String(10))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))
    line_id: Mapped[int | None] = mapped_column(Id)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandoverPaper(Base):
    """A BAP or BAST as it was issued. The database itself refuses to change it."""

    __tablename__ = "handover_paper"
    __table_args__ = (UniqueConstraint("order_id", "kind"), CheckConstraint("kind IN ('BAP', 'BAST')", "kind"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    kind: Mapped[str] = mapped_column(String(4))
    number: Mapped[str] = mapped_column(String(60), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    fingerprint: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Signing(Base):
    """Who signed the two papers of an order: the PPK by receiving, the producer by one tap or by letting time pass."""

    __tablename__ = "signing"
    __table_args__ = (
        CheckConstraint("answered_at IS NOT NULL OR answered_by IS NULL", "answered"),
        Index("ix_signing_due", "answered_at", "answer_by"),
        Index("ix_signing_vendor", "vendor_id", "answered_at", "answer_by"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """The PPK, or who takes that place; None when the order was accepted by itself."""
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """The producer; None with `answered_at` set when silence counted as agreement."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Complaint(Base):
    """One side complains about an order, the other answers within a clock, the programme decides what they cannot."""

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("side IN ('office', 'vendor')", "side"),
        CheckConstraint("kind IN ('not_arrived', 'late', 'short', 'quality', 'unpaid', 'other')", "kind"),
        CheckConstraint("state IN ('open', 'answered', 'escalated', 'settled', 'withdrawn', 'decided')", "state"),
        CheckConstraint("(state = 'decided') = (outcome <> '')", "decided_with_outcome"),
        Index("ix_complaint_office", "office_id", "id"),
        Index("ix_complaint_vendor", "vendor_id", "id"),
        Index("ix_complaint_state", "state", "id"),
        Index("ix_complaint_due", "state", "due_at"),
        Index("ix_complaint_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    side: Mapped[str] = mapped_column(String(6))
    """Who complains."""
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(1000))
    opened_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when whoever's turn it is should act; None once it has ended."""
    answer_words: Mapped[str] = mapped_column(String(1000), default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    outcome_words: Mapped[str] = mapped_column(String(1000), default="")
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Rating(Base):
    """What an office says about a finished delivery: facts, not stars. Punctuality comes from the stamp of arrival."""

    __tablename__ = "rating"
    __table_args__ = (CheckConstraint("minutes_late >= 0", "not_early"), Index("ix_rating_vendor", "vendor_id", "at"))

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    minutes_late: Mapped[int | None] = mapped_column(Integer)
    """After the agreed moment, as stamped at the first arrival; None when no arrival was stamped."""
    as_ordered: Mapped[bool] = mapped_column()
    packed: Mapped[bool] = mapped_column()
    tasty: Mapped[bool | None] = mapped_column()
    """None for what nobody tastes."""
    words: Mapped[str] = mapped_column(String(300), default="")
    """For the producer and auditors only."""
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RatingCount(Base):
    """How many ratings of a producer or product say what; kept, and made again from the ratings by one command."""

    __tablename__ = "rating_count"
    __table_args__ = (CheckConstraint("subject IN ('vendor', 'product')", "subject"),)

    subject: Mapped[str] = mapped_column(String(8), primary_key=True)
    subject_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    ratings: Mapped[int] = mapped_column(Integer, default=0)
    stamped: Mapped[int] = mapped_column(Integer, default=0)
    on_time: Mapped[int] = mapped_column(Integer, default=0)
    as_ordered: Mapped[int] = mapped_column(Integer, default=0)
    packed: Mapped[int] = mapped_column(Integer, default=0)
    tasted: Mapped[int] = mapped_column(Integer, default=0)
    tasty: Mapped[int] = mapped_column(Integer, default=0)


keep_append_only(HandoverPaper.__table__)  # type: ignore[arg-type]
