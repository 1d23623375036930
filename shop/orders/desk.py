"""The desk: what waits for this hat, the most urgent first, and where to go next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select

from shop.base.actor import Actor
from shop.base.clock import at_local, local
from shop.budgets import reading as packages
from shop.budgets.reading import PackageView
from shop.db import session
from shop.orders import cart, reading, states
from shop.orders.models import Order
from shop.orders.reading import OrderView

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Sales:
    """What a producer sold in a calendar year: paid orders and their value, and what is received but not yet paid."""

    year: int
    paid_orders: int
    paid: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One hat's desk. `waiting` is mine to do, `elsewhere` goes on without me."""

    waiting: Sequence[OrderView]
    waiting_total: int
    elsewhere: Sequence[OrderView]
    packages: Sequence[PackageView]
    packages_total: int
    basket: int
    sales: Sales | None


def read_desk(actor: Actor, now: datetime) -> Desk:
    """Return the desk of this hat; a fixed number of statements for each role."""
    actor.require("desk:home:read")
    year = local(now).year
    able = actor.may("orders:order:read")
    # Of a Pejabat Pengadaan no step of an order waits: what would find nothing is not asked.
    turns = actor.vendor_id is not None or actor.may("orders:order:receive") or actor.may("orders:order:pay")
    waiting = reading.waiting(actor, _SHOWN) if able and turns else ()
    total = len(waiting) if len(waiting) < _SHOWN else reading.turn_count(actor)
    hand: Sequence[PackageView] = ()
    hands = 0
    if actor.office_id is not None and actor.may("budgets:package:read"):
        hand, hands = _in_hand(actor, year)
    return Desk(
        waiting,
        total,
        _elsewhere(actor) if able else (),
        hand,
        hands,
        cart.count(actor),
        _sales(actor.vendor_id, year) if actor.vendor_id is not None else None,
    )


def _in_hand(actor: Actor, year: int) -> tuple[Sequence[PackageView], int]:
    if not any(actor.may(p) for p in ("orders:order:place", "budgets:package:assign_pp", "budgets:package:assign_ppk")):
        return (), 0
    found, total = packages.packages(actor, year, mine=True, limit=_SHOWN)
    if actor.may("budgets:package:assign_pp"):
        # With the PPK only what is not handed on yet is work; the rest is with the Pejabat Pengadaan.
        return [p for p in found if p.state == "with_ppk"], packages.waiting(actor, year)
    return found, total


def _elsewhere(actor: Actor) -> Sequence[OrderView]:
    """Return what this hat follows while somebody else acts: the producer's unpaid, the buyer's open orders, what the PPK's bendahara has to pay."""
    scope = reading.scope_of([actor])
    if actor.vendor_id is not None:
        return reading.in_states(scope, ("arrived", "received"), _SHOWN)
    if actor.may("orders:order:place"):
        return reading.in_states(scope, sorted(states.OPEN - {"paid"}), _SHOWN)
    if actor.may("orders:order:receive"):
        return reading.in_states(scope, ("received",), _SHOWN)
    return ()


def _sales(vendor_id: int, year: int) -> Sales:
    """Add up the producer's own orders; two statements, both along the producer's index."""
    start, end = at_local(date(year, 1, 1), time.min), at_local(date(year + 1, 1, 1), time.min)
    mine = Order.vendor_id == vendor_id
    paid = session.execute(
        select(func.count(), func.coalesce(func.sum(Order.total), 0)).where(
            mine, Order.state.in_(sorted(states.PAID)), Order.paid_at >= start, Order.paid_at < end
        )
    ).one()
    unpaid = session.execute(
        select(func.coalesce(func.sum(Order.total), 0)).where(mine, Order.state == "received")
    ).scalar_one()
    return Sales(year, paid[0], int(paid[1]), int(unpaid))
