"""Reading bank statements: many banks, many shapes, one kind of row. Knows no database."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from shop.base.codes import fingerprint, one_line
from shop.base.errors import Invalid
from shop.base.money import MAX_RUPIAH
from shop.base.numbers import without_cards
from shop.base.sheet import RowFault, decoded, head_name
from shop.base.sheet import day as plain_day

MAX_BYTES: Final = 500_000
MAX_ROWS: Final = 3_000
SHOWN: Final = 12
"""Rows of a preview, and the first ones among which the heads are looked for."""
MAX_FAULTS: Final = 50
_MAX_COLUMNS: Final = 30
COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "day": ("Tanggal", "tanggal tgl tanggal_transaksi tgl_transaksi tgl._transaksi tgl_trx date posting_date post_date transaction_date tanggal_efektif value_date"),
    "words": ("Keterangan", "keterangan uraian deskripsi description remark remarks berita keterangan_transaksi uraian_transaksi detail transaksi"),
    "reference": ("Nomor referensi", "referensi no_referensi no._referensi reference reference_no ref no_bukti nomor_referensi"),
    "debit": ("Uang keluar (debit)", "debit debet mutasi_debet mutasi_debit debit_amount pengeluaran keluar penarikan"),
    "credit": ("Uang masuk (kredit)", "kredit credit mutasi_kredit credit_amount penerimaan masuk setoran"),
    "amount": ("Jumlah dalam satu kolom", "jumlah nominal mutasi amount nilai nilai_transaksi"),
    "side": ("Huruf D atau K", "d/k dk db/cr d_k d/c dc debit/kredit debet/kredit jenis tipe type jenis_mutasi"),
}  # fmt: skip
"""Our names of columns: {name: (label, heads it comes under)}; labels are msgids. A head stands here once."""
ORDERS: Final = {"dmy": "Hari dulu: 31-12-2026", "mdy": "Bulan dulu: 12-31-2026"}
_DIGITS: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})")
_AMOUNT: Final = re.compile(r"(\d{1,3}(?:([.,])\d{3})*|\d+)(?:[.,](\d{1,2}))?")
_SIDES: Final = {"d": "out", "db": "out", "debit": "out", "debet": "out", "k": "in", "c": "in", "cr": "in", "kredit": "in", "credit": "in"}  # fmt: skip
_MONEY_WORDS: Final = re.compile(r"^(rp\.?|idr)|(?:\s|(?<=\d))(db|cr|d|k|c)\.?$", re.IGNORECASE)
_NO_ROW: Final = ("saldo", "total", "jumlah", "balance", "mutasi")
"""How the lines begin that sum up and move nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a statement is laid out: the separator, the line of the heads (from 0; -1 for none), which column is what."""

    delimiter: str
    head: int
    columns: Mapping[str, int]
    order: str = "dmy"


@dataclass(frozen=True, slots=True)
class Row:
    """One movement: line of the file (the first is 1), Jakarta day, way, whole rupiah, what the bank wrote."""

    line: int
    day: date
    way: Literal["out", "in"]
    amount: int
    words: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What was read. `odd` are lines with a fraction of a rupiah (interest, mostly): no payment of ours is one."""

    rows: Sequence[Row]
    odd: Sequence[int]


def cells_of(content: bytes) -> tuple[str, list[list[str]]]:
    """Return (separator, lines of cells) of a CSV. Raises Invalid at `file` for what is too large, no text, or broken."""
    if len(content) > MAX_BYTES:
        raise Invalid.at("file", "Berkas lebih besar dari %(size)s KB. Unduh mutasi per bulan.", size=MAX_BYTES // 1000)
    if content[:2] in (b"PK", b"MZ") or content[:4] in (b"%PDF", b"\x7fELF", b"\xd0\xcf\x11\xe0"):
        raise Invalid.at("file", "Berkas ini bukan CSV. Unduh mutasi rekening dari bank sebagai CSV.")
    text, _encoding = decoded(content)
    first = text[:4_000]
    delimiter = max(";\t,", key=lambda sign: sum(line.count(sign) > 1 for line in first.splitlines()))
    try:
        lines = [[one_line(cell)[:500] for cell in line[:_MAX_COLUMNS]] for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]  # fmt: skip
    except csv.Error as fault:
        raise Invalid.at("file", "Berkas ini bukan CSV yang utuh.") from fault
    if len(lines) > MAX_ROWS:
        raise Invalid.at(
            "file", "Berkas berisi lebih dari %(rows)s baris. Bagi menjadi beberapa berkas.", rows=MAX_ROWS
        )
    return delimiter, lines


def recognise(delimiter: str, lines: Sequence[Sequence[str]]) -> Shape | None:
    """Return the shape when the heads among the first lines say enough: a day, and where the money stands."""
    for at, cells in enumerate(lines[:SHOWN]):
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            name = head_name(cell)
            ours = next((ours for ours, (_label, heads) in COLUMNS.items() if name in heads.split()), None)
            if ours is not None:
                found.setdefault(ours, place)
        shape = Shape(delimiter, at, found, _order(lines[at + 1 :], found.get("day", 0)))
        if _is_enough(found):
            return shape
    return None


def _is_enough(columns: Mapping[str, int]) -> bool:
    return "day" in columns and ("amount" in columns or {"debit", "credit"} <= set(columns))


def _order(lines: Sequence[Sequence[str]], place: int) -> str:
    found = [m for line in lines if place < len(line) and (m := _DIGITS.match(line[place]))]
    months_first = any(int(m[2]) > 12 for m in found) and not any(int(m[1]) > 12 for m in found)  # noqa: PLR2004
    return "mdy" if months_first else "dmy"


def read(lines: Sequence[Sequence[str]], shape: Shape) -> Statement:
    """Return every movement. Raises Invalid (fields `line:<number>`) with each line that cannot be read: none is kept then."""
    if not _is_enough(shape.columns):
        raise Invalid.at("columns", "Tunjukkan kolom tanggal, dan kolom jumlah atau kolom debit dan kredit.")
    rows: list[Row] = []
    faults: list[RowFault] = []
    odd: list[int] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for number, line in enumerate(lines[shape.head + 1 :], shape.head + 2):
        cells = {ours: line[at] if at < len(line) else "" for ours, at in shape.columns.items()}
        on = _day(cells["day"], shape.order)
        if _moves_nothing(cells, line, on):
            continue
        moved = _moved(cells)
        if on is None:
            faults.append(RowFault(number, "day", "Tanggal “%(said)s” tidak terbaca.", (("said", cells["day"][:40]),)))
        if moved is None:
            faults.append(RowFault(number, "amount", "Jumlah atau arahnya (debit atau kredit) tidak terbaca."))
        elif on is not None:
            way, sen = moved
            words = without_cards(one_line(f"{cells.get('words', '')} {cells.get('reference', '')}"))[:500]
            if sen % 100:
                odd.append(number)
                continue
            key = (on, way, sen, words)
            seen[key] += 1
            print_ = fingerprint({"row": [*map(str, key), seen[key]]})
            rows.append(Row(number, on, way, sen // 100, words, print_))
    if faults:
        raise refused(faults)
    if not rows:
        raise Invalid.at("file", "Tidak ada satu pun mutasi di berkas ini.")
    return Statement(rows, odd)


def refused(faults: Sequence[RowFault]) -> Invalid:
    """Return the answer to lines that cannot be read: each with its number, the first fifty."""
    told = tuple(Invalid.at(f"line:{f.row}", f.message, **dict(f.params)).faults[0] for f in faults[:MAX_FAULTS])
    return Invalid("%(count)s baris tidak terbaca, jadi tidak ada yang disimpan.", told, count=len(faults))


def _moves_nothing(cells: Mapping[str, str], line: Sequence[str], on: date | None) -> bool:
    """Tell whether a line is empty, moves nothing, or sums up under the movements."""
    money = [cells.get(name, "") for name in ("amount", "debit", "credit")]
    first = next((cell for cell in line if cell), "").casefold()
    if on is not None:
        return not any(re.search(r"[^0.,\s-]", text) for text in money)
    return not any(money) or first.startswith(_NO_ROW)


def _moved(cells: Mapping[str, str]) -> tuple[Literal["out", "in"], int] | None:
    """Return (way, sen) of a line, None when it is not clear."""
    if "amount" in cells:
        text = cells["amount"]
        sen = sen_of(text)
        said = cells.get("side", "") or ((m := _MONEY_WORDS.search(text)) and m[2]) or ""
        side = _SIDES.get(said.strip().rstrip(".").casefold())
        if not sen or (said and side is None):
            return None
        return ("out" if side == "out" or (side is None and sen < 0) else "in"), abs(sen)
    out, came = sen_of(cells["debit"] or "0"), sen_of(cells["credit"] or "0")
    if out is None or came is None or bool(out) == bool(came):
        return None
    return ("out", abs(out)) if out else ("in", abs(came))


def sen_of(text: str) -> int | None:
    """Return an amount in hundredths of a rupiah, or None: the last sign before one or two digits is the decimal one.

    >>> [sen_of(t) for t in ("1.234.567,50", "1,234,567.00", "Rp 25.000", "-25000", "(25.000,00)", "1.5.0", "=1+1")]
    [123456750, 123456700, 2500000, -2500000, -2500000, None, None]
    """
    plain = text.strip()
    minus = plain.startswith(("-", "(")) or plain.endswith("-")
    plain = _MONEY_WORDS.sub("", plain.strip("-+() ")).strip("-+() ").replace(" ", "")
    found = _AMOUNT.fullmatch(_MONEY_WORDS.sub("", plain)) if text.isascii() and len(text) <= 40 else None  # noqa: PLR2004
    if found is None:
        return None
    whole = int(re.sub(r"\D", "", found[1]))
    sen = whole * 100 + int((found[3] or "").ljust(2, "0"))
    return None if whole > MAX_RUPIAH else -sen if minus else sen


def _day(text: str, order: str) -> date | None:
    head = text.split(" ", maxsplit=1)[0] if ":" in text else text
    found = _DIGITS.fullmatch(head)
    if found is None:
        return plain_day(head)
    one, two, year = int(found[1]), int(found[2]), int(found[3])
    number, month = (one, two) if order == "dmy" else (two, one)
    try:
        return date(year + 2000 if year < 100 else year, month, number)  # noqa: PLR2004
    except ValueError:
        return None
