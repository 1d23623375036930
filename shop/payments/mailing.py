"""Mail about payments: who hears of which event, in the own language, with the way to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import mail
from shop.base.clock import stamp
from shop.base.money import rupiah
from shop.budgets.models import Package
from shop.db import session
from shop.orders import mailing
from shop.orders.models import Order
from shop.payments.models import PaymentRequest

# Event -> (who hears of it, subject, words). Parties: pa, bendahara.
_NEWS: Final[Mapping[str, tuple[str, str, str]]] = {
    "asked": (
        "pa",
        "Autodebet menunggu persetujuan Anda: pesanan %(number)s",
        "Bendahara meminta debit %(amount)s kepada %(vendor)s. Batas bayar %(due)s. Setujui atau tolak di /bayar/persetujuan",
    ),
    "approved": (
        "bendahara",
        "Autodebet pesanan %(number)s disetujui",
        "PA/KPA menyetujui debit %(amount)s kepada %(vendor)s. Setelah bank mendebit, catat buktinya: /pesanan/%(id)s/bayar",
    ),
    "rejected": (
        "bendahara",
        "Autodebet pesanan %(number)s ditolak",
        "PA/KPA menolak: %(words)s\nPilih cara bayar lain paling lambat %(due)s: /pesanan/%(id)s/bayar",
    ),
    "cancelled": (
        "pa",
        "Autodebet pesanan %(number)s dibatalkan",
        "Bendahara membatalkan permintaan debit %(amount)s: %(words)s. Tidak ada yang perlu Anda lakukan.",
    ),
}


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `payments.news`, in the transaction that takes them away: told once."""
    for payload in payloads:
        _tell(payload, now)


def _tell(payload: Mapping[str, Any], now: datetime) -> None:
    row = session.execute(
        select(
            Order.id, Order.number, Order.due_at, Order.vendor_id, Order.vendor_name, Order.placed_by, Order.placed_for,
            Order.office_id, Package.ppk_id, PaymentRequest.amount, PaymentRequest.words,
        )
        .join(Order, Order.id == PaymentRequest.order_id)
        .join(Package, Package.id == Order.package_id)
        .where(PaymentRequest.id == payload["request_id"])
    ).first()  # fmt: skip
    event = _NEWS.get(payload["event"])
    if row is None or event is None:
        return
    party, subject, words = event
    said = {
        "number": row.number, "id": row.id, "amount": rupiah(row.amount), "vendor": row.vendor_name,
        "due": stamp(row.due_at), "words": row.words,
    }  # fmt: skip
    used = {name: value for name, value in said.items() if f"%({name})s" in subject + words}
    mail.notify(mailing.people(row, row.ppk_id, (party,), now), subject, words, now, **used)
