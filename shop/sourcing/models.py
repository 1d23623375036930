"""What was looked at, what was chosen and why; prices that were really paid; how often a producer was passed over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime, keep_append_only


class ChoiceStep(Base):
    """One thing an officer looked at: a search, a need, a comparison, a product; with the prices shown at that moment.

    Bounded: the last steps of a person in an office, for a month (`record_trail`).
    """

    __tablename__ = "choice_trail"
    __table_args__ = (
        CheckConstraint("kind IN ('search', 'need', 'compare', 'product')", "kind"),
        Index("ix_choice_trail_person", "user_id", "office_id", "id"),
        Index("ix_choice_trail_at", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(String(10))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Words, filters and order as they were typed, plain values."""
    seen: Mapped[list[list[int]]] = mapped_column(JSON)
    """[[product id, rupiah shown], …] in the order shown."""
    ranked: Mapped[bool] = mapped_column()
    """Whether the order means something (best match, cheapest, the need's own): `newest first` does not."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ComparisonRecord(Base):
    """How the goods of one order were chosen, frozen when it was sent. Only grows."""

    __tablename__ = "comparison_record"

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Steps and lines as `record_freezing` writes them, plain values."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the content; the trail holds it too."""
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(ComparisonRecord.__table__)  # type: ignore[arg-type]


class PaidPrice(Base):
    """What one paid line counts as in the price bands: held, so that a change or a second telling corrects it."""

    __tablename__ = "paid_price"
    __table_args__ = (Index("ix_paid_price_order", "order_id"),)

    line_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    category_code: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(30))
    kecamatan_code: Mapped[str] = mapped_column(String(13))
    month: Mapped[date] = mapped_column()
    price: Mapped[int] = mapped_column(Rupiah)


class PriceCount(Base):
    """How many lines were paid at a price in a month: bands are read from here and never from the orders.

    `kecamatan_code` is where it was delivered, or empty for the whole city.
    """

    __tablename__ = "price_count"
    __table_args__ = (CheckConstraint("lines >= 0", "lines_not_negative"),)

    category_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[str] = mapped_column(String(30), primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(String(13), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    price: Mapped[int] = mapped_column(Rupiah, primary_key=True)
    lines: Mapped[int] = mapped_column(Integer)


class ChoiceCount(Base):
    """How often a producer's goods stood beside what an office chose, by outcome; no office and no rival is named."""

    __tablename__ = "choice_count"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`chosen`, the reason another was chosen, or empty when nobody had to give one."""
    times: Mapped[int] = mapped_column(Integer)
