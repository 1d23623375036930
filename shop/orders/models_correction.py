"""What somebody corrected of a line's evidence. The line itself stays the photograph it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, BasisPoints, Id, UtcDateTime, keep_append_only


class OrderLineCorrection(Base):
    """What a line counts as from this entry on. Only grows: the latest number counts, undoing is another entry."""

    __tablename__ = "order_line_correction"
    __table_args__ = (
        UniqueConstraint("line_id", "number"),  # of two people at once the second is told
        CheckConstraint("number > 0", "number_positive"),
        CheckConstraint("tkdn_bp BETWEEN 0 AND 10000", "share"),
        CheckConstraint("evidence IN ('certified', 'self_declared', 'none')", "evidence"),
        CheckConstraint(
            "evidence <> 'certified' OR (certificate_number <> '' AND issued_on <= valid_until)", "certified_by_a_paper"
        ),
        Index("ix_order_line_correction_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    number: Mapped[int] = mapped_column(Integer)
    """Which correction of this line, counted from 1."""
    evidence: Mapped[str] = mapped_column(String(20))
    tkdn_bp: Mapped[int] = mapped_column(BasisPoints)
    pdn: Mapped[bool] = mapped_column()
    umk: Mapped[bool] = mapped_column()
    certificate_number: Mapped[str] = mapped_column(String(80), default="")
    issued_on: Mapped[date | None] = mapped_column()
    valid_until: Mapped[date | None] = mapped_column()
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{evidence, tkdn_bp, pdn, umk} as they counted until now."""
    reason: Mapped[str] = mapped_column(String(300))
    document: Mapped[str] = mapped_column(String(80))
    """Number of the paper it stands on; public, as the reason is."""
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(OrderLineCorrection.__table__)  # type: ignore[arg-type]
