"""What was measured last night: one picture a period, and the producers that never sold."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, UtcDateTime


class SpreadPicture(Base):
    """How the orders of one period were spread, as counted at `as_of`: what pages read instead of the ledger."""

    __tablename__ = "spread_picture"

    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    """'2026' or '2026-Q3'."""
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    ledger_until: Mapped[int] = mapped_column(BigInteger)
    """The last ledger entry that was looked at: later ones of this year make the picture old."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Groups by breakdown, as `pictures.Group` reads them."""


class UnsoldProducer(Base):
    """A producer that stood on the shelf last night and never had an order accepted."""

    __tablename__ = "spread_unsold"
    __table_args__ = (Index("ix_spread_unsold_kecamatan", "kecamatan_code", "vendor_id"),)

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(String(16))
    since: Mapped[date] = mapped_column(Date)
    """The Jakarta day on which the oldest of its products on sale was made."""
