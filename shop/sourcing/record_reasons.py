"""Why this one: a fixed list, so that reasons can be counted; words where the list does not reach. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shop.base.codes import one_line
from shop.base.errors import FieldFault

LOWEST: Final = "lowest_price"
SPREAD: Final = "spread"
OTHER: Final = "other"
AGREED: Final = "agreed"
REASONS: Final[Mapping[str, str]] = {
    LOWEST: "Harganya paling rendah di antara yang memenuhi",
    "quality": "Mutu atau isinya lebih cocok dengan kebutuhan",
    "diet": "Lebih cocok dengan pantangan peserta (halal, alergi, vegetarian)",
    "evidence": "Bukti TKDN-nya lebih baik",
    "near": "Lebih dekat, atau ongkos kirimnya lebih murah",
    "on_time": "Riwayat antarnya lebih tepat waktu",
    SPREAD: "Memeratakan pesanan: produsen ini belum dipilih triwulan ini",
    "together": "Digabung dengan barang lain dari produsen yang sama",
    AGREED: "Harganya sudah disepakati lewat negosiasi, lomba, atau persetujuan",
    OTHER: "Alasan lain",
}
"""Labels are msgids."""
LEAST_WORDS: Final = 5
LEAST_IMPORT: Final = 10
MOST_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Said:
    """What the officer said about one product: a reason of the list, words, and why it may be imported."""

    reason: str = ""
    words: str = ""
    import_words: str = ""

    @property
    def tidy(self) -> Said:
        """The same on one line each: a reason of one space is no reason."""
        return Said(one_line(self.reason), one_line(self.words), one_line(self.import_words))


def faults(product_id: int, said: Said, *, asked: bool, cheapest_passed: bool, imported: bool) -> list[FieldFault]:
    """Return what is wrong with what was said, by field `reason-<id>`, `words-<id>`, `import-<id>`."""
    found = []
    if asked or said.reason:
        if said.reason not in REASONS:
            found.append(FieldFault(f"reason-{product_id}", "Pilih alasan mengapa memilih yang ini."))
        elif said.reason == LOWEST and cheapest_passed:
            found.append(
                FieldFault(f"reason-{product_id}", "Ada yang lebih murah di antara yang Anda lihat. Pilih alasan lain.")
            )
    if said.reason == OTHER and len(said.words) < LEAST_WORDS:
        found.append(FieldFault(f"words-{product_id}", "Tulis alasannya, paling sedikit %(least)s huruf.",
                                (("least", LEAST_WORDS),)))  # fmt: skip
    if imported and len(said.import_words) < LEAST_IMPORT:
        found.append(FieldFault(f"import-{product_id}", "Barang ini bukan produk dalam negeri. Tulis mengapa harus yang ini, paling sedikit %(least)s huruf.",
                                (("least", LEAST_IMPORT),)))  # fmt: skip
    for field, text in (("words", said.words), ("import", said.import_words)):
        if len(text) > MOST_WORDS:
            found.append(FieldFault(f"{field}-{product_id}", "Paling panjang %(most)s huruf.", (("most", MOST_WORDS),)))
    return found
