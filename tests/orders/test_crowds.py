"""Many people at many things at once: whatever happens, the books agree, the trail is whole, and nobody sees a crash."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Office
from shop.audit import trail
from shop.base.errors import Conflict, Reused
from shop.budgets import facts as package_facts
from shop.budgets.importing import import_packages
from shop.budgets.models import Package
from shop.catalog.models import CapacityDay, Product
from shop.db import session, unit_of_work
from shop.orders import confirming, facts, states
from shop.orders.models import Order, OrderLine
from shop.orders.placing import place_order
from shop.p3dn import verify
from tests import makers
from tests.orders.test_together import BUYERS, all_at_once


def test_products_in_any_order_never_make_two_buyers_wait_for_each_other(app, crew, now):
    """Locks are taken in the order of ids, whatever the order of the lines: not one deadlock in eighty placements."""
    with unit_of_work():
        office = session.get_one(Office, crew.office_id)
        products = [
            makers.make_product(crew.vendor, stock=10_000, daily_capacity=10_000, price=1_000) for _ in range(6)
        ]
        packages = [makers.make_package(office, crew.ppk, crew.pp).id for _ in range(BUYERS)]
        wishes = [
            makers.make_wish(crew, *[(p, 1) for p in (products if n % 2 else products[::-1])], package_id=packages[n])
            for n in range(BUYERS)
        ]
    session.rollback()

    def work(number):
        for turn in range(10):
            with unit_of_work():
                place_order(crew.pp, wishes[number], f"silang-{number}-{turn}", now)

    assert all_at_once(app, work) == []
    session.rollback()
    assert set(session.scalars(select(Product.stock))) == {10_000 - BUYERS * 10}
    assert set(session.scalars(select(CapacityDay.booked))) == {BUYERS * 10}
    assert gap_free(BUYERS * 10)
    assert trail.verify().first_broken is None


def test_one_key_for_two_packages_in_one_instant_makes_one_order(app, crew, now):
    with unit_of_work():
        office = session.get_one(Office, crew.office_id)
        product = makers.make_product(crew.vendor, price=1_000)
        packages = [makers.make_package(office, crew.ppk, crew.pp).id for _ in range(BUYERS)]
        wishes = [makers.make_wish(crew, (product, 1), package_id=package) for package in packages]
    session.rollback()
    heard = Counter()

    def work(number):
        try:
            with unit_of_work():
                place_order(crew.pp, wishes[number], "satu-kunci-delapan-paket", now)
            heard["placed"] += 1
        except Reused:
            heard["reused"] += 1

    assert all_at_once(app, work) == []
    session.rollback()
    assert heard == {"placed": 1, "reused": BUYERS - 1}
    assert session.scalar(select(func.count()).select_from(Order)) == 1
    assert session.scalar(select(func.sum(Package.reserved))) == 1_000
    assert gap_free(1)


def test_whatever_happens_at_once_the_books_agree(app, crew, now):
    """Placing, confirming, cancelling and importing at once. A deadlock may be told as busy; then it is tried again."""
    with unit_of_work():
        shelf = makers.make_product(crew.vendor, stock=60, price=1_000)
        kitchen = makers.make_product(crew.vendor, daily_capacity=40, price=2_000)
        makers.make_certificate(shelf)
        wish = makers.make_wish(crew, (kitchen, 2), (shelf, 3))
        code = session.get_one(Office, crew.office_id).code
    session.rollback()
    refused = Counter()

    def bring_in(number, turn):
        text = (
            "kd_rup,nama_paket,tahun_anggaran,kode_kantor,kode_rekening,pagu\n"
            f"{crew.rup_code},Nama {number}-{turn},2026,{code},5.1.02.01.01.0052,{20_000_000 + turn}\n"
            f"{90000000 + number},Paket {number},2026,{code},5.1.02.01.01.0052,{1_000 + turn}\n"
        )
        assert import_packages(crew.pa, text.encode(), now).faults == []

    def work(number):
        for turn in range(4):
            if number == 0:
                again(refused, lambda turn=turn: bring_in(number, turn))
                continue
            placed = again(refused, lambda turn=turn: place_order(crew.pp, wish, f"ramai-{number}-{turn}", now))
            if placed is None:
                continue
            key = placed.order_ids[0]
            again(refused, lambda key=key: confirming.confirm(crew.producer, key, 1, now))
            if turn % 2:
                again(refused, lambda key=key: confirming.cancel(crew.pp, key, 2, "event_off", "", now))

    assert all_at_once(app, work) == []
    session.rollback()
    standing = (
        select(func.coalesce(func.sum(OrderLine.quantity), 0))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.state == "confirmed")
    )
    sold = session.scalar(standing.where(OrderLine.product_id == shelf.id))
    assert session.scalar(select(Product.stock).where(Product.id == shelf.id)) == 60 - sold >= 0
    made = session.scalar(standing.where(OrderLine.product_id == kitchen.id))
    assert session.scalar(select(CapacityDay.booked).where(CapacityDay.product_id == kitchen.id)) == made <= 40
    bound = session.scalar(select(func.coalesce(func.sum(Order.total), 0)).where(Order.state == "confirmed"))
    assert session.get_one(Package, crew.package_id).reserved == bound > 0
    assert gap_free(session.scalar(select(func.count()).select_from(Order)))
    chain = trail.verify()
    assert chain.first_broken is None
    assert chain.entries > session.scalar(select(func.count()).select_from(Order))
    report = verify.verify([*package_facts.statements(), *facts.statements(states.standing)])
    assert report.ok, report.differences


def again(refused, step):
    """Take a step; when the database was too busy try it again, as a person would. None when it was refused for good."""
    for _ in range(50):
        try:
            with unit_of_work():
                return step()
        except Conflict as conflict:
            refused[conflict.kind] += 1
            if conflict.kind != "busy":
                return None
    raise AssertionError("busy fifty times")


def gap_free(count):
    session.rollback()
    numbers = sorted(int(number.split("/")[0]) for number in session.scalars(select(Order.number)))
    return numbers == list(range(1, count + 1))


OFFICERS, PORTIONS = 60, 150
"""The crowd of a test; bench/crowd.py has the full two hundred officers and five hundred portions."""


@pytest.mark.parametrize("limit", ["stock", "daily_capacity"])
def test_the_last_portions_go_to_a_crowd_of_officers_exactly_and_everybody_is_answered(app, crew, now, limit):
    """Each of sixty offices wants 2 to 5; who is told that fewer are left takes those. Not one too many, nobody unheard."""
    with unit_of_work():
        product = makers.make_product(crew.vendor, price=1_000, **{limit: PORTIONS})
        crews = [makers.make_crew(crew.vendor) for _ in range(OFFICERS)]
        wishes = [{n: makers.make_wish(officer, (product, n)) for n in range(1, 6)} for officer in crews]
    session.rollback()
    heard, got = [Counter() for _ in crews], [0] * OFFICERS

    def work(number):
        wanted = 2 + number % 4
        for turn in range(100):
            try:
                with unit_of_work():
                    place_order(crews[number].pp, wishes[number][wanted], f"ramai-{number}-{turn}", now)
            except Conflict as conflict:
                heard[number][conflict.kind] += 1
                if conflict.kind == "busy":
                    continue
                wanted = min(wanted, conflict.facts["left"])
                if not wanted:
                    return
            else:
                heard[number]["placed"] += 1
                got[number] = wanted
                return

    assert all_at_once(app, work, OFFICERS) == []
    session.rollback()
    gone = {"stock": "out-of-stock", "daily_capacity": "capacity-gone"}[limit]
    assert sum(got) == PORTIONS == session.scalar(select(func.sum(OrderLine.quantity)))
    assert all(words["placed"] == 1 or words[gone] for words in heard)
    assert {kind for words in heard for kind in words} <= {"placed", gone, "busy"}
    orders = sum(words["placed"] for words in heard)
    assert session.scalar(select(func.count()).select_from(Order)) == orders < OFFICERS
    assert session.scalar(select(func.sum(Package.reserved))) == PORTIONS * 1_000
    if limit == "stock":
        assert session.scalar(select(Product.stock).where(Product.id == product.id)) == 0
    else:
        assert session.scalar(select(CapacityDay.booked).where(CapacityDay.product_id == product.id)) == PORTIONS
    chain = trail.verify()
    assert chain.first_broken is None
    report = verify.verify([*package_facts.statements(), *facts.statements(states.standing)])
    assert [d for d in report.differences if not d.where.startswith("package:")] == []
