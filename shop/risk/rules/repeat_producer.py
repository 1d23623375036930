"""The same producer again and again: most of what an office spends in a category goes to one."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.base.money import ratio_bp
from shop.risk.rules.contract import Finding, Limits, Purchase, Rule, Share

RULE: Final = Rule(
    code="repeat_producer",
    title="Produsen yang sama terus-menerus",
    why="Bila hampir semua belanja satu jenis barang jatuh ke satu produsen, auditor bertanya apakah yang lain diberi kesempatan. Memilih yang sama tidak dilarang, asal ada alasannya.",
    basis="Perpres 16/2018 Pasal 6: pengadaan terbuka, bersaing, dan adil",
    confidence="M",
    since=date(2018, 3, 22),
    limits="Satu produsen menerima %(share_bp)s atau lebih dari belanja kantor dalam satu kategori setahun, dalam %(orders)s pesanan atau lebih.",
    says={
        "share": "%(vendor)s menerima %(share)s dari belanja kantor ini untuk %(category)s tahun ini, dalam %(count)s pesanan, yang ini termasuk.",
    },
    advice="Bandingkan produsen lain yang sanggup, terutama yang belum pernah dipilih kantor ini, atau tulis mengapa tetap yang ini.",
    kinds={"share_bp": "bp", "share": "bp", "category": "category"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find the category of this order in which the producer's share of the office's year is the highest and too high."""
    found: list[tuple[int, str, int]] = []
    for category in sorted({goods.category for goods in purchase.goods}):
        known = purchase.shares.get(category, Share(0, 0, 0))
        this = sum(goods.unit_price * goods.quantity for goods in purchase.goods if goods.category == category)
        share = ratio_bp(known.vendor_amount + this, known.office_amount + this) or 0
        if known.vendor_orders + 1 >= limits["orders"] and share >= limits["share_bp"]:
            found.append((share, category, known.vendor_orders + 1))
    if not found:
        return None
    share, category, count = max(found)
    params = {"vendor": purchase.vendor_name, "share": share, "category": category, "count": count}
    return Finding(RULE.code, "share", params)
