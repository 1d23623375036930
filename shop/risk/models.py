"""What the rules noticed about orders, kept beside them, and what the office says to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime

_LIVE = text("superseded_at IS NULL")


def _live(name: str, *columns: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=_LIVE, postgresql_where=_LIVE)


class RiskFlag(Base):
    """That a rule noticed something about an order. Never deleted: what does not hold any more is superseded."""

    __tablename__ = "risk_flag"
    __table_args__ = (
        # One rule says one thing of one order at a time: two workers that judge it at once must not both be heard.
        _live("uq_risk_flag_order_rule", "order_id", "rule", unique=True),
        # The auditor's list, plain and narrowed, newest order first; nothing that was superseded is passed on the way.
        _live("ix_risk_flag_rule", "rule", "order_id"),
        _live("ix_risk_flag_office", "office_id", "order_id", "rule"),
        _live("ix_risk_flag_month", "month", "order_id", "rule"),
        Index("ix_risk_flag_order", "order_id", "id"),
        CheckConstraint("superseded_at IS NULL OR superseded_at >= raised_at", "superseded_later"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    month: Mapped[date] = mapped_column()
    """First day of the Jakarta month in which the order was placed."""
    rule: Mapped[str] = mapped_column(String(40))
    rule_from: Mapped[date] = mapped_column()
    """From when on the numbers counted that the rule was judged by."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{variant, params, orders}: what fills the rule's sentence. Rupiah, basis points, ISO days."""
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RiskNote(Base):
    """What the office says to it, in its own words; kept as written, a further one stands below."""

    __tablename__ = "risk_note"
    __table_args__ = (Index("ix_risk_note_order", "order_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    words: Mapped[str] = mapped_column(String(500))
    written_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_sending: Mapped[bool] = mapped_column()
    """Whether it was written at the warning, before the order went out."""
