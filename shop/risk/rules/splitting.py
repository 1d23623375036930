"""Several orders to one producer that together pass a limit none of them passes alone."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.risk.rules.contract import Finding, Limits, Purchase, Rule, named, passed_together

RULE: Final = Rule(
    code="splitting",
    title="Belanja dipecah di bawah batas",
    why="Satu kebutuhan yang dipesan dalam beberapa potong bisa lolos dari dokumen dan pejabat yang seharusnya. Auditor menjumlahkan pesanan kantor, produsen, dan rekening yang sama.",
    basis="Perpres 16/2018 Pasal 20 ayat (2) huruf d: dilarang memecah pengadaan untuk menghindari cara pemilihan yang seharusnya",
    confidence="M",
    since=date(2018, 3, 22),
    numbers="order.split_window_days",
    limits="Pesanan kantor, produsen, dan rekening yang sama dalam %(days)s hari dijumlahkan. Batas yang diperhatikan: %(thresholds)s.",
    says={
        "crossed": "Bersama pesanan %(days)s hari terakhir ke %(vendor)s dari rekening yang sama, jumlahnya menjadi %(sum)s dan melewati batas %(limit)s, padahal tiap pesanan di bawahnya.",
    },
    advice="Bila kebutuhannya satu, gabungkan dalam satu pesanan. Bila memang berbeda, tulis bedanya: acara, tanggal, atau bidang yang memakai.",
    kinds={"thresholds": "rp", "sum": "rp", "limit": "rp"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find the highest limit that this order passes together with those before it, each of them being below it."""
    before = [
        order
        for order in purchase.within(limits["days"])
        if order.stands and order.vendor_id == purchase.vendor_id and order.account_code == purchase.account_code
    ]
    passed = passed_together(purchase, before, limits["thresholds"])
    if passed is None:
        return None
    params = {"days": limits["days"], "vendor": purchase.vendor_name, **passed}
    return Finding(RULE.code, "crossed", params, named(before))
