"""A few usual payments, to show what a rule does. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from shop.tax.facts import Facts

_EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "Nasi kotak Rp3.500.000 dari dapur rumah dengan Surat Keterangan PP 55": {
        "amount": 3_500_000, "kind": "catering", "sk": True, "basis": "incl_ppn"},
    "Nasi kotak Rp3.500.000 dari dapur rumah tanpa surat": {"amount": 3_500_000, "kind": "catering", "basis": "incl_ppn"},
    "Prasmanan Rp11.000.000 dari CV yang wajib PBJT": {
        "amount": 11_000_000, "kind": "catering", "form": "cv", "pbjt": True, "basis": "incl_pbjt"},
    "Alat tulis Rp1.500.000 dari perorangan": {"amount": 1_500_000, "basis": "incl_ppn"},
    "Seragam Rp11.100.000 dari CV yang PKP": {"amount": 11_100_000, "form": "cv", "pkp": True, "basis": "incl_ppn"},
    "Cetak spanduk Rp4.000.000 dari PT": {"amount": 4_000_000, "kind": "service", "form": "pt", "basis": "incl_ppn"},
}  # fmt: skip


def on(day: date) -> list[tuple[str, Facts]]:
    """Return (words, facts) of each, paid on a day; the words are msgids."""
    return [(words, Facts(day=day, **given)) for words, given in _EXAMPLES.items()]
