"""What a producer states about the own business, and letters made from it. What was ordered here is never stated again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime


class DeclaredMonth(Base):
    """Sales elsewhere and costs of one month, stated by the producer; a correction replaces it and stays in the trail."""

    __tablename__ = "declared_month"
    __table_args__ = (
        CheckConstraint(
            "outside_sales >= 0 AND materials >= 0 AND wages >= 0 AND rent >= 0 AND transport >= 0 AND other_costs >= 0",
            "not_negative",
        ),
    )

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """The first day of the month."""
    outside_sales: Mapped[int] = mapped_column(Rupiah, default=0)
    materials: Mapped[int] = mapped_column(Rupiah, default=0)
    wages: Mapped[int] = mapped_column(Rupiah, default=0)
    rent: Mapped[int] = mapped_column(Rupiah, default=0)
    """Rent, electricity, water, gas, internet."""
    transport: Mapped[int] = mapped_column(Rupiah, default=0)
    other_costs: Mapped[int] = mapped_column(Rupiah, default=0)
    declared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DeclaredSize(Base):
    """Assets, debts and workers on a day, stated by the producer: two of the three indicators of naik kelas."""

    __tablename__ = "declared_size"
    __table_args__ = (
        CheckConstraint("cash >= 0 AND stock >= 0 AND equipment >= 0 AND debts >= 0", "not_negative"),
        CheckConstraint("workers BETWEEN 0 AND 10000", "workers"),
        UniqueConstraint("vendor_id", "on_day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    on_day: Mapped[date] = mapped_column()
    cash: Mapped[int] = mapped_column(Rupiah, default=0)
    stock: Mapped[int] = mapped_column(Rupiah, default=0)
    equipment: Mapped[int] = mapped_column(Rupiah, default=0)
    debts: Mapped[int] = mapped_column(Rupiah, default=0)
    workers: Mapped[int] = mapped_column(Integer)
    """People working in the business, the owner included."""
    declared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TurnoverLetter(Base):
    """A turnover letter for a bank (P7), frozen when issued. Anyone who holds its code may check it on a public page."""

    __tablename__ = "turnover_letter"
    __table_args__ = (Index("ix_turnover_letter_vendor", "vendor_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """Unguessable, written in groups that can be read aloud."""
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    from_month: Mapped[date] = mapped_column()
    until_month: Mapped[date] = mapped_column()
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Everything the letter says, so that it can be printed again exactly."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    issued_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
