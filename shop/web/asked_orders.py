"""The auditor's search in the reader's words, as its page, samples and export records tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.base.errors import Invalid
from shop.orders import states
from shop.oversight.asking import NAMES, UNKNOWN
from shop.p3dn.labels import CHANNEL_LABELS, EVIDENCE_LABELS
from shop.risk.register import RULES
from shop.web import spending
from shop.web.errors import say

_MAX_DIGITS: Final = 18
CHANNEL_CHOICES: Final = {code or UNKNOWN: label for code, label in CHANNEL_LABELS.items()}
CORRECTED: Final = {"ada": "Ada koreksi", "tidak": "Tanpa koreksi"}
"""What the search offers beside its fields, as msgids."""
LABELS: Final[Mapping[str, Any]] = {
    "nomor": _l("Nomor pesanan"),
    "kantor": _l("Kantor"),
    "bawahan": _l("Termasuk kantor di bawahnya"),
    "produsen": _l("Produsen"),
    "produk": _l("Kata dalam nama produk"),
    "kategori": _l("Kategori"),
    "rekening": _l("Kode rekening"),
    "paling_sedikit": _l("Nilai paling sedikit"),
    "paling_banyak": _l("Nilai paling banyak"),
    "dari": _l("Dipesan dari"),
    "sampai": _l("Dipesan sampai"),
    "bayar_dari": _l("Dibayar dari"),
    "bayar_sampai": _l("Dibayar sampai"),
    "status": _l("Status"),
    "cara": _l("Cara memesan"),
    "bukti": _l("Bukti TKDN"),
    "koreksi": _l("Koreksi baris"),
    "risiko": _l("Tanda risiko"),
    "telat": _l("Terlambat dibayar"),
}


def number_from(text: str | None) -> int | None:
    """Read where a list goes on; empty is its beginning. Raises Invalid."""
    if text and not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise Invalid.at("sebelum", "Buka daftar dari awal.")
    return int(text) if text else None


def told(asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return a search as (label, value) in the reader's language."""
    return [(str(LABELS[name]), _value(name, asked[name])) for name in NAMES if asked.get(name)]


def words_of(asked: Mapping[str, str]) -> str:
    """Return a search in one line."""
    return "; ".join(f"{label}: {value}" for label, value in told(asked))


def _value(name: str, value: str) -> str:
    if name in {"bawahan", "telat"}:
        return str(_("ya"))
    known: Mapping[str, str] = {}
    if name == "status":
        known = states.LABELS
    elif name == "bukti":
        known = EVIDENCE_LABELS
    elif name == "cara":
        known = CHANNEL_CHOICES
    elif name == "koreksi":
        known = CORRECTED
    elif name == "kategori":
        return spending.category_names([value])[value]
    elif name == "risiko":
        known = {"ada": "Ada tanda", "tidak": "Tanpa tanda"} | {code: rule.title for code, rule in RULES.items()}
    return say(known[value], {}) if value in known else value
