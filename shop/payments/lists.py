"""Lists of payments: what an office has to pay, what its PA/KPA has to decide, and what the page of an order tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Invalid
from shop.db import session
from shop.orders import paying, taxing
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax
from shop.orders.reading import OrderView
from shop.orders.taxing import OrderTaxes
from shop.payments import states
from shop.payments.models import PaymentRequest
from shop.payments.reading import CODES, RequestView, of_order, shown
from shop.tax.facts import WHY

SIZE: Final = 25
_DECIDED_SHOWN: Final = 10
_DECISIONS_SHOWN: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Due:
    """One order that waits for its payment, as it would be paid today. Rupiah."""

    id: int
    number: str
    vendor: str
    due_at: datetime
    total: int
    net: int
    remit: int
    live: RequestView | None


@dataclass(frozen=True, slots=True)
class DueList:
    """A page of what an office has to pay, the oldest deadline first. `count` and `total` are of all pages."""

    rows: Sequence[Due]
    count: int
    total: int
    late: int
    after: str
    """What the address of the next page says; empty on the last."""


def due(actor: Actor, now: datetime, after: str = "") -> DueList:
    """Return what the actor's office has to pay; a fixed number of statements. Raises Forbidden, Invalid for a wrong `after`."""
    actor.require(states.OPEN)
    mine = (Order.office_id == actor.office_id, Order.state == "received")
    late = func.count().filter(Order.due_at < now)
    count, total, overdue = session.execute(
        select(func.count(), func.coalesce(func.sum(Order.total), 0), late).where(*mine)
    ).one()
    query = select(Order).where(*mine).order_by(Order.due_at, Order.id).limit(SIZE + 1)
    if after:
        moment, order_id = _place(after)
        query = query.where(or_(Order.due_at > moment, and_(Order.due_at == moment, Order.id > order_id)))
    found = session.scalars(query).all()
    orders = found[:SIZE]
    taxes = taxing.assess_orders(orders, local_day(now)) if orders else {}
    wanted = (PaymentRequest.order_id.in_([o.id for o in orders]), PaymentRequest.state.in_(states.LIVE))
    live = {r.order_id: r for r in shown(session.scalars(select(PaymentRequest).where(*wanted)).all())}
    rows = [_row(order, taxes[order.id], live.get(order.id), now) for order in orders]
    more = f"{(rows[-1].due_at - _EPOCH) // timedelta(microseconds=1)}-{rows[-1].id}" if len(found) > SIZE else ""
    return DueList(rows, count, int(total), overdue, more)


def _row(order: Order, taxes: OrderTaxes, live: RequestView | None, now: datetime) -> Due:
    net = live.amount if live else taxes.total("seller_receives")
    return Due(
        order.id, order.number, order.vendor_name, order.due_at or now, order.total, net,
        taxes.total("remit_treasurer"), live,
    )  # fmt: skip


def _place(after: str) -> tuple[datetime, int]:
    """Read where a page begins: the deadline in microseconds and the id of the last row before it."""
    moment, _dash, order_id = after.partition("-")
    numbers = [int(t) for t in (moment, order_id) if t.isascii() and t.isdigit() and len(t) < 20 and int(t) < _MOST]  # noqa: PLR2004
    try:
        return _EPOCH + timedelta(microseconds=numbers[0]), numbers[1]
    except (IndexError, OverflowError):
        raise Invalid.at("sesudah", "Halaman ini tidak ada. Mulai lagi dari awal daftar.") from None


@dataclass(frozen=True, slots=True)
class Decision:
    """An autodebet as the PA/KPA decides it: the request, the order's number and value, the producer, what is kept back."""

    request: RequestView
    number: str
    vendor: str
    total: int
    due_at: datetime | None


def decisions(actor: Actor) -> tuple[list[Decision], list[Decision]]:
    """Return the autodebets an office's PA/KPA has to decide, oldest first, and the last that were decided. Raises Forbidden."""
    actor.require(states.APPROVE)
    query = (
        select(PaymentRequest, Order.number, Order.vendor_name, Order.total, Order.due_at)
        .join(Order, Order.id == PaymentRequest.order_id)
        .where(PaymentRequest.office_id == actor.office_id)
    )
    waiting = query.where(PaymentRequest.state == "asked").order_by(PaymentRequest.id).limit(_DECISIONS_SHOWN)
    last = query.where(PaymentRequest.decided_at.is_not(None)).order_by(PaymentRequest.id.desc()).limit(_DECIDED_SHOWN)
    return _decisions(session.execute(waiting).all()), _decisions(session.execute(last).all())


def _decisions(rows: Sequence[Any]) -> list[Decision]:
    views = shown([row[0] for row in rows])
    return [Decision(view, *row[1:]) for view, row in zip(views, rows, strict=True)]


@dataclass(frozen=True, slots=True)
class OnOrder:
    """What the page of an order tells about its payment. `asks` is a msgid when it is this person's turn.

    `arrived`: what reached the producer. `withheld`: what the treasurer kept back, which a reason may have changed.
    """

    asks: str
    live: RequestView | None
    ended: Sequence[RequestView]
    channel: str
    paid_on: Any
    arrived: int
    withheld: int
    note: str
    taxes: Sequence[OrderTax]
    channels: Mapping[str, str] = field(default_factory=lambda: paying.CHANNELS)
    codes: Mapping[str, str] = field(default_factory=lambda: CODES)
    why: Mapping[str, str] = field(default_factory=lambda: WHY)


def on_order(actor: Actor, view: OrderView, _now: datetime) -> OnOrder | None:
    """Return it; None before anything was received. What a person wrote stays between the office's people."""
    if view.received_at is None or view.state not in {"received", "paid", "closed"}:
        return None
    requests = of_order(view.id)
    live = next((r for r in requests if r.state in states.LIVE), None)
    ended = [] if actor.vendor_id else [r for r in requests if r.state in {"rejected", "cancelled", "failed"}]
    decides = live is not None and live.state == "asked" and actor.may(states.APPROVE)
    asks = "Putuskan autodebet di bawah" if decides else ""
    if view.state == "received":
        return OnOrder(asks, live, ended, "", None, 0, 0, "", ())
    paid = session.get(Payment, view.id)
    taxes = session.scalars(select(OrderTax).where(OrderTax.order_id == view.id).order_by(OrderTax.id)).all()
    if paid is None:
        return None
    arrived = paid.amount - paid.withheld - sum(tax.remit_platform for tax in taxes)
    return OnOrder("", live, ended, paid.channel, paid.paid_on, arrived, paid.withheld, paid.note, taxes)
