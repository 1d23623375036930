"""Reading tables people made in a spreadsheet: encodings, separators, amounts with dots or commas. Standard library only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shop.base.codes import one_line
from shop.base.errors import Invalid

_GROUPED: Final = re.compile(r"(?:Rp\.?\s*)?(\d{1,3}(?:[.,\s]\d{3})+|\d+)(?:[.,]0{1,2})?(?:,-)?", re.IGNORECASE)
_SHARE: Final = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?")
_DAY: Final = re.compile(
    r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})(?: 00:00)?|(?P<d2>\d{1,2})[/. -](?P<m2>\d{1,2}|[a-z]{3,9})\.?[/. -](?P<y2>\d{4})"
)
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "ags": 8, "agt": 8, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "des": 12, "dec": 12,
}  # fmt: skip
_FIRST_YEAR: Final = 1900  # an earlier one is a typing slip
_SERIAL: Final = 5  # digits of the days Excel counts from 1900, for every day from 1927 to 2173
_LONGEST_AMOUNT: Final = 40  # no amount is longer, and Python refuses to read a number of some thousand digits


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one cell: file row (the header is row 1), column as the file names it, and why."""

    row: int
    column: str
    message: str
    params: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with our names for its columns: `heads` maps ours to the file's, `rows` are (file row, cells).

    `others` are columns of the file that nobody asked for.
    """

    heads: Mapping[str, str]
    rows: Sequence[tuple[int, Mapping[str, str]]]
    encoding: str
    others: tuple[str, ...] = ()


def read_sheet(
    content: bytes,
    columns: Mapping[str, Sequence[str]],
    required: Sequence[str],
    *,
    max_rows: int,
    strict: bool = False,
) -> Sheet:
    """Read a CSV. `columns` maps our names to the heads they may come under, the preferred first.

    With `strict` a stray quote is a fault; without, it may swallow what follows in its column.
    Raises Invalid (field `file`) when it is empty, has no such columns, is broken, too long, or not text.
    """
    text, encoding = decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    rows = []
    try:
        theirs = {head_name(head or ""): head for head in reader.fieldnames or ()}
        heads = {ours: theirs[name] for ours, names in columns.items() for name in reversed(names) if name in theirs}
        missing = [columns[ours][0] for ours in required if ours not in heads]
        if missing:
            raise Invalid.at("file", "Kolom ini tidak ada di berkas: %(columns)s.", columns=", ".join(missing))
        before = reader.line_num
        for record in reader:
            cells = {ours: one_line(record.get(head) or "") for ours, head in heads.items()}
            rows.append((before + 1, cells))
            before = reader.line_num
            if len(rows) > max_rows:
                raise Invalid.at(
                    "file", "Berkas berisi lebih dari %(rows)s baris. Bagi menjadi beberapa berkas.", rows=max_rows
                )
    except csv.Error as fault:
        raise Invalid.at(
            "file", "Berkas ini bukan CSV yang utuh: rusak dekat baris %(row)s.", row=reader.line_num
        ) from fault
    if not rows:
        raise Invalid.at("file", "Berkas ini tidak berisi satu baris data pun.")
    asked = set(heads.values())
    return Sheet(heads, rows, encoding, tuple(head for head in reader.fieldnames or () if head and head not in asked))


def decoded(content: bytes) -> tuple[str, str]:
    """Return (text, encoding): UTF-8 with or without BOM, else Windows-1252, which Excel writes here.

    Raises Invalid (field `file`) for an empty file and for what is not text at all.
    """
    if not content.strip():
        raise Invalid.at("file", "Berkas ini kosong.")
    if b"\0" in content:
        raise Invalid.at("file", "Berkas ini bukan teks CSV. Simpan dari Excel sebagai “CSV UTF-8”.")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "windows-1252"


def head_name(text: str) -> str:
    """Return the name of a column as it is compared: `Pesanan minimal *` and `pesanan_minimal` are one.

    >>> [head_name(t) for t in ("Pesanan minimal *", " KODE ", "harga_idr")]
    ['pesanan_minimal', 'kode', 'harga_idr']
    """
    return one_line(text).casefold().rstrip(" *").replace(" ", "_")


def day(text: str) -> date | None:
    """Return a day as people write it, or None: 2026-12-31, 31/12/2026, 31 Des 2026, or the number Excel counts it by.

    >>> [str(day(t)) for t in ("2026-12-31", "31/12/2026", "31-12-26", "31 Desember 2026", "46387", "31/13/2026")]
    ['2026-12-31', '2026-12-31', 'None', '2026-12-31', '2026-12-31', 'None']
    """
    text = text.strip().casefold()
    if not text.isascii() or len(text) > _LONGEST_AMOUNT:
        return None
    if len(text) == _SERIAL and text.isdigit():
        return date(1899, 12, 30) + timedelta(days=int(text))
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, number = found["y1"] or found["y2"], found["m1"] or found["m2"], found["d1"] or found["d2"]
    month = month if month.isdigit() else str(_MONTHS.get(month[:3], 0))
    try:
        return date(int(year), int(month), int(number)) if int(year) >= _FIRST_YEAR else None
    except ValueError:
        return None


def whole(text: str) -> int | None:
    """Return a whole amount as people write it, or None when it is not one.

    >>> [whole(t) for t in ("Rp25.000", "25,000", "25.000,00", "25000", "1.5", "-1", "")]
    [25000, 25000, 25000, 25000, None, None, None]
    """
    found = _GROUPED.fullmatch(text.strip()) if len(text) <= _LONGEST_AMOUNT else None
    return int(re.sub(r"\D", "", found[1])) if found and text.isascii() else None


def basis_points(text: str) -> int | None:
    """Return basis points of a percentage as people write it, or None when it is not one.

    >>> [basis_points(t) for t in ("62,40", "62.4", "62 %", "100", "1.000", "-1", "")]
    [6240, 6240, 6200, 10000, None, None, None]
    """
    found = _SHARE.fullmatch(text.strip()) if text.isascii() else None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def truth(text: str) -> bool:
    """Return whether a flag cell says yes: `1`, `ya`, `PDN`, `UKM`, `true`."""
    return text.strip().casefold() in {"1", "ya", "y", "yes", "true", "benar", "pdn", "ukm", "umk", "umkk"}
