"""Figures that other systems published, as they stated them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, BasisPoints, Id, Rupiah, UtcDateTime, keep_append_only


class ExternalFigure(Base):
    """One published statement about commitment and realisation. Only grows: a later row about the same takes its place."""

    __tablename__ = "external_figure"
    __table_args__ = (
        CheckConstraint("planned IS NOT NULL OR realised IS NOT NULL OR stated_bp IS NOT NULL", "says_something"),
        CheckConstraint("planned >= 0 AND realised >= 0 AND stated_bp >= 0", "not_negative"),
        CheckConstraint("confidence IN ('H', 'M', 'L')", "confidence_known"),
        Index("ix_external_figure_year", "year", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    system: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(120))
    """Whose figure: the city, or an office as that system names it."""
    year: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[date | None] = mapped_column()
    """The day it stood for; empty where the source names none."""
    planned: Mapped[int | None] = mapped_column(Rupiah)
    realised: Mapped[int | None] = mapped_column(Rupiah)
    stated_bp: Mapped[int | None] = mapped_column(BasisPoints)
    """The percentage as the source states it, which need not be what the two amounts divide to."""
    basis: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(300))
    confidence: Mapped[str] = mapped_column(String(1))
    entered_by: Mapped[int | None] = mapped_column(Id)
    """None for what came with the installation."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(ExternalFigure.__table__)  # type: ignore[arg-type]
