"""Pouring a file out as CSV, JSON lines or a workbook: a batch at a time, packed on the way when that is asked for."""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Final, Literal

from shop.opendata.columns import File, Row
from shop.sheets import commas, writing

Shape = Literal["csv", "jsonl", "xlsx"]
MEDIA: Final[dict[str, str]] = {
    "csv": commas.MEDIA_TYPE,
    "jsonl": "application/x-ndjson; charset=utf-8",
    "xlsx": writing.MEDIA_TYPE,
}
MOST_ROWS: Final = 50_000
"""Rows of a workbook. Above that a spreadsheet is the wrong tool, and writing it would hold up everybody else."""
_WIDE: Final = 8


def as_csv(file: File, batches: Iterable[list[Row]]) -> Iterator[str]:
    """Yield a file as CSV; truth is `true` or `false`, what is not known is empty."""
    words = {True: "true", False: "false"}
    told = ([[words[cell] if isinstance(cell, bool) else cell for cell in row] for row in rows] for rows in batches)
    return commas.written(file.heads, told)


def as_json_lines(file: File, batches: Iterable[list[Row]]) -> Iterator[str]:
    """Yield a file as one JSON object a line."""
    heads, write = file.heads, json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for rows in batches:
        yield "".join(f"{write(dict(zip(heads, row, strict=True)))}\n" for row in rows)


def as_workbook(file: File, batches: Iterable[list[Row]], now: datetime) -> IO[bytes]:
    """Return a workbook in a temporary file that stands at its beginning; the caller closes it."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - handed out, and read while it is sent
    columns = [writing.Column(c.name, max(len(c.name), _WIDE) + 2, "plain") for c in file.columns]
    with writing.Book(target, file.title, now) as book:
        book.sheet(file.name.replace("/", "-")[:31], columns, (row for rows in batches for row in rows))
    target.seek(0)
    return target


def packed(parts: Iterable[Any]) -> Iterator[bytes]:
    """Yield text or bytes packed with gzip, never more than a part in memory."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for part in parts:
        if out := packer.compress(part.encode() if isinstance(part, str) else part):
            yield out
    yield packer.flush()
