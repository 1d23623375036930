"""What offices promised, and what the rules of the targets noticed month by month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, BasisPoints, Id, Rupiah, UtcDateTime, keep_append_only

_LIVE = text("superseded_at IS NULL")


class P3dnTarget(Base):
    """The target of one office and year from a moment on. Only grows: a later version takes the place of an earlier."""

    __tablename__ = "p3dn_target"
    __table_args__ = (
        # Two who set it at once would both believe theirs counts: the second is told.
        UniqueConstraint("year", "office_id", "version"),
        CheckConstraint("pdn_bp BETWEEN 0 AND 10000", "pdn_share"),
        CheckConstraint("umk_bp BETWEEN 0 AND 10000", "umk_share"),
        CheckConstraint("commitment IS NULL OR commitment > 0", "commitment_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    """1, 2, 3 … within the office and year."""
    pdn_bp: Mapped[int] = mapped_column(BasisPoints)
    """Domestic products, of what is paid."""
    umk_bp: Mapped[int] = mapped_column(BasisPoints)
    """Micro and small producers, of what is paid."""
    commitment: Mapped[int | None] = mapped_column(Rupiah)
    """Rupiah of domestic products the office promised itself, beside the commitment of the RUP; None: none."""
    source: Mapped[str] = mapped_column(String(200))
    """Decree or letter it stands in."""
    reason: Mapped[str] = mapped_column(String(300))
    set_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class P3dnAlert(Base):
    """That a rule noticed something about an office's target. Never deleted: what does not hold any more is superseded."""

    __tablename__ = "p3dn_alert"
    __table_args__ = (
        # One rule says one thing of one office and year at a time; the desk counts what lives here.
        Index("uq_p3dn_alert_live", "office_id", "year", "rule", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_p3dn_alert_office", "office_id", "year", "id"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", "acknowledged"),
        CheckConstraint("superseded_at IS NULL OR superseded_at >= raised_at", "superseded_later"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    year: Mapped[int] = mapped_column(Integer)
    month: Mapped[date] = mapped_column()
    """First day of the Jakarta month it was judged in."""
    rule: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What fills the rule's sentence: rupiah and basis points."""
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(300), default="")


class P3dnJudged(Base):
    """That an office was judged in a month: once, whichever process comes first."""

    __tablename__ = "p3dn_judged"

    month: Mapped[date] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)


keep_append_only(P3dnTarget.__table__)  # type: ignore[arg-type]
