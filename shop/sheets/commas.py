"""Writing tables as CSV: whole rupiah, days as 2026-11-20, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def written(heads: Sequence[str], batches: Iterable[Iterable[Sequence[Any]]], *, delimiter: str = ",") -> Iterator[str]:
    """Yield a table as CSV, a batch at a time: the heads go with the first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(heads)
    for rows in batches:
        writer.writerows([_safe(cell) for cell in row] for row in rows)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _safe(cell: Any) -> Any:
    """Keep a spreadsheet from running what somebody typed as a name."""
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
