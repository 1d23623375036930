"""Writing many rows at once, in batches that no database minds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import insert

from shop.db import session

_BATCH: Final = 2000


def insert_rows(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of one table."""
    for start in range(0, len(rows), _BATCH):
        session.execute(insert(model), rows[start : start + _BATCH])


def insert_ids(model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows of one table and return their ids, in the order of the rows."""
    ids: list[int] = []
    for start in range(0, len(rows), _BATCH):
        ids += session.scalars(
            insert(model).returning(model.id, sort_by_parameter_order=True), rows[start : start + _BATCH]
        )
    return ids
