"""What producers offer. Orders photograph these rows; a later change touches no order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, BasisPoints, Id, Rupiah, UtcDateTime, keep_append_only


class Category(Base):
    """A shelf. `industrial` says whether TKDN rules for industrial products apply (cooked food: no)."""

    __tablename__ = "category"
    __table_args__ = (CheckConstraint("kind IN ('food', 'goods', 'service')", "kind"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    name_id: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    industrial: Mapped[bool] = mapped_column(default=False)
    art: Mapped[str] = mapped_column(String(40), default="umum")
    position: Mapped[int] = mapped_column(Integer, default=0)


class Product(Base):
    """One offer of one producer."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("price > 0", "price_positive"),
        CheckConstraint("stock IS NULL OR stock >= 0", "stock_not_negative"),
        CheckConstraint("min_order >= 1", "min_order"),
        CheckConstraint("daily_capacity IS NULL OR daily_capacity > 0", "capacity_positive"),
        CheckConstraint("state IN ('draft', 'submitted', 'published', 'paused', 'archived')", "state"),
        # Importing the same file twice finds its own rows again by this pair.
        UniqueConstraint("source", "source_ref"),
        Index("ix_product_vendor", "vendor_id", "state"),
        # A need is looked for along a shelf: in windows from a number on, or from the cheapest on.
        Index("ix_product_shelf", "category_code", "state", "id"),
        Index("ix_product_shelf_price", "category_code", "state", "price", "id"),
        Index("ix_product_variant", "variant_of"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    ingredients: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[int] = mapped_column(Rupiah)
    unit: Mapped[str] = mapped_column(String(30), default="buah")
    min_order: Mapped[int] = mapped_column(Integer, default=1)
    serves: Mapped[int | None] = mapped_column(Integer)
    weight_gram: Mapped[int | None] = mapped_column(Integer)
    stock: Mapped[int | None] = mapped_column(Integer)
    """Pieces on the shelf; None when made to order."""
    daily_capacity: Mapped[int | None] = mapped_column(Integer)
    """Pieces the kitchen can make for one day; None when not limited by day."""
    lead_time_hours: Mapped[int] = mapped_column(Integer, default=24)
    halal: Mapped[bool] = mapped_column(default=False)
    """The producer's claim; it counts on days on which a halal paper of the wallet is valid."""
    pdn: Mapped[bool] = mapped_column(default=True)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What this category asks for, by the keys of `catalog/data/attributes.csv`."""
    allergens: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Keys of `catalog.attributes.ALLERGENS`."""
    variant_of: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    """The product of which this is another size or taste; each variant is a product of its own."""
    variant_label: Mapped[str] = mapped_column(String(60), default="")
    sold_out: Mapped[bool] = mapped_column(default=False)
    """Said by the producer in one tap: nothing can be ordered until it is taken back, whatever the stock says."""
    checked_on: Mapped[date | None] = mapped_column()
    """Freshness: the last day on which the producer said that all of this is still so."""
    tkdn_none: Mapped[bool] = mapped_column(default=False)
    """The producer said that there is no TKDN paper: an answer, where silence is none."""
    state: Mapped[str] = mapped_column(String(20), default="published")
    source: Mapped[str] = mapped_column(String(40), default="shop")
    source_ref: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PriceTier(Base):
    """A lower unit price from a quantity on."""

    __tablename__ = "price_tier"
    __table_args__ = (
        CheckConstraint("min_quantity > 1", "min_quantity"),
        CheckConstraint("price > 0", "price_positive"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    min_quantity: Mapped[int] = mapped_column(Integer, primary_key=True)
    price: Mapped[int] = mapped_column(Rupiah)


class LeadTier(Base):
    """A longer lead time from a quantity on."""

    __tablename__ = "lead_tier"
    __table_args__ = (
        CheckConstraint("min_quantity > 1", "min_quantity"),
        CheckConstraint("hours BETWEEN 0 AND 8760", "hours"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    min_quantity: Mapped[int] = mapped_column(Integer, primary_key=True)
    hours: Mapped[int] = mapped_column(Integer)


class ProductVersion(Base):
    """What buyers saw from a moment on: one row each time a published product changed. Only grows."""

    __tablename__ = "product_version"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Everything of `catalog.versions.content_of`, plain values."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


keep_append_only(ProductVersion.__table__)  # type: ignore[arg-type]


class TkdnWorksheet(Base):
    """A calculation by the formula of its day, kept as evidence behind a self-declaration. Only grows."""

    __tablename__ = "tkdn_worksheet"
    __table_args__ = (Index("ix_tkdn_worksheet_product", "product_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    tkdn_bp: Mapped[int] = mapped_column(BasisPoints)
    bmp_bp: Mapped[int] = mapped_column(BasisPoints)
    method: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The dated rules it was calculated by, with source and confidence."""
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(TkdnWorksheet.__table__)  # type: ignore[arg-type]


class Certificate(Base):
    """TKDN evidence of one product: a certificate, or a small industry's self-declaration (Permenperin 35/2025)."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("kind IN ('certified', 'self_declared')", "kind"),
        CheckConstraint("tkdn_bp BETWEEN 0 AND 10000", "tkdn_range"),
        CheckConstraint("bmp_bp BETWEEN 0 AND 1500", "bmp_cap"),
        CheckConstraint("valid_until >= issued_on", "valid_after_issue"),
        Index("ix_certificate_product", "product_id", "valid_until"),
        Index("ix_certificate_valid_until", "valid_until"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(80))
    tkdn_bp: Mapped[int] = mapped_column(BasisPoints)
    bmp_bp: Mapped[int] = mapped_column(BasisPoints, default=0)
    issued_on: Mapped[date] = mapped_column()
    valid_until: Mapped[date] = mapped_column()
    """Last day on which it counts (policy inclusive_last_day, confidence L); printed on the paper, never inferred."""
    issuer: Mapped[str] = mapped_column(String(160), default="")
    file_key: Mapped[str] = mapped_column(String(100), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    worksheet_id: Mapped[int | None] = mapped_column(ForeignKey("tkdn_worksheet.id"))
    """The calculation behind a self-declaration."""
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProductPhoto(Base):
    """A photo, re-encoded by us; the file's name is the hash of its content."""

    __tablename__ = "product_photo"
    __table_args__ = (
        Index("ix_product_photo_product", "product_id", "position"),
        # The hint of a near-duplicate asks which other products show the same picture.
        Index("ix_product_photo_key", "key"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    key: Mapped[str] = mapped_column(String(64))
    alt: Mapped[str] = mapped_column(String(200), default="")
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer, default=0)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CapacityDay(Base):
    """How much of a product's daily capacity is taken on a day. Locked in product order when ordering."""

    __tablename__ = "capacity_day"
    __table_args__ = (
        CheckConstraint("booked >= 0", "booked_not_negative"),
        Index("ix_capacity_day_day", "day"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    booked: Mapped[int] = mapped_column(Integer, default=0)


class SheetUpload(Base):
    """One spreadsheet of products a producer sent: what it held, what became of it. `stage` moves forward only."""

    __tablename__ = "sheet_upload"
    __table_args__ = (
        CheckConstraint("stage IN ('reading', 'ready', 'saving', 'saved', 'unreadable')", "stage"),
        Index("ix_sheet_upload_vendor", "vendor_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    file_key: Mapped[str] = mapped_column(String(100))
    stage: Mapped[str] = mapped_column(String(12), default="reading")
    rows: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    good: Mapped[int] = mapped_column(Integer, default=0)
    bad: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[int] = mapped_column(Integer, default=0)
    updated: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """First faults and a preview of good rows, as `catalog.uploading` writes them; never more than a page shows."""
    sent_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
