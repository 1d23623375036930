"""Counts that are kept beside what they count: added to in the database itself, so that two writers lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from shop.db import session


def adding(table: Table, key: Sequence[str], sums: Sequence[str]) -> Any:
    """Return the statement that inserts a row of kept counts, or adds its `sums` to the row that has this `key` already."""
    return _adding(session.get_bind().dialect.name, table, tuple(key), tuple(sums))


@cache
def _adding(dialect: str, table: Table, key: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    fresh = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    grown = {name: table.c[name] + fresh.excluded[name] for name in sums}
    return fresh.on_conflict_do_update(index_elements=list(key), set_=grown)
