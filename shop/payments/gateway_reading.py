"""Payments through the gateway as one office's treasurer sees them, and what does not agree as the programme does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, Select, case, func, select

from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.db import session
from shop.orders.models import Order
from shop.payments import states
from shop.payments.gateway_channel import CODE
from shop.payments.models import GatewayEvent, PaymentRefund, PaymentRequest
from shop.vendors.models import Vendor

ODD: Final = "payments:odd:read"
_LATE: Final = timedelta(hours=1)
_MOST: Final = 50
GUIDE: Final = {
    "": "Menunggu jawaban gerbang. Tidak perlu membuka lagi.",
    "requires_payment_method": "Pembayar belum memilih cara bayar di gerbang, atau yang dipilih ditolak. Selesaikan di gerbang, atau batalkan lalu pilih saluran lain.",
    "requires_confirmation": "Pembayar perlu menekan konfirmasi di gerbang.",
    "requires_action": "Bank meminta pembayar membuktikan diri (misalnya kode OTP). Selesaikan di gerbang.",
    "requires_capture": "Dana ditahan, belum diambil. Hubungi admin: akun gerbang disetel mengambil sendiri.",
    "processing": "Sedang diproses bank. Tunggu; kami memeriksa dengan sendirinya.",
    "canceled": "Dibatalkan di gerbang. Tidak ada uang yang keluar.",
    "succeeded": "Uang sudah keluar.",
}
"""What a state of the gateway asks of the treasurer; msgids."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """One payment. Rupiah. `is_late`: without an end for longer than people should wait."""

    id: int
    order_id: int
    order_number: str
    vendor: str
    amount: int
    state: str
    external_id: str
    external_state: str
    words: str
    next_url: str
    opened_at: datetime
    next_check_at: datetime | None
    charged: int
    given_back: int
    owed_back: bool
    is_late: bool

    @property
    def is_live(self) -> bool:
        """Tell whether it may still be paid."""
        return self.state in states.LIVE

    @property
    def left(self) -> int:
        """Return the rupiah that may still be given back."""
        return self.charged - self.given_back


@dataclass(frozen=True, slots=True)
class RefundView:
    """One refund. Rupiah. `asked_by` is None for one that was made at the gateway itself."""

    amount: int
    state: str
    reason: str
    asked_at: datetime
    asked_by: int | None


@dataclass(frozen=True, slots=True)
class OddView:
    """Something that does not agree, and the order it concerns where we know one."""

    words: str
    object_id: str
    received_at: datetime
    order_number: str


def requests(actor: Actor, now: datetime) -> tuple[RequestView, ...]:
    """Return the office's payments through the gateway: those without an end first, then the newest. One statement."""
    actor.require(states.OPEN)
    live = case((PaymentRequest.state.in_(states.LIVE), 0), else_=1)
    query = _query(actor).order_by(live, PaymentRequest.id.desc()).limit(_MOST)
    return tuple(_view(row, now) for row in session.execute(query))


def request_view(actor: Actor, request_id: int, now: datetime) -> tuple[RequestView, tuple[RefundView, ...]]:
    """Return one payment with its refunds. Raises NotFound."""
    actor.require(states.OPEN)
    row = session.execute(_query(actor).where(PaymentRequest.id == request_id)).one_or_none()
    if row is None:
        raise NotFound("Pembayaran ini tidak ada.")
    one = PaymentRefund
    refunds = session.execute(
        select(one.amount, one.state, one.reason, one.asked_at, one.asked_by)
        .where(one.request_id == request_id)
        .order_by(one.id)
    ).all()
    return _view(row, now), tuple(RefundView(*refund) for refund in refunds)


def odd(actor: Actor) -> tuple[OddView, ...]:
    """Return the newest things at the gateway that do not agree. One statement."""
    actor.require(ODD)
    rows = session.execute(
        select(GatewayEvent.odd, GatewayEvent.object_id, GatewayEvent.received_at, func.max(Order.number))
        .outerjoin(PaymentRequest, PaymentRequest.external_id == GatewayEvent.object_id)
        .outerjoin(Order, Order.id == PaymentRequest.order_id)
        .where(GatewayEvent.odd > "")
        .group_by(GatewayEvent.id)
        .order_by(GatewayEvent.received_at.desc(), GatewayEvent.id)
        .limit(_MOST)
    )
    return tuple(OddView(words, thing, at, number or "") for words, thing, at, number in rows)


def _query(actor: Actor) -> Select[PaymentRequest, str, str, int]:
    back = (
        select(func.coalesce(func.sum(PaymentRefund.amount), 0))
        .where(PaymentRefund.request_id == PaymentRequest.id, PaymentRefund.state != "failed")
        .scalar_subquery()
    )
    return (
        select(PaymentRequest, Order.number, Vendor.name, back)
        .join(Order, Order.id == PaymentRequest.order_id)
        .join(Vendor, Vendor.id == PaymentRequest.vendor_id)
        .where(PaymentRequest.office_id == actor.office_id, PaymentRequest.channel == CODE)
    )


def _view(row: Row[PaymentRequest, str, str, int], now: datetime) -> RequestView:
    found, number, vendor, back = row
    return RequestView(
        id=found.id,
        order_id=found.order_id,
        order_number=number,
        vendor=vendor,
        amount=found.amount,
        state=found.state,
        external_id=found.external_id,
        external_state=found.external_state,
        words=found.words,
        next_url=str(found.details.get("next_url", "")),
        opened_at=found.opened_at,
        next_check_at=found.next_check_at,
        charged=int(found.details.get("charged", 0)),
        given_back=int(back),
        owed_back=bool(found.details.get("owed_back")),
        is_late=found.state in states.LIVE and now - found.opened_at > _LATE,
    )
