"""Fixtures of the auditor's room: an office with its people, a producer, and two auditors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shop import background
from shop.db import session, unit_of_work
from shop.outbox.posting import drain
from tests import makers


@pytest.fixture
def crew(app, clock):
    """An office with a package of Rp 20 million, and a producer, in a database with the reference tables."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def auditors(crew):
    """Two colleagues."""
    with unit_of_work():
        return [makers.make_actor("auditor") for _ in range(2)]


@pytest.fixture
def work(app, now):
    """Do what the background does after a commit."""

    def done():
        while drain(background.handlers(app), now + timedelta(minutes=1)):
            pass
        session.rollback()

    return done
