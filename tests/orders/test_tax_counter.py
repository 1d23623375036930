"""The Rp 500 million counter: one number for who withholds and who reads it, proved and counted anew."""

from __future__ import annotations

from sqlalchemy import update

from shop.db import session, unit_of_work
from shop.growth import reading
from shop.orders import taxing
from shop.orders.models_tax import VendorTurnover
from tests import makers


def test_the_counter_is_what_was_paid_and_can_be_proved(app, now):
    with app.app_context():
        with unit_of_work():
            crew = makers.make_crew()
            makers.make_paid_order(crew, now, (makers.make_product(crew.vendor, price=100_000), 30))
            makers.make_paid_order(crew, now, (makers.make_product(crew.vendor, price=50_000), 10))
        assert taxing.turnover(crew.vendor.id, 2026) == 3_500_000
        assert reading.read_growth(crew.producer, 2026, now).counter.here == 3_500_000
        assert taxing.differences() == []
        with unit_of_work():
            session.execute(update(VendorTurnover).values(paid=1))
        assert taxing.differences() == [f"producer {crew.vendor.id} 2026: 1, not 3500000"]
        with unit_of_work():
            assert taxing.recount() == 1
        assert taxing.differences() == []
        assert reading.read_growth(crew.producer, 2026, now).counter.amount == 3_500_000
