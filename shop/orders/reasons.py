"""Fixed reasons for saying no: people choose one and may add words, so that refusals can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shop.base.codes import one_line
from shop.base.errors import Invalid

REFUSE: Final[Mapping[str, str]] = {
    "capacity": "Kapasitas hari itu sudah penuh",
    "closed": "Libur atau tutup pada hari itu",
    "ingredients": "Bahan tidak tersedia",
    "too_soon": "Waktunya terlalu dekat",
    "too_far": "Alamat di luar jangkauan pengiriman",
    "price": "Harga sudah tidak sesuai",
    "other": "Alasan lain (tuliskan)",
}
CANCEL: Final[Mapping[str, str]] = {
    "event_off": "Kegiatan dibatalkan",
    "event_moved": "Kegiatan diundur",
    "wrong_order": "Salah memesan",
    "budget": "Anggaran berubah",
    "late": "Barang tidak kunjung datang",
    "other": "Alasan lain (tuliskan)",
}
SEND_BACK: Final[Mapping[str, str]] = {
    "short": "Jumlah kurang",
    "wrong": "Barang tidak sesuai pesanan",
    "quality": "Mutu tidak layak",
    "spoiled": "Makanan basi atau rusak",
    "other": "Alasan lain (tuliskan)",
}
DECLINE: Final[Mapping[str, str]] = {
    "time": "Waktunya tidak cocok",
    "quantity": "Jumlahnya tidak cukup",
    "other": "Alasan lain (tuliskan)",
}
"""Why an office does not agree to what a producer proposed."""
BY_VERB: Final[Mapping[str, Mapping[str, str]]] = {"refuse": REFUSE, "cancel": CANCEL, "send_back": SEND_BACK}


STOP: Final[Mapping[str, str]] = {"unpaid": "Pesanan lain dari kantor ini belum dibayar"}
"""Why a producer may stop; not among the refusals, so that it never counts as one."""


def checked(table: Mapping[str, str], reason: str, words: str, *, least: int = 0) -> dict[str, str]:
    """Return the reason as it is recorded. Raises Invalid for an unknown reason, or `other` without real words.

    `least` is how many letters of explanation any reason needs here.
    """
    if reason not in table:
        raise Invalid.at("reason", "Pilih salah satu alasan.")
    words = one_line(words)
    if len(words) > 500:  # noqa: PLR2004
        raise Invalid.at("words", "Penjelasan paling panjang 500 huruf.")
    if len(words) < least:
        raise Invalid.at("words", "Barang sudah berangkat. Tuliskan mengapa tetap dibatalkan, paling sedikit 20 huruf.")
    if reason == "other" and len(words) < 5:  # noqa: PLR2004
        raise Invalid.at("words", "Tuliskan alasannya, paling sedikit 5 huruf.")
    return {"reason": reason, "words": words}
