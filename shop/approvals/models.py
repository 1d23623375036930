"""A Pejabat Pengadaan asks the PPK for a yes before sending: what was asked, at which prices, and what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.db import Base, Id, Rupiah, UtcDateTime


class ApprovalRequest(Base):
    """Everything an order would need, frozen until `due_at`. It binds neither pagu nor stock: when it ends, nothing is freed."""

    __tablename__ = "approval_request"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'answered', 'refused', 'sent', 'expired', 'withdrawn')", "state"),
        CheckConstraint("shipping >= 0 AND shipping < total", "shipping_below_total"),
        # The last judge: whatever the code above believes, nobody answers what he asked himself.
        CheckConstraint("answered_by IS NULL OR (answered_by <> asked_by AND answered_at IS NOT NULL)", "not_ones_own"),
        UniqueConstraint("asked_by", "key"),  # two clicks make one request
        Index("ix_approval_request_office", "office_id", "id"),
        Index("ix_approval_request_turn", "office_id", "state", "due_at"),
        Index("ix_approval_request_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    package_id: Mapped[int] = mapped_column(ForeignKey("budget_package.id"))
    key: Mapped[str] = mapped_column(String(200))
    body_hash: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(200))
    headcount: Mapped[int | None] = mapped_column(Integer)
    deliver_address: Mapped[str] = mapped_column(String(300))
    deliver_kecamatan: Mapped[str] = mapped_column(ForeignKey("region.code"))
    deliver_at: Mapped[datetime] = mapped_column(UtcDateTime)
    total: Mapped[int] = mapped_column(Rupiah)
    """Lines and delivery as they were when asked."""
    shipping: Mapped[int] = mapped_column(Rupiah)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_for: Mapped[int | None] = mapped_column(Id)
    """Whose place the one who asked took, under a delegation."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when the prices hold: before it the PPK answers and the Pejabat Pengadaan sends."""
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_for: Mapped[int | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(String(500), default="")
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Several places as they were asked for (approvals/keeping.py); empty when everything goes to one address."""
    papers: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """Attachments of the basket: kind, key and name of each."""
    said: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """Why this one, by product: reason, words, why it may be imported; frozen into the comparison record at sending."""
    risk_note: Mapped[str] = mapped_column(String(500), default="")
    """What was said to the warnings at asking."""
    order_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    """The surat pesanan it became."""
    version: Mapped[int] = mapped_column(Integer)

    lines: Mapped[list[ApprovalLine]] = relationship(order_by="ApprovalLine.id", lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ApprovalLine(Base):
    """One wanted line with the price of the moment, and what the PPK said to it."""

    __tablename__ = "approval_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price > 0", "positive"),
        CheckConstraint("answer IN ('', 'approved', 'refused')", "answer"),
        CheckConstraint("(answer = 'refused') = (reason <> '')", "refused_with_reason"),
        Index("ix_approval_line_request", "request_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    product_name: Mapped[str] = mapped_column(String(200))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    vendor_name: Mapped[str] = mapped_column(String(160))
    unit: Mapped[str] = mapped_column(String(30))
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[int] = mapped_column(Rupiah)
    note: Mapped[str] = mapped_column(String(300), default="")
    answer: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(String(500), default="")

    @property
    def amount(self) -> int:
        """Rupiah of the line."""
        return self.quantity * self.unit_price
