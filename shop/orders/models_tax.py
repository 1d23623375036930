"""What taxes an order bore when it was paid, frozen that day, and what a producer was paid in a tax year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, BasisPoints, Id, Rupiah, UtcDateTime, keep_append_only


class OrderTax(Base):
    """The assessment of one kind of supply (goods, catering, service) in an order, as it was paid. Never changed."""

    __tablename__ = "order_tax"
    __table_args__ = (
        UniqueConstraint("order_id", "kind"),
        CheckConstraint("kind IN ('goods', 'catering', 'service')", "kind"),
        CheckConstraint("gross = dpp + ppn + pbjt", "gross"),
        # What the office pays reaches somebody, to the rupiah.
        CheckConstraint("gross = seller_receives + remit_treasurer + remit_platform", "nothing_lost"),
        Index("ix_order_tax_office", "office_id", "month", "id"),
        Index("ix_order_tax_vendor", "vendor_id", "month", "id"),
        Index("ix_order_tax_month", "month", "pph_code", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    kind: Mapped[str] = mapped_column(String(10))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    paid_on: Mapped[date] = mapped_column()
    month: Mapped[int] = mapped_column(Integer)
    """Tax period, year and month of `paid_on`: 202611."""
    dpp: Mapped[int] = mapped_column(Rupiah)
    ppn: Mapped[int] = mapped_column(Rupiah)
    ppn_remitted_by: Mapped[str] = mapped_column(String(10))
    pbjt: Mapped[int] = mapped_column(Rupiah)
    pph_code: Mapped[str] = mapped_column(String(24))
    pph_base: Mapped[int] = mapped_column(Rupiah)
    pph_bp: Mapped[int] = mapped_column(BasisPoints)
    pph: Mapped[int] = mapped_column(Rupiah)
    pph_remitted_by: Mapped[str] = mapped_column(String(10))
    gross: Mapped[int] = mapped_column(Rupiah)
    seller_receives: Mapped[int] = mapped_column(Rupiah)
    remit_treasurer: Mapped[int] = mapped_column(Rupiah)
    remit_platform: Mapped[int] = mapped_column(Rupiah)
    stamp: Mapped[int] = mapped_column(Rupiah)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Each tax with its base, rate, who remits, rule, source, span and confidence, as on the day."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VendorTurnover(Base):
    """What a producer was paid through this shop in a tax year: the Rp 500 million counter (PP 55/2022 art. 60)."""

    __tablename__ = "vendor_turnover"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    paid: Mapped[int] = mapped_column(Rupiah, default=0)
    """Rupiah without PPN and PBJT."""


keep_append_only(OrderTax.__table__)  # type: ignore[arg-type]
