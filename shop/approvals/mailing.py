"""Mail about requests for approval: the PPK hears that one waits, who asked hears what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import case, func, select

from shop.accounts import mail
from shop.approvals.models import ApprovalLine, ApprovalRequest
from shop.base.clock import stamp
from shop.base.money import rupiah
from shop.budgets.models import Package
from shop.db import session
from shop.orders import mailing

# Event -> (who hears of it, subject, what happened and what to do). Parties: pp (who asked), ppk (who answers).
_NEWS: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = {
    "asked": (
        ("ppk",),
        "Permintaan persetujuan %(total)s untuk %(package)s",
        (
            "Keperluan: %(purpose)s. Setujui atau tolak tiap baris paling lambat %(due)s; sampai saat itu harganya dikunci. "
            "Halaman: /persetujuan/%(id)s"
        ),
    ),
    "answered": (
        ("pp",),
        "Permintaan persetujuan untuk %(package)s sudah dijawab",
        (
            "%(approved)s baris disetujui, %(refused)s ditolak. %(words)s\nKirim yang disetujui paling lambat %(due)s di "
            "/persetujuan/%(id)s"
        ),
    ),
    "sent": (
        ("ppk",),
        "Yang Anda setujui untuk %(package)s sudah dikirim",
        "%(approved)s baris menjadi surat pesanan. Halaman: /persetujuan/%(id)s",
    ),
    "withdrawn": (
        ("ppk",),
        "Permintaan persetujuan untuk %(package)s ditarik",
        "Anda tidak perlu menjawabnya lagi. Halaman: /persetujuan/%(id)s",
    ),
    "expired": (
        ("pp", "ppk"),
        "Permintaan persetujuan untuk %(package)s lewat batas waktu",
        (
            "Tidak ada pesanan yang dikirim. Pagu dan stok tidak terikat, jadi tidak ada yang perlu dikembalikan. Bila masih "
            "perlu, minta persetujuan baru. Halaman: /persetujuan/%(id)s"
        ),
    ),
}


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `approvals.news`: post one mail for each person who should hear."""
    for payload in payloads:
        _tell(payload, now)


def _tell(payload: Mapping[str, Any], now: datetime) -> None:
    row = session.execute(
        select(
            *(getattr(ApprovalRequest, name) for name in ("id", "office_id", "purpose", "total", "due_at", "words")),
            ApprovalRequest.asked_by.label("placed_by"),
            ApprovalRequest.asked_for.label("placed_for"),
            Package.ppk_id,
            Package.name.label("package"),
            func.sum(case((ApprovalLine.answer == "approved", 1), else_=0)).label("approved"),
            func.sum(case((ApprovalLine.answer == "refused", 1), else_=0)).label("refused"),
        )
        .join(Package, Package.id == ApprovalRequest.package_id)
        .join(ApprovalLine, ApprovalLine.request_id == ApprovalRequest.id)
        .where(ApprovalRequest.id == payload["request_id"])
        .group_by(ApprovalRequest.id, Package.id)
    ).first()
    event = _NEWS.get(payload["event"])
    if row is None or event is None:
        return
    parties, subject, body = event
    said = {
        "id": row.id,
        "package": row.package,
        "purpose": row.purpose,
        "total": rupiah(row.total),
        "due": stamp(row.due_at),
        "approved": int(row.approved),
        "refused": int(row.refused),
        "words": row.words,
    }
    mail.notify(mailing.people(row, row.ppk_id, parties, now), subject, body, now, **said)
