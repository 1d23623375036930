"""The statement of offered claims as rows, workbook and paper. In Indonesian, the language of the banks that read it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.base.clock import local_day
from shop.base.money import rupiah
from shop.db import session
from shop.orders import punctuality
from shop.orders.models import Order
from shop.orders.punctuality import Punctuality
from shop.papers import qr
from shop.papers.pdf import Paper
from shop.sheets.writing import Book, Cell, Column
from shop.treasury.pledging import Claim

HEADS: Final = (
    "nomor_pesanan", "kantor", "kotor_rupiah", "bersih_rupiah", "tanggal_bast", "batas_bayar", "ketepatan_kantor", "bank",
    "kode_periksa", "sidik", "keadaan",
)  # fmt: skip
_COLUMNS: Final = (
    Column("Nomor pesanan", 28), Column("Kantor", 36), Column("Kotor (Rp)", 16, "whole"), Column("Bersih (Rp)", 16, "whole"),
    Column("Tanggal BAST", 14, "date"), Column("Batas bayar", 14, "date"), Column("Ketepatan kantor", 20), Column("Bank", 28),
    Column("Kode periksa", 24), Column("Sidik isi", 66), Column("Keadaan", 22),
)  # fmt: skip
Records = Mapping[int, Punctuality]
STATES: Final = {
    "open": "Terbuka, belum dibayar",
    "changed": "Nilai pesanan berubah",
    "paid": "Sudah dibayar",
    "withdrawn": "Tawaran dicabut",
}
"""What became of an offered claim; msgids."""


def records(order_ids: Sequence[int], now: datetime) -> Records:
    """Return {order id: how its office pays}, this year and last; three statements."""
    rows = session.execute(select(Order.id, Order.office_id).where(Order.id.in_(order_ids))).all() if order_ids else []
    of = punctuality.of_offices({row.office_id for row in rows}, now)
    return {row.id: of[row.office_id] for row in rows}


def _told(record: Punctuality) -> str:
    if not record.is_shown:
        return f"{record.n} pembayaran, belum cukup"
    return f"{record.in_time} dari {record.n} tepat waktu"


def rows(claims: Sequence[Claim], record: Records) -> list[list[Cell]]:
    """Return a row for each claim, as HEADS."""
    return [
        [
            c.content["number"], c.content["office"], c.content["gross"], c.content["net"],
            c.received_on, c.due_on,
            _told(record[c.order_id]), c.content["bank"], c.code, c.fingerprint, STATES[c.state],
        ]
        for c in claims
    ]  # fmt: skip


def workbook(claims: Sequence[Claim], record: Records, now: datetime) -> bytes:
    """Return the statement as a workbook with its sums."""
    out = io.BytesIO()
    sums = [sum(c.content[name] for c in claims) for name in ("gross", "net")]
    with Book(out, "Daftar tagihan", now) as book:
        book.sheet("Tagihan", _COLUMNS, rows(claims, record), last=["Jumlah", None, *sums, *[None] * 7])
    return out.getvalue()


def paper(claims: Sequence[Claim], record: Records, vendor: str, address: str, now: datetime) -> bytes:
    """Draw the statement; `address` is the public page where each code is checked."""
    title = "Daftar tagihan kepada kantor pemerintah"
    drawn = Paper(title, now, below=f"{title} · {vendor}")
    drawn.heading(title)
    banks = sorted({c.content["bank"] for c in claims})
    drawn.facts([("Nama usaha", vendor), ("Ditawarkan kepada", ", ".join(banks)), ("Keadaan", _day(local_day(now)))])
    listed = [
        [c.content["number"], c.content["office"], rupiah(c.content["gross"]), rupiah(c.content["net"]),
         _day(c.received_on), _day(c.due_on),
         _told(record[c.order_id])]
        for c in claims
    ]  # fmt: skip
    gross, net = (rupiah(sum(c.content[name] for c in claims)) for name in ("gross", "net"))
    drawn.table(
        ["Nomor pesanan", "Kantor", "Kotor", "Bersih", "BAST", "Batas bayar", "Ketepatan kantor"], listed,
        ["L", "L", "R", "R", "L", "L", "L"], widths=[20, 22, 15, 15, 13, 13, 17], total=["Jumlah", "", gross, net, "", "", ""],
        size=8,
    )  # fmt: skip
    drawn.subheading("Kode periksa")
    drawn.table(
        ["Nomor pesanan", "Kode periksa", "Sidik isi", "Keadaan"],
        [[c.content["number"], c.code, c.fingerprint[:16], STATES[c.state]] for c in claims],
        ["L", "L", "L", "L"], widths=[30, 28, 22, 24],
    )  # fmt: skip
    drawn.beside(
        qr.png(address), alt="Kode QR ke halaman pemeriksaan tagihan", size=30,
        lines=["Periksa setiap kode di sini", address, "Halaman itu berkata: terbuka, sudah dibayar, atau dicabut."],
    )  # fmt: skip
    drawn.note(
        "Bersih: perkiraan yang masuk ke rekening produsen setelah pajak, menurut aturan pada hari penawaran. Barang sudah "
        "diterima kantor (BAST terbit). Daftar ini penanda, bukan jaminan dan bukan perjanjian pengalihan piutang; kantor "
        "tetap membayar ke rekening produsen."
    )
    return drawn.content()


def _day(day: date) -> str:
    return day.strftime("%d-%m-%Y")
