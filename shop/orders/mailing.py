"""Mail about orders: who hears of which event, in the own language, with the way to the order's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import hats, mail
from shop.accounts.offices import office_names
from shop.accounts.permissions import Role
from shop.base.clock import local_day, stamp
from shop.base.money import rupiah
from shop.budgets.models import Package
from shop.db import session
from shop.orders import places, reasons
from shop.orders.models import Order
from shop.vendors.reading import people_of

# Event -> (who hears of it, subject, what happened and what to do). Parties: vendor, pp, ppk, bendahara.
_NEWS: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = {
    "placed": (
        ("vendor",),
        "Pesanan baru %(number)s",
        "%(office)s memesan senilai %(total)s untuk %(deliver)s. Jawab paling lambat %(due)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "confirmed": (
        ("pp", "ppk"),
        "Pesanan %(number)s diterima produsen",
        "%(vendor)s menyiapkan pesanan senilai %(total)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "refused": (
        ("pp", "ppk"),
        "Pesanan %(number)s ditolak",
        "%(vendor)s menolak: %(reason)s %(words)s\nPagu sudah kembali. Halaman pesanan: /pesanan/%(id)s",
    ),
    "expired": (
        ("pp", "ppk", "vendor"),
        "Pesanan %(number)s kedaluwarsa",
        "%(vendor)s tidak menjawab sampai batas waktu. Pagu sudah kembali. Halaman pesanan: /pesanan/%(id)s",
    ),
    "cancelled": (
        ("vendor", "pp", "ppk"),
        "Pesanan %(number)s dibatalkan",
        "%(office)s membatalkan: %(reason)s %(words)s Halaman pesanan: /pesanan/%(id)s",
    ),
    "stopped": (
        ("pp", "ppk"),
        "Pesanan %(number)s dihentikan produsen",
        "%(vendor)s menghentikan pesanan ini: %(reason)s %(words)s\nPagu sudah kembali. Halaman pesanan: /pesanan/%(id)s",
    ),
    "ready": (
        ("pp", "ppk"),
        "Pesanan %(number)s siap diantar",
        "%(vendor)s sudah siap mengantar untuk %(deliver)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "proposed": (
        ("pp", "ppk"),
        "Produsen mengusulkan perubahan pada pesanan %(number)s",
        "%(vendor)s mengusulkan waktu atau jumlah lain. %(words)s\nJawab di halaman pesanan paling lambat %(due)s: /pesanan/%(id)s",
    ),
    "proposal_declined": (
        ("vendor",),
        "Usulan untuk pesanan %(number)s ditolak",
        "%(office)s tidak setuju: %(reason)s %(words)s\nTerima atau tolak pesanan semula paling lambat %(due)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "proposal_accepted": (
        ("vendor",),
        "Usulan untuk pesanan %(number)s disetujui",
        "%(office)s setuju. Siapkan untuk %(deliver)s senilai %(total)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "shipped": (
        ("pp", "ppk"),
        "Pesanan %(number)s dalam perjalanan",
        "%(vendor)s sudah berangkat. Halaman pesanan: /pesanan/%(id)s",
    ),
    "arrived": (
        ("ppk", "pp"),
        "Pesanan %(number)s sudah tiba",
        "PPK memeriksa paling lambat %(due)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "received": (
        ("bendahara", "vendor"),
        "Pesanan %(number)s diterima kantor",
        "%(total)s dibayar paling lambat %(due)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "sent_back": (
        ("vendor", "pp"),
        "Pesanan %(number)s dikembalikan",
        "%(office)s mengembalikan barang: %(reason)s %(words)s\nAntar lagi paling lambat %(due)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "paid": (
        ("vendor", "ppk"),
        "Pesanan %(number)s sudah dibayar",
        "%(office)s membayar %(total)s. Halaman pesanan: /pesanan/%(id)s",
    ),
    "closed": (
        ("vendor", "pp"),
        "Pesanan %(number)s selesai",
        "%(office)s menutup pesanan senilai %(total)s. Halaman pesanan: /pesanan/%(id)s",
    ),
}
_APART: Final = (
    ("vendor",),
    "Pesanan baru %(number)s untuk %(places)s tempat",
    "%(office)s memesan senilai %(total)s untuk %(deliver)s, diantar ke %(places)s tempat. Jawab paling lambat %(due)s. Jumlah per tempat ada di halaman pesanan: /pesanan/%(id)s",
)
"""The news of a new order that goes to several places."""
_REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "refused": reasons.REFUSE,
    "proposal_declined": reasons.DECLINE,
    "cancelled": reasons.CANCEL,
    "stopped": reasons.STOP,
    "sent_back": reasons.SEND_BACK,
}
_ROLES: Final = {"pp": Role.PP, "ppk": Role.PPK, "bendahara": Role.BENDAHARA, "pa": Role.PA_KPA}


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `orders.news`: post one mail for each person who should hear.

    Runs in the transaction that takes the messages away: told once, however often it is tried.
    """
    for payload in payloads:
        _tell(payload, now)


def _tell(payload: Mapping[str, Any], now: datetime) -> None:
    row = session.execute(
        select(
            Order.id,
            Order.number,
            Order.total,
            Order.deliver_at,
            Order.due_at,
            Order.vendor_id,
            Order.vendor_name,
            Order.placed_by,
            Order.placed_for,
            Order.office_id,
            Package.ppk_id,
            Package.name.label("package"),
        )
        .join(Package, Package.id == Order.package_id)
        .where(Order.id == payload["order_id"])
    ).first()
    event = _NEWS.get(payload["event"])
    if row is None or event is None:
        return
    apart = places.counts([row.id]).get(row.id, 0) if payload["event"] == "placed" else 0
    parties, subject, body = _APART if apart else event
    mail.notify(people(row, row.ppk_id, parties, now), subject, body, now, **_facts(row, payload), places=apart)


def people(row: Any, ppk_id: int | None, parties: Iterable[str], now: datetime) -> set[int]:
    """Return the user ids behind parties (vendor, pp, ppk, bendahara, pa) of an order today; `row` is the order."""
    day, found = local_day(now), set[int]()
    for party in parties:
        if party == "vendor":
            found.update(people_of(row.vendor_id, day))
            continue
        role = _ROLES[party]
        them = {"pp": {row.placed_by, row.placed_for}, "ppk": {ppk_id}}.get(party) or {
            user_id for user_id, _ in hats.holders(role, day, office_id=row.office_id)
        }
        found |= _with_deputies(them, role, row.office_id, day)
    return found


def _with_deputies(people: set[int | None], role: Role, office_id: int, day: date) -> set[int]:
    """Return these people and whoever takes their place today: a message to somebody on leave waits for nobody."""
    return {who for who in people if who is not None} | hats.deputies(people, role, office_id, day)


def _facts(row: Any, payload: Mapping[str, Any]) -> dict[str, object]:
    reason = str(payload.get("reason", ""))
    return {
        "number": row.number,
        "total": rupiah(row.total),
        "vendor": row.vendor_name,
        "office": office_names([row.office_id]).get(row.office_id, ""),
        "deliver": stamp(row.deliver_at),
        "due": stamp(row.due_at),
        "words": str(payload.get("words", "")),
        "reason": _REASONS.get(payload["event"], {}).get(reason, reason),
        "id": row.id,
    }
