"""The ranking as a table for CSV and XLSX: the same numbers as the page, with how they were counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Final

from shop.base.clock import stamp
from shop.p3dn.totals import Report
from shop.sheets.writing import Book, Cell, Column
from shop.targets.ranking import Ranking, Standing

HEADS: Final = (
    "kelas_dari_rupiah", "kelas_sampai_rupiah", "peringkat", "kode_kantor", "kantor", "sasaran_dari", "pembilang_rupiah",
    "penyebut_rupiah", "bagian_bp", "sasaran_bp", "selisih_bp", "kurang_rupiah", "direncanakan_rupiah", "dipesan_rupiah",
    "pesanan", "catatan", "jenis", "tahun", "sistem", "dasar_nilai", "per",
)  # fmt: skip
_TEXT: Final = frozenset({"kode_kantor", "kantor", "sasaran_dari", "catatan", "jenis", "sistem", "dasar_nilai", "per"})
_FEW, _UNPAID = "pesanan terlalu sedikit, tidak diperingkat", "belum ada yang dibayar"


def rows(found: Ranking, report: Report, kind: str, year: int) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows under HEADS: places first, then who stands apart and why. Shares in basis points."""
    tail = (kind, year, report.system, report.basis, stamp(report.as_of))
    for band in found.bands:
        for place, one in band.places:
            yield (band.low, band.high, place, *_numbers(one), "", *tail)
    for some, why in ((found.few, _FEW), (found.unpaid, _UNPAID)):
        for one in some:
            yield (None, None, None, *_numbers(one), why, *tail)


def _numbers(one: Standing) -> tuple[Cell, ...]:
    measures = one.measures
    return (
        one.code, one.name, "kantor" if one.own else "aturan", one.counted, measures.paid_total, one.share_bp, one.target_bp,
        one.ahead_bp, one.missing, measures.planned, measures.committed, measures.orders,
    )  # fmt: skip


def write(out: IO[bytes], found: Iterator[tuple[Cell, ...]], now: datetime) -> None:
    """Write the rows as a workbook."""
    columns = [Column(head, 24 if head in _TEXT else 16, "text" if head in _TEXT else "whole") for head in HEADS]
    with Book(out, "Sasaran P3DN", now) as book:
        book.sheet("Sasaran", columns, found)
