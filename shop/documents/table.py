"""All kinds of papers, in the order in which an order's life needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shop.documents.kind import Kind
from shop.documents.kinds import (
    attendance,
    bap,
    bast,
    comparison,
    competition,
    invoice,
    kuitansi,
    negotiation,
    payment_report,
    spk,
    surat_pesanan,
    tax_slip,
)

KINDS: Final[Mapping[str, Kind]] = {
    module.KIND.code: module.KIND
    for module in (
        comparison, competition, negotiation, surat_pesanan, spk, attendance, bap, bast, invoice, kuitansi, payment_report, tax_slip,
    )
}  # fmt: skip
"""{code: kind}. A new kind is a file in `kinds/` and its name here."""
SERIES: Final[Mapping[str, str]] = {
    "SP": "Surat Pesanan", "BAP": "Berita Acara Pemeriksaan", "BAST": "Berita Acara Serah Terima",
    "BAN": "Berita Acara Negosiasi", "BAK": "Berita Acara Mini-Kompetisi",
} | {kind.series: kind.title for kind in KINDS.values() if kind.series}  # fmt: skip
"""{code of a number sequence: what is numbered by it (msgid)}; each has a template of its own in each office."""
