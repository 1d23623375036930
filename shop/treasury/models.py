"""What a producer offers to a bank: one claim, one bank at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime

_LIVE = text("withdrawn_at IS NULL")


class ClaimPledge(Base):
    """One received, unpaid order marked as offered to one bank, as it stood that day; withdrawn, never rewritten."""

    __tablename__ = "claim_pledge"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", "withdrawn_by_somebody"),
        # The same claim is never open at two banks.
        Index("uq_claim_pledge_live", "order_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_claim_pledge_order", "order_id", "id"),
        Index("ix_claim_pledge_vendor", "vendor_id", "withdrawn_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    """Opens the public page to whoever holds it; shaped as the codes of turnover letters."""
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    bank: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Everything the bank reads: number, office, producer, gross, net, days. No identity or account number."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    offered_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
