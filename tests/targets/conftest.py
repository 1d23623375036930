"""Fixtures of the targets: a crew, and a function that lets an office's ledger say what a test needs."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest

from shop.base.actor import SYSTEM
from shop.db import unit_of_work
from shop.p3dn.posting import settle
from shop.p3dn.rules import Fact, line_measures, planned_fact
from tests import makers

MEAL = "5.1.02.01.01.0052"
_orders = count(900_001)


@pytest.fixture
def crew(app):
    """An office with its people, in a database with the reference tables."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew()
        yield made


@pytest.fixture
def post(now):
    """Return a function that posts one order of an office to the ledger on a day; inside a unit of work."""

    def posted(office_id, value, on, *, pdn=True, umk=True, paid=True):
        number = next(_orders)
        measures = line_measures(
            value=value, pdn=pdn, umk=umk, evidence="none", tkdn_bp=0, committed=True, paid=paid, first=True
        )
        fact = Fact(
            f"line:{number}", number, number, 1, office_id, MEAL, makers.GAMBIR, 1, "nasi-kotak", "none", 0, measures
        )
        settle(SYSTEM, f"order:{number}", [fact], now, on=on)

    return posted


@pytest.fixture
def plan(now):
    """Return a function that posts the plan of an office for 2026; inside a unit of work."""

    def planned(office_id, pagu, package_id=77_001):
        fact = planned_fact(package_id=package_id, office_id=office_id, account_code=MEAL, pagu=pagu)
        settle(SYSTEM, f"package:{package_id}", [fact], now, on=date(2026, 1, 1))

    return planned
