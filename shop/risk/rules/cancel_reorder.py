"""Cancelled and ordered again: around a limit, or again and again."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.risk.rules.contract import Finding, Limits, Purchase, Rule, named

RULE: Final = Rule(
    code="cancel_reorder",
    title="Dibatalkan lalu dipesan lagi",
    why="Pesanan besar yang dibatalkan lalu dipesan lagi di bawah batas, atau pembatalan berulang ke produsen yang sama, bisa berarti batas sedang dicari-cari.",
    basis="Perpres 16/2018 Pasal 7 dan Pasal 20 ayat (2) huruf d; jumlah dan harinya anggapan kami",
    confidence="L",
    since=date(2018, 3, 22),
    limits="Dalam %(days)s hari, %(times)s pembatalan atau lebih ke produsen yang sama, atau pembatalan di atas %(limits_rp)s yang disusul pesanan di bawahnya.",
    says={
        "times": "Kantor ini sudah %(count)s kali membatalkan pesanan ke %(vendor)s dalam %(days)s hari, lalu memesan lagi.",
        "below": "Pesanan %(before)s ke %(vendor)s dibatalkan, lalu dipesan lagi dengan nilai di bawah batas %(limit)s.",
    },
    advice="Tulis mengapa pesanan sebelumnya dibatalkan dan apa yang berubah.",
    kinds={"limits_rp": "rp", "before": "rp", "limit": "rp"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find a smaller order after a larger cancelled one with a limit between them, else too many cancellations."""
    cancelled = [
        order
        for order in purchase.within(limits["days"])
        if order.state == "cancelled" and order.vendor_id == purchase.vendor_id
    ]
    for order in cancelled:
        between = [limit for limit in limits["limits_rp"] if purchase.total <= limit < order.total]
        if between:
            params = {"before": order.total, "vendor": purchase.vendor_name, "limit": max(between)}
            return Finding(RULE.code, "below", params, named([order]))
    if len(cancelled) >= limits["times"]:
        params = {"count": len(cancelled), "vendor": purchase.vendor_name, "days": limits["days"]}
        return Finding(RULE.code, "times", params, named(cancelled))
    return None
