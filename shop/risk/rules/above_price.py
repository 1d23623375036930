"""Paid more than the ceiling for one person, or than three of four offices pay."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.base.money import round_half_up
from shop.risk.rules.contract import Finding, Goods, Limits, Purchase, Rule

RULE: Final = Rule(
    code="above_price",
    title="Harga di atas kewajaran",
    why="Harga di atas batas per orang, atau di atas yang dibayar kebanyakan kantor, bisa dihitung sebagai kemahalan yang harus dikembalikan.",
    basis="Perpres 33/2020 tentang standar harga satuan; standar harga DKI tahun ini belum kami temukan",
    confidence="L",
    since=date(2020, 2, 11),
    numbers="meal.ceiling",
    limits="Makan di atas %(meal)s atau kudapan di atas %(snack)s per orang, atau harga di atas tiga perempat dari yang dibayar kantor lain untuk barang serupa.",
    says={
        "ceiling": "%(product)s berharga %(price)s per orang, di atas batas %(limit)s.",
        "band": "%(product)s berharga %(price)s. Tiga dari empat pembelian serupa (%(count)s contoh) dibayar paling tinggi %(limit)s.",
    },
    advice="Tawar harganya, pilih yang setara dengan harga lebih rendah, atau tulis apa yang membuatnya lebih mahal.",
    kinds={"meal": "rp", "snack": "rp", "price": "rp", "limit": "rp"},
)
_SNACKS: Final = frozenset({"snack-kotak"})
_MEALS: Final = frozenset({"nasi-kotak", "prasmanan"})


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find a line above the ceiling of a person, else one above the band of what is really paid."""
    for goods in purchase.goods:
        ceiling = _ceiling(goods, limits)
        price = round_half_up(goods.unit_price, goods.serves or 1)
        if ceiling is not None and price > ceiling:
            return Finding(RULE.code, "ceiling", {"product": goods.name, "price": price, "limit": ceiling})
    for goods in purchase.goods:
        if goods.band_high is not None and goods.unit_price > goods.band_high:
            params = {"product": goods.name, "price": goods.unit_price, "limit": goods.band_high}
            return Finding(RULE.code, "band", {**params, "count": goods.band_count})
    return None


def _ceiling(goods: Goods, limits: Limits) -> int | None:
    if not goods.portions:
        return None
    name = "meal" if goods.category in _MEALS else "snack" if goods.category in _SNACKS else ""
    found: int | None = limits.get(name)
    return found
