"""A producer as offices and the programme know it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, UtcDateTime

UMK_SIZES: Final = ("mikro", "kecil")
"""Classes of PP 7/2021 that count as UMK spending (Perpres 12/2021 art. 65)."""


class Vendor(Base):
    """One producer: Jakpreneur, or another micro or small business (both are admitted today)."""

    __tablename__ = "vendor"
    __table_args__ = (
        CheckConstraint("kind IN ('jakpreneur', 'umkm')", "kind"),
        CheckConstraint("size IN ('mikro', 'kecil', 'menengah')", "size"),
        CheckConstraint("state IN ('active', 'paused', 'suspended')", "state"),
        Index("ix_vendor_kecamatan", "kecamatan_code"),
        {"comment": "bank_account and identity numbers are shown masked on every screen"},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="jakpreneur")
    size: Mapped[str] = mapped_column(String(20), default="mikro")
    """UMK class of PP 7/2021; those of UMK_SIZES count as UMK."""
    legal_form: Mapped[str] = mapped_column(String(20), default="individual")
    pkp: Mapped[bool] = mapped_column(default=False)
    kecamatan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    story: Mapped[str] = mapped_column(Text, default="")
    nib: Mapped[str | None] = mapped_column(String(13), unique=True)
    npwp: Mapped[str | None] = mapped_column(String(16))
    bank_name: Mapped[str] = mapped_column(String(60), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    closed_weekdays: Mapped[int] = mapped_column(Integer, default=0)
    """Bit 0 is Monday: days on which nothing can be delivered."""
    state: Mapped[str] = mapped_column(String(20), default="active")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def umk(self) -> bool:
        """Whether spending here counts as UMK spending."""
        return self.size in UMK_SIZES
