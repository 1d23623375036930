"""Fixtures of the negotiation room: one office, four producers of snack boxes, and everybody's browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from shop.db import unit_of_work
from tests import makers


@pytest.fixture
def street(app):
    """An office with a package of Rp 20 million; four producers in Gambir that sell snack boxes at Rp 18,500 to 21,500."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            crew = makers.make_crew()
            vendors = [crew.vendor, *(makers.make_vendor() for _ in range(3))]
            owners = [crew.producer, *(makers.make_actor("vendor_owner", vendor_id=v.id) for v in vendors[1:])]
            goods = [makers.make_product(v, name=f"Snack {n}", price=18_500 + n * 1_000) for n, v in enumerate(vendors)]
            drinks = [
                makers.make_product(v, name=f"Jus {n}", price=9_000, category_code="minuman-segar")
                for n, v in enumerate(vendors)
            ]
            made = SimpleNamespace(
                crew=crew,
                pp=crew.pp,
                vendors=[v.id for v in vendors],
                names=[v.name for v in vendors],
                owners=owners,
                goods=[p.id for p in goods],
                drinks=[p.id for p in drinks],
                auditor=makers.make_actor("auditor"),
            )
        yield made
