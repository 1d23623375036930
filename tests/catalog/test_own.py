"""A producer's own products: form, photos, and that nobody else's can be reached."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select, update

from shop.catalog.models import Product, ProductPhoto
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.vendors.models import Vendor
from tests.makers import make_actor, make_office, make_product, make_vendor

ABOUT = {"name": "Snack kotak", "category_code": "snack-kotak", "description": "Isi tiga."}
PRICE = {"price": "Rp19.000", "unit": "kotak", "min_order": "10"}
CAPACITY = {"stock": "", "seen_stock": "", "daily_capacity": "300", "lead_time_hours": "24"}
CONTENTS = {"ingredients": "Terigu", "allergens": "gluten", "halal": "1", "pdn": "1"}
SECTIONS = {"tentang": ABOUT, "harga": PRICE, "kesanggupan": CAPACITY, "isi": CONTENTS}


@pytest.fixture
def mine(shop, person):
    """The owner's browser and the own product."""
    with unit_of_work():
        vendor = make_vendor()
        product = make_product(vendor, name="Snack", min_order=5)
        owner = make_actor("vendor_owner", vendor_id=vendor.id)
    return person(owner), product.id


@pytest.fixture
def theirs(shop):
    """A product of somebody else."""
    with unit_of_work():
        return make_product(name="Punya tetangga").id


def row(product_id):
    session.rollback()  # what the test read before belongs to an older snapshot
    return session.get_one(Product, product_id)


def photo_ids():
    session.rollback()
    return session.scalars(select(ProductPhoto.id).order_by(ProductPhoto.position)).all()


def picture(kind="JPEG", size=(1_500, 900), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "orange").save(out, kind, **more)
    return out.getvalue()


def sent(content, name="foto.jpg"):
    return {"photo": (io.BytesIO(content), name), "alt": "Tampak depan"}


def test_each_section_saves_by_itself_and_asks_for_the_index(mine):
    browser, number = mine
    for version, (section, form) in enumerate(SECTIONS.items(), 1):
        browser.post(f"/produk-saya/{number}/{section}", {**form, "version": str(version)})
    product = row(number)
    assert (product.name, product.slug, product.price, product.min_order, product.daily_capacity, product.halal) == (
        "Snack kotak",
        "snack-kotak",
        19_000,
        10,
        300,
        True,
    )
    assert (product.allergens, product.version) == (["gluten"], 5)
    session.rollback()
    assert session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "catalog.index")).all() == (
        [{"ids": [number]}] * 4
    )


def test_wrong_input_is_kept_and_every_fault_told(mine):
    browser, number = mine
    page = browser.post(
        f"/produk-saya/{number}/harga", {"version": "1", "unit": "", "price": "1.5", "min_order": "0"}, 422
    ).text
    assert "Ada 3 hal" in page
    assert 'value="1.5"' in page
    page = browser.post(
        f"/produk-saya/{number}/kesanggupan", {**CAPACITY, "version": "1", "daily_capacity": "banyak"}, 422
    ).text
    assert 'value="banyak"' in page
    assert row(number).price == 18_500


@pytest.mark.parametrize(("section", "field", "value"), [
    ("harga", "price", "0"), ("harga", "price", "-1"), ("harga", "price", "1000000000000"), ("harga", "min_order", "1.5"),
    ("kesanggupan", "stock", "-1"), ("kesanggupan", "stock", "9" * 50), ("kesanggupan", "lead_time_hours", ""),
    ("tentang", "name", "x" * 201), ("harga", "unit", ""), ("tentang", "description", "y" * 5_001),
    ("tentang", "category_code", "makanan-rapat"), ("tentang", "category_code", "bukan"), ("isi", "serves", "0"),
    ("isi", "allergens", ["none", "gluten"]), ("isi", "allergens", "batu"), ("isi", "attr-suhu", "mendidih"),
    ("harga", "tier-from-1", "10"), ("harga", "tier-price-1", "19.000"), ("kesanggupan", "lead-hours-1", "24"),
])  # fmt: skip
def test_values_out_of_range_are_refused(mine, section, field, value):
    browser, number = mine
    rows = {"tier-from-1": "50", "tier-price-1": "17000", "lead-from-1": "50", "lead-hours-1": "48"}
    sent = {**SECTIONS[section], **rows, "version": "1", field: value}
    assert f'href="#f-{field}"' in browser.post(f"/produk-saya/{number}/{section}", sent, 422).text
    assert row(number).version == 1


def test_a_second_screen_does_not_overwrite_the_first(mine):
    browser, number = mine
    browser.post(f"/produk-saya/{number}/harga", {**PRICE, "version": "1"})
    page = browser.post(f"/produk-saya/{number}/harga", {**PRICE, "version": "1", "price": "5000"}, 409).text
    assert "sudah diubah orang lain" in page
    assert 'value="5000"' in page
    assert row(number).price == 19_000


def test_stock_that_orders_took_meanwhile_is_not_given_back(mine):
    browser, number = mine
    path = f"/produk-saya/{number}/kesanggupan"
    with unit_of_work():
        session.execute(update(Product.__table__).where(Product.id == number).values(stock=40))  # the form had shown 50
    browser.post(path, {**CAPACITY, "version": "1", "stock": "50", "seen_stock": "50"})
    assert row(number).stock == 40
    browser.post(path, {**CAPACITY, "version": "2", "stock": "60", "seen_stock": "50"}, 409)
    browser.post(path, {**CAPACITY, "version": "2", "stock": "60", "seen_stock": "40"})
    assert row(number).stock == 60


def test_one_tap_pauses_and_sells_again(mine):
    browser, number = mine
    assert "Jeda" in browser.get("/produk-saya").text
    browser.post(f"/produk-saya/{number}/keadaan", {"version": "1", "state": "paused"})
    assert row(number).state == "paused"
    browser.post(f"/produk-saya/{number}/keadaan", {"version": "1", "state": "published"}, 409)
    browser.post(f"/produk-saya/{number}/keadaan", {"version": "2", "state": "published"})
    assert row(number).state == "published"
    browser.post(f"/produk-saya/{number}/keadaan", {"version": "3", "state": "archived"}, 409)
    browser.post(f"/produk-saya/{number}/keadaan", {"version": "3", "state": "sold"}, 422)


def test_somebody_elses_product_does_not_exist(mine, theirs):
    browser, _ = mine
    for page in ("", "/pratinjau", "/riwayat", "/tkdn", "/tkdn/hitung", "/tkdn/1/berkas"):
        browser.get(f"/produk-saya/{theirs}{page}", 404)
    assert "Punya tetangga" not in browser.get("/produk-saya").text
    for path, data in (
        *((f"/produk-saya/{theirs}/{section}", {**form, "version": "1"}) for section, form in SECTIONS.items()),
        *(
            (f"/produk-saya/{theirs}/{verb}", {"version": "1", "label": "Besar"})
            for verb in (
                "ajukan",
                "tarik",
                "masih-sama",
                "varian",
                "tkdn",
                "tkdn/tidak-punya",
                "tkdn/1/hapus",
                "tkdn/hitung",
                "foto/1/keterangan",
            )
        ),
        (f"/produk-saya/{theirs}/foto", sent(picture())),
        (f"/produk-saya/{theirs}/keadaan", {"version": "1", "state": "paused"}),
        (f"/produk-saya/{theirs}/foto/1/hapus", {}),
        (f"/produk-saya/{theirs}/foto/1/utama", {}),
    ):
        browser.post(path, data, 404)
    assert (row(theirs).state, row(theirs).price) == ("published", 18_500)


def test_an_officer_has_no_products(shop, person):
    with unit_of_work():
        officer = make_actor("pp", office_id=make_office().id)
    person(officer).get("/produk-saya", 403)


def test_a_photo_is_drawn_anew_and_kept_for_ever(mine, client):
    browser, number = mine
    exif = Image.Exif()
    exif[0x010E] = "rahasia"
    browser.post(f"/produk-saya/{number}/foto", sent(picture(exif=exif)))
    version = row(number).version
    photo = session.scalars(select(ProductPhoto)).one()
    assert (photo.width, photo.height, photo.alt, version) == (1_280, 768, "Tampak depan", 2)
    for width in (320, 640, 1_280):
        answer = client.get(f"/foto/{photo.key}-{width}.webp")
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert b"rahasia" not in answer.data
        assert Image.open(io.BytesIO(answer.data)).size[0] == width
        answer.close()
    assert f"/foto/{photo.key}-320.webp 320w" in client.get(f"/produk/{number}-snack").text
    assert (
        client.get(f"/foto/{photo.key}-320.webp", headers={"If-None-Match": f'"{photo.key}-320.webp"'}).status_code
        == 304
    )


@pytest.mark.parametrize("content", [
    b"", b"<html><script>alert(1)</script></html>", b"GIF89a" + b"\0" * 30, b"%PDF-1.4\n%%EOF", b"<svg onload=alert(1)>",
    b"\x89PNG\r\n\x1a\n" + b"\0" * 40, picture()[:400],
])  # fmt: skip
def test_what_is_no_photo_is_refused_and_stored_nowhere(mine, content, settings):
    browser, number = mine
    page = browser.post(f"/produk-saya/{number}/foto", sent(content), 422).text
    assert 'href="#f-photo"' in page
    assert photo_ids() == []
    assert not list((settings.var / "files").rglob("*.*"))


def test_a_bomb_of_an_image_is_refused_unopened(mine):
    browser, number = mine
    out = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    assert "24 megapiksel" in browser.post(f"/produk-saya/{number}/foto", sent(out.getvalue(), "bom.png"), 422).text


def test_the_same_photo_is_there_once_and_eight_are_enough(mine):
    browser, number = mine
    browser.post(f"/produk-saya/{number}/foto", sent(picture(size=(40, 30))))
    browser.post(f"/produk-saya/{number}/foto", sent(picture(size=(40, 30))), 422)
    for side in range(41, 48):
        browser.post(f"/produk-saya/{number}/foto", sent(picture(size=(side, 30))))
    browser.post(f"/produk-saya/{number}/foto", sent(picture(size=(99, 30))), 409)
    assert len(photo_ids()) == 8


def test_another_photo_may_come_first_and_one_may_go(mine, theirs):
    browser, number = mine
    for side in (40, 41, 42):
        browser.post(f"/produk-saya/{number}/foto", sent(picture(size=(side, 30))))
    ids = photo_ids()
    browser.post(f"/produk-saya/{number}/foto/{ids[2]}/utama")
    browser.post(f"/produk-saya/{number}/foto/{ids[0]}/hapus")
    browser.post(f"/produk-saya/{number}/foto/{ids[0]}/hapus", status=404)
    assert photo_ids() == [ids[2], ids[1]]


def test_the_list_asks_the_same_however_many_products(mine, statements):
    browser, number = mine
    browser.get("/produk-saya")
    with statements() as few:
        browser.get("/produk-saya")
    with unit_of_work():
        vendor = session.get_one(Vendor, row(number).vendor_id)
        for _ in range(40):
            make_product(vendor)
    with statements() as many:
        browser.get("/produk-saya")
    assert len(many) == len(few)
