"""A producer as offices and the programme know it: the business, its papers, its days, and holds on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime

UMK_SIZES: Final = ("mikro", "kecil")
"""Classes of PP 7/2021 that count as UMK spending (Perpres 12/2021 art. 65)."""
LEGAL_FORMS: Final = ("individual", "pt_perorangan", "cv", "firma", "koperasi", "pt")
TAX_PAPERS: Final = ("none", "sk_pp55", "decl_500m")
"""What a producer hands to the treasurer: nothing, a Surat Keterangan PP 55, or the statement of turnover up to Rp 500 million."""
PAPER_KINDS: Final = ("nib", "halal", "pirt", "bpom", "sni", "haki", "tkdn")


class Vendor(Base):
    """One producer: Jakpreneur, or another micro or small business (both are admitted today).

    While `registering` the row holds what was typed so far; nothing of it is public.
    """

    __tablename__ = "vendor"
    __table_args__ = (
        CheckConstraint("kind IN ('jakpreneur', 'umkm')", "kind"),
        CheckConstraint("size IN ('mikro', 'kecil', 'menengah')", "size"),
        CheckConstraint("state IN ('registering', 'active', 'paused', 'suspended')", "state"),
        CheckConstraint("tax_paper IN ('none', 'sk_pp55', 'decl_500m')", "tax_paper"),
        # A statement without its year would be believed for ever (PMK 164/2023: one a tax year).
        CheckConstraint("tax_paper <> 'decl_500m' OR tax_paper_year IS NOT NULL", "declaration_has_year"),
        CheckConstraint(
            "(opens_at IS NULL) = (closes_at IS NULL) AND (opens_at IS NULL OR opens_at < closes_at)", "hours"
        ),
        Index("ix_vendor_kecamatan", "kecamatan_code"),
        Index("ix_vendor_state", "state", "id"),
        {"comment": "bank_account and identity numbers are shown masked on every screen"},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="jakpreneur")
    size: Mapped[str] = mapped_column(String(20), default="mikro")
    """UMK class of PP 7/2021; those of UMK_SIZES count as UMK."""
    turnover_class: Mapped[str] = mapped_column(String(20), default="")
    """Turnover of the last year as the producer states it, a key of `vendors.taxpaying.TURNOVER`; empty while unknown."""
    legal_form: Mapped[str] = mapped_column(String(20), default="individual")
    pkp: Mapped[bool] = mapped_column(default=False)
    kbli_code: Mapped[str | None] = mapped_column(ForeignKey("kbli.code"))
    kecamatan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    story: Mapped[str] = mapped_column(Text, default="")
    owner_name: Mapped[str] = mapped_column(String(160), default="")
    nib: Mapped[str | None] = mapped_column(String(13), unique=True)
    nik: Mapped[str | None] = mapped_column(String(16))
    npwp: Mapped[str | None] = mapped_column(String(16))
    bank_name: Mapped[str] = mapped_column(String(60), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    bank_holder: Mapped[str] = mapped_column(String(160), default="")
    qris: Mapped[str] = mapped_column(String(512), default="")
    """The text of the static QRIS code it is paid by, checked when it was saved; empty without one."""
    qris_nmid: Mapped[str] = mapped_column(String(15), default="")
    tax_paper: Mapped[str] = mapped_column(String(10), default="none")
    tax_paper_number: Mapped[str] = mapped_column(String(80), default="")
    tax_paper_from: Mapped[date | None] = mapped_column()
    tax_paper_until: Mapped[date | None] = mapped_column()
    tax_paper_year: Mapped[int | None] = mapped_column(Integer)
    closed_weekdays: Mapped[int] = mapped_column(Integer, default=0)
    """Bit 0 is Monday: days on which nothing can be delivered."""
    opens_at: Mapped[int | None] = mapped_column(Integer)
    """Minutes after midnight, Jakarta; deliveries are asked for between opening and closing."""
    closes_at: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default="active")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the registration was complete: facility P1 of the programme."""
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def umk(self) -> bool:
        """Whether spending here counts as UMK spending."""
        return self.size in UMK_SIZES


class VendorPaper(Base):
    """One paper in the wallet: licence or certificate of the business. It counts from `issued_on` to `valid_until` by itself."""

    __tablename__ = "vendor_paper"
    __table_args__ = (
        CheckConstraint("kind IN ('nib', 'halal', 'pirt', 'bpom', 'sni', 'haki', 'tkdn')", "kind"),
        CheckConstraint("valid_until IS NULL OR valid_until >= issued_on", "valid_after_issue"),
        Index("ix_vendor_paper_vendor", "vendor_id", "kind", "valid_until"),
        Index("ix_vendor_paper_valid_until", "valid_until"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(80))
    issuer: Mapped[str] = mapped_column(String(160), default="")
    issued_on: Mapped[date] = mapped_column()
    valid_until: Mapped[date | None] = mapped_column()
    """Last day on which it counts; None for papers without an end (NIB, a halal certificate as long as nothing changes)."""
    file_key: Mapped[str] = mapped_column(String(100), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set when the producer takes it out: it stops counting, and the record of what was believed stays."""


class PaperReminder(Base):
    """That an owner was reminded of a paper so many days before it ends: once each."""

    __tablename__ = "paper_reminder"

    paper_kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    """`wallet` (vendor_paper) or `certificate` (TKDN of one product)."""
    paper_id: Mapped[int] = mapped_column(Id, primary_key=True)
    days_before: Mapped[int] = mapped_column(Integer, primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClosedDay(Base):
    """A day on which this producer delivers nothing, beside the weekdays it is always closed."""

    __tablename__ = "vendor_closed_day"
    __table_args__ = (Index("ix_vendor_closed_day_day", "day"),)

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(100), default="")


class DeliveryArea(Base):
    """A kecamatan this producer delivers to, and what that costs. A producer without any row delivers everywhere for nothing."""

    __tablename__ = "delivery_area"
    __table_args__ = (CheckConstraint("cost >= 0", "cost_not_negative"),)

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True)
    cost: Mapped[int] = mapped_column(Rupiah, default=0)


class VendorHold(Base):
    """A pause or suspension with its reason and end; it ends by itself on that day."""

    __tablename__ = "vendor_hold"
    __table_args__ = (
        CheckConstraint("kind IN ('pause', 'suspension')", "kind"),
        CheckConstraint("until_day >= from_day", "ends_after_start"),
        Index("ix_vendor_hold_vendor", "vendor_id", "id"),
        Index("ix_vendor_hold_until", "lifted_at", "until_day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(String(500), default="")
    from_day: Mapped[date] = mapped_column()
    until_day: Mapped[date] = mapped_column()
    """Last day of the hold, a Jakarta day."""
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None when it ended by itself."""


class ConflictOfInterest(Base):
    """That a person is close to a producer (family, partner, former employer) and may not judge it."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (UniqueConstraint("user_id", "vendor_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    relation: Mapped[str] = mapped_column(String(200))
    told_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
