"""The books: postings, their transfers, and the kept sums. Postings and transfers only grow."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime, keep_append_only


class MoneyPosting(Base):
    """One event that moved money, e.g. `order:12` was paid. The same event of the same source is posted once only."""

    __tablename__ = "money_posting"
    __table_args__ = (
        UniqueConstraint("source", "name"),
        Index("ix_money_posting_office", "office_id", "id"),
        Index("ix_money_posting_vendor", "vendor_id", "id"),
        Index("ix_money_posting_office_day", "office_id", "day", "id"),
        Index("ix_money_posting_vendor_day", "vendor_id", "day", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(40))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    vendor_id: Mapped[int | None] = mapped_column(Id)
    """The producer; None for what concerns the office and the state alone. No key: producers stand above the books."""
    day: Mapped[date] = mapped_column()
    """The Jakarta day on which it counts."""
    channel: Mapped[str] = mapped_column(String(20), default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MoneyTransfer(Base):
    """A positive amount from one account to another: double entry that cannot be out of balance."""

    __tablename__ = "money_transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("debit <> credit", "two_accounts"),
        Index("ix_money_transfer_posting", "posting_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("money_posting.id"))
    debit: Mapped[str] = mapped_column(String(40))
    credit: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(Rupiah)


class MoneySum(Base):
    """What one party's account moved in one month; kept with each posting, rebuilt from the transfers."""

    __tablename__ = "money_sum"
    __table_args__ = (CheckConstraint("party IN ('city', 'office', 'vendor')", "party"),)

    party: Mapped[str] = mapped_column(String(6), primary_key=True)
    party_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    """Id of the office or producer; 0 for the whole city."""
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """Year and month of the day it counts on: 202611."""
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    debit: Mapped[int] = mapped_column(Rupiah, default=0)
    credit: Mapped[int] = mapped_column(Rupiah, default=0)


keep_append_only(MoneyPosting.__table__)  # type: ignore[arg-type]
keep_append_only(MoneyTransfer.__table__)  # type: ignore[arg-type]
