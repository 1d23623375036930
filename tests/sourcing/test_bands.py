"""Prices really paid: quartiles with their number, hidden when few, kept in step with the orders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from shop import background
from shop.base.clock import local_day
from shop.db import session, unit_of_work
from shop.orders.models import Order, OrderLine
from shop.outbox.posting import drain
from shop.sourcing import band
from shop.sourcing.models import PriceCount
from tests import makers

KIND = ("snack-kotak", "kotak")


def counts():
    rows = session.execute(select(PriceCount.kecamatan_code, PriceCount.month, PriceCount.price, PriceCount.lines))
    found = sorted(tuple(row) for row in rows if row.lines)
    session.rollback()
    return found


def test_a_band_needs_five_paid_lines_and_follows_the_orders(app, crew, client, now, clock):
    day = local_day(now)
    with unit_of_work():
        goods = [makers.make_product(crew.vendor, price=price) for price in (10_000, 12_000, 14_000, 16_000, 30_000)]
        ids = [makers.make_paid_order(crew, now, (good, 2)).id for good in goods[:4]]
        makers.make_received_order(crew, now, (goods[4], 2))
    page = f"/produk/{goods[0].id}-{goods[0].slug}"
    drain(background.handlers(app), now)
    assert band.bands({KIND}, makers.GAMBIR, day) == {}
    assert "kisaran wajar" not in client.get(page).text, "four lines, and one not paid: nothing to say"
    with unit_of_work():
        ids.append(makers.make_paid_order(crew, now, (goods[4], 2)).id)
    drain(background.handlers(app), now)
    here = band.bands({KIND}, makers.GAMBIR, day)[KIND]
    assert (here.low, here.middle, here.high, here.lines, here.kecamatan) == (12_000, 14_000, 16_000, 5, makers.GAMBIR)
    assert here.since == date(2025, 11, 1)
    assert [here.stands(price) for price in (11_999, 12_000, 16_000, 16_001)] == ["below", "inside", "inside", "above"]
    elsewhere = band.bands({KIND}, "31.74.01", day)[KIND]
    assert (elsewhere.kecamatan, elsewhere.lines) == (band.CITY, 5), "too few there: the city speaks"
    assert "Di bawah kisaran wajar" in client.get(page).text
    assert "5 baris" in client.get(page).text

    before = counts()
    with unit_of_work():
        assert band.settle(ids) == 0
    assert counts() == before, "telling twice changes nothing"
    with unit_of_work():  # a price was corrected after all, and one order is not paid any more
        session.execute(update(OrderLine).where(OrderLine.order_id == ids[0]).values(unit_price=13_000, amount=26_000))
        session.execute(update(Order).where(Order.id == ids[1]).values(paid_at=None))
        assert band.settle(ids) == 2
    session.rollback()
    assert sum(row[3] for row in counts() if row[0] == band.CITY) == 4
    mended = counts()
    with unit_of_work():
        assert band.rebuild() == 4
    assert counts() == mended, "counted anew it is the same"
    clock.shift(timedelta(days=400))
    assert band.bands({KIND}, "", local_day(now + timedelta(days=400))) == {}, "what is older than a year is gone"


def test_reading_a_band_does_not_grow_with_the_orders(crew, statements, now):
    with unit_of_work():
        session.add_all(
            PriceCount(category_code=KIND[0], unit=KIND[1], kecamatan_code=place, month=date(2026, 10, 1), price=price,
                       lines=1_000_000)
            for price in (15_000, 18_000, 21_000) for place in ("", makers.GAMBIR)
        )  # fmt: skip
    with statements() as seen:
        found = band.bands({KIND, ("roti", "buah")}, makers.GAMBIR, local_day(now))
    assert len(seen) == 1
    assert found[KIND].lines == 3_000_000


@pytest.mark.parametrize(
    ("price", "kept"), [(1, 1), (9_999, 9_999), (18_554, 18_550), (18_555, 18_560), (1_234_567, 1_235_000)]
)
def test_a_price_is_kept_to_four_digits(price, kept):
    assert band.kept(price) == kept
