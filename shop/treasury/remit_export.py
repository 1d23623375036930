"""Lists of taxes as files, always marked as drafts: we compute, the treasurer files. Who took which file is on the trail."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from shop.accounts.models import Office
from shop.audit import trail
from shop.base.actor import Actor
from shop.db import session
from shop.sheets import commas
from shop.sheets.writing import Book, Cell, Column
from shop.treasury import remit_lists
from shop.treasury.remit_lists import Due, Line, month_text
from shop.treasury.rights import READ, RECORD

DRAFT: Final = "DRAF: hitungan e-Order, belum dilaporkan. Cocokkan dengan Coretax sebelum dilaporkan."
_ABOUT_SLIPS: Final = (
    "Susunan kolom mengikuti templat e-Bupot BPPU Coretax sejauh kami tahu; belum dicoba diimpor. Salin ke templat resmi dari "
    "Coretax. PPh 21 dan PPN memakai formulir lain dan tidak ada di lembar itu."
)
_BATCH: Final = 500
_MOST: Final = 20_000
_SLIP_CODES: Final = frozenset({"PPH22", "PPH23", "PPH_FINAL_UMKM"})
"""Taxes that go by the unified slip (BPPU); PPh 21 and PPN have forms of their own, whose shape we do not know for sure."""
LIST: Final = (
    Column("Masa pajak", 12), Column("Pajak", 18), Column("Disetor oleh", 14), Column("Kode objek", 14),
    Column("Kode setor", 14), Column("Nama", 34), Column("NPWP", 20), Column("NIK", 20), Column("Dasar (Rp)", 16, "whole"),
    Column("Tarif (%)", 10), Column("Pajak (Rp)", 16, "whole"), Column("Nomor pesanan", 28), Column("BAST", 12, "date"),
    Column("Dibayar", 12, "date"), Column("Nomor bukti bayar", 26), Column("Nomor bukti potong", 22), Column("Belum pasti", 12),
)  # fmt: skip
_BPPU: Final = (
    Column("Masa Pajak", 10), Column("Tahun Pajak", 10), Column("NPWP", 20), Column("ID TKU Penerima Penghasilan", 26),
    Column("Fasilitas", 12), Column("Kode Objek Pajak", 16), Column("DPP", 16, "whole"), Column("Tarif", 8),
    Column("Jenis Dok. Referensi", 20), Column("Nomor Dok. Referensi", 30), Column("Tanggal Dok. Referensi", 18, "date"),
    Column("ID TKU Pemotong", 24), Column("Opsi Pembayaran (IP)", 18), Column("Nomor SP2D (IP)", 26),
    Column("Tanggal Pemotongan", 16, "date"),
)  # fmt: skip
_MONTHS: Final = (
    Column("Masa pajak", 12), Column("Pajak", 20), Column("Dipungut (Rp)", 18, "whole"), Column("Disetor (Rp)", 18, "whole"),
    Column("Belum disetor (Rp)", 18, "whole"), Column("Paling lambat", 14, "date"),
)  # fmt: skip


def note_export(actor: Actor, office_id: int | None, month: int, kind: str, now: datetime) -> None:
    """Write on the trail that this person took a list of this period. `month` 0 for a whole year's recap."""
    actor.require(READ)
    trail.record(actor, "tax_export", "office", office_id or 0, now, month=month, file=kind)


def all_lines(actor: Actor, office_id: int, month: int) -> Iterator[Line]:
    """Yield the lines of a period, five hundred orders at a time, at most 20,000; numbers whole for the treasurer alone."""
    after: int | None = 0
    for _ in range(_MOST // _BATCH):
        found, after = remit_lists.lines(office_id, month, after=after or 0, limit=_BATCH, full=actor.may(RECORD))
        yield from found
        if after is None:
            return


def percent(bp: int) -> str:
    """Return basis points as files write them: `1,50`."""
    return f"{bp // 100},{bp % 100:02d}"


def cells(month: int, line: Line) -> list[Cell]:
    """Return a line as it stands in the list."""
    return [
        month_text(month), remit_lists.LABELS[line.code], remit_lists.PARTIES[line.by], line.object_code or "belum diketahui",
        remit_lists.object_code(line.code, line.kind, line.paid_on, "account"), line.vendor, line.npwp, line.nik, line.base,
        percent(line.bp), line.amount, line.number, line.received_on, line.paid_on, line.reference, line.slip,
        "ya" if line.unsure else "",
    ]  # fmt: skip


def as_csv(actor: Actor, office_id: int, month: int) -> Iterator[str]:
    """Yield the list as CSV with semicolons, as Coretax has its files; the draft mark stands before the heads."""
    rows = (cells(month, line) for line in all_lines(actor, office_id, month))
    return commas.written([DRAFT], [[[column.head for column in LIST]], rows], delimiter=";")


def as_workbook(actor: Actor, office_id: int, month: int, now: datetime) -> bytes:
    """Return the list as a workbook: what the treasurer deposits, the slips as e-Bupot asks for them, and the others apart."""
    out, lines = io.BytesIO(), list(all_lines(actor, office_id, month))
    mine = [line for line in lines if line.by == "treasurer"]
    others = [line for line in lines if line.by != "treasurer"]
    office = session.get_one(Office, office_id)
    slips = [_slip(month, line) for line in mine if line.code in _SLIP_CODES]
    with Book(out, f"DRAF pajak {month_text(month)}", now) as book:
        book.text(
            "Baca dulu",
            [
                (DRAFT, ""), ("Kantor", office.name), ("Masa pajak", month_text(month)),
                ("Lembar BPPU", _ABOUT_SLIPS),
                ("Kode objek", "Kode yang tidak kami ketahui dibiarkan kosong di lembar BPPU. Isi dari daftar di Coretax."),
                ("NITKU", "ID TKU diisi NPWP diikuti 000000. Periksa bila kantor atau produsen punya cabang."),
            ],
        )  # fmt: skip
        book.sheet("Disetor bendahara", LIST, [cells(month, x) for x in mine], last=_total(mine))
        book.sheet("BPPU", _BPPU, slips)
        book.sheet("Disetor pihak lain", LIST, [cells(month, x) for x in others], last=_total(others))
    return out.getvalue()


def _total(lines: Sequence[Line]) -> list[Cell]:
    row: list[Cell] = [None] * len(LIST)
    row[0], row[10] = "Jumlah", sum(line.amount for line in lines)
    return row


def _slip(month: int, line: Line) -> list[Cell]:
    number = line.npwp or line.nik
    return [
        str(month % 100), str(month // 100), number, f"{number}000000" if number else "", "Tanpa Fasilitas", line.object_code,
        line.base, percent(line.bp), "Bukti pembayaran", line.reference, line.paid_on, "", "Langsung", line.reference,
        line.paid_on,
    ]  # fmt: skip


def recap_workbook(title: str, dues: Sequence[Due], now: datetime) -> bytes:
    """Return the periods of a year as a workbook."""
    out = io.BytesIO()
    with Book(out, title, now) as book:
        book.sheet(
            "Rekap pajak", _MONTHS,
            [(month_text(d.month), remit_lists.LABELS.get(d.code, d.code), d.kept, d.deposited, d.left, d.due_on) for d in dues],
            last=("Jumlah", None, sum(d.kept for d in dues), sum(d.deposited for d in dues), sum(d.left for d in dues), None),
        )  # fmt: skip
    return out.getvalue()
