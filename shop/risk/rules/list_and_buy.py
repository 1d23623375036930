"""Listed and bought at once: a product that appeared only just before it was ordered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="list_and_buy",
    title="Baru tayang, langsung dibeli",
    why="Produk yang baru tayang lalu segera dipesan bisa berarti pembelinya sudah ditentukan sebelumnya. Produk baru yang dicari wajar tetap boleh dibeli.",
    basis="Perpres 16/2018 Pasal 6 dan 7: terbuka, bersaing, tanpa persekongkolan",
    confidence="M",
    since=date(2018, 3, 22),
    limits="Produk tayang kurang dari %(hours)s jam sebelum dipesan.",
    says={
        "days": "%(product)s baru tayang %(hours_since)s jam sebelum pesanan ini.",
        "hours": "%(product)s dipesan hanya beberapa jam sesudah tayang.",
    },
    advice="Tulis bagaimana Anda menemukan produk ini dan dengan apa Anda membandingkannya.",
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find the line whose product had been on sale for the shortest time, when that is too short."""
    young = [
        (purchase.placed_at - goods.first_seen, goods.name)
        for goods in purchase.goods
        if goods.first_seen is not None
        and timedelta() <= purchase.placed_at - goods.first_seen < timedelta(hours=limits["hours"])
    ]
    if not young:
        return None
    age, name = min(young)
    hours = age // timedelta(hours=1)
    variant = "hours" if hours < limits["few_hours"] else "days"
    return Finding(RULE.code, variant, {"product": name, "hours_since": hours})
