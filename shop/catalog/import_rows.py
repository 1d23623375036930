"""Product rows out of a CSV: our own shape, or a foreign catalogue with source and city. Every fault by row and column.

Our shape names each product by the producer's own code (`kode`). The foreign shape (`id, judul, kategori,
kategori_asal, harga_idr, …, kota, sumber`) says where each row was found; nothing about origin, UMK or halal is
assumed of such products.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from shop.base.codes import slug
from shop.base.errors import Invalid
from shop.base.sheet import RowFault, Sheet, read_sheet, truth, whole
from shop.catalog.categories import shelves
from shop.catalog.pricing import MAX_PRICE

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "ref": ("kode", "sku", "ref", "id"),
    "name": ("nama", "judul", "nama_produk", "name"),
    "category_code": ("kategori", "category"),
    "price": ("harga", "harga_idr", "price"),
    "vendor": ("produsen", "vendor", "nib"),
    "unit": ("satuan", "unit"),
    "description": ("uraian", "deskripsi", "description"),
    "ingredients": ("bahan", "ingredients"),
    "min_order": ("pesanan_minimal", "min_order"),
    "serves": ("porsi", "serves"),
    "weight_gram": ("berat_gram", "weight_gram"),
    "stock": ("stok", "stock"),
    "daily_capacity": ("kapasitas_per_hari", "daily_capacity"),
    "lead_time_hours": ("waktu_pesan_jam", "lead_time_hours"),
    "halal": ("halal",),
    "pdn": ("pdn",),
    "origin": ("kategori_asal",),
    "city": ("kota",),
    "source": ("sumber",),
    # Known in the foreign shape and not kept: they say nothing that a buyer could hold us to.
    "_low": ("harga_min",), "_high": ("harga_maks",), "_variants": ("n_varian",), "_fits": ("relevan_umkm",),
    "_sensitive": ("sensitif",), "_year": ("tahun",),
}  # fmt: skip
"""Our names, and the heads they may come under."""
REQUIRED: Final = ("ref", "name", "category_code", "price")
MAX_ROWS: Final = 200_000
MAX_BYTES: Final = 64 * 1024 * 1024
_TEXTS: Final = {"unit": 30, "description": 5_000, "ingredients": 2_000}
_NUMBERS: Final = {
    "min_order": (1, 100_000),
    "serves": (1, 10_000),
    "weight_gram": (1, 10_000_000),
    "stock": (0, 10_000_000),
    "daily_capacity": (1, 10_000_000),
    "lead_time_hours": (0, 8_760),
}
_MAY_BE_EMPTY: Final = {"serves", "weight_gram", "stock", "daily_capacity"}
_FLAGS: Final = ("halal", "pdn")


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One product as the file states it: only columns the file has are in `values`.

    `seller` is a producer's slug or NIB, or (source, city) of a foreign row.
    """

    number: int
    ref: str
    seller: str | tuple[str, str]
    values: Mapping[str, Any]


@dataclass(slots=True)
class Found:
    """What a file holds: good rows, faults, and the cells of rows that have one."""

    sheet: Sheet
    foreign: bool
    rows: list[FoundRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def read_products(content: bytes, progress: Callable[[int, int], None] | None = None) -> Found:
    """Read and check every row; nothing is written. Raises Invalid (field `file`) when the file itself is unusable."""
    if len(content) > MAX_BYTES:
        raise Invalid.at(
            "file", "Berkas lebih besar dari %(size)s MB. Bagi menjadi beberapa berkas.", size=MAX_BYTES // 1024 // 1024
        )
    sheet = read_sheet(content, COLUMNS, REQUIRED, max_rows=MAX_ROWS, strict=True)
    found = Found(sheet, foreign={"source", "city"} <= sheet.heads.keys())
    reader = _Reader(found)
    for done, (number, cells) in enumerate(sheet.rows, 1):
        reader.read(number, cells)
        if progress and (done % 500 == 0 or done == len(sheet.rows)):
            progress(done, len(sheet.rows))
    return found


class _Reader:
    """Turns cells into rows, collecting every fault."""

    def __init__(self, found: Found) -> None:
        self._found, self._heads = found, found.sheet.heads
        self._seen: dict[tuple[str, str], int] = {}
        self._names = {shelf.name_id.casefold(): code for code, shelf in shelves().items()}

    def read(self, number: int, cells: Mapping[str, str]) -> None:
        faults = self._found.faults
        before = len(faults)
        ref, seller = cells["ref"], self._seller(number, cells)
        if not 0 < len(ref) <= 60:  # noqa: PLR2004
            self._fault(number, "ref", "Kode harus diisi, paling panjang 60 huruf.")
        earlier = self._seen.setdefault((seller if isinstance(seller, str) else seller[0], ref), number)
        if earlier != number:
            self._fault(number, "ref", "Kode ini sudah ada di baris %(row)s.", row=earlier)
        values = self._values(number, cells)
        if len(faults) == before:
            self._found.rows.append(FoundRow(number, ref, seller, values))

    def _seller(self, number: int, cells: Mapping[str, str]) -> str | tuple[str, str]:
        if not self._found.foreign:
            return cells.get("vendor", "")
        source = cells["source"]
        if not 0 < len(source) <= 40:  # noqa: PLR2004
            self._fault(number, "source", "Sumber harus diisi, paling panjang 40 huruf.")
        return source, cells["city"][:60]

    def _values(self, number: int, cells: Mapping[str, str]) -> dict[str, Any]:
        name, price = cells["name"], whole(cells["price"])
        if not 2 <= len(name) <= 200:  # noqa: PLR2004
            self._fault(number, "name", "Nama harus 2 sampai 200 huruf.")
        if price is None or not 0 < price <= MAX_PRICE:
            self._fault(
                number,
                "price",
                "Harga “%(given)s” harus rupiah bulat, 1 sampai 10.000.000.000. Contoh: 25000 atau Rp25.000.",
                given=cells["price"][:40],
            )
        values: dict[str, Any] = {
            "name": name,
            "slug": slug(name),
            "price": price,
            "category_code": self._category(number, cells),
        }
        for column, longest in _TEXTS.items():
            if column in cells:
                values[column] = cells[column] or ("buah" if column == "unit" else "")
                if len(cells[column]) > longest:
                    self._fault(number, column, "Terlalu panjang: paling banyak %(longest)s huruf.", longest=longest)
        for column in _NUMBERS:
            if column in cells:
                self._number(number, column, cells[column], values)
        return values | {column: truth(cells[column]) for column in _FLAGS if column in cells}

    def _number(self, number: int, column: str, text: str, values: dict[str, Any]) -> None:
        low, high = _NUMBERS[column]
        value = whole(text) if text else None
        if value is None and not text and column in _MAY_BE_EMPTY:
            values[column] = None
        elif not text:
            values[column] = {"min_order": 1, "lead_time_hours": 24}[column]
        elif value is None or not low <= value <= high:
            self._fault(number, column, "Isi dengan bilangan bulat %(low)s sampai %(high)s.", low=low, high=high)
        else:
            values[column] = value

    def _category(self, number: int, cells: Mapping[str, str]) -> str:
        given = cells["category_code"]
        code = foreign_category(given, cells.get("origin", "")) if self._found.foreign else None
        code = code or (given if given in shelves() else self._names.get(given.casefold()))
        if code is None:
            self._fault(number, "category_code", "Kategori “%(given)s” tidak dikenal.", given=given[:60])
        return code or ""

    def _fault(self, number: int, column: str, message: str, **params: object) -> None:
        self._found.faults.append(RowFault(number, self._heads.get(column, column), message, tuple(params.items())))


@cache
def _table() -> tuple[tuple[str, str, str], ...]:
    with files(__package__).joinpath("data/kategori_asal.csv").open(encoding="utf-8") as lines:
        return tuple((row["kategori"], row["memuat"], row["kode"]) for row in csv.DictReader(lines))


def foreign_category(kind: str, origin: str) -> str | None:
    """Return our shelf for a foreign category: the first row of the table whose words stand in `origin`."""
    return next((code for theirs, words, code in _table() if theirs == kind and words in origin), None)
