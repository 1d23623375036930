"""Being found elsewhere: lasting links, cards, posters and the feed show what is for sale and nothing else."""

from __future__ import annotations

import io

import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from sqlalchemy import update

from shop.catalog.models import Product, ProductPhoto
from shop.db import session, unit_of_work
from tests import makers

G = "{http://base.google.com/ns/1.0}"


@pytest.fixture
def stall(shop):
    """An active producer with a product for sale and one that is not, and a paused neighbour."""
    with unit_of_work():
        vendor = makers.make_vendor(name="Dapur <Bu> Sari & Anak", slug="dapur-sari", story="Sejak 2019.")
        sold = makers.make_product(
            vendor, name="Kue <b>lapis</b>", description="Baris satu\nbaris\x02dua & tiga", stock=5, min_order=2
        )
        hidden = makers.make_product(vendor, name="Rahasia dapur", state="draft")
        paused = makers.make_product(makers.make_vendor(state="paused"), name="Sedang libur")
        makers.make_certificate(sold)
        owner = makers.make_actor("vendor_owner", vendor_id=vendor.id)
    return owner, sold.id, hidden.id, paused.id


def items(answer):
    return {item.findtext(f"{G}id"): item for item in fromstring(answer.data).iter("item")}


def test_the_feed_tells_what_is_for_sale_and_nothing_else(client, stall):
    _owner, sold, _hidden, _paused = stall
    answer = client.get("/umpan/produk.xml", headers={"Host": "toko.contoh.id"})
    assert answer.mimetype == "application/rss+xml"
    found = items(answer)
    assert list(found) == [str(sold)]
    item = found[str(sold)]
    assert {tag.tag.removeprefix(G): tag.text for tag in item} == {
        "id": str(sold), "title": "Kue <b>lapis</b>", "description": "Baris satu barisdua & tiga",
        "link": f"http://toko.contoh.id/produk/{sold}-kue-b-lapis-b", "image_link": f"http://toko.contoh.id/bagikan/{sold}.jpg",
        "availability": "in_stock", "price": "18500 IDR", "brand": "Dapur <Bu> Sari & Anak", "condition": "new",
        "product_type": "Makanan rapat > Snack kotak", "identifier_exists": "no",
    }  # fmt: skip
    assert list(items(client.get("/produsen/dapur-sari/umpan.xml"))) == [str(sold)]
    assert client.get("/produsen/tidak-ada/umpan.xml").status_code == 404


def test_a_feed_that_has_not_changed_is_not_sent_again(client, stall):
    _owner, sold, *_ = stall
    first = client.get("/umpan/produk.xml")
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/umpan/produk.xml", headers=again).status_code == 304
    assert (
        client.get("/umpan/produk.xml", headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code
        == 304
    )
    with unit_of_work():  # as an order takes it: without a new version
        session.execute(update(Product.__table__).where(Product.id == sold).values(stock=1))
    fresh = client.get("/umpan/produk.xml", headers=again)
    assert items(fresh)[str(sold)].findtext(f"{G}availability") == "out_of_stock"
    with unit_of_work():
        session.get_one(Product, sold).sold_out = True
    assert client.get("/umpan/produk.xml", headers={"If-None-Match": fresh.headers["ETag"]}).status_code == 200


def test_the_feed_is_read_in_batches(client, stall, statements):
    with statements() as few:
        client.get("/umpan/produk.xml")
    with unit_of_work():
        vendor = makers.make_vendor()
        for _ in range(60):
            makers.make_product(vendor)
    with statements() as many:
        assert len(items(client.get("/umpan/produk.xml"))) == 61
    assert len(many) <= len(few) + 1


def test_pages_say_what_they_are_to_other_sites(client, stall, app):
    _owner, sold, hidden, _paused = stall
    app.config["SHOP"].public_url = "https://toko.contoh.id"
    page = client.get(f"/produk/{sold}-kue-b-lapis-b").text
    assert f'<link rel="canonical" href="https://toko.contoh.id/produk/{sold}-kue-b-lapis-b">' in page
    assert f'<meta property="og:image" content="https://toko.contoh.id/bagikan/{sold}.jpg">' in page
    assert '<meta property="og:title" content="Kue &lt;b&gt;lapis&lt;/b&gt;, Rp18.500 / kotak">' in page
    shop = client.get("/produsen/dapur-sari").text
    assert '<meta property="og:description" content="Sejak 2019.">' in shop
    assert (
        '<link rel="canonical" href="https://toko.contoh.id/katalog?q=kue">' in client.get("/katalog?q=kue&page=1").text
    )
    assert "og:title" not in client.get("/tentang").text
    assert client.get(f"/p/{sold}").headers["Location"] == f"/produk/{sold}-kue-b-lapis-b"
    with unit_of_work():
        session.get_one(Product, sold).slug = "nama-baru"
    assert client.get(f"/p/{sold}").headers["Location"] == f"/produk/{sold}-nama-baru"
    assert client.get(f"/p/{hidden}").status_code == 404


def test_a_card_is_drawn_for_what_is_for_sale_and_once_for_what_it_shows(client, stall, app, settings):
    _owner, sold, hidden, paused = stall
    first = client.get(f"/bagikan/{sold}.jpg")
    assert first.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(first.data)).size == (1_200, 630)
    kept = list((settings.var / "files").rglob("*.jpg"))
    assert client.get(f"/bagikan/{sold}.jpg", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert list((settings.var / "files").rglob("*.jpg")) == kept
    out = io.BytesIO()
    Image.new("RGB", (1_280, 900), "red").save(out, "WEBP")
    app.extensions["files"].put(out.getvalue(), "webp", key=f"{'a' * 64}-1280.webp")
    with unit_of_work():
        session.add(ProductPhoto(product_id=sold, key="a" * 64, width=1_280, height=900, added_at=makers.WHEN))
        session.get_one(Product, sold).name = "Kata" * 50
    assert Image.open(io.BytesIO(client.get(f"/bagikan/{sold}.jpg").data)).getpixel((100, 300))[0] > 200
    for gone in (hidden, paused, 999_999):
        assert client.get(f"/bagikan/{gone}.jpg").status_code == 404


def test_posters_are_the_owners_to_print(stall, person):
    owner, sold, hidden, paused = stall
    browser = person(owner)
    for path in (f"/produk-saya/{sold}/poster.pdf", "/produk-saya/poster.pdf"):
        answer = browser.get(path)
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
    browser.get(f"/produk-saya/{hidden}/poster.pdf", 404)
    browser.get(f"/produk-saya/{paused}/poster.pdf", 404)


@pytest.mark.parametrize("address", ["ftp://x", "https://a b", "https://x/path", "javascript:alert(1)"])
def test_a_public_address_that_is_none_is_refused_at_start(address):
    from shop.settings import Settings

    with pytest.raises(ValueError, match="public_url"):
        Settings(public_url=address)
