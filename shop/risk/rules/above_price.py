"""Paid more than the ceiling for one person, or than three of four offices pay."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="above_price",
    title="Harga di atas kewajaran",
    why="Harga di atas batas per orang, atau di atas yang dibayar kebanyakan kantor, bisa dihitung sebagai kemahalan yang harus dikembalikan.",
    basis="Perpres 33/2020 tentang standar harga satuan; standar harga DKI tahun ini belum kami temukan",
    confidence="L",
    since=date(2020, 2, 11),
    limits="Harga di atas pagu satuan yang berlaku pada hari pesanan (makan dan kudapan dihitung per orang), atau di atas tiga perempat dari yang dibayar kantor lain untuk barang serupa, dari paling sedikit %(least)s contoh.",
    says={
        "ceiling": "%(product)s berharga %(price)s per orang, di atas batas %(limit)s.",
        "unit": "%(product)s berharga %(price)s per satuan, di atas batas %(limit)s.",
        "band": "%(product)s berharga %(price)s. Tiga dari empat pembelian serupa (%(count)s contoh) dibayar paling tinggi %(limit)s.",
    },
    advice="Tawar harganya, pilih yang setara dengan harga lebih rendah, atau tulis apa yang membuatnya lebih mahal.",
    kinds={"price": "rp", "limit": "rp"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find a line above the ceiling of its day, else one above the band of what is really paid."""
    for goods in purchase.goods:
        top = goods.top
        if top is not None and top.held > top.amount:
            variant = "ceiling" if top.per_person else "unit"
            return Finding(RULE.code, variant, {"product": goods.name, "price": top.held, "limit": top.amount})
    for goods in purchase.goods:
        high = goods.band_high if goods.band_count >= limits["least"] else None
        if high is not None and goods.unit_price > high:
            params = {"product": goods.name, "price": goods.unit_price, "limit": high}
            return Finding(RULE.code, "band", {**params, "count": goods.band_count})
    return None
