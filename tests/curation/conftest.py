"""Fixtures of curation: shelves and regions, curators of both stages, and verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from shop.curation import reviewing
from shop.curation.criteria import Verdict
from shop.curation.models import CurationCase
from shop.db import session, unit_of_work
from tests import makers

if TYPE_CHECKING:
    from shop.base.actor import Actor

FOOD = dict.fromkeys(("taste", "packaging", "hygiene", "halal", "photo"), 4)
ACCEPT = Verdict(FOOD, "accept")


def refuse(*reasons, words=""):
    return Verdict({"photo": 2}, "refuse", reasons or ("photo_unclear",), words)


def judge(curator, case_id, verdict, now):
    """Decide a case in a unit of work of its own, as a door does. Returns the new state."""
    with unit_of_work():
        version = session.execute(select(CurationCase.version).where(CurationCase.id == case_id)).scalar_one()
        return reviewing.decide(curator, case_id, version, verdict, now)


@dataclass(frozen=True)
class Table:
    """A producer in Gambir with her listing handed in, and who judges it."""

    owner: Actor
    vendor_id: int
    product_id: int
    case_id: int
    gambir: Actor
    province: Actor


@pytest.fixture
def shop(app):
    """The application with its reference tables, in an application context."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
        yield app


@pytest.fixture
def table(shop, now):
    """Give what one sitting needs."""
    with unit_of_work():
        vendor = makers.make_vendor(name="Dapur Bu Yati")
        case = makers.make_case(vendor, now, name="Keripik singkong", halal=True)
        owner = makers.make_actor("vendor_owner", vendor_id=vendor.id)
        return Table(owner, vendor.id, case.product_id, case.id, makers.make_curator(), makers.make_curator(None))
