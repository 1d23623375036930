"""The pages when the world moves on: every refusal says why, keeps what was typed, and changes nothing."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from shop.base.clock import utc_now
from shop.budgets.models import Package
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.orders.models import CartLine, Order
from tests import makers
from tests.orders.test_journey import checkout_form, hidden

MARKUP = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def count(model):
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


def change(model, key, **values):
    with unit_of_work():
        session.execute(update(model).where(model.id == key).values(**values))


@pytest.fixture
def product(crew):
    with unit_of_work():
        return makers.make_product(crew.vendor, name="Lemper ayam", stock=50, daily_capacity=60).id


@pytest.fixture
def pp(crew, person, product):
    browser = person(crew.pp)
    browser.post("/keranjang", {"product_id": product, "quantity": "30"})
    return browser


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1000000000000", "1e3", "٣", "", "abc", "100001"])
def test_a_quantity_that_is_no_whole_number_in_range_is_refused_with_a_sentence(crew, pp, product, quantity):
    for path, extra in (("/keranjang", {"product_id": product}), (f"/keranjang/{product}", {})):
        page = pp.post(path, {"quantity": quantity, **extra}, 422).text
        assert "Jumlah harus bilangan bulat 1 sampai 100.000." in page
        assert "Kesalahan:" in page
    assert session.scalars(select(CartLine.quantity)).all() == [30]


def test_a_double_click_makes_one_order(crew, pp):
    form = checkout_form(pp.get("/kirim").text, crew)
    first, second = pp.post("/kirim", form), pp.post("/kirim", form)
    assert first.location == second.location
    assert count(Order) == 1


def test_going_back_and_changing_the_form_after_sending_warns_before_a_second_order(crew, pp):
    form = checkout_form(pp.get("/kirim").text, crew)
    pp.post("/kirim", form)
    page = pp.post("/kirim", {**form, "purpose": "Rapat lain"}, 422).text
    assert "sudah pernah dikirim" in page
    assert hidden(page, "key") != form["key"]
    assert count(Order) == 1


def test_a_price_that_changed_is_shown_old_and_new_and_the_form_is_kept(crew, pp, product):
    form = checkout_form(pp.get("/kirim").text, crew, purpose="Rapat Posyandu")
    change(Product, product, price=20_000)
    page = pp.post("/kirim", {**form, "seen_price": "18500"}, 409).text
    assert "dulu Rp18.500, sekarang Rp20.000" in page
    assert "Rp555.000 menjadi Rp600.000" in page
    assert 'value="Rapat Posyandu"' in page
    assert hidden(page, "key") == form["key"]
    pp.post("/kirim", {**checkout_form(page, crew), "key": form["key"]})
    assert session.scalar(select(Order.total)) == 600_000


@pytest.mark.parametrize(
    ("model", "values", "words"),
    [
        (Product, {"stock": 3}, "Stok Lemper ayam tinggal 3 kotak."),
        (Product, {"daily_capacity": 20}, "Kapasitas Lemper ayam untuk hari itu tinggal 20 kotak."),
        (Product, {"state": "archived"}, "sudah tidak dijual"),
        (Package, {"pagu": 500_000}, "Pagu paket tinggal Rp500.000, pesanan ini Rp555.000."),
    ],
)
def test_what_ran_out_meanwhile_is_named_and_nothing_is_sent(crew, pp, product, model, values, words):
    form = checkout_form(pp.get("/kirim").text, crew)
    change(model, product if model is Product else crew.package_id, **values)
    page = pp.post("/kirim", form, 409).text
    assert words in page
    assert 'value="Rapat koordinasi RW"' in page
    assert (count(Order), count(CartLine)) == (0, 1)


def test_a_product_gone_from_sale_blocks_only_itself(crew, pp, product):
    with unit_of_work():
        other = makers.make_product(crew.vendor, name="Risoles").id
    pp.post("/keranjang", {"product_id": other, "quantity": "10"})
    change(Product, product, state="archived")
    basket = pp.get("/keranjang").text
    assert "Sudah tidak dijual. Baris ini tidak ikut dikirim" in basket
    assert "Rp185.000" in basket
    pp.post("/kirim", checkout_form(pp.get("/kirim").text, crew))
    assert session.scalar(select(Order.total)) == 185_000
    assert session.scalars(select(CartLine.product_id)).all() == [product]


def test_every_wrong_field_of_the_checkout_is_named_at_once(crew, pp):
    form = checkout_form(
        pp.get("/kirim").text,
        crew,
        **{"purpose": "", "headcount": "1.5", "deliver.at": "besok", "deliver.kecamatan": "", "deliver.address": "x"},
    )
    page = pp.post("/kirim", form, 422).text
    assert "Jumlah orang harus" in page
    assert "Isi tanggal dan jam" in page
    page = pp.post("/kirim", {**form, "headcount": "", "deliver.at": "2026-11-20T10:30"}, 422).text
    for words in ("Tuliskan keperluannya", "Tuliskan alamat kirim", "44 kecamatan"):
        assert words in page
    assert (
        "perlu dipesan 24 jam sebelumnya"
        in pp.post("/kirim", checkout_form(pp.get("/kirim").text, crew, **{"deliver.at": "2026-11-20T15:00"}), 422).text
    )
    assert count(Order) == 0


def test_a_package_that_is_not_in_this_persons_hands_is_refused(crew, pp):
    form = checkout_form(pp.get("/kirim").text, crew)
    change(Package, crew.package_id, pp_id=crew.ppk.user_id)
    pp.post("/kirim", form, 403)
    with unit_of_work():
        other = makers.make_crew()
    pp.post("/kirim", {**form, "package_id": str(other.package_id)}, 404)
    assert count(Order) == 0


def test_markup_in_every_text_field_is_shown_as_text(crew, pp, person, now):
    form = checkout_form(pp.get("/kirim").text, crew, purpose=MARKUP, **{"deliver.address": MARKUP, "note": [MARKUP]})
    sent = pp.post("/kirim", form)
    order = session.scalars(select(Order)).one()
    producer = person(crew.producer)
    producer.post(f"/pesanan/{order.id}/refuse", {"version": "1", "reason": "other", "note": MARKUP})
    for page in (
        pp.get(sent.location),
        pp.get(f"/pesanan/{order.id}"),
        pp.get("/pesanan"),
        pp.get("/meja"),
        producer.get(f"/pesanan/{order.id}"),
        pp.get("/pesanan?q=" + MARKUP),
    ):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert "&lt;script&gt;" in pp.get(f"/pesanan/{order.id}").text


def test_the_second_of_two_officers_gets_a_page_that_says_it_changed(crew, person, now):
    with unit_of_work():
        order = makers.make_arrived_order(crew, now)
    order_id, version = order.id, order.version
    one, two = person(crew.ppk), person(crew.ppk)
    one.post(f"/pesanan/{order_id}/receive", {"version": version})
    page = two.post(f"/pesanan/{order_id}/send_back", {"version": version, "reason": "short"}, 409).text
    assert "sudah berubah" in page
    assert f'href="/pesanan/{order_id}"' in page


def test_a_refusal_needs_a_reason_and_keeps_the_words(crew, person, now):
    with unit_of_work():
        order_id = makers.make_sent_order(crew, now).id
    producer = person(crew.producer)
    assert "Pilih salah satu alasan." in producer.post(f"/pesanan/{order_id}/refuse", {"version": "1"}, 422).text
    page = producer.post(f"/pesanan/{order_id}/refuse", {"version": "1", "reason": "other", "note": "abc"}, 422).text
    assert "paling sedikit 5 huruf" in page
    assert ">abc</textarea>" in page
    producer.post(f"/pesanan/{order_id}/refuse", {"version": "1", "reason": "capacity", "note": "sedang hajatan"})
    page = producer.get(f"/pesanan/{order_id}").text
    assert "Kapasitas hari itu sudah penuh" in page
    assert "sedang hajatan" in page


def test_another_producer_and_another_office_do_not_find_the_order(crew, person, now):
    with unit_of_work():
        order_id = makers.make_paid_order(crew, now).id
        other = makers.make_crew()
    for actor in (other.producer, other.pp, other.ppk, other.bendahara):
        stranger = person(actor)
        stranger.get(f"/pesanan/{order_id}", 404)
        stranger.get(f"/pesanan/{order_id}/bukti", 404)
        for verb in ("confirm", "cancel", "receive", "pay"):
            stranger.post(f"/pesanan/{order_id}/{verb}", {"version": "1"}, 404)
        assert "0001/SP" not in stranger.get("/pesanan").text
    person(crew.pp).get("/pesanan/99999999999999999999", 404)
    person(crew.pp).post(f"/pesanan/{order_id}/dance", {}, 404)


def test_who_may_not_do_a_step_hears_so_and_sees_why_beforehand(crew, person, now):
    with unit_of_work():
        order = makers.make_arrived_order(crew, now)
        another = makers.make_actor("ppk", office_id=crew.office_id)
    order_id, version = order.id, order.version
    person(crew.producer).post(f"/pesanan/{order_id}/receive", {"version": version}, 403)
    assert "Hanya PPK paket ini" in person(another).get(f"/pesanan/{order_id}").text
    person(another).post(f"/pesanan/{order_id}/receive", {"version": version}, 403)


@pytest.mark.parametrize("upload", [b"", b"<html>", b"GIF89a", b"%PDF-1.4 half"])
def test_a_proof_that_is_no_paper_is_refused_and_the_typed_fields_stay(crew, person, now, upload):
    with unit_of_work():
        order = makers.make_received_order(crew, now)
    order_id, version = order.id, order.version
    page = (
        person(crew.bendahara)
        .post(
            f"/pesanan/{order_id}/bayar/transfer",
            {
                "version": version,
                "reference": "SP2D-77",
                "paid_on": "2026-11-20",
                "withheld": "1,5",
                "proof": (io.BytesIO(upload), "bukti.pdf"),
            },
            422,
            content_type="multipart/form-data",
        )
        .text
    )
    assert 'value="SP2D-77"' in page
    assert "rupiah bulat" in page
    page = (
        person(crew.bendahara)
        .post(
            f"/pesanan/{order_id}/bayar/transfer",
            {
                "version": version,
                "reference": "x",
                "paid_on": "2027-01-01",
                "withheld": "999.999.999",
                "proof": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "bukti.pdf"),
            },
            422,
            content_type="multipart/form-data",
        )
        .text
    )
    for words in ("3 sampai 100 huruf", "Tanggal bayar harus antara", "Pajak yang dipungut harus"):
        assert words in page


def test_lists_and_desk_take_the_same_statements_for_two_orders_and_for_twelve(crew, person, statements, now):
    with unit_of_work():
        for make in (makers.make_sent_order, makers.make_arrived_order):
            make(crew, now)
        auditor = makers.make_actor("auditor")
        staff = makers.make_actor("vendor_staff", vendor_id=crew.vendor.id)
    seen = {}
    hats = (crew.pp, crew.ppk, crew.bendahara, crew.pa, crew.producer, staff, auditor)

    def look():
        found = {}
        for actor in hats:
            for path in ("/meja", "/pesanan", "/pesanan?status=giliran", "/pesanan?q=rapat"):
                with statements() as made:
                    person(actor).get(path)
                found[actor.role, path] = len(made)
        return found

    look()
    seen = look()
    with unit_of_work():
        for make in (makers.make_sent_order, makers.make_arrived_order) * 5:
            make(crew, now)
    assert look() == seen
    assert max(seen.values()) <= 17  # the desk asks each room once for what waits


def test_the_page_of_an_order_takes_the_same_statements_however_long_it_is(crew, person, statements, now):
    with unit_of_work():
        products = [makers.make_product(crew.vendor) for _ in range(12)]
        small = makers.make_sent_order(crew, now, (products[0], 1)).id
        large = makers.make_sent_order(crew, now, *((p, 2) for p in products)).id
    browser = person(crew.pp)
    browser.get(f"/pesanan/{small}")
    with statements() as one:
        browser.get(f"/pesanan/{small}")
    with statements() as two:
        browser.get(f"/pesanan/{large}")
    assert len(one) == len(two) <= 17  # each room that has a part on the page asks once; papers came last


def test_the_basket_takes_the_same_statements_for_one_line_and_for_twelve(crew, pp, statements):
    pp.get("/keranjang")
    with statements() as one:
        pp.get("/keranjang")
    with unit_of_work():
        more = [makers.make_product().id for _ in range(11)]
    for product_id in more:
        pp.post("/keranjang", {"product_id": product_id, "quantity": "1"})
    with statements() as twelve:
        assert pp.get("/keranjang").text.count("basket-line") == 12
    assert len(one) == len(twelve) <= 16


def test_adding_from_a_page_comes_back_to_it_but_never_leaves_the_site(crew, pp, product):
    assert (
        pp.post("/keranjang", {"product_id": product, "quantity": "1", "next": "/katalog?q=a"}).location
        == "/katalog?q=a"
    )
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/\nx"):
        assert (
            pp.post("/keranjang", {"product_id": product, "quantity": "1", "next": elsewhere}).location == "/keranjang"
        )


def test_the_basket_names_the_paper_and_the_share_of_evidence(crew, pp):
    page = pp.get("/keranjang").text
    assert "nota" in page
    assert "Perpres 16/2018" in page
    pp.post("/keranjang/1", {"quantity": "600"})
    assert "Stok tinggal 50" in pp.get("/keranjang").text


def test_a_form_without_its_token_changes_nothing(crew, pp, product):
    assert pp.client.post("/keranjang", data={"product_id": product, "quantity": "5"}).status_code == 400


def test_an_order_that_was_not_answered_shows_as_expired_and_frees_the_pagu(crew, person, now, clock):
    from shop.orders.confirming import expire_due

    with unit_of_work():
        order_id = makers.make_sent_order(crew, now).id
    session.rollback()
    clock.shift(timedelta(hours=73))
    producer = person(crew.producer)
    assert "Batas waktu menjawab sudah lewat" in producer.get(f"/pesanan/{order_id}").text
    producer.post(f"/pesanan/{order_id}/confirm", {"version": "1"}, 409)
    assert expire_due(utc_now()) == 1
    session.rollback()
    assert session.scalar(select(Package.reserved).where(Package.id == crew.package_id)) == 0
    assert "Kedaluwarsa" in producer.get(f"/pesanan/{order_id}").text
