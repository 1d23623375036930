"""Numbers of surat pesanan: one sequence per office, kind and year, gap-free because it rolls back with its order."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from shop.accounts.models import Office
from shop.db import session
from shop.orders.models import NumberSequence

_sequence: Final[Table] = NumberSequence.__table__  # type: ignore[assignment]


def next_number(office_id: int, kind: str, year: int) -> tuple[int, str]:
    """Raise the sequence and return (number, office code). The row stays locked until the commit."""
    row = session.execute(
        _raise(session.get_bind().dialect.name),
        {"office_id": office_id, "kind": kind, "year": year, "last": 1, "office": office_id},
    ).one()
    return row[0], row[1]


@cache
def _raise(dialect: str) -> Any:
    """Return the statement of a database, assembled once."""
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(_sequence)
    code = select(Office.__table__.c.code).where(Office.__table__.c.id == bindparam("office")).scalar_subquery()
    return insert.on_conflict_do_update(
        index_elements=["office_id", "kind", "year"], set_={"last": _sequence.c.last + 1}
    ).returning(_sequence.c.last, code)
