"""Fixtures of the programme: its staff, a mentor of Gambir, and a crew with a producer."""

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
def staff(crew):
    """One of the programme's staff."""
    with unit_of_work():
        return makers.make_actor("programme")


@pytest.fixture
def mentor(crew):
    """The mentor of Gambir."""
    with unit_of_work():
        return makers.make_mentor()
