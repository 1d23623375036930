"""What a producer states about turnover and tax: classes, sizes of PP 7/2021, and which paper fits whom. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from shop.base.errors import Invalid

TURNOVER: Final[dict[str, tuple[str, str]]] = {
    "to_500m": ("Sampai Rp500 juta setahun", "mikro"),
    "to_2b": ("Di atas Rp500 juta sampai Rp2 miliar", "mikro"),
    "to_4800m": ("Di atas Rp2 miliar sampai Rp4,8 miliar", "kecil"),
    "to_15b": ("Di atas Rp4,8 miliar sampai Rp15 miliar", "kecil"),
    "to_50b": ("Di atas Rp15 miliar sampai Rp50 miliar", "menengah"),
}
"""Class of last year's turnover -> (words, size of PP 7/2021 art. 35: mikro to 2, kecil to 15, menengah to 50 billion)."""
_FINAL: Final = frozenset({"to_500m", "to_2b", "to_4800m"})
"""Classes below the Rp 4.8 billion up to which the final 0.5 % may be chosen (PP 55/2022 art. 56)."""
PAPERS: Final = {
    "none": "Tidak ada",
    "sk_pp55": "Surat Keterangan PP 55 (pajak final 0,5%)",
    "decl_500m": "Surat pernyataan omzet sampai Rp500 juta",
}
FORMS: Final = {
    "individual": "Perorangan",
    "pt_perorangan": "PT perorangan",
    "cv": "CV",
    "firma": "Firma",
    "koperasi": "Koperasi",
    "pt": "PT",
}


def check_paper(paper: str, form: str, turnover: str, eligible: Collection[str]) -> None:
    """Raise Invalid at `tax_paper` when this producer cannot hold the paper.

    `eligible`: legal forms that may pay the final 0.5 % on the day (rule `tax.pph_final_umkm.forms`). The statement up
    to Rp 500 million is a natural person's only (PP 55/2022 art. 60, PMK 164/2023).
    """
    if paper not in PAPERS:
        raise Invalid.at("tax_paper", "Pilih salah satu dari daftar.")
    if paper == "sk_pp55" and (form not in eligible or turnover not in _FINAL):
        raise Invalid.at(
            "tax_paper",
            "Pajak final 0,5% hanya untuk perorangan, PT perorangan, dan koperasi dengan omzet sampai Rp4,8 miliar. "
            "Pilih Tidak ada.",
        )
    if paper == "decl_500m" and (form != "individual" or turnover != "to_500m"):
        raise Invalid.at(
            "tax_paper", "Surat pernyataan ini hanya untuk perorangan dengan omzet sampai Rp500 juta. Pilih yang lain."
        )
