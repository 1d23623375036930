"""More boxes than people."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Final

from shop.base.money import FULL_BP
from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="over_headcount",
    title="Porsi lebih banyak daripada orang",
    why="Pemeriksa mencocokkan jumlah kotak dengan daftar hadir. Kelebihan sedikit wajar untuk cadangan, lebih dari itu harus dijelaskan atau dikembalikan.",
    basis="PP 12/2019 Pasal 141: setiap pengeluaran didukung bukti yang lengkap dan sah",
    confidence="M",
    since=date(2019, 3, 12),
    numbers="order.attendance_tolerance_bp",
    limits="Jumlah porsi satu jenis makanan melebihi jumlah orang lebih dari %(limit)s.",
    says={
        "over": "Dipesan %(portions)s porsi %(category)s untuk %(people)s orang.",
    },
    advice="Sesuaikan jumlahnya, betulkan jumlah orang, atau tulis mengapa lebih, misalnya rapat pagi dan siang.",
    kinds={"limit": "bp", "category": "category"},
)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find the kind of food with the most portions, when they are more than the people and the tolerance."""
    if not purchase.headcount:
        return None
    portions: dict[str, int] = defaultdict(int)
    for goods in purchase.goods:
        portions[goods.category] += goods.portions
    category, most = max(portions.items(), key=lambda pair: pair[1], default=("", 0))
    if most * FULL_BP <= purchase.headcount * (FULL_BP + limits["limit"]):
        return None
    return Finding(RULE.code, "over", {"portions": most, "category": category, "people": purchase.headcount})
