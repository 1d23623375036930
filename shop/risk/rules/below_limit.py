"""A total just below a limit, or the same total again and again."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.base.money import share
from shop.risk.rules.contract import Finding, Limits, Purchase, Rule, named

RULE: Final = Rule(
    code="below_limit",
    title="Nilai tepat di bawah batas",
    why="Nilai yang berhenti persis di bawah batas dokumen, atau jumlah yang sama berulang kali, tampak seperti angka yang disesuaikan.",
    basis="Perpres 16/2018 Pasal 20 ayat (2) huruf d dan Pasal 28; jaraknya anggapan kami",
    confidence="L",
    since=date(2018, 3, 22),
    limits="Nilai paling banyak %(margin_bp)s di bawah %(limits_rp)s, atau %(same)s pesanan dengan jumlah sama ke satu produsen dalam %(days)s hari.",
    says={
        "below": "Nilai pesanan %(total)s hanya sedikit di bawah batas %(limit)s.",
        "same": "Ini pesanan ke-%(count)s ke %(vendor)s dengan jumlah persis %(total)s dalam %(days)s hari.",
    },
    advice="Pesan sebanyak yang dibutuhkan. Bila angkanya memang begitu, tulis cara menghitungnya.",
    kinds={"margin_bp": "bp", "limits_rp": "rp", "total": "rp", "limit": "rp"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find a total just below a limit, else one that repeats to the rupiah."""
    total = purchase.total
    for limit in limits["limits_rp"]:
        if limit - share(limit, limits["margin_bp"]) <= total <= limit:
            return Finding(RULE.code, "below", {"total": total, "limit": limit})
    same = [
        order
        for order in purchase.within(limits["days"])
        if order.stands and order.vendor_id == purchase.vendor_id and order.total == total
    ]
    if len(same) + 1 >= limits["same"]:
        params = {"count": len(same) + 1, "vendor": purchase.vendor_name, "total": total, "days": limits["days"]}
        return Finding(RULE.code, "same", params, named(same))
    return None
