"""Mail and ringing about handing over: who hears of what, in the own language, with the way to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts import hats, mail, ringing
from shop.accounts.offices import office_names
from shop.accounts.permissions import Role
from shop.base.clock import local_day, stamp
from shop.budgets.models import Package
from shop.db import session
from shop.handover import reasons
from shop.handover.models import Complaint
from shop.orders import mailing
from shop.orders.models import Order

# Event -> (who hears of it, rings too, subject, words). Parties: vendor, office, other, opener, programme.
_NEWS: Final[Mapping[str, tuple[tuple[str, ...], bool, str, str]]] = {
    "part_received": (
        ("vendor",), True, "Pesanan %(number)s diterima sebagian",
        "%(office)s menerima sebagian. Antar sisanya paling lambat %(due)s. Rincian: /pesanan/%(id)s",
    ),
    "shortage": (
        ("vendor",), True, "Ada kekurangan pada pesanan %(number)s",
        "%(office)s mencatat barang kurang atau ditolak. Jawab paling lambat %(due)s; bila diam, dianggap benar: /pesanan/%(id)s",
    ),
    "papers": (
        ("vendor",), False, "BAP dan BAST pesanan %(number)s terbit",
        "Tanda tangani dengan satu ketukan. Bila tidak dijawab, dianggap disetujui. Halaman: /pesanan/%(id)s",
    ),
    "inspect_late": (
        ("office",), False, "Pesanan %(number)s belum diperiksa",
        "Barang sudah tiba. Bila tidak diperiksa sampai %(until)s, pesanan dianggap diterima. Halaman: /pesanan/%(id)s",
    ),
    "complaint_opened": (
        ("other",), True, "Pengaduan tentang pesanan %(number)s",
        "%(reason)s. Jawab paling lambat %(by)s, setelah itu program yang memutus. Halaman: /pengaduan/%(complaint)s",
    ),
    "complaint_answered": (
        ("opener",), False, "Pengaduan pesanan %(number)s dijawab",
        "Baca jawabannya paling lambat %(by)s; bila Anda diam, pengaduan selesai. Halaman: /pengaduan/%(complaint)s",
    ),
    "complaint_escalated": (
        ("programme", "opener", "other"), False, "Pengaduan pesanan %(number)s diteruskan ke program",
        "%(reason)s. Program memutus paling lambat %(by)s. Halaman: /pengaduan/%(complaint)s",
    ),
    "complaint_ended": (
        ("opener", "other"), False, "Pengaduan pesanan %(number)s selesai",
        "Hasilnya ada di halaman /pengaduan/%(complaint)s",
    ),
}  # fmt: skip


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `handover.news`, in the transaction that takes them away: told once."""
    for payload in payloads:
        _tell(payload, now)


def _tell(payload: Mapping[str, Any], now: datetime) -> None:
    query = select(
        Order.id,
        Order.number,
        Order.due_at,
        Order.vendor_id,
        Order.placed_by,
        Order.placed_for,
        Order.office_id,
        Package.ppk_id,
    ).join(Package, Package.id == Order.package_id)
    row = session.execute(query.where(Order.id == payload["order_id"])).first()
    event = _NEWS.get(payload["event"])
    if row is None or event is None:
        return
    complaint = session.get(Complaint, payload["complaint_id"]) if payload.get("complaint_id") else None
    parties, rings, subject, words = event
    people = {user for party in parties for user in _people(row, party, complaint, now)}
    said: dict[str, Any] = {
        "number": row.number, "id": row.id, "due": stamp(row.due_at),
        "office": office_names([row.office_id]).get(row.office_id, ""),
        "until": stamp(datetime.fromisoformat(payload["until"])) if payload.get("until") else "",
        "complaint": complaint.id if complaint else 0, "by": stamp(complaint.due_at) if complaint else "",
        "reason": reasons.KINDS.get(complaint.kind, "") if complaint else "",
    }  # fmt: skip
    used = {name: value for name, value in said.items() if f"%({name})s" in subject + words}
    (ringing.ring if rings and "reason" not in used else mail.notify)(people, subject, words, now, **used)


def _people(row: Any, party: str, complaint: Complaint | None, now: datetime) -> set[int]:
    if party == "programme":
        roles = (Role.PROGRAMME, Role.ADMIN)
        return {user for role in roles for user, _ in hats.holders(role, local_day(now))}
    if party in {"opener", "other"} and complaint is not None:
        party = complaint.side if party == "opener" else "office" if complaint.side == "vendor" else "vendor"
    parties = ("vendor",) if party == "vendor" else ("pp", "ppk")
    if party != "vendor" and complaint is not None and complaint.kind == "unpaid":  # who pays can answer it
        parties = (*parties, "bendahara")
    return mailing.people(row, row.ppk_id, parties, now)
