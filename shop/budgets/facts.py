"""What packages should weigh in the P3DN ledger: the pagu of those announced as PDN."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from shop.budgets.models import Package
from shop.db import session
from shop.p3dn.rules import Fact, planned_fact


def of_package(package_id: int, office_id: int, account_code: str, pagu: int, *, pdn: bool) -> tuple[str, list[Fact]]:
    """Return the ledger statement of one package. Planned is what SiRUP announces, and only when `pdn` (rules §3.1, H)."""
    fact = planned_fact(package_id=package_id, office_id=office_id, account_code=account_code, pagu=pagu)
    return f"package:{package_id}", [fact] if pdn else []


def statements() -> Iterator[tuple[str, list[Fact]]]:
    """Yield the statement of every package, in flat memory."""
    planned = func.coalesce(Package.announced, Package.pagu).label("planned")
    query = select(Package.id, Package.office_id, Package.account_code, planned, Package.pdn).order_by(Package.id)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield of_package(row.id, row.office_id, row.account_code, row.planned, pdn=row.pdn)
