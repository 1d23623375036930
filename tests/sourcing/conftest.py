"""Fixtures of the sourcing room: an office with its people, three kitchens, and an index that knows their boxes."""

from __future__ import annotations

import pytest

from shop.catalog import indexing
from shop.db import session, unit_of_work
from tests import makers


@pytest.fixture
def crew(app, now):
    """An office with a package of Rp 20 million, and a producer, in a database with the reference tables."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def boxes(app, crew, now):
    """Three snack boxes of three producers: dear, middle and cheap; the middle one is the crew's."""
    with unit_of_work():
        dear = makers.make_product(name="Snack kotak mewah", price=22_000)
        own = makers.make_product(crew.vendor, name="Snack kotak sedang", price=18_500, attributes={"suhu": "ruang"})
        cheap = makers.make_product(name="Snack kotak hemat", price=15_000, attributes={"suhu": "kulkas"})
        ids = dear.id, own.id, cheap.id
    indexing.rebuild(app.extensions["search"], now)
    session.rollback()
    return ids
