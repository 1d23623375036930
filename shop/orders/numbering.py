"""Numbers of surat pesanan: one sequence per office, kind and year, gap-free because it rolls back with its order."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from shop.accounts.models import Office
from shop.db import session
from shop.orders.models import NumberSequence


def next_number(office_id: int, kind: str, year: int) -> tuple[int, str]:
    """Raise the sequence and return (number, office code). The row stays locked until the commit."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(NumberSequence).values(office_id=office_id, kind=kind, year=year, last=1)
    number = session.execute(
        statement.on_conflict_do_update(index_elements=["office_id", "kind", "year"],
                                        set_={"last": NumberSequence.last + 1}).returning(NumberSequence.last)
    ).scalar_one()
    code = session.execute(select(Office.code).where(Office.id == office_id)).scalar_one()
    return number, code
