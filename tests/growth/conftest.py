"""Fixtures of naik kelas: a producer with orders paid in known months, and a neighbour with as many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from shop.db import session, unit_of_work
from shop.orders import paying
from shop.orders.models import Payment
from shop.orders.paying import Proof
from tests import makers


@pytest.fixture
def crew(app):
    """An office and a producer, in a database with the reference tables."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew(pagu=900_000_000)
        yield made


@pytest.fixture
def neighbour(crew):
    """Another office and producer."""
    with unit_of_work():
        return makers.make_crew(pagu=900_000_000)


@pytest.fixture
def paid(crew, now):
    """Return a function: an order of `amount` rupiah paid on a day, with tax withheld; gives its id."""

    def make(amount, on_day, withheld=0, who=crew):
        with unit_of_work():
            product = makers.make_product(who.vendor, price=amount)
            order = makers.make_received_order(who, now, (product, 1))
            session.flush()
            number = order.id
            proof = Proof("TRF-1", now.date(), withheld=withheld, note="sesuai bukti potong")
            paying.pay(who.bendahara, number, order.version, proof, now)
            session.flush()
            session.execute(update(Payment).where(Payment.order_id == number).values(paid_on=on_day))
        return number

    return make


@pytest.fixture
def received(crew, now):
    """Return a function: an order received some days ago and not paid."""

    def make(amount, days_ago=0, who=crew):
        with unit_of_work():
            product = makers.make_product(who.vendor, price=amount)
            order = makers.make_received_order(who, now - timedelta(days=days_ago), (product, 1))
            session.flush()
            return order.id

    return make


@pytest.fixture
def owner(crew, person):
    """The producer's owner at the pages."""
    return person(crew.producer)


@pytest.fixture
def fresh():
    """Return a function that forgets what the test has read."""
    return lambda kind, *key: (session.rollback(), session.get_one(kind, *key))[1]
