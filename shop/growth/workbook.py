"""The recap as a workbook: amounts are numbers, dates are dates, and no cell is a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import xlsxwriter

from shop.growth.recap import PaidRow, Recap

# What people typed must stay text: a purpose of "=1+1" or "http://…" is neither computed nor made a link.
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTH: Final = 20


def recap_xlsx(found: Recap, orders: Iterable[PaidRow]) -> bytes:
    """Return the workbook: a sheet of months, one of what is owed, one of orders; each ends with its sums."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    total = found.total
    _sheet(
        book,
        "Per bulan",
        ("Bulan", "Pesanan", "Dibayar (Rp)", "Pajak dipungut (Rp)", "Masuk ke rekening (Rp)"),
        [(m.month, m.count, m.paid, m.withheld, m.net) for m in found.months],
        ("Jumlah", total.count, total.paid, total.withheld, total.net),
    )
    _sheet(
        book,
        "Belum dibayar",
        ("Kantor", "Pesanan", "Jumlah (Rp)", "BAST tertua", "Hari kerja", "Pesanan lewat batas", "Lewat batas (Rp)"),
        [(d.office, d.count, d.amount, d.since, d.working_days, d.late_count, d.late_amount) for d in found.debts],
        ("Jumlah", sum(d.count for d in found.debts), found.owed, None, None, sum(d.late_count for d in found.debts),
         found.late),
    )  # fmt: skip
    rows = list(orders)
    _sheet(
        book,
        "Pesanan",
        ("Dibayar", "Nomor", "Kantor", "Keperluan", "BAST", "Nomor bukti", "Jumlah (Rp)", "Pajak (Rp)", "Masuk (Rp)"),
        [
            (r.paid_on, r.number, r.office, r.purpose, r.received_on, r.reference, r.paid, r.withheld, r.net)
            for r in rows
        ],
        ("Jumlah", None, None, None, None, None, sum(r.paid for r in rows), sum(r.withheld for r in rows),
         sum(r.net for r in rows)),
    )  # fmt: skip
    book.close()
    return out.getvalue()


def _sheet(book: Any, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], total: Sequence[Any]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    sheet.set_column(0, len(heads) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, heads, bold)
    number, day = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "dd/mm/yyyy"})
    line = 0
    for line, row in enumerate(rows, 1):
        _write(sheet, line, row, number, day)
    _write(sheet, line + 1, total, book.add_format({"num_format": "#,##0", "bold": True}), day)


def _write(sheet: Any, line: int, row: Sequence[Any], number: Any, day: Any) -> None:
    for column, value in enumerate(row):
        if isinstance(value, date):
            sheet.write_datetime(line, column, value, day)
        elif isinstance(value, int):
            sheet.write_number(line, column, value, number)
        elif value is not None:
            sheet.write_string(line, column, value)
