"""What an order should weigh in the P3DN ledger: its lines as photographed, or as the latest correction says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import Table, bindparam, select

from shop.db import session
from shop.orders.models import Order, OrderLine
from shop.orders.models_correction import OrderLineCorrection
from shop.p3dn.rules import Fact, line_measures

_order: Final[Table] = Order.__table__  # type: ignore[assignment]
_line: Final[Table] = OrderLine.__table__  # type: ignore[assignment]
_ORDERS: Final = (
    select(*(_order.c[name] for name in ("id", "state", "corrected", "package_id", "office_id", "account_code")))
    .add_columns(*(_order.c[name] for name in ("vendor_kecamatan", "vendor_id", "channel")))
    .where(_order.c.id > bindparam("last"))
    .order_by(_order.c.id)
    .limit(500)
)
_LINES: Final = (
    select(*(_line.c[name] for name in ("id", "order_id", "category_code", "amount", "counted")))
    .add_columns(*(_line.c[name] for name in ("evidence", "tkdn_bp", "pdn", "umk")))
    .where(_line.c.order_id.between(bindparam("first"), bindparam("last")))
    .order_by(_line.c.order_id, _line.c.id)
)


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


class Of(Protocol):
    """What a fact takes from its order: the order itself, or a plain row of it."""

    id: int
    package_id: int
    office_id: int
    account_code: str
    vendor_kecamatan: str
    vendor_id: int
    channel: str


class Line(Said, Protocol):
    """What a fact takes from a line: the line itself, or a plain row of it."""

    id: int
    category_code: str
    amount: int
    counted: int | None


def of_order(order: Order, committed: bool, paid: bool) -> list[Fact]:  # noqa: FBT001 - unpacked from states.standing
    """Return one fact per line. `order.lines` must be loaded; one statement more for an order that was corrected."""
    return _facts(order, order.lines, latest(order.id) if order.corrected else {}, (committed, paid))


def corrections(order_id: int) -> Sequence[OrderLineCorrection]:
    """Return every correction of an order's lines, the earliest first."""
    query = select(OrderLineCorrection).where(OrderLineCorrection.order_id == order_id)
    return session.scalars(query.order_by(OrderLineCorrection.number, OrderLineCorrection.id)).all()


def latest(order_id: int) -> dict[int, OrderLineCorrection]:
    """Return {line id: the correction that counts} for the lines that have one."""
    return {found.line_id: found for found in corrections(order_id)}


def statements(standing: Callable[[str], tuple[bool, bool]]) -> Iterator[tuple[str, list[Fact]]]:
    """Yield the statement of every order, in flat memory. `standing` is states.standing: state -> (committed, paid).

    Plain rows, page by page: no object of the session is made or let go, and the caller may use the session meanwhile.
    """
    last = 0
    while orders := session.execute(_ORDERS, {"last": last}).all():
        first, last = orders[0].id, orders[-1].id
        lines: defaultdict[int, list[Any]] = defaultdict(list)
        for line in session.execute(_LINES, {"first": first, "last": last}).all():
            lines[line.order_id].append(line)
        for order in orders:
            said: Mapping[int, Said] = latest(order.id) if order.corrected else {}
            yield f"order:{order.id}", _facts(order, lines[order.id], said, standing(order.state))


def _facts(order: Of, lines: Sequence[Line], said: Mapping[int, Said], standing: tuple[bool, bool]) -> list[Fact]:
    committed, paid = standing
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
        for index, line in enumerate(lines)
        for of in (said.get(line.id, line),)
    ]
