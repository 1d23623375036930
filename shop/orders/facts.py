"""What an order should weigh in the P3DN ledger: its lines as photographed, or as the latest correction says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.db import session
from shop.orders.models import Order
from shop.orders.models_correction import OrderLineCorrection
from shop.p3dn.rules import Fact, line_measures


class Said(Protocol):
    """What a line counts as: said by the line itself, or by a correction of it."""

    @property
    def evidence(self) -> str:
        """Proof of TKDN on the order day."""

    @property
    def tkdn_bp(self) -> int:
        """TKDN in basis points."""

    @property
    def pdn(self) -> bool:
        """Whether it is a domestic product."""

    @property
    def umk(self) -> bool:
        """Whether it was bought from a micro or small business."""


def of_order(order: Order, committed: bool, paid: bool) -> list[Fact]:  # noqa: FBT001 - unpacked from states.standing
    """Return one fact per line. `order.lines` must be loaded; one statement more for an order that was corrected."""
    said: Mapping[int, Said] = latest(order.id) if order.corrected else {}
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
            evidence=of.evidence,
            tkdn_bp=of.tkdn_bp,
            channel=order.channel,
            measures=line_measures(
                value=line.amount if line.counted is None else line.counted,
                pdn=of.pdn,
                umk=of.umk,
                evidence=of.evidence,
                tkdn_bp=of.tkdn_bp,
                committed=committed,
                paid=paid,
                first=index == 0,
            ),
        )
        for index, line in enumerate(order.lines)
        for of in (said.get(line.id, line),)
    ]


def corrections(order_id: int) -> Sequence[OrderLineCorrection]:
    """Return every correction of an order's lines, the earliest first."""
    query = select(OrderLineCorrection).where(OrderLineCorrection.order_id == order_id)
    return session.scalars(query.order_by(OrderLineCorrection.number, OrderLineCorrection.id)).all()


def latest(order_id: int) -> dict[int, OrderLineCorrection]:
    """Return {line id: the correction that counts} for the lines that have one."""
    return {found.line_id: found for found in corrections(order_id)}


def statements(standing: Callable[[str], tuple[bool, bool]]) -> Iterator[tuple[str, list[Fact]]]:
    """Yield the statement of every order, in flat memory. `standing` is states.standing: state -> (committed, paid)."""
    query = select(Order).options(selectinload(Order.lines)).order_by(Order.id)
    for order in session.scalars(query.execution_options(yield_per=500)):
        yield f"order:{order.id}", of_order(order, *standing(order.state))
        session.expunge(order)
