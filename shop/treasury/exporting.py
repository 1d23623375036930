"""Lists of money as CSV: commas, whole rupiah, days as 2026-11-20, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

Cell = str | int | date
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def written(heads: Sequence[str], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[str]:
    """Yield a table as CSV, a batch at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(heads)
    for rows in batches:
        writer.writerows([_safe(cell) for cell in row] for row in rows)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _safe(cell: Cell) -> str | int:
    """Keep a spreadsheet from running what somebody typed as a name."""
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
