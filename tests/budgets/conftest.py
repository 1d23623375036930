"""Fixtures of the budgets room: an office with its people, and another office."""

from __future__ import annotations

import pytest

from shop.db import session, unit_of_work
from tests import makers


@pytest.fixture
def crew(app):
    """An office with a package of Rp 20 million in its Pejabat Pengadaan's hands."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def strangers(crew):
    """Another office with a package of its own."""
    with unit_of_work():
        made = makers.make_crew()
    session.rollback()
    return made
