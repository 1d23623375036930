"""What the index knows of a product, and that it stays right as products change and days pass."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from shop.catalog import indexing
from shop.catalog.bands import band
from shop.catalog.cards import unpack
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.search import Query
from tests.makers import make_certificate, make_paper, make_product, make_vendor

DAY = date(2026, 11, 20)


def only(product_id):
    """The document of one product."""
    return next(doc for doc in indexing.everything(DAY) if doc.id == product_id)


def test_a_document_carries_every_filter_and_a_card_that_needs_no_database(shop):
    with unit_of_work():
        vendor = make_vendor(name="Dapur Bu Sari", size="kecil", closed_weekdays=0b1000000)
        make_paper(vendor)
        product = make_product(vendor, name="Snack kotak isi 3", halal=True, daily_capacity=100, serves=2, price=18_500)
        make_certificate(product, tkdn_bp=3_000, bmp_bp=1_000)
        number = product.id
    doc = only(number)
    assert doc.facets == {
        "category": ("snack-kotak", "makanan-rapat"),
        "kecamatan": ("31.71.01",),
        "evidence": ("certified",),
        "tkdn_band": ("40+",),
        "pdn": ("1",),
        "umk": ("1",),
        "halal": ("1",),
        "open": ("0", "1", "2", "3", "4", "5"),
        "vendor": (str(vendor.id),),
    }
    assert (doc.numbers["price"], doc.numbers["tkdn"], doc.numbers["bmp"]) == (18_500, 3_000, 1_000)
    assert doc.numbers["capacity"] == 200
    assert "Dapur Bu Sari" in doc.body
    assert "Makanan rapat" in doc.body
    card = unpack(doc.card)
    assert card["vendor"] == {"id": vendor.id, "name": "Dapur Bu Sari", "kecamatan": "Gambir"}
    assert (card["evidence"], card["image"], card["art"], card["available"]) == ("certified", None, "snack-kotak", True)


def test_a_band_says_what_counts_when_buying():
    assert [
        band(*shares) for shares in ((0, 1_500), (1, 0), (2_499, 1_500), (2_500, 1_499), (2_500, 1_500), (4_000, 0))
    ] == ["0", "1-24", "1-24", "25-39", "40+", "40+"]


def test_what_is_not_for_sale_is_not_found(shop, engine, now):
    with unit_of_work():
        shown = make_product(name="Roti gambang").id
        paused = make_product(name="Roti tawar", state="paused").id
        gone = make_product(make_vendor(state="suspended"), name="Roti manis").id
    indexing.index_products(engine, [{"ids": [shown, paused]}, {"ids": [gone, 999_999]}], now)
    assert [hit.id for hit in engine.find(Query(text="roti")).hits] == [shown]
    with unit_of_work():
        session.get_one(Product, shown).state = "paused"
    indexing.index_products(engine, [{"ids": [shown]}], now)
    assert engine.count() == 0


def test_an_empty_shelf_stays_visible_but_says_so(shop):
    with unit_of_work():
        number = make_product(stock=3, min_order=5).id
    assert unpack(only(number).card)["available"] is False


def test_evidence_changes_by_itself_when_a_day_turns(shop, engine, reindex, now):
    with unit_of_work():
        product = make_product(name="Kopi bubuk")
        make_certificate(product, valid_until=DAY)
        make_certificate(product, kind="self_declared", tkdn_bp=8_000, issued_on=DAY + timedelta(days=3))
    reindex()

    def level():
        return unpack(engine.find(Query(text="kopi")).hits[0].card)["evidence"]

    assert level() == "certified"
    assert indexing.refresh_evidence(engine, now) == 0
    assert (indexing.refresh_evidence(engine, now + timedelta(days=1)), level()) == (1, "none")
    # Two weeks in which nobody swept are caught up with at once.
    assert (indexing.refresh_evidence(engine, now + timedelta(days=17)), level()) == (1, "self_declared")
    assert indexing.refresh_evidence(engine, now + timedelta(days=17)) == 0


def test_reading_for_the_index_takes_three_statements_however_many_products(shop, statements):
    with unit_of_work():
        vendors = [make_vendor() for _ in range(5)]
        for number in range(60):
            make_certificate(make_product(vendors[number % 5]))
    list(indexing.everything(DAY))
    with statements() as seen:
        assert len(list(indexing.everything(DAY))) == 60
    assert len(seen) == 4  # three for the batch, one that finds no further batch


def test_asking_for_the_index_splits_what_is_many(shop, now):
    with unit_of_work():
        indexing.post_index(list(range(1_200)), now)
    assert [len(payload["ids"]) for payload in session.scalars(select(OutboxMessage.payload))] == [500, 500, 200]
