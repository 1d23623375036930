"""What somebody tries at the doors of listings and of shop pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from shop.base.sheet import Sheet
from shop.catalog import uploading
from shop.catalog.import_rows import COLUMNS, check_products
from shop.catalog.models import Product, SheetUpload
from shop.curation.models import CurationCase
from shop.db import session, unit_of_work
from tests import makers

OURS = [name for name in COLUMNS if name not in {"source", "city"}]
"""Columns of a producer's own file: with those two it would be a foreign catalogue."""


@pytest.mark.parametrize(
    ("state", "status"), [("registering", 404), ("suspended", 404), ("paused", 200), ("active", 200)]
)
def test_a_business_has_a_public_page_and_feed_only_once_it_is_registered(shop, client, state, status):
    with unit_of_work():
        makers.make_vendor(slug="dapur-baru", state=state, story="Belum untuk umum")
    for path in ("/produsen/dapur-baru", "/produsen/dapur-baru/umpan.xml"):
        assert client.get(path).status_code == status, path


def test_a_draft_without_any_version_has_an_empty_history(shop, person):
    with unit_of_work():
        vendor = makers.make_vendor()
        draft = makers.make_product(vendor, state="draft").id
    person(makers.make_actor_of(vendor.id)).get(f"/produk-saya/{draft}/riwayat")


@pytest.mark.parametrize("taken", [("draft",), ("draft", "archived")])
def test_a_listing_taken_back_from_the_list_leaves_nothing_for_curators(shop, person, now, taken):
    with unit_of_work():
        case = makers.make_case(now=now)
        product_id, vendor_id = case.product_id, case.vendor_id
    owner = person(makers.make_actor_of(vendor_id))
    for state in taken:
        session.rollback()
        version = session.scalar(select(Product.version).where(Product.id == product_id))
        session.rollback()
        owner.post(f"/produk-saya/{product_id}/keadaan", {"version": version, "state": state})
    session.rollback()
    assert session.scalars(select(CurationCase.state)).all() == ["withdrawn"]


@pytest.mark.parametrize("number", ["9" * 25, "9" * 5_000])
def test_a_worksheet_number_longer_than_any_is_no_worksheet(shop, person, number):
    with unit_of_work():
        product = makers.make_product(category_code="kemeja-batik")
    owner = person(makers.make_actor_of(product.vendor_id))
    owner.post(f"/produk-saya/{product.id}/tkdn", {"worksheet": number, "number": "1/2", "issuer": ""}, 422)


def test_prices_by_quantity_in_a_sheet_never_rise_with_the_quantity(shop):
    rows = [
        (2, _row("a", "18000", "17000")),
        (3, _row("b", "17000", "18000")),
        (4, _row("c", "25000", "18000")),
    ]
    found = check_products(Sheet({name: name for name in OURS}, rows, "utf-8"))
    assert [(fault.row, fault.column) for fault in found.faults] == [(3, "tier_price_1"), (4, "tier_price_1")]


def _row(ref, fifty, hundred):
    values = {"ref": ref, "name": "Kotak", "category_code": "snack-kotak", "price": "20000"}
    stairs = {"tier_from_1": "50", "tier_price_1": fifty, "tier_from_2": "100", "tier_price_2": hundred}
    return dict.fromkeys(OURS, "") | values | stairs


def test_a_file_that_finds_a_fault_of_ours_is_told_and_does_not_lock_its_producer_out(
    app, shop, person, now, monkeypatch
):
    def broken(*_given):
        raise RuntimeError("a reader nobody foresaw")

    monkeypatch.setattr(uploading, "read_upload", broken)
    with unit_of_work():
        owner = makers.make_actor("vendor_owner", vendor_id=makers.make_vendor().id)
        numbers = [uploading.receive(owner, "produk.xlsx", f"{n}.xlsx", now) for n in range(uploading.MAX_WAITING)]
    monkeypatch.setattr(type(app.extensions["files"]), "path", lambda _self, _key: Path(__file__))
    uploading.handler(app.extensions["files"], None)([{"upload": number} for number in numbers], now)
    session.rollback()
    assert set(session.scalars(select(SheetUpload.stage))) == {"unreadable"}
    session.rollback()
    with unit_of_work():
        uploading.receive(owner, "lagi.xlsx", "9.xlsx", now)
