"""A table of figures as a file. Each row names the system, the basis, the days and the moment, so that it stands alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final, Literal

from shop.base.clock import local
from shop.sheets import commas
from shop.sheets.writing import MEDIA_TYPE, Book, Cell, Column

_CHUNK: Final = 65_536
_BATCH: Final = 500
_IN_MEMORY: Final = 1_000_000
_TEXTS: Final = frozenset(
    {"kunci", "nama", "sistem", "dasar", "per", "produk", "produsen", "nomor", "jenis_bukti", "kode"}
)
_DAYS: Final = frozenset({"mulai", "akhir", "berlaku_sampai"})
STAMP: Final = ("sistem", "dasar", "mulai", "akhir", "per")


def stamp(system: str, bases: Sequence[str], days: tuple[date | None, date | None], now: datetime) -> tuple[Cell, ...]:
    """Return what must stand beside each row, in the order of STAMP."""
    return (system, " + ".join(bases), *days, local(now).isoformat(timespec="seconds"))


def as_file(
    name: str, kind: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], now: datetime
) -> tuple[Iterator[str] | Iterator[bytes], str, str]:
    """Return content, media type and name of a table as a file to keep; `kind` is csv or xlsx."""
    if kind == "csv":
        return _csv(heads, rows), commas.MEDIA_TYPE, f"{name}.csv"
    return _xlsx(name, heads, rows, now), MEDIA_TYPE, f"{name}.xlsx"


def _csv(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    return commas.written(heads, (rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH)))


def _xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], now: datetime) -> Iterator[bytes]:
    """Yield a workbook: written in flat memory, to disk when it is large, then handed out in pieces."""
    columns = [Column(head, 34 if head == "nama" else 18, _kind(head)) for head in heads]
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as out:
        with Book(out, title, now) as book:
            book.sheet("Data", columns, rows)
        out.seek(0)
        while piece := out.read(_CHUNK):
            yield piece


def _kind(head: str) -> Literal["text", "date", "whole"]:
    return "text" if head in _TEXTS else "date" if head in _DAYS else "whole"
