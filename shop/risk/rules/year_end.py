"""The rush at the end of the budget year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from shop.base.money import ratio_bp
from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="year_end",
    title="Belanja menumpuk di akhir tahun",
    why="Belanja yang menumpuk di hari-hari terakhir sering dipakai untuk menghabiskan anggaran, dan pembayarannya mudah terlambat sesudah kas ditutup.",
    basis="PP 12/2019: tahun anggaran berakhir 31 Desember. Tanggal tutup pesanan ditetapkan tiap tahun dengan edaran, belum kami baca",
    confidence="L",
    since=date(2019, 3, 12),
    limits="Dipesan sejak tanggal %(closing_day)s Desember, dalam %(last_days)s hari kerja terakhir, atau saat Desember sudah memakai %(share_bp)s atau lebih dari belanja setahun.",
    says={
        "closing": "Dipesan tanggal %(placed_on)s, sesudah pesanan akhir tahun biasanya ditutup.",
        "last_days": "Dipesan tanggal %(placed_on)s, dalam hari kerja terakhir tahun anggaran.",
        "share": "Belanja kantor ini di bulan Desember menjadi %(share)s dari belanja setahun.",
    },
    advice="Pastikan barang diterima dan dibayar sebelum kas ditutup, dan tulis mengapa kebutuhan ini baru ada sekarang.",
    kinds={"share_bp": "bp", "share": "bp", "placed_on": "on"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find an order after the closing day, in the last working days, or in a December that takes too much of the year."""
    day = purchase.day
    if day.month != 12:  # noqa: PLR2004 - December
        return None
    if day.day >= limits["closing_day"]:
        return Finding(RULE.code, "closing", {"placed_on": day.isoformat()})
    if _working_days_left(purchase) < limits["last_days"]:
        return Finding(RULE.code, "last_days", {"placed_on": day.isoformat()})
    share = ratio_bp(purchase.december_spent + purchase.total, purchase.year_spent + purchase.total) or 0
    # With nothing ordered before December there is no year to compare with, and every first order would be flagged.
    if purchase.year_spent > purchase.december_spent and share >= limits["share_bp"]:
        return Finding(RULE.code, "share", {"share": share})
    return None


def _working_days_left(purchase: Purchase) -> int:
    days = (purchase.day + timedelta(days=n) for n in range(1, 31))
    return sum(
        day.year == purchase.day.year and day.weekday() < 5 and day not in purchase.closed  # noqa: PLR2004 - Saturday
        for day in days
    )
