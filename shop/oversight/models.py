"""What the auditor's room keeps: notes, samples with their verdicts, runs of verification, and who exported what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime, keep_append_only
from shop.orders.models import Order

Index("ix_purchase_order_placed", Order.placed_at, Order.id)
"""What the auditor's search walks: orders of all offices, newest first. Here, with who needs it."""
_RUNNING = text("ended_at IS NULL")


class VerifyRun(Base):
    """One proof of the figures. Never deleted; it ends once, and what each step found stands in `verify_step`."""

    __tablename__ = "verify_run"
    __table_args__ = (
        # Two people who press at once: the database lets one of them begin.
        Index("uq_verify_run_turn", "turn", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        CheckConstraint("outcome IN ('', 'same', 'different', 'broken_off')", "outcome"),
        CheckConstraint("(outcome = '') = (ended_at IS NULL)", "ended"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    turn: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """Always 1: there is one turn, and who has an open run has it."""
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None when the night asked."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The last sign of life; a run that gives none for long was killed."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(10), default="")


class VerifyStep(Base):
    """What one step of a run compared, and the first differences it found."""

    __tablename__ = "verify_step"
    __table_args__ = (CheckConstraint("checked >= 0 AND found >= 0 AND milliseconds >= 0", "not_negative"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("verify_run.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(10), primary_key=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    checked: Mapped[int] = mapped_column(Id)
    found: Mapped[int] = mapped_column(Id)
    milliseconds: Mapped[int] = mapped_column(Id)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """{kind, where, numbers: [[measure, expected minus found]]}, the first of them."""
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditSample(Base):
    """One draw, frozen: how it was drawn, from what, and what that weighed on that day."""

    __tablename__ = "audit_sample"
    __table_args__ = (
        CheckConstraint("method IN ('simple', 'strata', 'unit', 'top')", "method"),
        CheckConstraint("size > 0 AND population > 0 AND population_sum > 0", "positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    method: Mapped[str] = mapped_column(String(10))
    seed: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    """How many were asked for; fewer items when the population is smaller."""
    above: Mapped[int | None] = mapped_column(Rupiah)
    """For `top`: every order of so many rupiah or more is taken."""
    wanted: Mapped[dict[str, str]] = mapped_column(JSON)
    """The search as its address, so that it can be asked again."""
    population: Mapped[int] = mapped_column(Id)
    population_sum: Mapped[int] = mapped_column(Rupiah)
    population_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over `id:total` of every order of the population by id: tells whether it is still the same."""
    interval: Mapped[int | None] = mapped_column(Rupiah)
    """For `unit`: rupiah from one point to the next."""
    strata: Mapped[dict[str, int]] = mapped_column(JSON)
    """{stratum: orders of the population in it}; what the projection needs."""
    drawn_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditSampleItem(Base):
    """One order of a sample, with its value as it was when the sample was drawn."""

    __tablename__ = "audit_sample_item"
    __table_args__ = (Index("ix_audit_sample_item_order", "order_id"), CheckConstraint("hits > 0", "hits_positive"))

    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_sample.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Rupiah)
    stratum: Mapped[str] = mapped_column(String(20))
    hits: Mapped[int] = mapped_column(Integer)
    """For `unit`: how many points fell on it."""


class SampleVerdict(Base):
    """What an auditor found at one order of a sample; a later verdict supersedes, none is lost."""

    __tablename__ = "sample_verdict"
    __table_args__ = (
        Index("ix_sample_verdict_item", "sample_id", "order_id", "id"),
        CheckConstraint("verdict IN ('right', 'wrong')", "verdict"),
        CheckConstraint("error >= 0 AND (verdict = 'wrong' OR error = 0)", "error"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_sample.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    verdict: Mapped[str] = mapped_column(String(10))
    error: Mapped[int] = mapped_column(Rupiah)
    """Rupiah of the order that should not have been paid so; never more than the order."""
    words: Mapped[str] = mapped_column(String(500))
    given_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditNote(Base):
    """A note of an auditor on something; a later one supersedes it and both stay."""

    __tablename__ = "audit_note"
    __table_args__ = (
        UniqueConstraint("supersedes"),  # two colleagues who write over the same note: the second is told
        Index("ix_audit_note_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_note_order", "order_id", "id"),
        Index("ix_audit_note_writer", "written_by", "id"),
        CheckConstraint("subject_kind IN ('order', 'line', 'office', 'vendor')", "subject_kind"),
        CheckConstraint("audience IN ('draft', 'auditors', 'office')", "audience"),
        CheckConstraint("audience <> 'office' OR order_id IS NOT NULL", "office_is_asked_on_an_order"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int] = mapped_column(Id)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order.id"))
    audience: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(1000))
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("audit_note.id"))
    written_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditAnswer(Base):
    """What the office answered to a question, once."""

    __tablename__ = "audit_answer"

    note_id: Mapped[int] = mapped_column(ForeignKey("audit_note.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(1000))
    answered_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExportRecord(Base):
    """That somebody began to take data away: written before the first byte, so that a torn download is visible too."""

    __tablename__ = "export_record"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    person: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(120))
    wanted: Mapped[dict[str, str]] = mapped_column(JSON)
    """The filter as its address said it."""
    words: Mapped[str] = mapped_column(String(1000))
    """The filter as a person reads it."""
    assignment: Mapped[str] = mapped_column(String(100))
    """Number of the letter of assignment or the reason, as typed; empty when none was told."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExportEnd(Base):
    """That an export went out whole, with the fingerprint of its bytes. Without this row it was torn off."""

    __tablename__ = "export_end"
    __table_args__ = (CheckConstraint("rows >= 0 AND bytes >= 0", "not_negative"),)

    export_id: Mapped[int] = mapped_column(ForeignKey("export_record.id"), primary_key=True)
    rows: Mapped[int] = mapped_column(Id)
    bytes: Mapped[int] = mapped_column(Id)
    sha256: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)


for _kept in (
    VerifyStep, AuditSample, AuditSampleItem, SampleVerdict, AuditNote, AuditAnswer, ExportRecord, ExportEnd,
):  # fmt: skip
    keep_append_only(_kept.__table__)  # type: ignore[arg-type]
