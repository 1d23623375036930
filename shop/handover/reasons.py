"""Fixed lists: why something is refused, what a complaint is about, how it ends. Counted, so chosen and not typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shop.base.codes import one_line
from shop.base.errors import Invalid

REFUSED: Final[Mapping[str, str]] = {
    "wrong": "Tidak sesuai pesanan",
    "spoiled": "Basi atau rusak",
    "quality": "Mutu tidak layak",
    "packing": "Kemasan rusak atau terbuka",
    "other": "Lain (tuliskan di catatan)",
}
KINDS: Final[Mapping[str, str]] = {
    "not_arrived": "Barang tidak datang",
    "late": "Barang terlambat",
    "short": "Jumlah kurang",
    "quality": "Mutu tidak sesuai",
    "unpaid": "Belum dibayar",
    "other": "Lain",
}
BY_SIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "office": ("not_arrived", "late", "short", "quality", "other"),
    "vendor": ("unpaid", "short", "other"),
}
"""What each side can complain about; `short` of a producer is a shortage it does not agree to."""
OUTCOMES: Final[Mapping[str, str]] = {
    "bring_again": "Produsen mengganti barang",
    "pay_less": "Kantor membayar yang diterima saja",
    "pay_in_full": "Kantor membayar penuh",
    "pay_now": "Kantor segera membayar",
    "warned": "Teguran dicatat, pesanan berjalan terus",
    "unfounded": "Pengaduan tidak terbukti",
}
WORDS_LEAST, WORDS_MOST = 10, 1000


def checked_words(text: str, field: str, most: int = WORDS_MOST) -> str:
    """Return what somebody wrote, on one line. Raises Invalid for less than 10 letters or too many: a space says nothing."""
    words = one_line(text)
    if not WORDS_LEAST <= len(words) <= most:
        raise Invalid.at(
            field, "Tuliskan apa yang terjadi, %(least)s sampai %(most)s huruf.", least=WORDS_LEAST, most=most
        )
    return words
