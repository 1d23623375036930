"""The picture of a city that was counted by hand: to the person, and to the rupiah of the P3DN figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from shop.db import session, unit_of_work
from shop.p3dn.totals import Filters, totals
from shop.spread import gathering, picturing
from shop.spread.groups import CATEGORY, CITY, DIMS, KECAMATAN, PART, groups
from shop.spread.models import SpreadPicture, UnsoldProducer
from tests.orders.test_together import all_at_once

COUNTS = ("shelf", "sold", "never", "fresh", "paid", "negative", "orders", "total")


def of(period, dim=CITY, key=""):
    """Return one market of a period as it is kept."""
    content = picturing.pictures(int(period[:4]))[period].content
    return next((group for group in groups(content, dim) if group.key == key), None)


def told(period, dim=CITY, key=""):
    return tuple(getattr(of(period, dim, key), name) for name in COUNTS)


def test_the_city_counted_by_hand(city, now):
    assert picturing.take_due(now) == 2
    #                              shelf sold never fresh paid negative orders total
    assert told("2025") == (9, 2, 7, 2, 2, 0, 2, 170_000)  # I came later, J paused; C to K had not sold yet
    assert told("2026") == (10, 7, 2, 6, 6, 1, 8, 2_450_000)  # A sold before; H and I never; G took back more
    assert told("2026-Q1") == (9, 2, 6, 1, 2, 0, 3, 300_000)  # B is new, and one producer before and after a merger
    assert told("2026-Q2") == (9, 1, 5, 1, 0, 0, 1, 0)  # C was accepted and not paid
    assert told("2026-Q3") == (10, 0, 6, 0, 0, 1, 0, -50_000)
    assert told("2026-Q4") == (10, 4, 2, 4, 4, 0, 4, 2_200_000)

    whole = of("2026")
    assert (whole.positive, whole.top_sum, whole.top) == (2_500_000, 2_400_000, 9_600)
    assert (whole.gini, whole.gini_shelf, whole.median) == (3_667, 6_200, 350_000)
    assert (whole.idle, whole.orders_tenths) == (3, 11)
    assert picturing.pictures(2026)["2026"].content["curve"] == [n * 100_000 for n in (1, 2, 3, 4, 5, 10)]
    # Five are enough to speak of, one or four are not: nothing about them is kept that a page could let slip.
    assert of("2026", CATEGORY, "snack-kotak").top == 10_000
    lone, four = of("2026", CATEGORY, "nasi-kotak"), of("2026-Q4")
    assert (lone.paid, lone.total, lone.top, lone.top_sum, lone.gini, lone.hhi, lone.median) == (
        1,
        1_000_000,
        *[None] * 5,
    )
    assert four.gini_shelf is four.gini is four.median is None
    assert told("2026", PART, "31.71")[:5] == (9, 6, 2, 5, 5)
    assert {row.vendor_id: row.since for row in session.scalars(select(UnsoldProducer))} == {
        city.vendors["H"].id: date(2024, 6, 1), city.vendors["I"].id: date(2026, 8, 1),
    }  # fmt: skip

    for year in (2025, 2026):  # each market's sum is the figure of /p3dn, to the rupiah
        for period, kept in picturing.pictures(year).items():
            first, last = gathering.days_of(period)
            for dim in DIMS:
                paid = totals(Filters(start=first, end=last), now=now).total.paid_total
                assert sum(group.total for group in groups(kept.content, dim)) == paid
            for dim in (CATEGORY, KECAMATAN):
                report = totals(Filters(start=first, end=last), dim, now=now)
                sums = {group.key: group.total for group in groups(kept.content, dim) if group.total}
                assert sums == {row.key: row.measures.paid_total for row in report.rows if row.measures.paid_total}


def test_what_grew_old_is_taken_anew_and_what_is_wrong_is_named(city, app, now, clock):
    runner = app.test_cli_runner()
    picturing.take_due(now)
    assert picturing.take_due(now + timedelta(hours=13)) == 0  # still 20 November in Jakarta
    assert picturing.take_due(now + timedelta(hours=15)) == 1  # after midnight: this year, and no year that stood still
    with unit_of_work():
        city.sell("H", date(2025, 6, 6), 40_000)  # an entry for a year that was closed
    assert picturing.differences(now) == []  # old, not wrong
    assert told("2025")[-1] == 170_000
    assert picturing.take_due(now + timedelta(days=2)) == 2
    assert told("2025")[-1] == 210_000
    assert session.scalars(select(UnsoldProducer.vendor_id)).all() == [city.vendors["I"].id]

    with unit_of_work():
        row = session.get_one(SpreadPicture, "2026-Q1")
        wrong = row.content | {CITY: [{**row.content[CITY][0], "total": 1}]}
        session.execute(update(SpreadPicture).where(SpreadPicture.period == "2026-Q1").values(content=wrong))
    clock.shift(timedelta(days=3))
    found = runner.invoke(args=["kept", "verify"])
    assert found.exit_code == 1
    assert "2026-Q1 city: 1, not 300000" in found.output
    assert "spread: 1 selisih" in found.output
    assert "spread: 2 dihitung" in runner.invoke(args=["kept", "recount", "spread"]).output
    session.rollback()
    assert picturing.differences(now) == []


@pytest.mark.blank
def test_a_city_without_a_single_order_is_counted_as_such(app, now):
    """Nothing is divided by nothing, and the page answers."""
    with app.app_context():
        assert picturing.take_due(now) == 1
        assert told("2026") == (0,) * 8
        assert of("2026").gini is of("2026").top is of("2026").orders_tenths is None
        assert picturing.differences(now) == []
        with unit_of_work():
            assert picturing.recount(now) == 1
    page = app.test_client().get("/pemerataan").text
    assert "Rp0" in page
    assert "Setahun penuh" in page


def test_of_two_pictures_taken_at_once_the_newer_stands(city, app, now):
    """Both count before either keeps; whoever is late finds the newer one and leaves it."""
    moments = [now, now + timedelta(minutes=1)] * 2
    with capture_logs() as log:
        assert all_at_once(app, lambda number: picturing.take_due(moments[number]), buyers=4) == []
    assert [entry for entry in log if entry["log_level"] == "error"] == []
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SpreadPicture)) == 2 * 5
    assert told("2026")[-1] == 2_450_000
    old, new = picturing.count(2026, now), picturing.count(2026, now + timedelta(hours=1))
    with unit_of_work():
        assert picturing.keep(new)
    with unit_of_work():
        assert not picturing.keep(old)
    assert picturing.pictures(2026)["2026"].as_of == new.now
    assert session.scalar(select(func.count()).select_from(UnsoldProducer)) == 2
