"""One person holds two duties of the same order."""

from __future__ import annotations

from datetime import date
from typing import Final

from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

RULE: Final = Rule(
    code="one_hand",
    title="Satu orang memegang dua tugas",
    why="Yang memesan, menerima, dan membayar sebaiknya orang yang berbeda, agar kesalahan ketahuan. Kantor kecil boleh melonggarkan secara terbuka.",
    basis="UU 1/2004 Pasal 16 sampai 21 dan PP 60/2008: pemisahan tugas dalam pengendalian intern",
    confidence="M",
    since=date(2008, 8, 28),
    limits="Orang yang sama menjadi pemesan dan PPK, penerima, atau pembayar dalam satu pesanan.",
    says={
        "ppk": "Yang memesan juga PPK paket ini.",
        "relaxed": "Dua tugas dipegang satu orang, karena kantor ini melonggarkan pemisahan tugas secara terbuka.",
    },
    advice="Minta orang lain menerima atau membayar. Bila kantor kekurangan orang, pastikan kelonggarannya tercatat dengan alasan.",
)


def judge(purchase: Purchase, _limits: Limits) -> Finding | None:
    """Find an order in which one person holds two duties."""
    return Finding(RULE.code, purchase.one_hand, {}) if purchase.one_hand else None
