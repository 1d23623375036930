"""What drawing one paper costs: CPU of a surat pesanan of five and of fifty lines, beside that of a PDF of one heading."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.table import Row, median, print_table, spread
from shop.base.codes import fingerprint
from shop.documents import drawing
from shop.documents.kind import Signed
from shop.documents.reading import Issued
from shop.papers.pdf import Paper
from shop.storage.files import FileStore

GOAL = 150.0
ROUNDS = 15
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PERSON = {"name": "Nia Endang", "nip": "999901010000000022"}
LINE = {
    "name": "Nasi kotak ayam bakar", "note": "tanpa kacang", "quantity": 30, "unit": "kotak", "list_price": 27_500,
    "unit_price": 25_000, "amount": 750_000, "pdn": True, "evidence": "certified", "tkdn_bp": 4_500, "bmp_bp": 500,
    "certificate": "12/SJ-IND.8/TKDN/1/2026",
}  # fmt: skip


def main() -> int:
    """Measure and print. Returns 1 when the goal is missed."""
    files = FileStore(Path("var/files"))
    floor = _cpu(_heading)
    rows = []
    for lines in (5, 50):
        paper = _paper(lines)
        spent = _cpu(lambda paper=paper: drawing.draw(paper, files, "https://toko.contoh"))
        note = f"{spread(spent, 0)} ms; {median(spent) / median(floor):.1f} x a PDF of one heading"
        rows.append(Row(f"surat pesanan of {lines} lines, CPU", median(spent), "ms", GOAL, note))
    print_table(rows)
    return int(any(row.verdict == "MISSED" for row in rows))


def _cpu(draw: Callable[[], object]) -> list[float]:
    draw()  # fonts are read once
    spent = []
    for _round in range(ROUNDS):
        begun = time.process_time()
        draw()
        spent.append((time.process_time() - begun) * 1000)
    return spent


def _heading() -> bytes:
    paper = Paper("Surat Pesanan", AT)
    paper.heading("Surat Pesanan")
    return paper.content()


def _paper(lines: int) -> Issued:
    content: dict[str, Any] = {
        "ordered_on": "2026-11-20", "officer": PERSON, "officer_for": "", "ppk": PERSON, "purpose": "Rapat koordinasi",
        "office": {"name": "Kecamatan Gambir", "code": "OPD-0031", "address": "Jl. Medan Merdeka 8", "npwp": "0990"},
        "budget": {"rup_code": "99000046", "package": "Makan minum rapat", "activity": "7.02.01.1.06.0009",
                   "account_code": "5.1.02.01.01.0052", "account_name": "Makan minum rapat", "fund_source": "APBD",
                   "year": 2026},
        "seller": {"name": "Dapur Nyak Dian", "owner": "Dian", "nib": "9900000000006", "tax_label": "NIK",
                   "tax_number": "9900000000000006", "address": "Jl. Petojo 5", "bank_name": "Bank Contoh",
                   "bank_account": "9900000006", "bank_holder": "Dian"},
        "headcount": 30, "lines": [LINE] * lines, "shipping": 20_000, "total": 750_000 * lines + 20_000,
        "words": "sekian rupiah", "deliver_to": "Jl. Medan Merdeka 8", "places": [], "deliver_at": "25-11-2026 10.00 WIB",
        "accept_by": "23-11-2026 10.00 WIB", "accepted_at": "20-11-2026 11.00 WIB",
    }  # fmt: skip
    signed = Signed("seller", "Penyedia", "Dian", "", "step", AT)
    return Issued(
        1, "surat_pesanan", 1, 1, 1, "0412/SP/OPD-0031/XI/2026", 1, content, fingerprint(content), "ABCDE-FGHJK", AT, "",
        "valid", "", (signed,),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
