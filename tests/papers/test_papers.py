"""Papers: what is written can be read again, letters nobody has do no harm, the same paper is the same file."""

from __future__ import annotations

import io
import re
import zlib
from datetime import UTC, datetime

from PIL import Image

from shop.papers import qr
from shop.papers.pdf import Paper

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def paper(rows: int = 3) -> bytes:
    """A paper with everything on it."""
    made = Paper("Surat “uji” 😀", NOW, below="Surat uji · ABCD")
    made.heading("Surat uji")
    made.paragraph("Kalimat dengan 😀 dan é.")
    made.facts([("Nama usaha", "Dapur " + "panjang " * 40)])
    made.subheading("Per bulan")
    made.table(
        ["Bulan", "Jumlah"], [[f"Bulan {n}", "Rp1.000"] for n in range(rows)], ["L", "R"], total=["Jumlah", "Rp3.000"]
    )
    made.beside(qr.png("https://contoh.id/p/1"), alt="Kode QR", size=30, lines=["Periksa", "contoh.id"])
    made.signatures([("Pemilik", "Sari"), ("Program", "Ratna")])
    made.note("Sumber: pesanan.")
    return made.content()


def streams(content: bytes) -> bytes:
    """Return what the pages draw, unpacked."""
    found = b""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found += zlib.decompress(packed)
        except zlib.error:
            continue
    return found


def test_a_paper_carries_language_title_and_words_for_its_pictures() -> None:
    content = paper()
    assert content.startswith(b"%PDF-")
    assert b"/Lang (id)" in content
    assert b"/DisplayDocTitle true" in content
    assert b"/StructTreeRoot" in content
    assert "Kode QR".encode("utf-16-be") in content or b"Kode QR" in content


def test_a_long_table_breaks_over_pages_and_counts_them() -> None:
    pages = len(re.findall(rb"/Type /Page\b", paper(rows=120)))
    assert pages >= 4
    assert len(re.findall(rb"/Type /Page\b", paper(rows=3))) == 1


def test_the_same_paper_of_the_same_moment_is_the_same_file() -> None:
    assert paper() == paper()
    assert streams(paper()) != streams(paper(rows=4))


def test_qr_codes_name_themselves_and_bring_no_style_of_their_own() -> None:
    drawn = qr.svg("https://contoh.id/periksa/ABCD", title="Kode QR ke halaman periksa")
    assert drawn.startswith("<svg ")
    assert "<title>Kode QR ke halaman periksa</title>" in drawn
    assert "style=" not in drawn
    assert " width=" not in drawn.split(">", 1)[0]
    with Image.open(io.BytesIO(qr.png("x", scale=4))) as picture:
        assert picture.size[0] == picture.size[1] == (21 + 2 * 4) * 4
