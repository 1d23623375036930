"""Fixtures of the papers' room: an office with its people and a producer, everything filled in that papers need."""

from __future__ import annotations

import pytest

from shop.db import unit_of_work
from tests import makers


@pytest.fixture
def bare(app):
    """An office and a producer about whom papers do not know enough yet."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def crew(bare):
    """The same two, complete."""
    with unit_of_work():
        makers.make_papers_complete(bare)
    return bare
