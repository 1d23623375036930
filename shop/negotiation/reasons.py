"""Why not the cheapest: a fixed list, so that choices can be counted and told to who lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

AWARD: Final[Mapping[str, str]] = {
    "tkdn": "TKDN lebih tinggi atau jenjang produk dalam negeri (Perpres 46/2025)",
    "hea": "Preferensi harga (HEA) membuatnya setara atau lebih murah",
    "contents": "Isi atau mutunya lebih sesuai kebutuhan",
    "capacity": "Lebih sanggup memenuhi jumlah dan waktunya",
    "spread": "Memberi kesempatan kepada produsen yang belum dipilih kantor ini",
    "other": "Alasan lain (tuliskan)",
}
CHEAPEST: Final = "cheapest"
NOBODY: Final = "nobody"
LABELS: Final[Mapping[str, str]] = {
    **AWARD,
    CHEAPEST: "Harga terendah yang sah",
    NOBODY: "Baris ini tidak diberikan kepada siapa pun",
}
"""Every reason a line may carry after the award."""
OUT: Final[Mapping[str, str]] = {
    "vendor": "Gugur: usaha ini sedang tidak aktif",
    "product": "Gugur: produknya sudah tidak dijual",
}
"""Why a bid does not count any more."""
