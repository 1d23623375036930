"""Deposits of taxes the treasurer kept back, and the numbers of slips given after filing."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime

_STANDS = text("reversed_at IS NULL")
_REVERSED = text("reversed_at IS NOT NULL")


class TaxDeposit(Base):
    """One deposit of one tax of one period. Never edited: a wrong one is reversed by an entry of the books and told anew."""

    __tablename__ = "tax_deposit"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("(reversed_at IS NULL) = (reversed_by IS NULL)", "reversed"),
        # The state gives an NTPN once.
        Index("uq_tax_deposit_ntpn", "ntpn", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_tax_deposit_office", "office_id", "month", "code"),
        Index("ix_tax_deposit_month", "month", "code"),
        Index("ix_tax_deposit_day", "office_id", "deposited_on"),
        Index("ix_tax_deposit_reversed", "deposited_month", sqlite_where=_REVERSED, postgresql_where=_REVERSED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    month: Mapped[int] = mapped_column(Integer)
    """Tax period it pays: 202611."""
    code: Mapped[str] = mapped_column(String(24))
    """Code of the tax, as in the account `withheld:<code>`."""
    amount: Mapped[int] = mapped_column(Rupiah)
    ntpn: Mapped[str] = mapped_column(String(16))
    deposited_on: Mapped[date] = mapped_column()
    deposited_month: Mapped[int] = mapped_column(Integer)
    """Month of `deposited_on`, in which the books moved."""
    proof_key: Mapped[str] = mapped_column(String(100))
    proof_name: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")


class TaxSlip(Base):
    """The number of the bukti potong of one line, as the treasurer tells it after filing."""

    __tablename__ = "tax_slip"
    __table_args__ = (CheckConstraint("tax IN ('ppn', 'pph')", "tax"),)

    line_id: Mapped[int] = mapped_column(ForeignKey("order_tax.id"), primary_key=True)
    tax: Mapped[str] = mapped_column(String(3), primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    noted_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
