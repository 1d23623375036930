"""Requests for approval as one hat sees them: frozen rows, the same few statements whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from shop.accounts.models import UserAccount
from shop.approvals import keeping, states
from shop.approvals.answering import ANSWER
from shop.approvals.asking import ASK, READ
from shop.approvals.models import ApprovalLine, ApprovalRequest
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.budgets.models import Package
from shop.db import session
from shop.orders import checking
from shop.orders.models import PricePromise
from shop.orders.reading import OrderView
from shop.orders.wish import Delivery, Place
from shop.vendors import reach

GROUPS: Final = ("giliran", "")
"""Lists: what waits for me, and everything of the office."""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One wanted line with the price that is kept. Rupiah."""

    id: int
    request_id: int
    product_id: int
    name: str
    vendor_id: int
    vendor_name: str
    unit: str
    quantity: int
    unit_price: int
    note: str
    answer: str
    reason: str
    words: str

    @property
    def amount(self) -> int:
        """Rupiah of the line."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request with the names around it."""

    lines: Sequence[RequestLine]
    id: int
    state: str
    version: int
    office_id: int
    package_id: int
    package_name: str
    rup_code: str
    package_left: int
    purpose: str
    headcount: int | None
    deliver_address: str
    deliver_kecamatan: str
    deliver_at: datetime
    total: int
    shipping: int
    asked_by: int
    asked_for: int | None
    asked_name: str
    asked_for_name: str | None
    asked_at: datetime
    due_at: datetime
    answered_name: str | None
    answered_for_name: str | None
    answered_at: datetime | None
    words: str
    places: Sequence[Mapping[str, Any]]
    papers: Sequence[Mapping[str, str]]
    said: Mapping[str, Sequence[str]]
    risk_note: str
    order_ids: Sequence[int]
    ppk_id: int | None
    ppk_name: str | None
    pp_id: int | None

    @property
    def approved(self) -> Sequence[RequestLine]:
        """Lines with a yes."""
        return [line for line in self.lines if line.answer == "approved"]

    @property
    def state_label(self) -> str:
        """The state as a msgid."""
        return states.LABELS[self.state]


@dataclass(frozen=True, slots=True)
class ToSend:
    """What sending the approved lines would cost now. `shipping` is None when a producer does not go there any more."""

    goods: int
    shipping: int | None

    @property
    def total(self) -> int:
        """Rupiah the office would pay."""
        return self.goods + (self.shipping or 0)


_asked, _asked_for, _answered, _answered_for, _ppk = (aliased(UserAccount) for _ in range(5))
_R: Final = ApprovalRequest
_VIEW: Final[Any] = (
    select(
        _R.id, _R.state, _R.version, _R.office_id, _R.package_id, Package.name.label("package_name"), Package.rup_code,
        (Package.pagu - Package.reserved - Package.realised).label("package_left"), _R.purpose, _R.headcount,
        _R.deliver_address, _R.deliver_kecamatan, _R.deliver_at, _R.total, _R.shipping, _R.asked_by, _R.asked_for,
        _asked.name.label("asked_name"), _asked_for.name.label("asked_for_name"), _R.asked_at, _R.due_at,
        _answered.name.label("answered_name"), _answered_for.name.label("answered_for_name"), _R.answered_at, _R.words,
        _R.places, _R.papers, _R.said, _R.risk_note, _R.order_ids, Package.ppk_id, _ppk.name.label("ppk_name"), Package.pp_id,
    )
    .join(Package, Package.id == _R.package_id)
    .join(_asked, _asked.id == _R.asked_by)
    .outerjoin(_asked_for, _asked_for.id == _R.asked_for)
    .outerjoin(_answered, _answered.id == _R.answered_by)
    .outerjoin(_answered_for, _answered_for.id == _R.answered_for)
    .outerjoin(_ppk, _ppk.id == Package.ppk_id)
)  # fmt: skip
_LINES: Final[Any] = select(
    ApprovalLine.id, ApprovalLine.request_id, ApprovalLine.product_id, ApprovalLine.product_name, ApprovalLine.vendor_id,
    ApprovalLine.vendor_name, ApprovalLine.unit, ApprovalLine.quantity, ApprovalLine.unit_price, ApprovalLine.note,
    ApprovalLine.answer, ApprovalLine.reason, ApprovalLine.words,
).order_by(ApprovalLine.id)  # fmt: skip


def _seen(actor: Actor) -> ColumnElement[bool]:
    actor.require(READ)
    return true() if actor.may("orders:order:read_all") else _R.office_id == (actor.office_id or 0)


def my_turn(actor: Actor) -> ColumnElement[bool]:
    """Return what waits for this hat, in SQL: a PPK's answer, or sending what was approved. The package must be joined."""
    office = _R.office_id == (actor.office_id or 0)
    if actor.may(ANSWER):
        return and_(office, _R.state == "waiting", Package.ppk_id.in_(actor.hands))
    if actor.may(ASK):
        mine = or_(_R.asked_by.in_(actor.hands), _R.asked_for.in_(actor.hands))
        return and_(office, _R.state == "answered", mine)
    return false()


def requests(actor: Actor, group: str, *, offset: int = 0, limit: int = 20) -> tuple[Sequence[RequestView], int]:
    """Return one page of requests, newest first (`giliran`: the nearest deadline first), and how many; three statements."""
    where = [_seen(actor)]
    order: tuple[Any, ...] = (_R.id.desc(),)
    if group == "giliran":
        where, order = [*where, my_turn(actor)], (_R.due_at, _R.id)
    count = select(func.count()).select_from(_R).join(Package, Package.id == _R.package_id).where(*where)
    total = session.execute(count).scalar_one()
    return _fetch(_VIEW.where(*where).order_by(*order).offset(offset).limit(limit)), total


def request(actor: Actor, request_id: int) -> RequestView:
    """Return one request; two statements. Raises NotFound when it is not theirs to see."""
    found = _fetch(_VIEW.where(_seen(actor), _R.id == request_id))
    if not found:
        raise NotFound("Permintaan ini tidak ada.")
    return found[0]


def _fetch(query: Any) -> Sequence[RequestView]:
    rows = session.execute(query).all()
    if not rows:
        return []
    lines: dict[int, list[RequestLine]] = {row.id: [] for row in rows}
    for line in session.execute(_LINES.where(ApprovalLine.request_id.in_(list(lines)))):
        lines[line.request_id].append(RequestLine(*line))
    return [RequestView(lines[row.id], *row) for row in rows]


def to_send(view: RequestView) -> ToSend:
    """Return what the approved lines cost at the kept prices, with today's delivery; one statement."""
    goods: dict[int, set[int]] = {}
    for line in view.approved:
        goods.setdefault(line.vendor_id, set()).add(line.product_id)
    main = Delivery(view.deliver_address, view.deliver_kecamatan, view.deliver_at)
    stops = keeping.places_for(view.places, {line.product_id for line in view.approved})
    delivery, stops = keeping.whither(main, stops)
    shipping = _shipping(goods, delivery.kecamatan, stops)
    return ToSend(sum(line.amount for line in view.approved), shipping)


def _shipping(goods: Mapping[int, set[int]], kecamatan: str, stops: Sequence[Place]) -> int | None:
    if stops:
        costs, far = checking.to_places(stops, goods)
        return None if far else sum(costs.values())
    found: Mapping[int, reach.Reach] = reach.reach(set(goods), None, kecamatan) if goods else {}
    known = [one.cost for one in found.values() if one.cost is not None]
    return sum(known) if len(known) == len(found) else None


@dataclass(frozen=True, slots=True)
class Stop:
    """One of several places as the page shows it; `goods` are (name, unit, pieces)."""

    place: Place
    goods: Sequence[tuple[str, str, int]]


def stops(view: RequestView) -> Sequence[Stop]:
    """Return the places as they were asked for, with the names of what goes there."""
    of = {line.product_id: line for line in view.lines}
    return [
        Stop(place, [(of[i].name, of[i].unit, pieces) for i, pieces in place.shares if i in of])
        for place in keeping.places_for(view.places, set(of))
    ]


def behind(actor: Actor, order: OrderView, _now: datetime) -> RequestView | None:
    """Return the request an order came from, for its office and for auditors; None for others and when nobody asked."""
    if not actor.may(READ) or (actor.office_id != order.case.office_id and not actor.may("orders:order:read_all")):
        return None
    source = select(PricePromise.source_id).where(
        PricePromise.used_order_id == order.id, PricePromise.source == "approval"
    )
    found = _fetch(_VIEW.where(_R.id.in_(source)))
    return found[0] if found else None
