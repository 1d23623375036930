"""Somebody who decides about this order has told of a tie to the producer."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="conflict",
    title="Benturan kepentingan dengan produsen",
    why="Orang yang memesan atau menerima punya hubungan dengan usaha ini, menurut catatan yang dibuat secara terbuka. Keputusan sebaiknya diambil orang lain.",
    basis="Perpres 16/2018 Pasal 7 ayat (1) huruf e dan ayat (2): menghindari pertentangan kepentingan",
    confidence="M",
    since=date(2018, 3, 22),
    limits="Pemesan atau PPK tercatat punya hubungan dengan produsen, atau bekerja di usahanya.",
    says={
        "pp": "Pemesan tercatat punya hubungan dengan %(vendor)s.",
        "ppk": "PPK tercatat punya hubungan dengan %(vendor)s.",
    },
    advice="Serahkan pesanan ini kepada orang lain di kantor, atau pilih produsen lain.",
)


def judge(purchase: Purchase, _limits: Limits) -> Finding | None:
    """Find a tie between a person of the order and its producer; the buyer's first."""
    for who in ("pp", "ppk"):
        if who in purchase.ties:
            return Finding(RULE.code, who, {"vendor": purchase.vendor_name})
    return None
