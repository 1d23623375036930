"""The same tables as JSON: a list of records, or one record a line, as services of other systems hand them out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shop.base.codes import one_line
from shop.base.errors import Invalid
from shop.base.sheet import Sheet, decoded, head_name, read_sheet

_BROKEN = "Berkas ini bukan JSON yang utuh: rusak dekat baris %(row)s."


def read_table(
    content: bytes, columns: Mapping[str, Sequence[str]], required: Sequence[str], *, max_rows: int
) -> Sheet:
    """Read a CSV, a JSON list of records or JSON lines into the same sheet, with the same refusals.

    The row of a record is its place in the list, or its line in the file. Raises Invalid at `file`.
    """
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start not in {b"[", b"{"}:
        return read_sheet(content, columns, required, max_rows=max_rows)
    text, encoding = decoded(content)
    heads: dict[str, str] = {}
    rows: list[tuple[int, dict[str, str]]] = []
    for number, record in _records(text):
        if len(rows) >= max_rows:
            raise Invalid.at(
                "file", "Berkas berisi lebih dari %(rows)s baris. Bagi menjadi beberapa berkas.", rows=max_rows
            )
        theirs = {head_name(name): name for name in record}
        here = {ours: theirs[n] for ours, names in columns.items() for n in reversed(names) if n in theirs}
        heads |= {ours: name for ours, name in here.items() if ours not in heads}
        rows.append((number, {ours: _cell(record[name], number) for ours, name in here.items()}))
    missing = [columns[ours][0] for ours in required if ours not in heads]
    if missing:
        raise Invalid.at("file", "Kolom ini tidak ada di berkas: %(columns)s.", columns=", ".join(missing))
    return Sheet(heads, [(number, {ours: cells.get(ours, "") for ours in heads}) for number, cells in rows], encoding)


def _records(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    body = text.lstrip()
    pairs: Iterable[tuple[int, Any]]
    if body.startswith("["):
        pairs = enumerate(_loaded(body, 1), start=1)
    else:
        lines = enumerate(text.split("\n"), start=1)
        pairs = ((number, _loaded(line, number)) for number, line in lines if line.strip())
    empty = True
    for number, record in pairs:
        if not isinstance(record, dict):
            raise Invalid.at("file", _BROKEN, row=number)
        empty = False
        yield number, record
    if empty:
        raise Invalid.at("file", "Berkas ini tidak berisi satu baris data pun.")


def _loaded(text: str, row: int) -> Any:
    """Read JSON with every number left as it is written: amounts and codes are text here."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as fault:
        raise Invalid.at("file", _BROKEN, row=row) from fault


def _cell(value: Any, row: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise Invalid.at("file", _BROKEN, row=row)
    return one_line(value)
