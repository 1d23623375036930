"""Payments as a bendahara opens them: one live request per order, refunds, and what the gateway told us."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Id, Rupiah, UtcDateTime

LIVE = text("state IN ('opened', 'asked', 'approved', 'processing')")
_STANDS = text("ended_at IS NULL")


class PaymentRequest(Base):
    """A payment of one order through one channel, from opening until the money has gone or will not go."""

    __tablename__ = "payment_request"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("channel IN ('transfer', 'autodebet', 'kkpd', 'qris', 'gateway')", "channel"),
        CheckConstraint(
            "state IN ('opened', 'asked', 'approved', 'processing', 'succeeded', 'failed', 'cancelled', 'rejected')",
            "state",
        ),
        # Two live requests of one order could both be paid.
        Index("uq_payment_request_live", "order_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("uq_payment_request_key", "key", unique=True),
        Index("ix_payment_request_order", "order_id", "id"),
        Index("ix_payment_request_office", "office_id", "state", "id"),
        Index("ix_payment_request_external", "external_id"),
        Index("ix_payment_request_check", "next_check_at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int] = mapped_column(Rupiah)
    """What leaves for the producer: the order's total less what is kept back, rupiah."""
    assessed_on: Mapped[date] = mapped_column()
    """The day by whose rules `amount` was worked out."""
    key: Mapped[str] = mapped_column(String(64))
    """Made with the request and committed before anything is sent: the same at every try, so that nothing is charged twice."""
    external_id: Mapped[str] = mapped_column(String(100), default="")
    """What the channel calls it (PaymentIntent, bank's reference); empty until it answered."""
    external_state: Mapped[str] = mapped_column(String(40), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the channel shows: the QRIS string, the account debited. Never card data."""
    words: Mapped[str] = mapped_column(Text, default="")
    """Why it was rejected, failed or cancelled, or what does not agree."""
    opened_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """The PA/KPA who approved or rejected an autodebet."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the channel should be asked again; None when there is nothing to ask."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PaymentRefund(Base):
    """Money that comes back from a request that succeeded. The sum of those not failed never exceeds its amount."""

    __tablename__ = "payment_refund"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_positive"),
        CheckConstraint("state IN ('pending', 'succeeded', 'failed')", "state"),
        Index("ix_payment_refund_request", "request_id", "id"),
        Index("uq_payment_refund_key", "key", unique=True),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"))
    amount: Mapped[int] = mapped_column(Rupiah)
    state: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(300))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GatewayEvent(Base):
    """One message of the gateway, by its own id: the second of the same changes nothing."""

    __tablename__ = "gateway_event"
    __table_args__ = (
        Index("ix_gateway_event_object", "object_id"),
        Index("ix_gateway_event_odd", "odd", "received_at"),
    )

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    odd: Mapped[str] = mapped_column(String(300), default="")
    """What did not agree: another amount, a payment nobody opened. Empty when all was well."""


class OfficeAccount(Base):
    """The bank account an office's autodebet takes from. Another one ends it; none is ever changed."""

    __tablename__ = "office_account"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= set_at", "ended_later"),
        Index("uq_office_account_live", "office_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_office_account_office", "office_id", "id"),
        {"comment": "number is shown masked on every screen"},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    bank: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(160))
    set_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
