"""The demo city: the same each time, lawful, and believable in what a program can judge."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from shop.base.codes import slug
from shop.demo.city import city
from shop.demo.offices import GAMBIR
from shop.demo.plans import JAKARTA
from shop.demo.shapes import DemoCity
from shop.demo.words import words
from shop.reference import files
from shop.reference.calendar import is_working_day

TODAY = date(2026, 11, 22)
HOLIDAYS = frozenset(row.day for row in files.holidays())


@pytest.fixture(scope="module")
def big() -> DemoCity:
    return city("city", TODAY)


@pytest.fixture(scope="module", params=["small", "city"])
def any_city(request: pytest.FixtureRequest) -> DemoCity:
    return city(request.param, TODAY)


def test_the_same_size_and_day_give_the_same_city_byte_for_byte(any_city: DemoCity) -> None:
    assert repr(city(any_city.size, TODAY)) == repr(any_city)
    assert pickle.dumps(city(any_city.size, TODAY)) == pickle.dumps(any_city)


def test_sizes_are_as_promised(any_city: DemoCity) -> None:
    counts = tuple(map(len, (any_city.vendors, any_city.products, any_city.offices, any_city.orders)))
    assert counts == {"small": (12, 130, 3, 40), "city": (1_200, 6_000, 120, 3_000)}[any_city.size]


def test_names_and_keys_are_unique(any_city: DemoCity) -> None:
    for rows in (any_city.vendors, any_city.products, any_city.orders):
        assert len({row.key for row in rows}) == len(rows)
    assert len({slug(v.name) for v in any_city.vendors}) == len(any_city.vendors)
    assert len({(p.vendor, p.name.lower()) for p in any_city.products}) == len(any_city.products)
    assert len({p.rup_code for p in any_city.packages}) == len(any_city.packages)
    people = [person for office in any_city.offices for person in office.people]
    assert len({p.email for p in people}) == len({p.nip for p in people}) == len({p.key for p in people}) == len(people)


def test_every_kecamatan_and_every_category_has_somebody(big: DemoCity) -> None:
    assert {v.kecamatan_code for v in big.vendors} == {r.code for r in files.regions() if r.level == "kecamatan"}
    assert all(v.kelurahan_code.startswith(v.kecamatan_code) for v in big.vendors)
    unplaced = {"serba-serbi"}  # where imports put what fits no other shelf; nobody writes goods for it
    leaves = {c.code for c in big.categories if c.parent_code is not None} - unplaced
    assert {p.category for p in big.products} == leaves == set(words().leaves) - unplaced


def test_every_producer_sells_something(any_city: DemoCity) -> None:
    assert {p.vendor for p in any_city.products} == {v.key for v in any_city.vendors}


def test_prices_are_sensible_and_fall_with_quantity(any_city: DemoCity) -> None:
    kinds = {c.code: c.kind for c in any_city.categories}
    for product in any_city.products:
        assert 500 <= product.price <= 7_000_000
        if product.category == "nasi-kotak":
            assert 15_000 <= product.price <= 60_000
        if kinds[product.category] != "service":
            assert product.price < 2_000_000 or product.category == "tumpeng"
        steps = [(1, product.price), *product.tiers]
        assert all(a < b and high > low for (a, high), (b, low) in itertools.pairwise(steps))
        assert product.daily_capacity >= product.min_order >= 1
        assert product.stock is None or product.stock >= product.min_order


def test_descriptions_are_two_to_four_finished_sentences(any_city: DemoCity) -> None:
    for product in any_city.products:
        assert product.description.endswith(".")
        assert 2 <= product.description.count(". ") + 1 <= 5
        assert "{" not in product.name + product.description
        assert "  " not in product.name + product.description
        words_of_name = product.name.lower().split()
        assert all(a != b for a, b in itertools.pairwise(words_of_name)), product.name


def test_certificates_are_marked_as_demo_and_follow_the_rules_of_their_day(any_city: DemoCity) -> None:
    for product in any_city.products:
        proof = product.certificate
        assert (proof is None) == (product.evidence == "none")
        assert product.halal_number is None or product.halal_number.startswith("DEMO-")
        if proof is None:
            continue
        assert proof.number.startswith("DEMO-")
        assert product.pdn
        assert proof.issued <= TODAY
        years = 5 if proof.issued >= date(2025, 12, 12) else 3
        assert proof.valid_until.year == proof.issued.year + years
        assert 0 <= proof.bmp_bp <= 1_500
        assert 0 < proof.tkdn_bp <= 10_000
        if product.evidence == "self_declared":
            assert proof.issued >= date(2022, 11, 1)
            assert proof.tkdn_bp <= 4_000 or proof.issued >= date(2025, 12, 12)


def test_some_certificates_have_run_out_and_some_soon_will(big: DemoCity) -> None:
    ends = [p.certificate.valid_until for p in big.products if p.certificate]
    assert sum(end < TODAY for end in ends) > 50
    assert sum(TODAY <= end <= TODAY + timedelta(days=60) for end in ends) > 30


def test_cooked_food_carries_no_tkdn(any_city: DemoCity) -> None:
    industrial = {c.code for c in any_city.categories if c.industrial}
    assert all(p.evidence == "none" for p in any_city.products if p.category not in industrial)


def test_every_order_buys_from_one_vendor_what_the_account_allows(any_city: DemoCity) -> None:
    products = {p.key: p for p in any_city.products}
    packages = {p.rup_code: p for p in any_city.packages}
    accounts = {c.code: c.account_codes for c in any_city.categories}
    vendors = {v.key: v for v in any_city.vendors}
    for order in any_city.orders:
        package = packages[order.package]
        assert package.office == order.office
        assert package.year == order.ordered_at.year
        assert order.lines
        assert len({key for key, _ in order.lines}) == len(order.lines)
        assert order.subtotal == sum(products[key].price_for(quantity) * quantity for key, quantity in order.lines)
        assert order.serve_at.weekday() not in vendors[order.vendor].closed_weekdays
        for key, quantity in order.lines:
            product = products[key]
            assert product.vendor == order.vendor
            assert package.account_code in accounts[product.category]
            assert quantity >= product.min_order
            assert order.serve_at - order.ordered_at >= timedelta(hours=product.lead_time_hours)


def test_orders_fit_pagu_stock_and_daily_capacity(any_city: DemoCity) -> None:
    spent: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    by_day: defaultdict[tuple[str, date], int] = defaultdict(int)
    for order in any_city.orders:
        assert order.subtotal < 50_000_000
        spent[order.package] += order.subtotal
        for key, quantity in order.lines:
            sold[key] += quantity
            by_day[key, order.serve_at.date()] += quantity
    pagu = {p.rup_code: p.pagu for p in any_city.packages}
    products = {p.key: p for p in any_city.products}
    assert all(total * 112 // 100 <= pagu[code] for code, total in spent.items())
    assert all((stock := products[key].stock) is None or stock >= n for key, n in sold.items())
    assert all(products[key].daily_capacity >= n for (key, _), n in by_day.items())


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 2), date(2026, 3, 24), date(2027, 5, 18), date(2028, 2, 29)])
def test_states_agree_with_the_calendar_on_any_day(today: date) -> None:
    made = city("small", today)
    found = {o.state for o in made.orders}
    assert found == {
        "sent",
        "confirmed",
        "on_the_way",
        "arrived",
        "received",
        "paid",
        "refused",
        "expired",
        "cancelled",
        "closed",
    }
    for order in made.orders:
        assert order.ordered_at.tzinfo is JAKARTA
        assert order.ordered_at < order.serve_at
        served = order.serve_at.date() <= today
        assert served == (order.state not in {"sent", "confirmed"})
        assert order.ordered_at.date() <= today
        if order.state != "sent":
            assert is_working_day(order.ordered_at.date(), HOLIDAYS)
        assert (order.reason is not None) == (order.state in {"refused", "cancelled"})


def test_gambir_is_the_small_relaxed_office(any_city: DemoCity) -> None:
    first = any_city.offices[0]
    assert first.code == GAMBIR
    assert first.name == "Kelurahan Gambir"
    assert first.relaxed
    assert any(len(person.roles) > 1 for person in first.people)
    for office in any_city.offices:
        duties = [duty for person in office.people for duty in person.roles]
        assert sorted(duties) == ["bendahara", "pa_kpa", "pp", "ppk"]
        assert office.relaxed or all(len(person.roles) == 1 for person in office.people)


def test_programme_steps_begin_with_registration_and_lie_in_the_past(big: DemoCity) -> None:
    for vendor in big.vendors:
        assert bool(vendor.facilities) == (vendor.kind == "jakpreneur")
        if vendor.facilities:
            assert vendor.facilities[0][0] == "P1"
            days = [day for _, day in vendor.facilities]
            assert days == sorted(days)
            assert days[-1] < TODAY


def test_names_of_known_people_are_never_given(big: DemoCity) -> None:
    avoid = set(words().lists["avoid"])
    given = {v.owner for v in big.vendors} | {p.name for o in big.offices for p in o.people}
    assert not given & avoid
