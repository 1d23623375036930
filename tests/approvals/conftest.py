"""Fixtures of the approvals room: an office that wants a yes above Rp 500,000, its people, and a producer."""

from __future__ import annotations

import pytest

from shop.accounts import offices
from shop.db import session, unit_of_work
from tests import makers


@pytest.fixture
def crew(app, now):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
            offices.set_approval_above(made.pa, 500_000, None, now)
        session.rollback()
        yield made


@pytest.fixture
def goods(crew):
    """Boxes of Rp 20,000 and cakes of Rp 30,000."""
    with unit_of_work():
        made = (
            makers.make_product(crew.vendor, name="Nasi kotak", price=20_000),
            makers.make_product(crew.vendor, name="Bolu", price=30_000),
        )
    session.rollback()
    return made
