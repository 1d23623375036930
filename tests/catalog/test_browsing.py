"""Filters against a plain walk over all products, and what is said about parameters that make no sense."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from shop.base.clock import local_day
from shop.base.errors import Invalid
from shop.catalog import browsing
from shop.catalog.bands import BANDS, band
from shop.catalog.evidence import Paper, standing
from shop.catalog.models import CapacityDay
from shop.db import session, unit_of_work
from tests.makers import make_certificate, make_paper, make_product, make_vendor

LEAVES = ("snack-kotak", "nasi-kotak", "keripik", "kain-batik")
PARENT = {
    "snack-kotak": "makanan-rapat",
    "nasi-kotak": "makanan-rapat",
    "keripik": "camilan",
    "kain-batik": "batik-busana",
}
DAY = date(2026, 11, 25)


@pytest.fixture
def goods(shop, reindex):
    """Eighty products of many kinds, each with what a plain walk needs to know of it."""
    chance = random.Random(7)
    made = []
    with unit_of_work():
        vendors = [
            make_vendor(kecamatan_code=code, size=size, closed_weekdays=closed)
            for code in ("31.71.01", "31.72.01", "31.74.01")
            for size, closed in (("mikro", 0), ("menengah", 0b100))
        ]
        for vendor in vendors:
            make_paper(vendor)
        for number in range(80):
            vendor = chance.choice(vendors)
            product = make_product(
                vendor,
                category_code=chance.choice(LEAVES),
                price=chance.randrange(1, 60) * 1_000,
                pdn=chance.random() < 0.7,
                halal=chance.random() < 0.5,
                lead_time_hours=chance.choice((0, 24, 200)),
                daily_capacity=chance.choice((None, 20, 100)),
                stock=chance.choice((None, None, 10, 500)),
                serves=chance.choice((None, None, 5)),
                name=f"Barang {number}",
            )
            paper = None
            if chance.random() < 0.7:
                made_paper = make_certificate(
                    product,
                    kind=chance.choice(("certified", "self_declared")),
                    tkdn_bp=chance.randrange(10_000),
                    bmp_bp=chance.choice((0, 700, 1_500)),
                    valid_until=chance.choice((date(2026, 6, 1), date(2027, 1, 1))),
                )
                paper = Paper(
                    made_paper.kind,
                    made_paper.number,
                    made_paper.tkdn_bp,
                    made_paper.bmp_bp,
                    made_paper.issued_on,
                    made_paper.valid_until,
                )
            booked = 0
            if product.daily_capacity and chance.random() < 0.6:
                booked = chance.randrange(product.daily_capacity + 1)
                session.add(CapacityDay(product_id=product.id, day=DAY, booked=booked))
            made.append((product, vendor, paper, booked))
        session.flush()
        for product, vendor, _, _ in made:
            session.expunge(product)
            if vendor in session:
                session.expunge(vendor)
    reindex()
    return made


def walk(goods, asked, now):
    """The ids that a plain reading of the rules gives."""
    found = set()
    for product, vendor, paper, booked in goods:
        proof = standing([paper] if paper else [], local_day(now))
        limits = [n for n in (product.stock, product.daily_capacity) if n is not None]
        serves = product.serves or 1
        heads = int(asked.get("headcount", ["0"])[0])
        left = (product.daily_capacity - booked) if booked else None
        hours = (datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC) - now) // timedelta(hours=1)
        fits = [
            not asked.get("category")
            or {product.category_code, PARENT[product.category_code]} & set(asked["category"]),
            not asked.get("kecamatan") or vendor.kecamatan_code in asked["kecamatan"],
            not asked.get("evidence") or proof.evidence in asked["evidence"],
            not asked.get("tkdn_band") or band(proof.tkdn_bp, proof.bmp_bp) in asked["tkdn_band"],
            proof.tkdn_bp >= int(asked.get("tkdn_min", ["0"])[0]),
            not asked.get("pdn") or product.pdn == (asked["pdn"][0] == "true"),
            not asked.get("umk") or vendor.umk == (asked["umk"][0] == "true"),
            not asked.get("halal") or product.halal == (asked["halal"][0] == "true"),
            product.price >= int(asked.get("price_min", ["0"])[0]),
            product.price <= int(asked.get("price_max", ["99999999"])[0]),
            not heads or not limits or min(limits) * serves >= heads,
            not asked.get("serves_on")
            or (
                not vendor.closed_weekdays >> DAY.weekday() & 1
                and product.lead_time_hours <= hours
                and (left is None or (left >= product.min_order and (not heads or left * serves >= heads)))
            ),
        ]
        if all(fits):
            found.add(product.id)
    return found


def asked_at_random(chance):
    """Some filters, as parameters."""
    choices = {
        "category": lambda: chance.sample([*LEAVES, "makanan-rapat"], chance.randrange(1, 3)),
        "kecamatan": lambda: chance.sample(["31.71.01", "31.72.01", "31.74.01", "31.75.02"], chance.randrange(1, 3)),
        "evidence": lambda: chance.sample(list(browsing.EVIDENCE), chance.randrange(1, 3)),
        "tkdn_band": lambda: chance.sample(list(BANDS), chance.randrange(1, 3)),
        "tkdn_min": lambda: [str(chance.choice((1, 2_500, 4_000)))],
        "pdn": lambda: [chance.choice(("true", "false"))],
        "umk": lambda: [chance.choice(("true", "false"))],
        "halal": lambda: [chance.choice(("true", "false"))],
        "price_min": lambda: [str(chance.randrange(40) * 1_000)],
        "price_max": lambda: [str(chance.randrange(20, 60) * 1_000)],
        "headcount": lambda: [str(chance.choice((1, 15, 60, 400)))],
        "serves_on": lambda: ["2026-11-25"],
    }
    return {name: choices[name]() for name in chance.sample(sorted(choices), chance.randrange(4))}


def test_filters_find_what_a_plain_walk_finds(goods, engine, now):
    chance = random.Random(11)
    for _ in range(200):
        asked = asked_at_random(chance)
        wish = browsing.read_wish(asked, now, strict=True)
        result = engine.find(browsing.to_query(wish, now, limit=100))
        assert {hit.id for hit in result.hits} == walk(goods, asked, now), asked
        assert result.total == len(result.hits)


def test_a_page_of_words_and_filters_asks_no_database_unless_a_day_is_named(goods, engine, now, statements):
    wish = browsing.read_wish({"q": ["barang"], "category": ["keripik"], "kecamatan": ["31.71.01"]}, now)
    with statements() as seen:
        engine.find(browsing.to_query(wish, now))
        assert seen == []
        engine.find(browsing.to_query(browsing.read_wish({"serves_on": ["2026-11-25"], "headcount": ["30"]}, now), now))
    assert len(seen) == 1


@pytest.mark.parametrize(("name", "value"), [
    ("category", "tidak-ada"), ("kecamatan", "31.71"), ("evidence", "certifed"), ("tkdn_band", "50"), ("tkdn_min", "40 %"),
    ("tkdn_min", "10001"), ("pdn", "yes please"), ("price_min", "-1"), ("price_max", "1.5"), ("price_max", "9" * 5_000),
    ("headcount", "0"), ("headcount", "1e3"), ("serves_on", "kemarin"), ("serves_on", "2026-13-01"), ("sort", "harga"),
])  # fmt: skip
def test_a_value_that_makes_no_sense_names_its_parameter(shop, now, name, value):
    for strict in (True, False):
        with pytest.raises(Invalid) as caught:
            browsing.read_wish({name: [value]}, now, strict=strict)
        assert [fault.field for fault in caught.value.faults] == [name]


def test_every_fault_is_told_at_once(shop, now):
    with pytest.raises(Invalid) as caught:
        browsing.read_wish({"category": ["x"], "headcount": ["-1"], "sort": ["y"]}, now)
    assert {fault.field for fault in caught.value.faults} == {"category", "headcount", "sort"}


def test_pages_read_amounts_as_people_write_them_and_empty_fields_as_none(shop, now):
    wish = browsing.read_wish(
        {"price_min": ["Rp25.000"], "price_max": [""], "headcount": ["1.000"], "kecamatan": [""]}, now
    )
    assert (wish.price_min, wish.price_max, wish.headcount, dict(wish.facets)) == (25_000, None, 1_000, {})
    with pytest.raises(Invalid):
        browsing.read_wish({"price_min": ["Rp25.000"]}, now, strict=True)
    with pytest.raises(Invalid):
        browsing.read_wish({"price_max": [""]}, now, strict=True)


def test_on_a_page_ticking_below_looks_more_closely_while_the_api_takes_both(shop, now):
    both = {"category": ["makanan-rapat", "nasi-kotak"]}
    assert browsing.read_wish(both, now).facets["category"] == ("nasi-kotak",)
    assert browsing.read_wish(both, now, strict=True).facets["category"] == ("makanan-rapat", "nasi-kotak")


def test_without_words_the_newest_stand_first(shop, now):
    assert browsing.to_query(browsing.read_wish({}, now), now).sort == "-created"
    assert browsing.to_query(browsing.read_wish({"q": ["kopi"]}, now), now).sort == "relevance"
    assert browsing.to_query(browsing.read_wish({"q": ["kopi"], "sort": ["-price"]}, now), now).sort == "-price"
