"""A small city counted by hand: who sells, who sells first, who takes back more than it was paid, and who never sells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from shop.accounts import reorganising
from shop.accounts.models import Office
from shop.base.actor import SYSTEM
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.orders.track_record import VendorRecord
from shop.p3dn.posting import settle
from shop.p3dn.rules import Fact, line_measures
from shop.vendors.models import Vendor
from tests import makers

MEAL = "5.1.02.01.01.0052"
CAKUNG = "31.75.06"
NAMES = (
    "Anggrek",
    "Bougenvil",
    "Cempaka",
    "Dahlia",
    "Edelweis",
    "Flamboyan",
    "Gardenia",
    "Helikonia",
    "Ixora",
    "Jasmin",
    "Kenanga",
)
_numbers = count(700_001)


@dataclass
class City:
    """Producers by the first letter of their names, two offices of which one was merged into the other."""

    crew: Any
    gone: int
    vendors: dict[str, Vendor] = field(default_factory=dict)

    def sell(self, letter: str, day: date, value: int, *, paid: bool = True, number: int = 0, office: int = 0) -> int:
        """Let an office order for this much, and pay; return the number, to say something else of the same order later."""
        number, vendor = number or next(_numbers), self.vendors[letter]
        measures = line_measures(
            value=value, pdn=True, umk=True, evidence="none", tkdn_bp=0, committed=True, paid=paid, first=True
        )
        shelf = session.query(Product.category_code).filter_by(vendor_id=vendor.id).limit(1).scalar()
        place = (office or self.crew.office_id, MEAL, vendor.kecamatan_code, vendor.id, shelf, "none", 0)
        fact = Fact(f"line:{number}", number, number, self.crew.package_id, *place, measures)
        settle(SYSTEM, f"order:{number}", [fact], datetime(day.year, day.month, day.day, 5, tzinfo=UTC), on=day)
        return number


def stand(letter: str, name: str) -> Vendor:
    """Put a producer on the shelf: F sells nasi kotak, K sells in Cakung, I came in August 2026, J paused what it has."""
    vendor = makers.make_vendor(name=f"Warung {name}", kecamatan_code=CAKUNG if letter == "K" else makers.GAMBIR)
    since = datetime(2026, 8, 1, 3, 0, tzinfo=UTC) if letter == "I" else datetime(2024, 6, 1, 3, 0, tzinfo=UTC)
    makers.make_product(
        vendor, category_code="nasi-kotak" if letter == "F" else "snack-kotak", created_at=since,
        state="paused" if letter == "J" else "published",
    )  # fmt: skip
    return vendor


@pytest.fixture
def city(app, now):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            crew = makers.make_crew(vendor=makers.make_vendor(name="Tanpa Etalase"))
            gone = makers.make_office(name="Suku Dinas Lama")
            made = City(crew, gone.id, {name[0]: stand(name[0], name) for name in NAMES})
            made.sell("A", date(2025, 12, 31), 100_000)  # the last day of the year before
            taken_back = made.sell("G", date(2025, 5, 5), 70_000)
            made.sell("A", date(2026, 1, 1), 100_000)
            made.sell("B", date(2026, 2, 2), 120_000, office=gone.id)  # before the merger
            made.sell("B", date(2026, 3, 31), 80_000)  # and after it: one producer all the same
            made.sell("C", date(2026, 5, 5), 50_000, paid=False)
            made.sell("G", date(2026, 8, 8), 20_000, number=taken_back)
            for letter, value in (("D", 300_000), ("E", 400_000), ("F", 1_000_000), ("K", 500_000)):
                made.sell(letter, date(2026, 10, 10), value)
            for letter in "ABCDEK":
                session.add(
                    VendorRecord(
                        vendor_id=made.vendors[letter].id, answered=3, refused=1, expired=0, delivered=3, on_time=2
                    )
                )
            old, new = (session.get_one(Office, key).code for key in (gone.id, crew.office_id))
            told = {"office": old, "into": new, "day": "2026-03-01", "decree": "Pergub 1/2026", "reason": "Dilebur"}
            reorganising.merge(makers.make_actor("admin"), told, now)
        session.rollback()
        yield made
