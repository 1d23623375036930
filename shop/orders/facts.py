"""What an order should weigh in the P3DN ledger: its lines as they were photographed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.db import session
from shop.orders.models import Order
from shop.p3dn.rules import Fact, line_measures


def of_order(order: Order, committed: bool, paid: bool) -> list[Fact]:  # noqa: FBT001 - unpacked from states.standing
    """Return one fact per line. `order.lines` must be loaded."""
    return [
        Fact(
            key=f"line:{line.id}",
            order_id=order.id,
            line_id=line.id,
            package_id=order.package_id,
            office_id=order.office_id,
            account_code=order.account_code,
            kecamatan_code=order.vendor_kecamatan,
            vendor_id=order.vendor_id,
            category_code=line.category_code,
            evidence=line.evidence,
            tkdn_bp=line.tkdn_bp,
            channel=order.channel,
            measures=line_measures(
                value=line.amount,
                pdn=line.pdn,
                umk=line.umk,
                evidence=line.evidence,
                tkdn_bp=line.tkdn_bp,
                committed=committed,
                paid=paid,
                first=index == 0,
            ),
        )
        for index, line in enumerate(order.lines)
    ]


def statements(standing: Callable[[str], tuple[bool, bool]]) -> Iterator[tuple[str, list[Fact]]]:
    """Yield the statement of every order, in flat memory. `standing` is states.standing: state -> (committed, paid)."""
    query = select(Order).options(selectinload(Order.lines)).order_by(Order.id)
    for order in session.scalars(query.execution_options(yield_per=500)):
        yield f"order:{order.id}", of_order(order, *standing(order.state))
        session.expunge(order)
