"""The papers of naik kelas as PDF: statement, letter, recap. In Indonesian, the language of the banks and offices that read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from shop.base.clock import local_day
from shop.base.money import rupiah
from shop.growth.declaring import COST_LABELS
from shop.growth.letters import Letter
from shop.growth.months import day_written, written
from shop.growth.recap import PaidRow, Recap
from shop.growth.statement import Statement
from shop.papers import qr
from shop.papers.pdf import Paper

_MISSING: Final = "belum diisi"
_NO_KIOSK: Final = "belum ada"
_FROM_ORDERS: Final = "e-Order"
_FROM_OWNER: Final = "Pernyataan pemilik"


def statement_pdf(found: Statement, now: datetime) -> bytes:
    """Draw the statement of a month; every line says whether it comes from orders or from the owner."""
    title = f"Laporan keuangan {written(found.month)}"
    paper = Paper(title, now, below=f"{title} · {found.vendor_name}")
    paper.heading(title)
    paper.facts([("Nama usaha", found.vendor_name), ("Dasar pencatatan", "Kas: dicatat saat uang masuk atau keluar")])
    if found.is_running:
        paper.paragraph("Sementara: bulan ini belum berakhir.", bold=True)
    paper.subheading("Laba rugi")
    heads, aligns, widths = ["Uraian", "Sumber", "Rupiah"], ["L", "L", "R"], [52, 26, 22]
    rows, total = _result_rows(found)
    paper.table(heads, rows, aligns, widths=widths, total=total, size=10)  # type: ignore[arg-type]
    paper.subheading("Posisi keuangan")
    here = found.position
    if here is None:
        paper.paragraph("Pemilik belum menyatakan kas, persediaan, peralatan, dan utang.")
    else:
        amounts = [
            ("Kas dan bank", here.cash), ("Persediaan", here.stock), ("Peralatan", here.equipment),
            ("Utang", -here.debts),
        ]  # fmt: skip
        paper.table(
            heads,
            [[label, _FROM_OWNER, rupiah(amount)] for label, amount in amounts],
            aligns,  # type: ignore[arg-type]
            widths=widths,
            total=["Modal pemilik", "", rupiah(here.equity)],
            size=10,
        )
        paper.note(f"Keadaan menurut pemilik pada {day_written(here.on_day)}.")
    paper.paragraph(f"Tagihan kepada kantor yang belum dibayar pada akhir bulan: {rupiah(found.owed)} (e-Order).")
    paper.note(
        "Tagihan tidak dihitung sebagai pendapatan atau modal karena laporan ini berdasar kas. "
        "Angka e-Order berasal dari pesanan yang dibayar kantor pemerintah; angka lain dinyatakan pemilik dan tidak diperiksa."
    )
    paper.signatures([("Pemilik usaha", found.owner_name or found.vendor_name)])
    return paper.content()


def _result_rows(found: Statement) -> tuple[list[list[str]], list[str]]:
    sold, stated = found.sales, found.stated
    rows = [
        [f"Penjualan kepada kantor, {sold.order_count} pesanan dibayar", _FROM_ORDERS, rupiah(sold.orders)],
        ["Penjualan kios", "Kios", _amount(sold.kiosk, _NO_KIOSK)],
        ["Penjualan di luar e-Order", _FROM_OWNER, _amount(sold.declared)],
        *(
            [COST_LABELS[name], _FROM_OWNER, rupiah(-getattr(stated, name)) if stated else _MISSING]
            for name in COST_LABELS
        ),
        ["Pajak yang dipungut bendahara", _FROM_ORDERS, rupiah(-sold.withheld)],
    ]  # fmt: skip
    result = found.result
    return rows, ["Laba" if result is None or result >= 0 else "Rugi", "", _amount(result, "belum lengkap")]


def letter_pdf(letter: Letter, address: str) -> bytes:
    """Draw a letter from its frozen content; `address` is its public page. The same letter gives the same words again."""
    said = letter.content
    span = f"{_month(said['from'])} – {_month(said['until'])}"
    paper = Paper("Surat keterangan omzet", letter.issued_at, below=f"Surat keterangan omzet · {letter.code}")
    paper.heading("Surat keterangan omzet")
    if letter.withdrawn_at is not None:
        paper.paragraph(f"DITARIK pada {day_written(local_day(letter.withdrawn_at))}", bold=True, size=14)
    paper.facts(
        [
            ("Nama usaha", said["vendor"]),
            ("Kecamatan", said["kecamatan"]),
            ("Masa", span),
            ("Kantor pembeli", f"{said['offices']} kantor pemerintah, {said['count']} pesanan dibayar"),
            ("Diterbitkan", day_written(local_day(letter.issued_at))),
            ("Kode periksa", letter.code),
        ]
    )
    paper.table(
        ["Bulan", "Pesanan kantor (e-Order)", "Kios", "Di luar e-Order (pernyataan pemilik)"],
        [
            [_month(m["month"]), rupiah(m["orders"]), _amount(m["kiosk"], _NO_KIOSK), _amount(m["declared"])]
            for m in said["months"]
        ],
        ["L", "R", "R", "R"],
        widths=[25, 25, 20, 30],
        total=["Jumlah", rupiah(said["orders"]), _amount(said["kiosk"], _NO_KIOSK), _amount(said["declared"])],
    )
    paper.beside(
        qr.png(address),
        alt=f"Kode QR ke halaman pemeriksaan surat {letter.code}",
        size=32,
        lines=["Periksa keaslian surat ini", address, f"Sidik isi: {letter.fingerprint[:16]}"],
    )
    paper.note(
        "Pesanan kantor: jumlah yang dibayar kantor pemerintah menurut catatan pembayaran di e-Order Jakpreneur, termasuk "
        "ongkos kirim dan pajak yang dipungut. Angka di luar e-Order dinyatakan pemilik usaha dan tidak diperiksa. "
        "Surat ini bukan jaminan dan bukan penilaian kelayakan kredit."
    )
    return paper.content()


def recap_pdf(found: Recap, orders: Iterable[PaidRow], now: datetime) -> bytes:
    """Draw the recap of a year: months, debts, and every paid order."""
    title = f"Rekap penjualan {found.year}"
    paper = Paper(title, now, below=f"{title} · {found.vendor_name}")
    paper.heading(title)
    office = dict(found.offices).get(found.office_id or 0, "Semua kantor")
    paper.facts([("Nama usaha", found.vendor_name), ("Kantor", office), ("Keadaan", day_written(local_day(now)))])
    paper.subheading("Dibayar per bulan")
    total = found.total
    paper.table(
        ["Bulan", "Pesanan", "Dibayar", "Pajak dipungut", "Masuk ke rekening"],
        [[written(m.month), str(m.count), rupiah(m.paid), rupiah(m.withheld), rupiah(m.net)] for m in found.months],
        ["L", "R", "R", "R", "R"],
        total=["Jumlah", str(total.count), rupiah(total.paid), rupiah(total.withheld), rupiah(total.net)],
    )
    paper.subheading("Belum dibayar kantor")
    paper.table(
        ["Kantor", "Pesanan", "Jumlah", "Sejak", "Hari kerja", "Lewat batas"],
        [
            [d.office, str(d.count), rupiah(d.amount), day_written(d.since), str(d.working_days), rupiah(d.late_amount)]
            for d in found.debts
        ],
        ["L", "R", "R", "L", "R", "R"],
        widths=[30, 10, 17, 19, 9, 15],
        total=["Jumlah", str(sum(d.count for d in found.debts)), rupiah(found.owed), "", "", rupiah(found.late)],
    )
    paper.note(f"Kantor membayar paling lambat {found.allowed_days} hari kerja setelah BAST.")
    paper.subheading("Pesanan yang dibayar")
    listed = list(orders)
    _orders_table(paper, listed)
    if len(listed) < total.count:
        paper.note(f"Hanya {len(listed)} pesanan terakhir dari {total.count}. Berkas Excel memuat semuanya.")
    return paper.content()


def _orders_table(paper: Paper, orders: Sequence[PaidRow]) -> None:
    paper.table(
        ["Dibayar", "Nomor", "Kantor", "Jumlah", "Pajak", "Masuk"],
        [[_short(o.paid_on), o.number, o.office, rupiah(o.paid), rupiah(o.withheld), rupiah(o.net)] for o in orders],
        ["L", "L", "L", "R", "R", "R"],
        widths=[13, 27, 25, 14, 12, 14],
        total=[
            "Jumlah", "", "", rupiah(sum(o.paid for o in orders)), rupiah(sum(o.withheld for o in orders)),
            rupiah(sum(o.net for o in orders)),
        ],
        size=8,
    )  # fmt: skip


def _amount(value: int | None, otherwise: str = _MISSING) -> str:
    return otherwise if value is None else rupiah(value)


def _month(text: str) -> str:
    return written(date.fromisoformat(f"{text}-01"))


def _short(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def words_of(content: Mapping[str, Any]) -> tuple[str, str]:
    """Return the span of a letter as two months written out."""
    return _month(content["from"]), _month(content["until"])
