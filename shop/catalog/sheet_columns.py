"""Columns of the product spreadsheet as people see them: the template, the rows that came back, the export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import IO, Any, Final

from shop.base.sheet import RowFault, whole
from shop.catalog.categories import Shelf, shelves
from shop.catalog.import_rows import EXAMPLE, LADDERS
from shop.sheets.writing import Book, Cell, Column

YES_NO: Final = ("ya", "tidak")
UNITS: Final = (
    "buah", "kotak", "porsi", "pak", "dus", "paket", "lusin", "kg", "gram", "liter", "botol", "toples", "loyang", "lembar",
    "meter", "set", "rim", "jam", "hari", "kegiatan",
)  # fmt: skip
ROOM: Final = 5_000
COLUMNS: Final[Mapping[str, Column]] = {
    "ref": Column("Kode", 14, required=True, note="Kode Anda sendiri, satu untuk setiap produk. Kode yang sama lain kali mengubah produk itu."),
    "name": Column("Nama", 34, required=True, note="2 sampai 200 huruf."),
    "category_code": Column("Kategori", 26, required=True, note="Pilih dari daftar."),
    "price": Column("Harga", 14, "rupiah", required=True, note="Rupiah per satuan, tanpa koma: 25000."),
    "unit": Column("Satuan", 12, choices=UNITS, free=True, note="Pilih atau ketik sendiri. Kosong berarti buah."),
    "min_order": Column("Pesanan minimal", 16, "whole", note="Kosong berarti 1."),
    "description": Column("Uraian", 50, note="Isi, ukuran, rasa, cara menyimpan."),
    "ingredients": Column("Bahan", 36),
    "serves": Column("Porsi", 10, "whole", note="Satu satuan cukup untuk berapa orang. Boleh kosong."),
    "weight_gram": Column("Berat gram", 12, "whole", note="Boleh kosong."),
    "stock": Column("Stok", 10, "whole", note="Kosong berarti dibuat sesuai pesanan."),
    "daily_capacity": Column("Kapasitas per hari", 18, "whole", note="Paling banyak dibuat sehari. Kosong berarti tidak dibatasi."),
    "lead_time_hours": Column("Waktu pesan jam", 16, "whole", note="Paling lambat dipesan berapa jam sebelumnya. Kosong berarti 24."),
    "halal": Column("Halal", 8, choices=YES_NO, note="Dihitung selama sertifikat halal di dompet dokumen Anda berlaku."),
    "pdn": Column("PDN", 8, choices=YES_NO, note="Ya bila dibuat di dalam negeri."),
    "checked_on": Column("Benar per tanggal", 18, "date", note="Kapan data ini terakhir Anda periksa: 25/11/2026. Boleh kosong."),
    "tier_from_1": Column("Grosir 1 mulai", 14, "whole", note="Harga lebih murah mulai jumlah ini, misalnya 50."),
    "tier_price_1": Column("Grosir 1 harga", 14, "rupiah"),
    "tier_from_2": Column("Grosir 2 mulai", 14, "whole"),
    "tier_price_2": Column("Grosir 2 harga", 14, "rupiah"),
    "tier_from_3": Column("Grosir 3 mulai", 14, "whole"),
    "tier_price_3": Column("Grosir 3 harga", 14, "rupiah"),
    "lead_from_1": Column("Pesanan besar 1 mulai", 20, "whole", note="Mulai jumlah ini perlu waktu lebih lama."),
    "lead_hours_1": Column("Pesanan besar 1 jam", 20, "whole"),
    "lead_from_2": Column("Pesanan besar 2 mulai", 20, "whole"),
    "lead_hours_2": Column("Pesanan besar 2 jam", 20, "whole"),
}  # fmt: skip
"""By our names; the heads are those of `import_rows.COLUMNS` with blanks."""
_KINDS: Final = {"food": "Nasi kotak ayam bakar", "goods": "Tas kain bordir", "service": "Dekorasi panggung kecil"}


def template(target: IO[bytes], category: str, now: datetime, today: date) -> None:
    """Write the template of a category into `target`: drop-downs, an example that is never read, and how to fill it."""
    shelf = shelves()[category]
    with Book(target, f"Templat produk: {shelf.name_id}", now) as book:
        columns = [_of(name, shelf) for name in COLUMNS]
        book.sheet("Produk", columns, (), example=_example(shelf, today), room=ROOM)
        book.text("Petunjuk", _guide(shelf))


def _of(name: str, shelf: Shelf) -> Column:
    column = COLUMNS[name]
    return replace(column, choices=tuple(leaf.name_id for leaf in beside(shelf))) if name == "category_code" else column


def beside(shelf: Shelf) -> list[Shelf]:
    """Return the shelf itself and those that stand under the same one: what a template of it offers."""
    above = shelf.parent_code or shelf.code
    return [shelf, *(leaf for leaf in shelves().values() if leaf.parent_code == above and leaf.code != shelf.code)]


def _example(shelf: Shelf, today: date) -> list[Cell]:
    values: dict[str, Cell] = {
        "ref": EXAMPLE, "name": _KINDS[shelf.kind], "category_code": shelf.name_id, "price": 25_000, "unit": "kotak", "min_order": 10,
        "description": "Baris contoh: boleh dihapus, tidak pernah dibaca.", "daily_capacity": 200, "lead_time_hours": 24,
        "halal": True, "pdn": True, "checked_on": today, "tier_from_1": 50, "tier_price_1": 23_500, "lead_from_1": 100,
        "lead_hours_1": 48,
    }  # fmt: skip
    return [values.get(name) for name in COLUMNS]


def _guide(shelf: Shelf) -> Iterable[tuple[str, str]]:
    yield f"Templat produk: {shelf.name_id}", ""
    yield "1", "Isi lembar “Produk”, satu baris untuk satu produk. Kolom bertanda * harus diisi."
    yield "2", "Isi dengan nilai, bukan rumus. Jangan menggabungkan sel. Harga ditulis 25000, bukan 25 ribu."
    yield "3", f"Paling banyak {ROOM:,} baris dan 10 MB untuk satu berkas.".replace(",", ".")
    yield "4", "Unggah berkas ini di Produk saya › Excel. Anda melihat dahulu apa yang akan disimpan."
    yield "5", "Produk baru masuk sebagai konsep. Tambahkan foto, lalu kirim untuk dikurasi."
    yield "6", "Baris yang salah bisa diunduh terpisah, diperbaiki, lalu diunggah lagi. Yang sudah benar tidak berubah."
    yield "Kolom", ""
    for column in COLUMNS.values():
        yield column.head + (" *" if column.required else ""), column.note


def bad_rows(
    target: IO[bytes],
    heads: Mapping[str, str],
    rows: Sequence[tuple[int, Mapping[str, str]]],
    faults: Sequence[RowFault],
    now: datetime,
) -> None:
    """Write faulty rows as they came, each wrong cell marked, with file row and reasons: to be mended and sent again."""
    names = [name for name in heads if not name.startswith("_")]
    places = {heads[name]: at for at, name in enumerate(names)}
    columns = [
        replace(COLUMNS.get(name, Column(name)), head=heads[name].rstrip(" *"), choices=(), note="") for name in names
    ]
    columns += [Column("Baris", 8, "plain"), Column("Alasan", 70)]
    reasons: dict[int, list[RowFault]] = {}
    for fault in faults:
        reasons.setdefault(fault.row, []).append(fault)
    marks = {
        (at, places.get(fault.column, 0)): said(fault)
        for at, (number, _cells) in enumerate(rows)
        for fault in reasons[number]
    }
    table = (
        [*(_typed(columns[at], cells[name]) for at, name in enumerate(names)), number,
         "; ".join(f"{fault.column.rstrip(' *')}: {said(fault)}" for fault in reasons[number])]
        for number, cells in rows
    )  # fmt: skip
    with Book(target, "Baris yang perlu diperbaiki", now) as book:
        book.sheet("Produk", columns, table, marks=marks)


def said(fault: RowFault) -> str:
    """Return a fault's sentence in Indonesian."""
    return fault.message % dict(fault.params) if fault.params else fault.message


def _typed(column: Column, text: str) -> Cell:
    value = whole(text) if column.kind in {"whole", "rupiah"} else None
    return text if value is None else value


def product_cells(row: Any, ref: str, ladders: Mapping[str, Sequence[tuple[int, int]]]) -> list[Cell]:
    """Return one product's cells in the order of COLUMNS, as the template would hold it."""
    values: dict[str, Cell] = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
    shelf = shelves().get(row.category_code)
    values |= {"ref": ref, "category_code": shelf.name_id if shelf else row.category_code}
    for name, (start, end, most) in LADDERS.items():
        for at, (least, value) in enumerate(ladders.get(name, ())[:most], 1):
            values |= {f"{start}{at}": least, f"{end}{at}": value}
    return [values.get(name) for name in COLUMNS]
