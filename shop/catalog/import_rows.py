"""Product rows out of a table: our own shape, or a foreign catalogue with source and city. Every fault by row and column.

Our shape names each product by the producer's own code (`kode`). The foreign shape (`id, judul, kategori,
kategori_asal, harga_idr, …, kota, sumber`) says where each row was found; nothing about origin, UMK or halal is
assumed of such products.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

from shop.base.codes import slug
from shop.base.errors import Invalid
from shop.base.sheet import RowFault, Sheet, day, read_sheet, truth, whole
from shop.catalog import import_answers
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
    "seen_stock": ("stok_saat_diunduh",),
    "daily_capacity": ("kapasitas_per_hari", "daily_capacity"),
    "lead_time_hours": ("waktu_pesan_jam", "lead_time_hours"),
    "halal": ("halal",),
    "pdn": ("pdn",),
    "checked_on": ("benar_per_tanggal",),
    "tier_from_1": ("grosir_1_mulai",), "tier_price_1": ("grosir_1_harga",),
    "tier_from_2": ("grosir_2_mulai",), "tier_price_2": ("grosir_2_harga",),
    "tier_from_3": ("grosir_3_mulai",), "tier_price_3": ("grosir_3_harga",),
    "lead_from_1": ("pesanan_besar_1_mulai",), "lead_hours_1": ("pesanan_besar_1_jam",),
    "lead_from_2": ("pesanan_besar_2_mulai",), "lead_hours_2": ("pesanan_besar_2_jam",),
    **import_answers.COLUMNS,
    "origin": ("kategori_asal",),
    "city": ("kota",),
    "source": ("sumber",),
    # Known in the foreign shape and not kept: they say nothing that a buyer could hold us to.
    "_low": ("harga_min",), "_high": ("harga_maks",), "_variants": ("n_varian",), "_fits": ("relevan_umkm",),
    "_sensitive": ("sensitif",), "_year": ("tahun",),
    # What we write ourselves beside the data: why a row came back, and how a product stood when it was exported.
    "_reason": ("alasan",), "_row": ("baris",), "_state": ("keadaan",), "_tkdn": ("tkdn",),
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
EXAMPLE: Final = "CONTOH"
"""Code of the row that shows how to fill a template; it is never read."""
LADDERS: Final = {"tiers": ("tier_from_", "tier_price_", 3), "lead_tiers": ("lead_from_", "lead_hours_", 2)}
"""Steps by quantity: prices in rupiah, lead times in hours; names of the two columns of a step, and how many steps."""
Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One product as the file states it: only columns the file has are in `values`.

    `seller` is a producer's slug or NIB, or (source, city) of a foreign row.
    """

    number: int
    ref: str
    seller: str | tuple[str, str]
    values: Mapping[str, Any]
    ladders: Mapping[str, Steps] = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """What a file holds: good rows, faults, and the cells of rows that have one."""

    sheet: Sheet
    foreign: bool
    rows: list[FoundRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    numbers: Mapping[str, int] = field(default_factory=dict)
    """How many cells of a column came as numbers."""


def read_products(content: bytes, progress: Callable[[int, int], None] | None = None) -> Found:
    """Read and check every row; nothing is written. Raises Invalid (field `file`) when the file itself is unusable."""
    if len(content) > MAX_BYTES:
        raise Invalid.at(
            "file", "Berkas lebih besar dari %(size)s MB. Bagi menjadi beberapa berkas.", size=MAX_BYTES // 1024 // 1024
        )
    return check_products(read_sheet(content, COLUMNS, REQUIRED, max_rows=MAX_ROWS, strict=True), progress=progress)


def check_products(
    sheet: Sheet,
    *,
    faults: Sequence[RowFault] = (),
    today: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """Check every row of a table; nothing is written. `faults` are those its reading found; `progress` hears (done, all).

    `today` is the Jakarta day after which no product can have been looked at.
    """
    found = Found(sheet, foreign={"source", "city"} <= sheet.heads.keys(), faults=list(faults))
    reader = _Reader(found, today or date.max)
    for done, (number, cells) in enumerate(sheet.rows, 1):
        if cells["ref"] != EXAMPLE:
            reader.read(number, cells)
        if progress and (done % 500 == 0 or done == len(sheet.rows)):
            progress(done, len(sheet.rows))
    found.faults.sort(key=lambda fault: fault.row)
    return found


class _Reader:
    """Turns cells into rows, collecting every fault."""

    def __init__(self, found: Found, today: date) -> None:
        self._found, self._heads, self._today = found, found.sheet.heads, today
        self._doubted = {(fault.row, fault.column) for fault in found.faults}
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
        ladders = {name: self._steps(number, cells, name, values["price"]) for name in LADDERS if self._has(name)}
        if len(faults) == before:
            self._found.rows.append(FoundRow(number, ref, seller, values, ladders))

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
        self._later(number, cells, values)
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

    def _later(self, number: int, cells: Mapping[str, str], values: dict[str, Any]) -> None:
        """Read what hangs on other cells of the row."""
        told, faults = import_answers.answers(cells, values["category_code"])
        values |= told
        for fault in faults:
            self._fault(number, fault.field, fault.message, **dict(fault.params))
        if "seen_stock" in cells and cells["seen_stock"] == cells.get("stock"):
            values.pop("stock", None)  # not edited: what was sold since the export is not given back
        if cells.get("checked_on"):
            values["checked_on"] = self._day(number, cells["checked_on"])

    def _day(self, number: int, text: str) -> date | None:
        value = day(text)
        if value is None or not date(2020, 1, 1) <= value <= self._today:
            self._fault(
                number,
                "checked_on",
                "Tanggal “%(given)s” tidak bisa dipakai. Tulis hari ini atau sebelumnya, misalnya 25/11/2026.",
                given=text[:40],
            )
        return value

    def _has(self, ladder: str) -> bool:
        return f"{LADDERS[ladder][0]}1" in self._heads

    def _steps(self, number: int, cells: Mapping[str, str], ladder: str, price: int | None) -> Steps:
        """Return the steps of a ladder in their order; each needs both its cells."""
        start, end, most = LADDERS[ladder]
        steps: dict[int, int] = {}
        for step in range(1, most + 1):
            since, what = cells.get(f"{start}{step}", ""), cells.get(f"{end}{step}", "")
            if not since and not what:
                continue
            least, value = whole(since), whole(what)
            if least is None or not 2 <= least <= 100_000 or least in steps:  # noqa: PLR2004
                self._fault(
                    number, f"{start}{step}", "Isi dengan jumlah 2 sampai 100.000, tidak sama dengan yang lain."
                )
            elif ladder == "tiers" and (value is None or not 0 < value <= (price or MAX_PRICE)):
                self._fault(number, f"{end}{step}", "Isi harga grosir: rupiah bulat, tidak lebih dari harga satuan.")
            elif value is None or not 0 <= value <= (MAX_PRICE if ladder == "tiers" else 8_760):
                self._fault(
                    number, f"{end}{step}", "Isi dengan bilangan bulat %(low)s sampai %(high)s.", low=0, high=8_760
                )
            else:
                steps[least] = value
        stairs = tuple(sorted(steps.items()))
        if ladder == "tiers" and any(two[1] > one[1] for one, two in pairwise(stairs)):
            self._fault(number, f"{end}1", "Harga grosir untuk jumlah lebih banyak tidak boleh lebih mahal.")
        return stairs

    def _category(self, number: int, cells: Mapping[str, str]) -> str:
        given = cells["category_code"]
        code = foreign_category(given, cells.get("origin", "")) if self._found.foreign else None
        code = code or (given if given in shelves() else self._names.get(given.casefold()))
        if code is None:
            self._fault(number, "category_code", "Kategori “%(given)s” tidak dikenal.", given=given[:60])
        return code or ""

    def _fault(self, number: int, column: str, message: str, **params: object) -> None:
        named = self._heads.get(column, column)
        if (number, named) not in self._doubted:  # a formula is told as a formula, not for what it last had
            self._found.faults.append(RowFault(number, named, message, tuple(params.items())))


@cache
def _table() -> tuple[tuple[str, str, str], ...]:
    with files(__package__).joinpath("data/kategori_asal.csv").open(encoding="utf-8") as lines:
        return tuple((row["kategori"], row["memuat"], row["kode"]) for row in csv.DictReader(lines))


def foreign_category(kind: str, origin: str) -> str | None:
    """Return our shelf for a foreign category: the first row of the table whose words stand in `origin`."""
    return next((code for theirs, words, code in _table() if theirs == kind and words in origin), None)
