"""Cases and what curators said of them. A case is one submission of one product; a resubmission is a new case."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime, keep_append_only

_OPEN: Final = "state IN ('kecamatan', 'province')"


class CurationCase(Base):
    """One submission on its way through kecamatan and province."""

    __tablename__ = "curation_case"
    __table_args__ = (
        CheckConstraint("state IN ('kecamatan', 'province', 'accepted', 'refused', 'withdrawn')", "state"),
        CheckConstraint("lane IN ('food', 'goods', 'service', 'recheck')", "lane"),
        UniqueConstraint("product_id", "round"),
        # The queue is read along these, oldest first, however many wait.
        Index("ix_curation_case_queue", "state", "kecamatan_code", "waiting_since", "id"),
        Index("ix_curation_case_queue_lane", "state", "kecamatan_code", "lane", "waiting_since", "id"),
        Index("ix_curation_case_state", "state", "waiting_since", "id"),
        Index("ix_curation_case_state_lane", "state", "lane", "waiting_since", "id"),
        # Two open cases of one product would be judged apart and contradict each other.
        Index(
            "uq_curation_case_open", "product_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)
        ),
        Index("ix_curation_case_vendor", "vendor_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    kecamatan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    round: Mapped[int] = mapped_column(Integer)
    """1 for the first submission of a product, then 2, 3…"""
    state: Mapped[str] = mapped_column(String(12))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The listing as it was submitted (`catalog.versions.content_of`): what is judged, and what the next round is compared with."""
    recheck: Mapped[bool] = mapped_column(default=False)
    """A published product whose listing was changed: it stays on sale while it is looked at again."""
    lane: Mapped[str] = mapped_column(String(8))
    """Part of the queue: the kind of a new listing, or `recheck`; an index per lane keeps every filter quick."""
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it came to the stage where it is now."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CurationReview(Base):
    """What one curator said at one stage. Only grows."""

    __tablename__ = "curation_review"
    __table_args__ = (
        UniqueConstraint("case_id", "stage"),
        CheckConstraint("stage IN ('kecamatan', 'province')", "stage"),
        CheckConstraint("decision IN ('accept', 'refuse')", "decision"),
        CheckConstraint(
            "taste BETWEEN 1 AND 5 AND packaging BETWEEN 1 AND 5 AND hygiene BETWEEN 1 AND 5"
            " AND halal BETWEEN 1 AND 5 AND photo BETWEEN 1 AND 5",
            "scores",
        ),
        Index("ix_curation_review_curator", "curator_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("curation_case.id"))
    stage: Mapped[str] = mapped_column(String(12))
    curator_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    taste: Mapped[int | None] = mapped_column(Integer)
    """Scores from 1 to 5; None where the criterion does not apply (taste of a batik shirt)."""
    packaging: Mapped[int | None] = mapped_column(Integer)
    hygiene: Mapped[int | None] = mapped_column(Integer)
    halal: Mapped[int | None] = mapped_column(Integer)
    photo: Mapped[int | None] = mapped_column(Integer)
    decision: Mapped[str] = mapped_column(String(6))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Keys of the fixed list in `curation.reasons`."""
    words: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(CurationReview.__table__)  # type: ignore[arg-type]
