"""A price that rose shortly before the order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from shop.base.money import ratio_bp
from shop.risk.rules.contract import Finding, Goods, Limits, Purchase, Rule

RULE: Final = Rule(
    code="price_rise",
    title="Harga naik menjelang pesanan",
    why="Harga yang naik tepat sebelum kantor memesan bisa merugikan uang daerah. Kenaikan karena bahan atau hari raya bisa dijelaskan.",
    basis="Perpres 16/2018 Pasal 6 dan 7: efisien, dan mencegah pemborosan keuangan negara",
    confidence="M",
    since=date(2018, 3, 22),
    limits="Harga daftar naik lebih dari %(rise_bp)s dalam %(days)s hari sebelum pesanan.",
    says={
        "rise": "Harga %(product)s naik dari %(before)s menjadi %(after)s dalam %(days)s hari sebelum pesanan ini.",
    },
    advice="Tanyakan alasannya kepada produsen, tawar, atau bandingkan. Tulis jawabannya di sini.",
    kinds={"rise_bp": "bp", "before": "rp", "after": "rp"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find the line whose list price rose the most within the days of the rule, when that is too much."""
    found = []
    for goods in purchase.goods:
        before = _before(goods, purchase, limits["days"])
        rise = ratio_bp(goods.list_price - before, before) if before else None
        if before and rise is not None and rise > limits["rise_bp"]:
            found.append((rise, goods.name, before, goods.list_price))
    if not found:
        return None
    _, name, before, after = max(found)
    return Finding(RULE.code, "rise", {"product": name, "before": before, "after": after, "days": limits["days"]})


def _before(goods: Goods, purchase: Purchase, days: int) -> int | None:
    """Return the list price that buyers saw when the days of the rule began; None when it was not on sale yet."""
    start = purchase.placed_at - timedelta(days=days)
    return next((price for since, price in reversed(goods.prices) if since <= start), None)
