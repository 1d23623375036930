"""Lists of orders as one hat sees them: frozen rows, made for one page, the same few statements whatever the length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select, true
from sqlalchemy.orm import aliased

from shop.accounts.models import Office, UserAccount
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.budgets.models import Package
from shop.db import session
from shop.orders import states
from shop.orders.actions import TURN, Case
from shop.orders.models import Order, OrderLine, OrderProposal
from shop.p3dn.rules import ZERO, Measures, line_measures

GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "berjalan": frozenset(states.OPEN),
    "selesai": frozenset({"closed"}),
    "batal": states.UNPAID_END,
}
"""Groups of states in the address of the list; beside them `giliran` (waiting for me) and empty (all)."""
_VENDOR_TURN, _PPK_TURN = (tuple(s for s, turn in TURN.items() if turn == party) for party in ("vendor", "ppk"))


@dataclass(frozen=True, slots=True)
class LineView:
    """One line as it was photographed at ordering. Rupiah, basis points."""

    id: int
    order_id: int
    product_id: int
    name: str
    unit: str
    quantity: int
    list_price: int
    unit_price: int
    amount: int
    note: str
    evidence: str
    tkdn_bp: int
    bmp_bp: int
    certificate_number: str | None
    certificate_until: date | None
    pdn: bool
    umk: bool
    halal: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What the producer proposes and nobody has answered yet. `quantities`: {line id as text: pieces}."""

    number: int
    deliver_at: datetime | None
    quantities: Mapping[str, int]
    words: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order with its lines and the names around it."""

    case: Case
    lines: tuple[LineView, ...]
    proposal: ProposalView | None
    id: int
    number: str
    version: int
    package_id: int
    rup_code: str
    package_name: str
    account_code: str
    office_code: str
    vendor_kecamatan: str
    purpose: str
    headcount: int | None
    deliver_address: str
    deliver_kecamatan: str
    deliver_at: datetime
    total: int
    placed_at: datetime
    confirmed_at: datetime | None
    ready_at: datetime | None
    arrived_at: datetime | None
    received_at: datetime | None
    paid_at: datetime | None
    paid_by: int | None
    relaxed: Sequence[str]
    seen_at: datetime | None
    shipping: int

    @property
    def state(self) -> str:
        """State the order is in."""
        return self.case.state

    @property
    def measures(self) -> Measures:
        """What the lines weigh once paid, by the rule of the ledger; `paid_total` is the order's value. Rupiah."""
        return sum(
            (
                line_measures(
                    value=line.amount,
                    pdn=line.pdn,
                    umk=line.umk,
                    evidence=line.evidence,
                    tkdn_bp=line.tkdn_bp,
                    committed=True,
                    paid=True,
                    first=False,
                )
                for line in self.lines
            ),
            ZERO,
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Which orders somebody may see: all, those of some offices, those of some producers."""

    everything: bool
    office_ids: tuple[int, ...]
    vendor_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to. `group` is a key of GROUPS, `giliran` or empty; `text` looks into number and names."""

    group: str = ""
    text: str = ""
    package_id: int | None = None


@dataclass(frozen=True, slots=True)
class OrderList:
    """One page of orders, how many there are, and how many in each group."""

    items: tuple[OrderView, ...]
    total: int
    counts: Mapping[str, int]


_ppk = aliased(UserAccount)
_CASE: Final = (
    Order.state, Order.office_id, Order.vendor_id, Order.placed_by, Order.received_by, Package.ppk_id, Order.due_at,
    Office.relaxed_duties, Order.vendor_name, Office.name.label("office_name"), _ppk.name.label("ppk_name"),
    Order.placed_for, Order.received_for, Order.asked,
)  # fmt: skip
_ORDER: Final = (
    Order.id, Order.number, Order.version, Order.package_id, Package.rup_code, Package.name.label("package_name"),
    Order.account_code, Office.code.label("office_code"), Order.vendor_kecamatan, Order.purpose, Order.headcount,
    Order.deliver_address, Order.deliver_kecamatan, Order.deliver_at, Order.total, Order.placed_at, Order.confirmed_at,
    Order.ready_at, Order.arrived_at, Order.received_at, Order.paid_at, Order.paid_by, Order.relaxed, Order.seen_at,
    Order.shipping,
)  # fmt: skip
_PROPOSAL: Final = (
    OrderProposal.number.label("idea"), OrderProposal.deliver_at.label("idea_at"), OrderProposal.quantities,
    OrderProposal.words,
)  # fmt: skip
_VIEW: Final[Any] = (
    select(*_CASE, *_PROPOSAL, *_ORDER)
    .join(Package, Package.id == Order.package_id)
    .join(Office, Office.id == Order.office_id)
    .outerjoin(_ppk, _ppk.id == Package.ppk_id)
    .outerjoin(OrderProposal, (OrderProposal.order_id == Order.id) & (OrderProposal.answer == ""))
)
_LINES: Final[Any] = (
    select(
        OrderLine.id, OrderLine.order_id, OrderLine.product_id, OrderLine.product_name, OrderLine.unit,
        OrderLine.quantity, OrderLine.list_price, OrderLine.unit_price, OrderLine.amount, OrderLine.note,
        OrderLine.evidence, OrderLine.tkdn_bp, OrderLine.bmp_bp, OrderLine.certificate_number,
        OrderLine.certificate_until, OrderLine.pdn, OrderLine.umk, OrderLine.halal,
    )
    .where(OrderLine.order_id.in_(bindparam("ids", expanding=True))).order_by(OrderLine.id)
)  # fmt: skip


def scope_of(hats: Iterable[Actor]) -> Scope:
    """Return what these hats of one person may see together. A hat that may not read orders adds nothing."""
    able = [hat for hat in hats if hat.may("orders:order:read")]
    return Scope(
        any(hat.may("orders:order:read_all") for hat in able),
        tuple(sorted({hat.office_id for hat in able if hat.office_id is not None})),
        tuple(sorted({hat.vendor_id for hat in able if hat.vendor_id is not None})),
    )


def _seen(scope: Scope) -> ColumnElement[bool]:
    if scope.everything:
        return true()
    return or_(
        Order.office_id.in_(scope.office_ids) if scope.office_ids else false(),
        Order.vendor_id.in_(scope.vendor_ids) if scope.vendor_ids else false(),
    )


def _my_turn(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of is_my_turn, in SQL; the package must be joined."""
    if actor.vendor_id is not None:
        asked = Order.asked | (Order.state != "arrived")  # about a shortage, though it stands at the office
        return (Order.vendor_id == actor.vendor_id) & Order.state.in_((*_VENDOR_TURN, "arrived")) & asked
    mine = Order.office_id == actor.office_id
    if actor.may("orders:order:receive"):
        return mine & Order.state.in_(_PPK_TURN) & ~Order.asked & Package.ppk_id.in_(actor.hands)
    if actor.may("orders:order:pay"):
        return mine & (Order.state == "received")
    return false()


def turn_count(actor: Actor) -> int:
    """Return how many orders wait for this hat. Answered from an index; cheap enough for every page."""
    if actor.vendor_id is None and not (actor.may("orders:order:receive") or actor.may("orders:order:pay")):
        return 0
    return _count_turn(actor, ())


def _count_turn(actor: Actor, narrowed: Iterable[ColumnElement[bool]]) -> int:
    query = select(func.count()).select_from(Order).where(_my_turn(actor), *narrowed)
    if actor.may("orders:order:receive"):
        query = query.join(Package, Package.id == Order.package_id)
    return session.execute(query).scalar_one()


def waiting(actor: Actor, limit: int = 20) -> tuple[OrderView, ...]:
    """Return the orders that wait for this hat, the most urgent first; two statements."""
    return _fetch(_VIEW.where(_my_turn(actor)).order_by(Order.due_at, Order.id).limit(limit))


def in_states(scope: Scope, wanted: Iterable[str], limit: int = 20) -> tuple[OrderView, ...]:
    """Return orders in some states, the nearest deadline first; two statements."""
    query = _VIEW.where(_seen(scope), Order.state.in_(tuple(wanted)))
    return _fetch(query.order_by(Order.due_at, Order.id).limit(limit))


def orders(actor: Actor, scope: Scope, wanted: Wanted, *, offset: int = 0, limit: int = 20) -> OrderList:
    """Return one page of orders, newest first (`giliran`: most urgent first); four statements."""
    narrowed = [_seen(scope)]
    if wanted.text:
        narrowed.append(
            or_(
                *(
                    column.icontains(wanted.text, autoescape=True)
                    for column in (Order.number, Order.vendor_name, Order.purpose)
                )
            )
        )
    if wanted.package_id is not None:
        narrowed.append(Order.package_id == wanted.package_id)
    by_state = {
        row[0]: row[1]
        for row in session.execute(select(Order.state, func.count()).where(*narrowed).group_by(Order.state))
    }
    counts = {group: sum(by_state.get(state, 0) for state in members) for group, members in GROUPS.items()}
    counts |= {"": sum(by_state.values()), "giliran": _count_turn(actor, narrowed)}
    query = _VIEW.where(*narrowed)
    if wanted.group == "giliran":
        query = query.where(_my_turn(actor)).order_by(Order.due_at, Order.id)
    else:
        query = query.where(Order.state.in_(GROUPS[wanted.group])) if wanted.group in GROUPS else query
        query = query.order_by(Order.id.desc())
    return OrderList(_fetch(query.offset(offset).limit(limit)), counts.get(wanted.group, 0), counts)


def order(scope: Scope, order_id: int) -> OrderView:
    """Return one order; two statements. Raises NotFound when it is not there or not theirs to see."""
    found = _fetch(_VIEW.where(Order.id == order_id, _seen(scope)))
    if not found:
        raise NotFound("Pesanan ini tidak ada.")
    return found[0]


def some(scope: Scope, order_ids: Sequence[int]) -> tuple[OrderView, ...]:
    """Return those of the given orders that may be seen, in order of id; two statements."""
    return _fetch(_VIEW.where(Order.id.in_(order_ids), _seen(scope)).order_by(Order.id))


def _fetch(query: Any) -> tuple[OrderView, ...]:
    rows = session.execute(query).all()
    lines: dict[int, list[LineView]] = {row.id: [] for row in rows}
    for line in session.execute(_LINES, {"ids": list(lines)}):
        lines[line.order_id].append(LineView(*line))
    case, rest = len(_CASE), len(_CASE) + len(_PROPOSAL)
    return tuple(
        OrderView(
            Case(*row[:case]),
            tuple(lines[row.id]),
            ProposalView(*row[case:rest]) if row.idea else None,
            *row[rest:],
        )
        for row in rows
    )
