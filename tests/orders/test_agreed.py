"""Prices that were promised, and changes that both sides agreed to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.base.errors import Conflict, Invalid, WrongState
from shop.budgets.models import Package
from shop.catalog.models import CapacityDay, Product
from shop.db import session, unit_of_work
from shop.orders import adjusting, facts, promises, states
from shop.orders.adjusting import Change
from shop.orders.loading import lock_order
from shop.orders.models import Order, OrderLine, PricePromise
from shop.orders.placing import place_order
from shop.p3dn import verify
from tests import makers


def _wish(crew, product, quantity, price, promise_id):
    wish = makers.make_wish(crew, (product, quantity), total=quantity * price)
    return replace(wish, lines=tuple(replace(line, promise_id=promise_id) for line in wish.lines))


def test_a_promise_holds_while_the_list_price_rises_and_is_used_once(crew, now):
    with unit_of_work():
        product = makers.make_product(crew.vendor, price=20_000)
        until = now + timedelta(days=2)
        promises.promise(crew.office_id, "negotiation", 7, [promises.Promised(product.id, 30, 18_000)], until, now)
        promise_id = session.scalars(select(PricePromise.id)).one()
        product.price = 25_000
    for quantity, moment, price in ((29, now, 18_000), (30, until + timedelta(seconds=1), 18_000)):
        with pytest.raises(Conflict) as refused, unit_of_work():
            place_order(crew.pp, _wish(crew, product, quantity, price, promise_id), "kunci-lain", moment)
        assert refused.value.kind == "promise-gone"
    with unit_of_work():
        other = makers.make_crew(crew.vendor)
    with pytest.raises(Conflict), unit_of_work():
        place_order(other.pp, _wish(other, product, 30, 18_000, promise_id), "kunci-asing", now)
    with unit_of_work():
        placed = place_order(crew.pp, _wish(crew, product, 30, 18_000, promise_id), "kunci-pertama", now)
    line = session.scalars(select(OrderLine).where(OrderLine.order_id == placed.order_ids[0])).one()
    assert (line.unit_price, line.list_price, line.amount) == (18_000, 25_000, 540_000)
    assert session.scalars(select(PricePromise.used_order_id)).one() == placed.order_ids[0]
    with pytest.raises(Conflict), unit_of_work():
        place_order(crew.pp, _wish(crew, product, 30, 18_000, promise_id), "kunci-kedua", now)


def test_a_change_moves_goods_pagu_and_ledger_and_leaves_nothing_behind(crew, now):
    with unit_of_work():
        shelf = makers.make_product(crew.vendor, price=10_000, stock=100, daily_capacity=80)
        other = makers.make_product(crew.vendor, price=5_000)
        order = makers.make_confirmed_order(crew, now, (shelf, 30), (other, 10))
        first, second = (line.id for line in order.lines)
        order_id, was = order.id, order.deliver_at

    def change(wanted):
        with unit_of_work():
            adjusting.adjust(crew.ppk, lock_order(crew.ppk, order_id), wanted, "addendum", now)

    def stands():
        total, stock = session.get_one(Order, order_id).total, session.get_one(Product, shelf.id).stock
        days = {row.day: row.booked for row in session.scalars(select(CapacityDay)) if row.booked}
        return total, session.get_one(Package, crew.package_id).reserved, stock or 0, days

    change(Change({first: 50, second: 8}))
    assert stands() == (540_000, 540_000, 50, {was.date(): 50})
    change(Change({first: 20}, {first: 9_000}, was + timedelta(days=1)))
    assert stands() == (220_000, 220_000, 80, {(was + timedelta(days=1)).date(): 20})
    for wanted, kind in ((Change({first: 81}), "capacity-gone"), (Change({first: 2_000}), "out-of-stock")):
        with pytest.raises(Conflict) as refused:
            change(wanted)
        assert refused.value.kind == kind
    with pytest.raises(Invalid):
        change(Change({first: 0, second: 0}))
    change(Change({second: 0}))
    assert stands() == (180_000, 180_000, 80, {(was + timedelta(days=1)).date(): 20})
    report = verify.verify(facts.statements(states.standing))
    assert report.sources
    assert not report.differences
    with unit_of_work():
        paid = makers.make_paid_order(crew, now, (other, 3)).id
    with pytest.raises(WrongState), unit_of_work():
        adjusting.adjust(crew.ppk, lock_order(crew.ppk, paid), Change(), "addendum", now)
