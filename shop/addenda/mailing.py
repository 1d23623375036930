"""Mail about addenda: the other side hears of a proposal, both hear how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import mail
from shop.accounts.offices import office_names
from shop.addenda.models import Addendum
from shop.base.clock import stamp
from shop.base.money import rupiah
from shop.budgets.models import Package
from shop.db import session
from shop.orders import mailing
from shop.orders.models import Order

_NEWS: Final[Mapping[str, tuple[str, str]]] = {
    "proposed": (
        "Usulan perubahan pesanan %(number)s",
        "%(who)s mengusulkan perubahan (addendum): %(words)s\nTotal dari %(before)s menjadi %(after)s. Jawab paling lambat %(due)s di /pesanan/%(id)s/addendum/%(n)s",
    ),
    "accepted": (
        "Addendum pesanan %(number)s disetujui kedua pihak",
        "Pesanan sekarang senilai %(after)s. Lihat dan unduh addendumnya di /pesanan/%(id)s/addendum/%(n)s",
    ),
    "declined": (
        "Usulan addendum pesanan %(number)s ditolak",
        "Pesanan tetap seperti semula. Alasannya: %(answer)s\nHalaman pesanan: /pesanan/%(id)s",
    ),
    "withdrawn": (
        "Usulan addendum pesanan %(number)s ditarik",
        "%(who)s menarik usulannya. Pesanan tetap seperti semula: /pesanan/%(id)s",
    ),
    "lapsed": (
        "Usulan addendum pesanan %(number)s berakhir",
        "Usulan ini berakhir tanpa jawaban. Pesanan tetap seperti semula: /pesanan/%(id)s",
    ),
}
_BOTH: Final = frozenset({"accepted", "lapsed"})
_SIDES: Final[Mapping[str, tuple[str, ...]]] = {"office": ("pp", "ppk"), "vendor": ("vendor",)}


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `addenda.news`, inside the transaction that takes them away."""
    for payload in payloads:
        _tell(payload, now)


def _tell(payload: Mapping[str, Any], now: datetime) -> None:
    row = session.execute(_of(payload["order_id"], payload["number"])).first()
    told = _NEWS.get(payload["event"])
    if row is None or told is None:
        return
    other = "vendor" if row.side == "office" else "office"
    # A proposal and its withdrawal go to who has to answer, a refusal to who proposed.
    side = row.side if payload["event"] == "declined" else other
    parties = ("pp", "ppk", "vendor") if payload["event"] in _BOTH else _SIDES[side]
    office = office_names([row.office_id]).get(row.office_id, "")
    mail.notify(
        mailing.people(row, row.ppk_id, parties, now),
        *told,
        now,
        number=row.number,
        id=row.id,
        n=row.n,
        who=office if row.side == "office" else row.vendor_name,
        words=row.reason,
        answer=row.answer_words,
        before=rupiah(row.before["total"]),
        after=rupiah(row.after["total"]),
        due=stamp(row.answer_by),
    )


def _of(order_id: int, number: int) -> Any:
    return (
        select(
            Order.id,
            Order.number,
            Order.vendor_id,
            Order.vendor_name,
            Order.placed_by,
            Order.office_id,
            Package.ppk_id,
            Addendum.number.label("n"),
            Addendum.side,
            Addendum.before,
            Addendum.after,
            Addendum.reason,
            Addendum.answer_by,
            Addendum.answer_words,
        )
        .join(Order, Order.id == Addendum.order_id)
        .join(Package, Package.id == Order.package_id)
        .where(Addendum.order_id == order_id, Addendum.number == number)
    )
