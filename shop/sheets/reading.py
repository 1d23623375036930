"""Reading tables out of .xlsx (or CSV) as people fill them in: every cell as the text somebody would have typed.

The workbook is inspected, then looked through, and only then opened, apart: what is unpacked is known to be small, and what
it pretends to hold ends the child that believes it. The value that a formula last had is never believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shop.base.codes import one_line
from shop.base.errors import Invalid
from shop.base.sheet import RowFault, Sheet, head_name, read_sheet
from shop.sheets.inspecting import MAX_BYTES, looks_like_workbook, open_workbook
from shop.sheets.scanning import Scan, scan, sheet_part
from shop.sheets.unpacking import Plain, rows_apart

_MAX_COLUMNS: Final = 120
_SPREAD: Final = 4
"""Rows may lie this many times further down than there may be rows: people leave gaps."""
_EXACT: Final = 10**15
"""Whole numbers up to here are exact in a cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was sent.

    `faults` are cells that cannot be believed; `numbers` counts, by our column, cells that came as numbers and so without
    leading zeros.
    """

    sheet: Sheet
    faults: Sequence[RowFault] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)


def read_table(
    content: bytes, columns: Mapping[str, Sequence[str]], required: Sequence[str], *, max_rows: int
) -> Table:
    """Read a workbook's sheet `Produk` (else its first), or a CSV. `columns` maps our names to heads, as in `read_sheet`.

    Rows without any text are skipped. Raises Invalid (field `file`) for what cannot be read or is too much.
    """
    if not looks_like_workbook(content):
        if len(content) > MAX_BYTES:
            raise Invalid.at(
                "file", "Berkas lebih besar dari %(size)s MB. Bagi menjadi beberapa berkas.", size=MAX_BYTES >> 20
            )
        return Table(read_sheet(content, columns, required, max_rows=max_rows, strict=True))
    with open_workbook(content) as package:
        name, part = sheet_part(package)
        seen = scan(package, part)
    _within(seen, max_rows)
    return _named(_cells(content, name), seen, columns, required, max_rows)


def _within(seen: Scan, max_rows: int) -> None:
    if seen.last_row < 2:  # noqa: PLR2004 - the head alone
        raise Invalid.at("file", "Berkas ini tidak berisi satu baris data pun.")
    if seen.last_row > max_rows * _SPREAD:
        raise Invalid.at(
            "file",
            "Ada isi di baris %(last)s, jauh di bawah batas %(rows)s baris. Hapus baris-baris itu, atau bagi berkasnya.",
            last=f"{seen.last_row:,}".replace(",", "."),
            rows=f"{max_rows:,}".replace(",", "."),
        )
    if seen.last_column > _MAX_COLUMNS:
        raise Invalid.at(
            "file", "Ada isi di kolom ke-%(column)s. Pakai kolom templat saja, paling banyak %(most)s.",
            column=seen.last_column, most=_MAX_COLUMNS,
        )  # fmt: skip


def _cells(content: bytes, name: str) -> list[list[Plain]]:
    try:
        return rows_apart(content, name)
    except ValueError as fault:
        raise Invalid.at(
            "file", "Berkas ini rusak atau bukan Excel (.xlsx). Buka di Excel, simpan lagi sebagai .xlsx."
        ) from fault


def _named(
    rows: list[list[Plain]], seen: Scan, columns: Mapping[str, Sequence[str]], required: Sequence[str], max_rows: int
) -> Table:
    head = next((at for at, row in enumerate(rows) if any(value != "" for value in row)), 0)
    theirs: dict[str, int] = {}
    for at, value in enumerate(rows[head]):
        theirs.setdefault(head_name(text_of(value)), at)
    places = {ours: theirs[name] for ours, names in columns.items() for name in reversed(names) if name in theirs}
    missing = [columns[ours][0] for ours in required if ours not in places]
    if missing:
        raise Invalid.at("file", "Kolom ini tidak ada di berkas: %(columns)s.", columns=", ".join(missing))
    heads = {ours: text_of(rows[head][at]) for ours, at in places.items()}
    found: list[tuple[int, Mapping[str, str]]] = []
    numbers: dict[str, int] = {}
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {ours: text_of(row[at]) for ours, at in places.items()}
        if not any(cells.values()) and not any((number, at + 1) in seen.formulas for at in places.values()):
            continue
        found.append((number, cells))
        for ours, at in places.items():
            if type(row[at]) is float:
                numbers[ours] = numbers.get(ours, 0) + 1
    if not found:
        raise Invalid.at("file", "Berkas ini tidak berisi satu baris data pun.")
    if len(found) > max_rows:
        raise Invalid.at(
            "file",
            "Berkas berisi %(found)s baris; paling banyak %(rows)s. Bagi menjadi beberapa berkas.",
            found=f"{len(found):,}".replace(",", "."),
            rows=f"{max_rows:,}".replace(",", "."),
        )
    asked = set(places.values())
    others = tuple(text for at, value in enumerate(rows[head]) if at not in asked and (text := text_of(value)))
    return Table(Sheet(heads, found, "utf-8", others), _unbelievable(found, seen, places, heads), numbers)


def _unbelievable(
    rows: Sequence[tuple[int, Mapping[str, str]]], seen: Scan, places: Mapping[str, int], heads: Mapping[str, str]
) -> list[RowFault]:
    """Return the cells that are formulas, and the rows that are merged with others."""
    faults = []
    for number, _cells_of_row in rows:
        if number in seen.merged:
            first = next(iter(heads.values()))
            faults.append(
                RowFault(number, first, "Baris ini digabung dengan baris lain. Pisahkan sel-selnya lalu isi lagi.")
            )
        faults += [
            RowFault(number, heads[ours], "Isi dengan nilai, bukan rumus. Salin lalu tempel sebagai nilai.")
            for ours, at in places.items()
            if (number, at + 1) in seen.formulas
        ]
    return faults


def text_of(value: Plain) -> str:
    """Return what a cell says, on one line.

    Whole numbers have no decimals. A fraction never looks like grouped thousands: 25.125 is written `25,1250`, which
    no amount reads as 25125.
    """
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    before, _, after = f"{value:.12g}".partition(".")
    return f"{before},{after:0<4}" if after else before
