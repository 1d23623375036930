"""What a file of open data is: a list of columns, each with its type and meaning. What is not listed cannot leave.

Personal data is left out by construction: a download selects the columns of its list and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, FromClause, and_, func, select, tuple_

from shop.base.clock import local
from shop.db import session

Kind = Literal["text", "whole", "day", "moment", "truth"]
KIND_LABELS: Final[dict[Kind, str]] = {
    "text": "teks",
    "whole": "bilangan bulat",
    "day": "tanggal",
    "moment": "waktu",
    "truth": "ya atau tidak",
}
BATCH: Final = 2000
"""Rows read at a time: memory stays flat however long the file."""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, where it comes from, what it means. Money is whole rupiah, shares basis points."""

    name: str
    kind: Kind
    source: ColumnElement[Any]
    about: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """One download. `key` is a number that only grows; `year` narrows by day or by fiscal year, where that is offered."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    table: FromClause
    key: ColumnElement[int]
    where: tuple[ColumnElement[bool], ...] = ()
    year: ColumnElement[Any] | None = None
    grows: bool = False
    """Whether rows are only ever added, so that a cursor gives everything that is new."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def newest(file: File) -> int:
    """Return the greatest key there is, 0 for an empty file."""
    return session.execute(select(func.max(file.key))).scalar() or 0


def batches(file: File, *, after: int = 0, top: int, year: int | None = None) -> Iterator[list[Row]]:
    """Yield the rows with a key above `after` up to `top`, some thousand at a time, in the order of the key.

    With a year, a file that has days is walked along (day, key) instead, which is how its index stands.
    """
    by_day = year is not None and file.year is not None and file.year.type.python_type is date
    order = (file.year, file.key) if by_day else (file.key,)
    base = (
        select(*order, *(column.source for column in file.columns))
        .select_from(file.table)
        .where(*file.where, *_within(file, year), file.key > after, file.key <= top)
        .order_by(*order)
        .limit(BATCH)
    )
    kinds, width = [column.kind for column in file.columns], len(order)
    query = base
    while rows := session.execute(query).all():
        yield [tuple(map(told, kinds, row[width:])) for row in rows]
        if len(rows) < BATCH:
            return
        last = tuple(rows[-1][:width])
        query = base.where(tuple_(*order) > last if by_day else file.key > last[0])


def longer_than(file: File, most: int, *, after: int, top: int, year: int | None) -> bool:
    """Tell whether a file has more than so many rows, without counting further than that."""
    query = (
        select(file.key)
        .select_from(file.table)
        .where(*file.where, *_within(file, year), file.key > after, file.key <= top)
        .limit(most + 1)
    )
    return (session.execute(select(func.count()).select_from(query.subquery())).scalar() or 0) > most


def _within(file: File, year: int | None) -> Sequence[ColumnElement[bool]]:
    if year is None or file.year is None:
        return ()
    if file.year.type.python_type is date:
        return (and_(file.year >= date(year, 1, 1), file.year <= date(year, 12, 31)),)
    return (file.year == year,)


def told(kind: Kind, value: Any) -> Any:
    """Return a value as every format writes it: days and Jakarta moments in ISO 8601, None for what is not known."""
    if value is None:
        return None
    if kind == "moment":
        return local(value).isoformat(timespec="seconds")
    if kind == "day":
        return (local(value).date() if isinstance(value, datetime) else value).isoformat()
    if kind == "truth":
        return bool(value)
    if kind == "whole":
        text = str(value)
        return int(text) if text.lstrip("-").isdecimal() and text.isascii() else None
    return str(value)
