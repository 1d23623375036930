"""Papers as they were issued, and the signatures under them. Both only grow: a newer version points back at the older."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime, keep_append_only

_NUMBERED: Final = "kind <> 'bak'"


class IssuedDocument(Base):
    """One version of one paper: frozen content, its number, its fingerprint and the code anyone checks it by."""

    __tablename__ = "issued_document"
    __table_args__ = (
        UniqueConstraint("order_id", "kind", "version"),
        # One competition has one record and may lead to several orders.
        Index(
            "uq_issued_document_numbered",
            "office_id",
            "kind",
            "number",
            "version",
            unique=True,
            sqlite_where=text(_NUMBERED),
            postgresql_where=text(_NUMBERED),
        ),
        CheckConstraint("version >= 1", "version_counts"),
        # Only a first version replaces nothing, and nobody replaces without saying why.
        CheckConstraint("(version = 1) = (supersedes_id IS NULL)", "later_supersedes"),
        CheckConstraint("supersedes_id IS NULL OR reason <> ''", "superseded_with_reason"),
        Index("ix_issued_document_number", "number", "version"),
        Index("ix_issued_document_office", "office_id", "id"),
        Index("ix_issued_document_vendor", "vendor_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order.id"))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendor.id"))
    number: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the content in canonical JSON."""
    check_code: Mapped[str] = mapped_column(String(11), unique=True)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None when it issued by itself with a step of its order."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("issued_document.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why this version replaces the one before."""


class Signature(Base):
    """That one party agreed to one version of a paper, by its fingerprint."""

    __tablename__ = "document_signature"
    __table_args__ = (
        UniqueConstraint("document_id", "party"),
        CheckConstraint("how IN ('account', 'step', 'certified')", "how"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("issued_document.id"))
    party: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(200))
    """As it was when signing: people marry and move on, papers stay."""
    for_name: Mapped[str] = mapped_column(String(200), default="")
    """Whose place was taken under a delegation."""
    how: Mapped[str] = mapped_column(String(10))
    """`account`: pressed under the paper; `step`: by the step of the order itself; `certified`: by a PSrE."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """What was signed; equal to the document's."""
    proof: Mapped[str] = mapped_column(Text, default="")
    """What a certified provider returned; empty for our own."""


keep_append_only(IssuedDocument.__table__)  # type: ignore[arg-type]
keep_append_only(Signature.__table__)  # type: ignore[arg-type]
