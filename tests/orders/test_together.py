"""Eight buyers at once on a real file: none lost, none doubled, the shelf never below zero, the pagu never exceeded."""

from __future__ import annotations

import threading
from collections import Counter

from sqlalchemy import func, select

from shop.base.errors import Conflict, ShopError
from shop.budgets.models import Package
from shop.catalog.models import CapacityDay, Product
from shop.db import session, unit_of_work
from shop.orders.models import Order, OrderLine
from shop.orders.placing import place_order
from tests import makers

BUYERS, TRIES = 8, 6


def all_at_once(app, work, buyers=BUYERS):
    """Run work(buyer) in threads that start together, eight unless told; return what they raised unforeseen."""
    start, faults = threading.Barrier(buyers), []

    def buyer(number):
        with app.app_context():
            try:
                start.wait(timeout=30)
                work(number)
            except Exception as fault:  # noqa: BLE001 - told to the test, which runs in another thread
                faults.append(repr(fault))
            finally:
                session.remove()

    threads = [threading.Thread(target=buyer, args=(number,)) for number in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return faults


def test_none_is_lost_and_none_is_doubled(app, crew, now):
    with unit_of_work():
        product = makers.make_product(crew.vendor, stock=10_000, price=1_000)
        wish = makers.make_wish(crew, (product, 10))
    session.rollback()
    made = []

    def work(number):
        for turn in range(TRIES):
            with unit_of_work():
                first = place_order(crew.pp, wish, f"pembeli-{number}-{turn}", now)
            with unit_of_work():  # the same click again
                again = place_order(crew.pp, wish, f"pembeli-{number}-{turn}", now)
            assert again.order_ids == first.order_ids
            assert again.again
            made.extend(first.order_ids)

    assert all_at_once(app, work) == []
    session.rollback()
    assert len(set(made)) == len(made) == BUYERS * TRIES == session.scalar(select(func.count()).select_from(Order))
    numbers = sorted(session.scalars(select(Order.number)))
    assert [int(n.split("/")[0]) for n in numbers] == list(range(1, BUYERS * TRIES + 1))
    assert session.scalar(select(Product.stock)) == 10_000 - BUYERS * TRIES * 10


def test_one_click_sent_eight_times_at_once_makes_one_order(app, crew, now):
    with unit_of_work():
        product = makers.make_product(crew.vendor, price=1_000)
        wish = makers.make_wish(crew, (product, 10))
    session.rollback()
    answers = []

    def work(_number):
        with unit_of_work():
            answers.append(place_order(crew.pp, wish, "satu-kunci-saja", now))

    assert all_at_once(app, work) == []
    assert Counter(answer.again for answer in answers) == {True: 7, False: 1}
    assert len({answer.order_ids for answer in answers}) == 1


def test_the_last_piece_and_the_last_rupiah_are_sold_once(app, crew, now):
    with unit_of_work():
        shelf = makers.make_product(crew.vendor, stock=25, daily_capacity=1_000, price=1_000)
        kitchen = makers.make_product(crew.vendor, daily_capacity=30, price=1_000)
        plenty = makers.make_product(crew.vendor, price=1_000_000)
        wishes = [
            makers.make_wish(crew, (shelf, 4)),
            makers.make_wish(crew, (kitchen, 7)),
            makers.make_wish(crew, (plenty, 6)),
        ]
        ids = [shelf.id, kitchen.id, plenty.id]
    session.rollback()
    refused = Counter()

    def work(number):
        for turn in range(3):
            wish = wishes[(number + turn) % 3]
            try:
                with unit_of_work():
                    place_order(crew.pp, wish, f"rebutan-{number}-{turn}", now)
            except Conflict as conflict:
                refused[conflict.kind] += 1
            except ShopError as fault:
                refused[type(fault).__name__] += 1

    assert all_at_once(app, work) == []
    session.rollback()
    sold = {
        row[0]: row[1]
        for row in session.execute(
            select(OrderLine.product_id, func.sum(OrderLine.quantity)).group_by(OrderLine.product_id)
        )
    }
    assert (sold[ids[0]], sold[ids[1]], sold[ids[2]]) == (24, 28, 18)
    assert session.scalar(select(Product.stock).where(Product.id == ids[0])) == 1
    assert session.scalar(select(CapacityDay.booked).where(CapacityDay.product_id == ids[1])) == 28
    package = session.get_one(Package, crew.package_id)
    assert package.reserved == session.scalar(select(func.sum(Order.total))) <= package.pagu
    assert set(refused) == {"out-of-stock", "capacity-gone", "pagu-exceeded"}
