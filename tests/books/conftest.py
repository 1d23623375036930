"""Fixtures of the books: an office with its people, and a producer."""

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
