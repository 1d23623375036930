"""Ordered when the event was already there: paper made afterwards for something bought by telephone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="after_event",
    title="Pesanan dibuat menyusul",
    why="Pesanan yang dibuat tepat sebelum waktu antar, atau tiba segera sesudah dipesan, tampak seperti dicatat menyusul sesudah barang dibeli di luar aplikasi.",
    basis="UU 1/2004 Pasal 21: membayar setelah barang diterima berdasarkan perikatan yang sah",
    confidence="M",
    since=date(2004, 1, 14),
    limits="Waktu antar kurang dari %(hours)s jam sesudah dipesan, atau barang tiba kurang dari %(minutes)s menit sesudah dipesan.",
    says={
        "short": "Waktu antarnya hanya %(left)s menit sesudah pesanan dibuat.",
        "arrived": "Barang dicatat tiba hanya %(left)s menit sesudah pesanan dibuat.",
    },
    advice="Pesan sebelum acara. Bila mendesak, tulis apa yang membuatnya mendadak dan siapa yang memutuskan.",
)
_MINUTE: Final = timedelta(minutes=1)


def judge(purchase: Purchase, limits: Limits) -> Finding | None:
    """Find goods that arrived, or were wanted, too soon after the order was placed."""
    if purchase.arrived_at is not None:
        took = purchase.arrived_at - purchase.placed_at
        if took < timedelta(minutes=limits["minutes"]):
            return Finding(RULE.code, "arrived", {"left": max(took // _MINUTE, 0)})
    if purchase.deliver_at is None:
        return None
    left = purchase.deliver_at - purchase.placed_at
    if timedelta() <= left < timedelta(hours=limits["hours"]):
        return Finding(RULE.code, "short", {"left": left // _MINUTE})
    return None
