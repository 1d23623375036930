"""The pages of the catalogue: what they show, what they cost, and that nothing written into them runs."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from shop.catalog import indexing
from shop.catalog.models import PriceTier, Product, ProductPhoto
from shop.db import session, unit_of_work
from tests.makers import make_certificate, make_crew, make_product, make_vendor

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'


@pytest.fixture
def snack(shop, reindex):
    """A certified snack of Dapur Bu Sari, beside forty other things."""
    with unit_of_work():
        vendor = make_vendor(name="Dapur Bu Sari", slug="dapur-bu-sari", story="Sejak 2009.")
        product = make_product(
            vendor, name="Snack kotak kue basah", description="Isi tiga.\nTanpa pengawet.", daily_capacity=300
        )
        make_certificate(product, number="4623/SJ-IND.8/TKDN/7/2026", tkdn_bp=6_240)
        session.add(PriceTier(product_id=product.id, min_quantity=100, price=17_000))
        for number in range(40):
            make_product(vendor, name=f"Keripik {number}", category_code="keripik", price=5_000 + number)
    reindex()
    return product.id


def test_the_result_page_asks_no_database(shop, client, snack, statements):
    client.get("/katalog")
    with statements() as seen:
        for path in (
            "/katalog",
            "/katalog?q=keripik",
            "/katalog?category=keripik&evidence=none&price_max=5.020&page=1",
        ):
            assert client.get(path).status_code == 200
    assert seen == []


def test_a_product_page_asks_ten_times(client, snack, statements):
    path = f"/produk/{snack}-snack-kotak-kue-basah"
    client.get(path)
    with statements() as seen:
        assert client.get(path).status_code == 200
    assert len(seen) == 10  # five of the product; band, ceilings, goods like it; what offices say, and how punctual


def test_results_show_cards_counts_and_the_exact_total(client, snack):
    page = client.get("/katalog?q=keripik").text
    assert "40 produk" in page
    assert page.count("<article") == 24
    assert 'href="/katalog?q=keripik&amp;page=2"' in page
    assert re.search(r'value="camilan"[^>]*><span>Keripik &amp; camilan</span><span class="n">40<', page)
    assert client.get("/katalog?q=keripik&page=2").text.count("<article") == 16


def test_filters_hold_and_can_be_taken_off(client, snack):
    page = client.get("/katalog?category=keripik&price_max=Rp5.009&sort=-price").text
    assert "10 produk" in page
    assert 'name="category" value="keripik" checked' in page
    assert 'href="/katalog?price_max=5009&amp;sort=-price"' in page
    assert 'href="/katalog?category=keripik&amp;sort=-price"' in page
    assert 'value="-price" selected' in page


def test_a_word_nobody_wrote_gets_a_suggestion_or_help(client, snack):
    assert "Mungkin maksud Anda" in client.get("/katalog?q=kripikk").text
    page = client.get("/katalog?q=zzzzqqq").text
    assert "Belum ada produk untuk" in page
    assert "/katalog?category=makanan-rapat" in page
    assert "Hapus semua saringan" in client.get("/katalog?q=keripik&category=kain-batik").text
    assert "Ke halaman pertama" in client.get("/katalog?q=keripik&page=9").text


def test_a_filter_that_makes_no_sense_keeps_the_words_and_says_what_is_wrong(client, snack):
    answer = client.get("/katalog?q=keripik&headcount=-3&price_min=banyak")
    assert answer.status_code == 422
    assert "Kesalahan:" in answer.text
    assert 'value="keripik"' in answer.text
    assert 'value="banyak"' in answer.text
    assert answer.text.count("bilangan bulat") == 2


def test_nothing_of_one_visitor_is_kept_for_another(client, snack):
    first, second = client.get("/katalog?q=pertama").text, client.get("/katalog?q=kedua").text
    assert "“pertama”" in first
    assert "pertama" not in second
    assert "“kedua”" in second
    english = client.get("/katalog?q=keripik&lang=en").text
    assert '<html lang="en">' in english
    assert "Keripik &amp; camilan" not in english
    assert '<html lang="en">' in client.get("/katalog").text
    client.delete_cookie("lang")
    assert '<html lang="id">' in client.get("/katalog").text


def test_a_product_page_says_what_proves_its_tkdn(client, snack):
    page = client.get(f"/produk/{snack}-snack-kotak-kue-basah").text
    for words in (
        "62,40 %",
        "4623/SJ-IND.8/TKDN/7/2026",
        "Kamis, 31 Desember 2026",
        "Dapur Bu Sari",
        "Rp17.000",
        "Gambir",
        "Tanpa pengawet.",
        "300 kotak",
        "24 jam sebelumnya",
    ):
        assert words in page, words
    assert "Masukkan keranjang" not in page


def test_an_old_paper_is_told_and_does_not_count(client, shop, snack):
    with unit_of_work():
        product = make_product(name="Roti")
        make_certificate(product, number="LAMA/1", issued_on=date(2020, 1, 1), valid_until=date(2021, 1, 1))
    page = client.get(f"/produk/{product.id}-roti").text
    assert "Tanpa TKDN" in page
    assert "LAMA/1" in page
    assert "tidak dihitung lagi" in page


def test_an_old_address_leads_to_the_present_one(client, snack):
    for path in (f"/produk/{snack}", f"/produk/{snack}-nama-lama"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (301, f"/produk/{snack}-snack-kotak-kue-basah")


def test_what_is_not_there_is_not_there(client, shop, snack):
    with unit_of_work():
        draft = make_product(state="draft", name="Rahasia").id
        make_vendor(slug="dihukum", state="suspended")
    for path in (
        f"/produk/{draft}-rahasia",
        "/produk/999999-x",
        "/produsen/dihukum",
        "/produsen/%00",
        "/foto/..%2Fshop.sqlite3",
        f"/foto/{'a' * 64}-320.webp",
        f"/foto/{'a' * 64}.pdf",
    ):
        assert client.get(path).status_code == 404, path


def test_a_product_off_sale_keeps_its_page_without_a_button(client, shop, snack):
    with unit_of_work():
        paused = make_product(state="paused", name="Libur").id
    assert "sedang tidak dijual" in client.get(f"/produk/{paused}-libur").text


def test_an_officer_finds_the_button_and_a_form_token(shop, snack, person):
    with unit_of_work():
        crew = make_crew()
    page = person(crew.pp).get(f"/produk/{snack}-snack-kotak-kue-basah").text
    assert 'action="/keranjang"' in page
    assert f'name="product_id" value="{snack}"' in page
    assert re.search(r'name="csrf_token" value="[^"]{20,}"', page)
    assert "Masukkan keranjang" not in person(crew.ppk).get(f"/produk/{snack}-snack-kotak-kue-basah").text


def test_a_producer_page_shows_its_products_and_nothing_private(client, shop, snack):
    page = client.get("/produsen/dapur-bu-sari").text
    assert "41 produk" in page
    assert "Sejak 2009." in page
    assert page.count("<article") == 24


def test_the_shelves_are_counted(client, snack):
    page = client.get("/kategori").text
    assert "Keripik" in page
    assert "/katalog?category=keripik" in page
    assert "40" in page


class _Scripts(HTMLParser):
    """Notes whatever would run."""

    found = False

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.found |= (tag == "script" and "src" not in names) or any(
            name.startswith("on") or name == "style" for name in names
        )


def inert(page):
    """Whether nothing in a page runs but our own script."""
    parser = _Scripts()
    parser.feed(page)
    return not parser.found


def test_markup_in_every_field_is_shown_as_written(client, shop, reindex):
    with unit_of_work():
        vendor = make_vendor(name=EVIL, story=EVIL, slug="jahat")
        product = make_product(
            vendor, name=EVIL, slug="jahat", description=EVIL, ingredients=EVIL, unit="<b>x</b>", price=1
        )
        make_certificate(product, number=EVIL)
        session.add(
            ProductPhoto(
                product_id=product.id,
                key="a" * 64,
                alt=EVIL,
                width=1,
                height=1,
                position=0,
                added_at=product.created_at,
            )
        )
    reindex()
    for path in (
        "/katalog",
        "/katalog?q=script",
        f"/produk/{product.id}-jahat",
        "/produsen/jahat",
        "/katalog?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/katalog?price_min=%22%3E%3Cscript%3E",
    ):
        page = client.get(path).text
        for written in ("<script>alert", "<img src=x", "<b>x</b>"):
            assert written not in page, path
        assert inert(page), path
    assert "{{7*7}}" in client.get(f"/produk/{product.id}-jahat").text


def test_a_mark_of_the_frame_in_a_text_is_a_text(client, shop, reindex):
    with unit_of_work():
        product = make_product(name="Kue \ue000order\ue001 aneh", slug="kue", description="\ue000similar\ue001")
    reindex()
    assert client.get(f"/produk/{product.id}-kue").status_code == 200
    assert client.get("/katalog?q=kue").status_code == 200


def test_a_change_is_seen_at_once(client, shop, engine, now):
    with unit_of_work():
        product = make_product(name="Bolu", slug="bolu")
    path = f"/produk/{product.id}-bolu"
    assert "Rp18.500" in client.get(path).text
    with unit_of_work():
        # As an order takes from the stock: past the mapper, without a new version.
        session.execute(update(Product.__table__).where(Product.id == product.id).values(price=21_000, stock=0))
    page = client.get(path).text
    assert "Rp21.000" in page
    assert "Stok sedang habis" in page
    indexing.refresh(engine, {product.id}, now)
    assert "Rp21.000" in client.get("/katalog?q=bolu").text
