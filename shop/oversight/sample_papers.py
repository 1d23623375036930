"""A sample as a paper and as a workbook: how it was drawn, so that anybody draws the same, and what was found. In Indonesian."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final

from shop.base.clock import local, stamp
from shop.base.money import rupiah
from shop.oversight.drawing import METHODS
from shop.oversight.samples import VERDICTS, SampleView
from shop.papers.pdf import Paper
from shop.sheets.writing import Book, Column

HOW: Final = (
    'Cara menarik ulang: urutkan pesanan menurut SHA-256 dari teks "benih|id pesanan" (heksadesimal), dari yang terkecil. Acak '
    "sederhana mengambil yang pertama; acak per kantor membagi jumlahnya sebanding banyaknya pesanan tiap kantor; menurut rupiah "
    'mengambil pesanan yang memuat titik awal + kelipatan interval, dengan titik awal = SHA-256("benih|0") modulo interval.'
)
"""msgid too: the page says the same."""
PROJECTION: Final = {
    "unit": "Bagian yang salah dari tiap pesanan × interval; pesanan senilai interval atau lebih dihitung apa adanya.",
    "strata": "Rata-rata salah tiap kantor × banyaknya pesanan kantor itu.",
    "simple": "Rata-rata salah × banyaknya pesanan.",
    "top": "Yang di atas batas dihitung apa adanya; sisanya rata-rata salah × banyaknya pesanan di bawah batas.",
}
"""msgids: how errors are projected, by method."""
_COLUMNS: Final = (
    Column("No", 6, "whole"), Column("ID pesanan", 12, "plain"), Column("Nomor", 30), Column("Kantor", 34),
    Column("Produsen", 30), Column("Nilai (Rp)", 16, "whole"), Column("Titik", 8, "whole"), Column("Putusan", 14),
    Column("Salah (Rp)", 16, "whole"), Column("Catatan", 60), Column("Oleh", 26), Column("Tanggal", 14, "date"),
)  # fmt: skip
NOT_YET: Final = "Belum dinilai"


def facts(view: SampleView, words: str) -> list[tuple[str, str]]:
    """Return how a sample was drawn and what it says, as (label, value)."""
    sample, end = view.sample, view.conclusion
    found = [
        ("Sampel", sample.name),
        ("Pencarian", words),
        ("Cara", METHODS[sample.method]),
        ("Benih", sample.seed),
        ("Populasi", f"{sample.population} pesanan, {rupiah(sample.population_sum)}"),
        ("Sidik jari populasi", sample.population_hash),
        ("Diminta", f"{sample.size} pesanan"),
        *([("Batas", rupiah(sample.above))] if sample.above else []),
        *([("Interval", rupiah(sample.interval))] if sample.interval else []),
        ("Ditarik", f"{stamp(sample.drawn_at)} oleh {view.drawn_by}"),
        ("Sudah dinilai", f"{end.judged} dari {end.items} pesanan, {end.wrong} temuan"),
        ("Salah yang ditemukan", f"{rupiah(end.found)} dari {rupiah(end.checked)} yang dinilai"),
        ("Perkiraan salah seluruhnya", "belum dapat dihitung" if end.projected is None else rupiah(end.projected)),
        ("Cara memperkirakan", PROJECTION[sample.method]),
    ]
    if end.is_small:
        found.append(("Perhatian", "Kurang dari 30 pesanan dinilai: perkiraan hanya petunjuk, bukan kesimpulan."))
    return found


def pdf(view: SampleView, words: str, now: datetime) -> bytes:
    """Draw the sample as a working paper."""
    title = f"Kertas kerja sampel {view.sample.id}"
    paper = Paper(title, now, below=f"{title} · {view.sample.name}")
    paper.heading(title)
    paper.facts(facts(view, words))
    paper.note(HOW)
    paper.table(
        ["No", "Pesanan", "Kantor", "Nilai", "Putusan", "Salah", "Catatan"],
        [
            [str(row.position), f"{row.number} (id {row.order_id})", row.office, rupiah(row.total),
             VERDICTS.get(row.verdict, NOT_YET), rupiah(row.error) if row.verdict else "", row.words]
            for row in view.rows
        ],
        ["R", "L", "L", "R", "L", "R", "L"],
        widths=[5, 22, 18, 14, 11, 12, 18],
        size=8,
    )  # fmt: skip
    paper.signatures([("Auditor", view.drawn_by)])
    return paper.content()


def workbook(view: SampleView, words: str, now: datetime) -> bytes:
    """Write the sample as a workbook: the orders, and how they were drawn."""
    buffer = io.BytesIO()
    with Book(buffer, f"Sampel {view.sample.id}", now) as book:
        book.sheet(
            "Sampel",
            _COLUMNS,
            (
                (row.position, row.order_id, row.number, row.office, row.vendor, row.total, row.hits,
                 VERDICTS.get(row.verdict, NOT_YET), row.error if row.verdict else None, row.words, row.given_by,
                 local(row.given_at).date() if row.given_at else None)
                for row in view.rows
            ),
        )  # fmt: skip
        book.text("Cara menarik", [*facts(view, words), (HOW, "")])
    return buffer.getvalue()
