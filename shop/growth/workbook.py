"""The recap as a workbook: what people typed stays text, amounts are numbers, dates are dates."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from shop.growth.recap import PaidRow, Recap
from shop.sheets.writing import Book, Column

_MONTHS: Final = (
    Column("Bulan", 14, "date"), Column("Pesanan", 12, "whole"), Column("Dibayar (Rp)", 20, "whole"),
    Column("Pajak dipungut (Rp)", 20, "whole"), Column("Masuk ke rekening (Rp)", 24, "whole"),
)  # fmt: skip
_DEBTS: Final = (
    Column("Kantor", 36), Column("Pesanan", 12, "whole"), Column("Jumlah (Rp)", 20, "whole"), Column("BAST tertua", 14, "date"),
    Column("Hari kerja", 12, "whole"), Column("Pesanan lewat batas", 20, "whole"), Column("Lewat batas (Rp)", 20, "whole"),
)  # fmt: skip
_ORDERS: Final = (
    Column("Dibayar", 14, "date"), Column("Nomor", 24), Column("Kantor", 36), Column("Keperluan", 40),
    Column("BAST", 14, "date"), Column("Nomor bukti", 24), Column("Jumlah (Rp)", 20, "whole"),
    Column("Pajak (Rp)", 20, "whole"), Column("Masuk (Rp)", 20, "whole"),
)  # fmt: skip


def recap_xlsx(found: Recap, orders: Iterable[PaidRow], now: datetime) -> bytes:
    """Return the workbook: a sheet of months, one of what is owed, one of orders; each ends with its sums."""
    out, rows, total, debts = io.BytesIO(), list(orders), found.total, found.debts
    with Book(out, f"Rekap {found.year}", now) as book:
        book.sheet(
            "Per bulan", _MONTHS, [(m.month, m.count, m.paid, m.withheld, m.net) for m in found.months],
            last=("Jumlah", total.count, total.paid, total.withheld, total.net),
        )  # fmt: skip
        book.sheet(
            "Belum dibayar", _DEBTS,
            [(d.office, d.count, d.amount, d.since, d.working_days, d.late_count, d.late_amount) for d in debts],
            last=("Jumlah", sum(d.count for d in debts), found.owed, None, None, sum(d.late_count for d in debts), found.late),
        )  # fmt: skip
        book.sheet(
            "Pesanan", _ORDERS,
            [(r.paid_on, r.number, r.office, r.purpose, r.received_on, r.reference, r.paid, r.withheld, r.net) for r in rows],
            last=("Jumlah", None, None, None, None, None, sum(r.paid for r in rows), sum(r.withheld for r in rows),
                  sum(r.net for r in rows)),
        )  # fmt: skip
    return out.getvalue()
