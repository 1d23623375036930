"""A need as it is said: how many people, when, where, for how much, and what must not be in it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from shop.base.money import round_half_up

FAIR, CHEAP, PUNCTUAL, NEAR = "merata", "murah", "tepat", "dekat"
ORDERS: Final = (
    (FAIR, "Merata"),
    (CHEAP, "Termurah"),
    (PUNCTUAL, "Paling tepat waktu"),
    (NEAR, "Terdekat"),
)
"""Ways to order the answer; labels are msgids."""
WHY: Final = {
    FAIR: (
        "Urutan Merata: produsen yang belum dipilih kantor Anda pada triwulan ini lebih dulu, lalu yang paling jarang "
        "dipilih. Yang setara diurutkan menurut bukti TKDN, harga per orang (dibulatkan ke ribuan), dan ketepatan waktu; "
        "sisanya bergiliran setiap hari. Maksudnya: pesanan tersebar, dan alasan urutan ini jelas bagi pemeriksa."
    ),
    CHEAP: "Urutan Termurah: total per orang termasuk ongkos kirim, dari yang paling rendah.",
    PUNCTUAL: (
        "Urutan Paling tepat waktu: bagian pengantaran yang tiba tepat waktu, hanya dari produsen dengan paling sedikit "
        "5 pengantaran. Yang belum punya catatan ditaruh sesudahnya, bukan karena buruk, melainkan belum diketahui."
    ),
    NEAR: "Urutan Terdekat: satu kecamatan dengan tempat Anda lebih dulu, lalu satu kota, lalu yang lain.",
}
"""One sentence for each order, as msgids."""


@dataclass(frozen=True, slots=True)
class Need:
    """What an officer needs. `budget` in rupiah a person, None without a ceiling; `at` in UTC; `shelf` a category code."""

    headcount: int
    at: datetime
    kecamatan: str
    shelf: str
    budget: int | None = None
    halal: bool = False
    vegetarian: bool = False
    avoid: frozenset[str] = field(default_factory=frozenset)
    order: str = FAIR
    address: str = ""
    purpose: str = ""
    despite_holiday: bool = False

    def pieces(self, serves: int | None) -> int:
        """Return how many pieces are enough when one serves so many people."""
        return -(-self.headcount // max(serves or 1, 1))

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked, as a step of the choice keeps it."""
        words = {
            "headcount": self.headcount, "serves_at": self.at.isoformat(), "kecamatan": self.kecamatan,
            "category": self.shelf, "budget": self.budget, "halal": "1" if self.halal else None,
            "vegetarian": "1" if self.vegetarian else None, "avoid": ", ".join(sorted(self.avoid)) or None,
            "order": self.order,
        }  # fmt: skip
        return {name: value for name, value in words.items() if value is not None}

    def moved(self, at: datetime) -> Need:
        """Return the same need at another moment."""
        return replace(self, at=at)

    def affords(self, total: int) -> bool:
        """Tell whether a total in rupiah, delivery included, is within the budget of all people together."""
        return self.budget is None or total <= self.budget * self.headcount

    def per_head(self, total: int) -> int:
        """Return rupiah a person of a total."""
        return round_half_up(total, self.headcount)
