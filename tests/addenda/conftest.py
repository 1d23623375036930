"""Fixtures of the addenda room: an office with its people, a producer, and an order both have agreed on."""

from __future__ import annotations

import pytest

from shop.db import unit_of_work
from tests import makers


@pytest.fixture
def crew(app):
    """An office with a package of Rp 20 million, and a producer, in a database with the reference tables."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def goods(crew):
    """Fifty boxes on the shelf and sixty a day; and cakes without limits."""
    with unit_of_work():
        return (
            makers.make_product(crew.vendor, name="Lemper", price=10_000, stock=50, daily_capacity=60),
            makers.make_product(crew.vendor, name="Bolu", price=20_000),
        )


@pytest.fixture
def agreed(crew, goods, now):
    """An order of 30 boxes and 10 cakes that the producer has confirmed: Rp 500,000."""
    with unit_of_work():
        return makers.make_confirmed_order(crew, now, (goods[0], 30), (goods[1], 10)).id
