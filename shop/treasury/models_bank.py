"""Bank statements as the treasurer brought them, what their rows may be, and what they were taken for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime

_HELD = text("undone_at IS NULL")


class BankStatement(Base):
    """One file of one office's account."""

    __tablename__ = "bank_statement"
    __table_args__ = (Index("ix_bank_statement_office", "office_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    read: Mapped[int] = mapped_column(Integer)
    """Rows that were read in it."""
    kept: Mapped[int] = mapped_column(Integer)
    """Rows of it that nobody had brought before."""
    loaded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BankRow(Base):
    """One movement of an office's account."""

    __tablename__ = "bank_row"
    __table_args__ = (
        # The same movement comes in every statement whose days include it.
        UniqueConstraint("office_id", "fingerprint"),
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("way IN ('out', 'in')", "way"),
        Index("ix_bank_row_open", "office_id", "matched", "id"),
        Index("ix_bank_row_statement", "statement_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    line: Mapped[int] = mapped_column(Integer)
    """Line of the file, the first is 1."""
    day: Mapped[date] = mapped_column()
    way: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(Rupiah)
    words: Mapped[str] = mapped_column(String(500))
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of day, way, amount, words and the how-manieth of its like in the file it is."""
    matched: Mapped[bool] = mapped_column(default=False)


class BankProposal(Base):
    """What a row may be: worked out when a statement comes, so that the list shows it by few statements."""

    __tablename__ = "bank_proposal"
    __table_args__ = (CheckConstraint("kind IN ('order', 'payment', 'deposit', 'refund')", "kind"),)

    row_id: Mapped[int] = mapped_column(ForeignKey("bank_row.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    target_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    expected: Mapped[int] = mapped_column(Rupiah)
    """Rupiah that should have moved."""
    score: Mapped[int] = mapped_column(Integer)
    sure: Mapped[bool] = mapped_column(default=False)
    """Exact, named in the words, and the only one on both sides."""
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    """Codes of `matching.REASONS`."""


class BankMatch(Base):
    """That a person took a row for something. Undone with a reason, never deleted."""

    __tablename__ = "bank_match"
    __table_args__ = (
        CheckConstraint("kind IN ('order', 'payment', 'deposit', 'refund')", "kind"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", "undone"),
        # A row is one thing, and a thing is paid by one row.
        Index("uq_bank_match_row", "row_id", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
        Index("uq_bank_match_target", "subject", "target_id", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_bank_match_row", "row_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("bank_row.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """`order`: the row paid it here; `payment`: it confirms what was recorded before."""
    subject: Mapped[str] = mapped_column(String(10))
    """`order`, `deposit` or `posting`: what `target_id` is an id of."""
    target_id: Mapped[int] = mapped_column(Id)
    matched_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    matched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")
