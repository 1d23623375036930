"""Turnover by source, what the owner states, naik kelas and the untaxed limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from shop.audit import trail
from shop.base.errors import Forbidden, Invalid, NotFound, Stale
from shop.db import session, unit_of_work
from shop.growth import declaring, months, reading, rules, turnover
from shop.growth.declaring import MonthFigures, SizeFigures
from shop.growth.models import DeclaredMonth, DeclaredSize
from shop.vendors.models import Vendor
from tests.makers import make_actor

OCTOBER = date(2026, 10, 1)
CLASSES = (2_000_000_000, 15_000_000_000, 50_000_000_000)


def state(actor, month, now, version=0, **figures):
    with unit_of_work():
        declaring.declare_month(actor, month, version, MonthFigures(**figures), now)


def test_an_order_counts_in_the_month_its_money_went_out_and_declared_sales_stay_apart(crew, paid, received, now):
    paid(1_000_000, date(2026, 9, 30), 15_000)
    paid(2_000_000, date(2026, 10, 1))
    paid(4_000_000, date(2026, 10, 31), 60_000)
    received(8_000_000)
    state(crew.producer, OCTOBER, now, outside_sales=500_000)
    september, october, november = turnover.sales(crew.producer, date(2026, 9, 1), date(2026, 11, 1))
    assert (september.orders, september.declared, september.withheld, september.order_count) == (
        1_000_000,
        None,
        15_000,
        1,
    )
    assert (october.orders, october.declared, october.total) == (6_000_000, 500_000, 6_500_000)
    assert (november.orders, november.total) == (0, 0)
    assert turnover.unpaid(crew.producer) == turnover.Unpaid(1, 8_000_000)


def test_the_neighbours_orders_and_statements_are_nowhere_in_the_figures(crew, neighbour, paid, received, now):
    paid(3_000_000, date(2026, 10, 5), who=neighbour)
    received(3_000_000, who=neighbour)
    state(neighbour.producer, OCTOBER, now, outside_sales=7)
    found = reading.read_growth(crew.producer, 2026, now)
    assert (found.total, found.unpaid.count, found.orders, found.declared) == (0, 0, 0, 0)


def test_a_source_that_does_not_exist_is_not_zero_and_can_be_added_later(crew, now, owner):
    month = turnover.sales(crew.producer, OCTOBER, OCTOBER)[0]
    assert month.kiosk is None
    assert "belum ada penjualan kios" in owner.get("/perkembangan").text
    turnover.add_kiosk(lambda vendor_id, _first, _last: {OCTOBER: vendor_id * 1_000})
    try:
        month = turnover.sales(crew.producer, OCTOBER, OCTOBER)[0]
        assert month.kiosk == month.total == crew.vendor.id * 1_000
        assert "belum ada penjualan kios" not in owner.get("/perkembangan").text
    finally:
        turnover._kiosk.clear()


def test_staff_of_the_producer_and_everybody_else_may_not_read_figures(crew, person, now):
    with unit_of_work():
        staff = make_actor("vendor_staff", vendor_id=crew.vendor.id)
    for who in (staff, crew.pp, crew.bendahara):
        for path in ("/perkembangan", "/perkembangan/laporan/2026-10", "/perkembangan/surat", "/rekap", "/rekap.xlsx"):
            person(who).get(path, 403)
        with pytest.raises(Forbidden):
            reading.read_growth(who, 2026, now)


def test_a_correction_replaces_the_month_and_the_trail_keeps_what_was_stated_before(crew, now, fresh):
    state(crew.producer, OCTOBER, now, outside_sales=500_000, wages=100)
    state(crew.producer, OCTOBER, now, 1, outside_sales=700_000)
    row = fresh(DeclaredMonth, (crew.vendor.id, OCTOBER))
    assert (row.outside_sales, row.wages, row.version) == (700_000, 0, 2)
    before = trail.history("declared_month", crew.vendor.id)[-1].data["before"]
    assert (before["outside_sales"], before["wages"]) == (500_000, 100)


def test_a_form_opened_before_somebody_else_saved_is_stale(crew, now):
    state(crew.producer, OCTOBER, now, outside_sales=1)
    for version in (0, 2, -1):
        with pytest.raises(Stale):
            state(crew.producer, OCTOBER, now, version, outside_sales=2)


def test_a_month_ahead_and_what_is_no_month_cannot_be_stated_or_read(owner):
    for month in ("2026-12", "2027-01", "2018-12", "2026-13", "2026-1", "x", "202610", "9999-99", "٢٠٢٦-10"):
        owner.post(f"/perkembangan/bulan/{month}", {"version": "0", "outside_sales": "1"}, 404)
        owner.get(f"/perkembangan/laporan/{month}", 404)


def test_what_was_typed_is_kept_when_it_is_wrong_and_when_somebody_was_first(owner, crew, now, fresh):
    form = {"version": "0", "outside_sales": "1,5 juta", "wages": "-3", "materials": "250.000"}
    page = owner.post("/perkembangan/bulan/2026-10", form, 422).text
    for kept in ("1,5 juta", "-3", "250.000", "f-outside_sales", "f-wages", "Kesalahan:"):
        assert kept in page
    state(crew.producer, OCTOBER, now, wages=90_001)
    page = owner.post("/perkembangan/bulan/2026-10", {"version": "0", "wages": "77.007"}, 409).text
    assert "77.007" in page
    assert "Rp90.001" in page
    assert fresh(DeclaredMonth, (crew.vendor.id, OCTOBER)).wages == 90_001
    owner.post("/perkembangan/bulan/2026-10", {"version": "1", "wages": "77.007"})
    assert fresh(DeclaredMonth, (crew.vendor.id, OCTOBER)).wages == 77_007


WRONG_SIZES = (
    ("on_day", "2026-11-21"), ("on_day", "2018-12-31"), ("on_day", "31/09/2026"), ("workers", "0"), ("workers", "10001"),
    ("workers", "dua"), ("cash", "-1"), ("cash", "9" * 16), ("debts", "=1+1"), ("stock", "1e9"),
)  # fmt: skip


def test_a_wrong_size_is_told_at_its_field_and_nothing_is_saved(owner):
    for field, value in WRONG_SIZES:
        form = {"on_day": "2026-11-20", "workers": "3", "cash": "5.000.000", field: value}
        page = owner.post("/perkembangan/ukuran", form, 422).text
        assert f'id="e-{field}"' in page
    session.rollback()
    assert session.query(DeclaredSize).count() == 0


def test_two_statements_about_one_day_are_one_and_the_latest_counts(crew, now):
    for workers, day in ((3, date(2026, 11, 20)), (4, date(2026, 11, 20)), (2, date(2025, 6, 1))):
        with unit_of_work():
            declaring.declare_size(crew.producer, SizeFigures(day, workers, cash=5, stock=6, debts=20), now)
    today, before = declaring.stated_sizes(crew.producer, date(2026, 12, 31), limit=5)
    assert (today.workers, before.workers, today.assets, today.equity) == (4, 2, 11, -9)


def test_only_finished_months_are_compared_with_the_year_before(crew, paid, now):
    paid(4_000_000, date(2025, 3, 1))
    paid(9_000_000, date(2025, 11, 5))
    paid(5_000_000, date(2026, 3, 1))
    paid(1_000_000, date(2026, 11, 2))
    compared = reading.read_growth(crew.producer, 2026, now).compared
    assert (compared.months, compared.before, compared.after, compared.change_bp) == (10, 4_000_000, 5_000_000, 2_500)
    whole = reading.read_growth(crew.producer, 2025, now).compared
    assert (whole.months, whole.after, whole.change_bp) == (12, 13_000_000, None)


def test_a_limit_belongs_to_the_lower_class_and_the_next_rupiah_to_the_higher():
    for limit, below, above in zip(CLASSES, rules.CLASSES, (*rules.CLASSES[1:], rules.LARGE), strict=True):
        assert rules.standing(limit, CLASSES).size == below
        assert rules.standing(limit, CLASSES).missing == 1
        assert rules.standing(limit + 1, CLASSES).size == above
    assert rules.standing(CLASSES[-1] + 1, CLASSES).missing is None


def test_the_counter_warns_at_450_million_and_says_when_500_are_passed(crew, owner, now):
    steps = (
        (449_999_999, False, False),
        (450_000_000, True, False),
        (500_000_000, True, False),
        (500_000_001, True, True),
    )
    for version, (sold, near, over) in enumerate(steps):
        state(crew.producer, OCTOBER, now, version, outside_sales=sold)
        found = reading.read_growth(crew.producer, 2026, now).counter
        assert (found.is_near, found.is_over) == (near, over)
        page = owner.get("/perkembangan").text
        assert ("mendekati" in page) == (near and not over)
        assert ("melewati" in page) == over


def test_the_counter_begins_anew_each_year_and_is_for_individuals_only(crew, now):
    state(crew.producer, date(2025, 12, 1), now, outside_sales=480_000_000)
    assert reading.read_growth(crew.producer, 2026, now).counter.amount == 0
    assert reading.read_growth(crew.producer, 2025, now).counter.is_near
    with unit_of_work():
        session.execute(update(Vendor).values(legal_form="cv"))
    assert reading.read_growth(crew.producer, 2025, now).counter is None


def test_the_page_takes_as_many_statements_for_forty_orders_as_for_one(crew, neighbour, paid, owner, statements, now):
    paid(1_000_000, date(2026, 10, 5))
    owner.get("/perkembangan")
    with statements() as few:
        owner.get("/perkembangan")
    for n in range(12):
        paid(1_000_000 + n, date(2026, 1 + n % 10, 5), who=crew if n % 2 else neighbour)
    state(crew.producer, OCTOBER, now, outside_sales=1)
    with statements() as many:
        owner.get("/perkembangan")
    assert len(many) == len(few)
    with statements() as own:
        reading.read_growth(crew.producer, 2026, now)
    assert len(own) <= 8


def test_the_reading_goes_along_the_producers_index_and_scans_nothing_that_grows(crew, statements):
    with statements() as seen:
        turnover.sales(crew.producer, OCTOBER, OCTOBER)
    if session.get_bind().dialect.name == "sqlite":
        with session.get_bind().connect() as connection:
            sql = seen[0].replace("?", "1")
            plan = "\n".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
        assert "USING INDEX ix_purchase_order_vendor" in plan or "USING COVERING INDEX ix_purchase_order_vendor" in plan
        assert "SCAN" not in plan


def test_months_move_over_year_ends():
    assert months.shifted(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert months.shifted(date(2025, 12, 1), 13) == date(2027, 1, 1)
    assert months.end_of(date(2024, 2, 1)) == date(2024, 2, 29)
    assert len(months.between(date(2025, 11, 1), date(2026, 2, 1))) == 4
    with pytest.raises(NotFound):
        months.month_from("2026-12", date(2026, 11, 30))


def test_an_amount_out_of_range_is_refused_by_the_verb_too(crew, now):
    with pytest.raises(Invalid):
        state(crew.producer, OCTOBER, now, outside_sales=10**15)
    with pytest.raises(NotFound):
        state(crew.producer, date(2026, 12, 1), now - timedelta(days=1))
