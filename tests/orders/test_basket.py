"""The basket and what goes with an order: several places, papers, exchanges, saved baskets, ordering again, two windows."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from shop.base.errors import Invalid
from shop.catalog import indexing
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.orders import again, bounds, cart, mailing, places, saved
from shop.orders.adjusting import Change, adjust
from shop.orders.loading import lock_order
from shop.orders.models import CartLine, Order
from shop.orders.models_basket import OrderAttachment, OrderPlace, SavedBasket
from shop.orders.placing import place_order
from shop.orders.wish import Place
from shop.outbox.models import OutboxMessage
from shop.vendors.models import DeliveryArea, Vendor
from tests import makers
from tests.orders.test_journey import PDF, checkout_form, hidden

MENTENG = "31.71.06"


@pytest.fixture
def goods(crew):
    """Boxes and cakes of one producer, tea of another that delivers to Gambir and Menteng for money."""
    with unit_of_work():
        other = makers.make_vendor(name="Teh Tarik")
        makers.make_actor("vendor_owner", vendor_id=other.id)
        session.add_all(
            DeliveryArea(vendor_id=other.id, kecamatan_code=code, cost=cost)
            for code, cost in ((makers.GAMBIR, 10_000), (MENTENG, 15_000))
        )
        return (
            makers.make_product(crew.vendor, name="Lemper", price=10_000, stock=100),
            makers.make_product(crew.vendor, name="Bolu", price=20_000),
            makers.make_product(other, name="Teh botol", price=5_000, category_code="minuman-kemasan", unit="botol"),
        )


def one(query):
    """Return a value as another connection sees it now."""
    session.rollback()
    return session.scalar(query)


def rows(query):
    session.rollback()
    return session.execute(query).all()


def shared_out(crew, goods, *further, **changed):
    lemper, bolu, teh = goods
    main = Place("Kantor Kelurahan, Jl. Medan Merdeka 1", makers.GAMBIR, ((lemper.id, 10), (bolu.id, 10)))
    two = Place("Aula Kelurahan Menteng", MENTENG, ((lemper.id, 15), (teh.id, 30)), "Bu Ani 0812", "lantai 2")
    three = Place("Posyandu Menteng", MENTENG, ((lemper.id, 5),), at=datetime(2026, 11, 25, 6, 0, tzinfo=UTC))
    wish = makers.make_wish(crew, (lemper, 30), (bolu, 10), (teh, 30), total=30 * 10_000 + 200_000 + 150_000 + 15_000)
    return replace(wish, places=(main, two, three, *further), **changed)


def faults_of(crew, wish, now):
    with pytest.raises(Invalid) as caught, unit_of_work():
        place_order(crew.pp, wish, "kunci-rusak-1", now)
    session.rollback()
    return {fault.field: fault.message % dict(fault.params) for fault in caught.value.faults}


def test_one_order_goes_to_several_places_and_a_change_takes_from_the_last_first(crew, goods, now):
    lemper, bolu, _teh = goods
    with unit_of_work():
        placed = place_order(crew.pp, shared_out(crew, goods), "kunci-tempat-1", now)
    boxes, tea = (session.get_one(Order, order_id) for order_id in placed.order_ids)
    # What goes to one place only is an ordinary order for that place, at what delivery there costs.
    assert (tea.deliver_address, tea.deliver_kecamatan, tea.shipping) == ("Aula Kelurahan Menteng", MENTENG, 15_000)
    assert places.of_order(tea.id) == ()
    assert (boxes.total, boxes.deliver_address) == (500_000, "Kantor Kelurahan, Jl. Medan Merdeka 1")
    stops = places.of_order(boxes.id)
    line = {x.product_id: x.id for x in lock_order(crew.pp, boxes.id).lines}
    first, last = line[lemper.id], line[bolu.id]
    assert [dict(stop.shares) for stop in stops] == [{first: 10, last: 10}, {first: 15}, {first: 5}]
    assert (stops[1].contact, stops[1].kecamatan) == ("Bu Ani 0812", "Menteng")
    with unit_of_work():
        mailing.handle([{"order_id": boxes.id, "event": "placed"}, {"order_id": tea.id, "event": "placed"}], now)
    mails = list(session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail")))
    assert {(m["params"]["places"], "tempat" in m["subject"]) for m in mails} == {(3, True), (0, False)}

    def change(**given):
        with unit_of_work():
            adjust(crew.ppk, lock_order(crew.ppk, boxes.id), Change(**given), "amend", now)
        return [dict(stop.shares) for stop in places.of_order(boxes.id)]

    with unit_of_work():
        order = session.get_one(Order, boxes.id)
        order.state = "confirmed"
    assert change(quantities={first: 22}) == [{first: 10, last: 10}, {first: 12}, {}]
    assert change(quantities={first: 30}) == [{first: 18, last: 10}, {first: 12}, {}]
    assert change(quantities={last: 0}) == [{first: 18}, {first: 12}, {}]
    # The places move with the time, and a place without goods keeps its row for papers that name it.
    change(deliver_at=datetime(2026, 11, 26, 3, 0, tzinfo=UTC))
    assert places.of_order(boxes.id)[2].at == datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


def test_places_that_do_not_fit_are_all_named_and_nothing_is_sent(crew, goods, now):
    lemper = goods[0]
    base = shared_out(crew, goods)
    outside = Place("Balai Kota Bogor", "32.71.01", ((lemper.id, 1),), at=datetime(2026, 11, 26, 3, 0, tzinfo=UTC))
    told = faults_of(crew, replace(base, places=(*base.places, outside, Place("x", MENTENG, ()))), now)
    assert set(told) == {"p4.kecamatan", "p4.at", "p5.address", "p5.shares", "places"}
    assert told["places"] == "Jumlah di semua tempat 31, padahal baris ini 30. Samakan keduanya."
    assert faults_of(crew, replace(base, places=base.places * 7), now) == {"places": places.TOO_MANY}
    nothing = replace(base.places[0], shares=())
    assert "deliver.address" in faults_of(crew, replace(base, places=(nothing, *base.places[1:])), now)
    far = replace(base.places[1], kecamatan="31.74.01")
    told = faults_of(crew, replace(base, places=(base.places[0], far, base.places[2])), now)
    assert told == {"p2.kecamatan": "Teh Tarik tidak mengantar ke sana. Yang dijangkau: Gambir, Menteng."}
    assert one(select(func.count()).select_from(Order)) == 0


def test_the_checkout_takes_places_one_by_one_and_keeps_what_was_typed(crew, person, goods, now):
    lemper = goods[0]
    pp = person(crew.pp)
    pp.post("/keranjang", {"product_id": lemper.id, "quantity": "30"})
    form = checkout_form(pp.get("/kirim").text, crew, places="0")
    assert 'name="p2.address"' in pp.post("/kirim", {**form, "act": "add_place"}, 200).text
    two = {"places": "1", "p2.address": "Aula Menteng", "p2.kecamatan": MENTENG, f"p2.q.{lemper.id}": "12"}
    page = pp.post("/kirim", {**form, **two, "act": "recount"}, 200).text
    assert "<b>18 kotak</b> Lemper" in page  # what is left for the main address
    page = pp.post("/kirim", {**form, **two, f"p2.q.{lemper.id}": "31"}, 422).text
    assert "Jumlah di semua tempat 31, padahal baris ini 30." in page
    assert 'value="Aula Menteng"' in page
    page = pp.post("/kirim", {**form, **two, f"p2.q.{lemper.id}": "1.5", "p2.at": "besok", "purpose": ""}, 422).text
    assert "Isi bilangan bulat; 0 berarti tidak ada untuk tempat ini." in page
    assert "Isi tanggal dan jam" in page
    full = {**form, **two, "places": "19"}
    assert "paling banyak untuk 20 tempat" in pp.post("/kirim", {**full, "act": "add_place"}, 422).text
    assert "paling banyak untuk 20 tempat" in pp.post("/kirim", {**form, **two, "places": "20"}, 422).text
    three = {"places": "2", "p3.address": "Balai RW 3", "p3.kecamatan": "\0", f"p3.q.{lemper.id}": "2"}
    page = pp.post("/kirim", {**form, **two, **three, "drop_place": "2"}, 200).text
    assert 'name="p2.address" value="Balai RW 3"' in page
    assert "Aula Menteng" not in page
    pp.post("/kirim", {**form, **two})
    order = rows(select(Order.id))[0]
    assert "2 tempat" in person(crew.producer).get("/pesanan/masuk").text
    page = person(crew.producer).get(f"/pesanan/{order.id}").text
    assert "Diantar ke 2 tempat" in page
    assert "<b>12 kotak</b> Lemper" in page
    again_page = pp.get(pp.post(f"/pesanan/{order.id}/lagi").location).text
    assert 'value="Aula Menteng"' in again_page


def test_papers_wait_in_the_basket_and_go_with_each_order_for_its_parties_only(crew, person, goods, app):
    pp = person(crew.pp)
    for product in (goods[0], goods[2]):
        pp.post("/keranjang", {"product_id": product.id, "quantity": "30"})
    form = checkout_form(pp.get("/kirim").text, crew)

    def upload(name, status, content=PDF, kind="invitation", **more):
        return pp.post(
            "/kirim", {**form, "attachment_kind": kind, "attachment": (io.BytesIO(content), name), **more}, status
        ).text

    assert "undangan.pdf" in upload("undangan.pdf", 200, act="upload", purpose="Rapat Posyandu")
    assert "bukan foto JPG" in upload("virus.exe", 422, b"MZ", act="upload")
    assert "Pilih jenis lampiran." in upload("x.pdf", 422, kind="recipe", act="upload")
    kept = one(select(OrderAttachment.id))
    assert "undangan.pdf" not in pp.post("/kirim", {**form, "drop_paper": str(kept)}, 200).text
    pp.post("/kirim", {**form, "drop_paper": str(kept)}, 404)
    for n in range(4):
        upload(f"lampiran {n}.pdf", 200, act="upload")
    upload("kak.pdf", 303, kind="terms", shown_total=hidden(pp.get("/kirim").text, "shown_total"))  # sent with it
    orders = [row.id for row in rows(select(Order.id).order_by(Order.id))]
    papers = rows(select(OrderAttachment.order_id, OrderAttachment.id))
    assert sorted(row.order_id for row in papers) == [*[orders[0]] * 5, *[orders[1]] * 5]
    mine = next(row.id for row in papers if row.order_id == orders[0])
    page = pp.get(f"/pesanan/{orders[0]}").text
    assert "kak.pdf" in page
    assert "Tambah lampiran" not in page  # five is enough
    files = {"attachment_kind": "attendance", "attachment": (io.BytesIO(PDF), "hadir.pdf")}
    assert "Paling banyak 5 lampiran" in pp.post(f"/pesanan/{orders[0]}/lampiran", files, 422).text
    assert pp.get(f"/pesanan/{orders[0]}/lampiran/{mine}").data == PDF
    person(crew.producer).get(f"/pesanan/{orders[0]}/lampiran/{mine}")
    person(crew.producer).get(f"/pesanan/{orders[1]}/lampiran/{mine}", 404)
    pp.get(f"/pesanan/{orders[1]}/lampiran/{mine}", 404)
    person(crew.producer).get(f"/pesanan/{orders[0]}/lampiran", 403)
    with unit_of_work():
        other = makers.make_crew()
    person(other.pp).get(f"/pesanan/{orders[0]}/lampiran/{mine}", 404)
    person(other.pp).post(f"/pesanan/{orders[0]}/lampiran", {}, 404)


def test_an_equal_product_with_better_evidence_is_offered_swapped_and_put_back(
    crew, person, goods, app, now, statements
):
    lemper, bolu, _teh = goods
    with unit_of_work():
        good = makers.make_product(name="Lemper bersertifikat", price=11_000)
        dear, little = makers.make_product(price=15_000), makers.make_product(price=10_000, stock=5)
        unlike = makers.make_product(price=10_000, unit="loyang")
        for product in (good, dear, little, unlike):
            makers.make_certificate(product)
        engine = app.extensions["search"]
        indexing.rebuild(engine, now)
    pp = person(crew.pp)
    pp.post("/keranjang", {"product_id": lemper.id, "quantity": "30", "note": "tanpa cabai"})
    page = pp.get("/keranjang").text
    assert "Bagian bersertifikat dari 0,00 % menjadi 100,00 %." in page
    assert "Lebih mahal Rp30.000." in page
    assert f'name="to" value="{good.id}"' in page
    assert not any(f'name="to" value="{p.id}"' in page for p in (dear, little, unlike))
    with statements() as few:
        pp.get("/keranjang")
    pp.post("/keranjang", {"product_id": bolu.id, "quantity": "3"})
    with statements() as two:
        pp.get("/keranjang")
    assert len(few) == len(two) <= 20
    for wrong in (unlike.id, 10**12, bolu.id):
        pp.post(f"/keranjang/{lemper.id}/ganti", {"to": wrong}, 404 if wrong == 10**12 else 409)
    pp.post(f"/keranjang/{lemper.id}/ganti", {"to": "9" * 30}, 422)
    pp.post(f"/keranjang/{good.id}/ganti", {"to": lemper.id}, 404)  # not in the basket
    pp.post(f"/keranjang/{lemper.id}/ganti", {"to": good.id})
    page = pp.get("/keranjang").text
    assert "Menggantikan Lemper." in page
    assert 'value="tanpa cabai"' in page
    pp.post(f"/keranjang/{good.id}/ganti", {"to": lemper.id})
    assert rows(select(CartLine.quantity, CartLine.note, CartLine.instead_of).order_by(CartLine.id))[0] == (
        30,
        "tanpa cabai",
        None,
    )


def test_a_saved_basket_grows_with_the_people_and_is_shared_in_the_office_only(crew, person, goods, now):
    lemper, bolu, _teh = goods
    pp = person(crew.pp)
    pp.post("/simpanan", {"name": "Kosong"}, 409)
    pp.post("/keranjang", {"product_id": lemper.id, "quantity": "30", "note": "hangat"})
    pp.post("/keranjang", {"product_id": bolu.id, "quantity": "2"})
    for name in ("", " ", "\0", "x" * 81):
        assert "Beri nama" in pp.post("/simpanan", {"name": name, "purpose": "Rapat RW", "headcount": "30"}, 422).text
    assert "Jumlah orang harus" in pp.post("/simpanan", {"name": "Rapat", "headcount": "tiga"}, 422).text
    pp.post("/simpanan", {"name": "Rapat RW", "purpose": "Rapat bulanan RW", "headcount": "30"})
    page = pp.post("/simpanan", {"name": "rapat rw ", "purpose": "lain"}, 422).text
    assert "sudah punya keranjang bernama" in page
    assert 'value="lain"' in page
    number = one(select(SavedBasket.id))
    with unit_of_work():
        session.execute(update(Product).where(Product.id == lemper.id).values(price=12_000))
        colleague = makers.make_actor("pp", office_id=crew.office_id)
        other = makers.make_crew()
    mate, stranger = person(colleague), person(other.pp)
    mate.get(f"/simpanan/{number}", 404)
    pp.post(f"/simpanan/{number}/bagi")
    stranger.get(f"/simpanan/{number}", 404)
    for verb in ("ambil", "hapus", "tutup"):
        stranger.post(f"/simpanan/{number}/{verb}", {}, 404)
        if verb != "ambil":
            mate.post(f"/simpanan/{number}/{verb}", {}, 404)  # to take, not to change
    page = mate.get(f"/simpanan/{number}?headcount=45").text
    assert "dulu Rp10.000, sekarang Rp12.000" in page
    assert "45 kotak" in page
    mate.get(f"/simpanan/{number}?headcount=0", 422)
    mate.post(f"/simpanan/{number}/ambil", {"headcount": "10000000"}, 422)
    sent_to = mate.post(f"/simpanan/{number}/ambil", {"headcount": "45"}).location
    checkout = mate.get(sent_to).text
    assert 'value="Rapat bulanan RW"' in checkout
    assert re.search(r'name="headcount" value="45"', checkout)
    taken = [(x.quantity, x.note) for x in cart.read(colleague, now.date())]
    assert taken == [(45, "hangat"), (3, "")]
    assert saved.scaled(2, 30, 31) == 3  # nobody goes without
    pp.post(f"/simpanan/{number}/arsip")
    mate.get(f"/simpanan/{number}", 404)
    assert "Rapat RW" not in pp.get("/simpanan").text
    assert "Rapat RW" in pp.get("/simpanan?arsip=1").text
    pp.post(f"/simpanan/{number}/kembali")
    pp.post(f"/simpanan/{number}/menari", {}, 404)
    pp.post(f"/simpanan/{number}/hapus")
    assert one(select(func.count()).select_from(SavedBasket)) == 0


def test_ordering_again_takes_five_presses_and_marks_what_changed(crew, person, goods, now, clock):
    lemper, bolu, teh = goods
    with unit_of_work():
        order = makers.make_sent_order(crew, now, (lemper, 30), (bolu, 5))
        cart.put(crew.pp, teh.id, 7, "", now)
        session.execute(update(Product).where(Product.id == lemper.id).values(price=12_000))
        session.execute(update(Product).where(Product.id == bolu.id).values(state="archived"))
        session.execute(update(Vendor).where(Vendor.id == crew.vendor.id).values(closed_weekdays=1 << 2))  # Wednesdays
        other = makers.make_crew()
    pp = person(crew.pp)
    person(other.pp).post(f"/pesanan/{order.id}/lagi", {}, 404)
    person(crew.ppk).post(f"/pesanan/{order.id}/lagi", {}, 403)
    assert f'action="/pesanan/{order.id}/lagi"' in pp.get("/meja").text
    page = pp.get(pp.post(f"/pesanan/{order.id}/lagi").location).text
    assert "dulu Rp10.000, sekarang Rp12.000" in page
    assert "Bolu: sudah tidak dijual" in page
    assert "1 baris lain tetap di keranjang" in page  # what lay there before is not sent along unseen
    assert "Teh botol" not in page
    assert 'value="Rapat koordinasi RW"' in page
    # Wednesday at ten last time; the kitchen is closed on Wednesdays now: the first working day after that order.
    assert 'value="2026-11-26T10:00"' in page
    assert f'<a href="/pesanan/{order.id}">' in page  # the same product is on its way already
    form = {name: hidden(page, name) for name in ("key", "shown_total", "basket_stamp")}
    fields = {"deliver.at": "2026-11-26T10:00", "deliver.address": order.deliver_address}
    sent = {**checkout_form(page, crew), **form, **fields}
    pp.post("/kirim", sent)
    assert one(select(Order.total).order_by(Order.id.desc())) == 360_000
    assert set(rows(select(CartLine.product_id))) == {(bolu.id,), (teh.id,)}  # kept, and told, not lost
    lines = cart.read(crew.pp, now.date())
    tuesday = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert again.next_time(lines, now, tuesday) == datetime(2026, 12, 1, 6, 30, tzinfo=UTC)  # same weekday, same hour
    assert again.next_time(lines, now) == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_a_basket_changed_in_another_window_is_told_and_nothing_is_lost(crew, person, goods):
    lemper, bolu, _teh = goods
    first, two = person(crew.pp), person(crew.pp)
    first.post("/keranjang", {"product_id": lemper.id, "quantity": "30"})
    page = first.get("/kirim").text
    form = checkout_form(page, crew, purpose="Rapat Posyandu", basket_stamp=hidden(page, "basket_stamp"))
    two.post(f"/keranjang/{lemper.id}", {"quantity": "20", "seen": "30"})
    told = first.post(f"/keranjang/{lemper.id}", {"quantity": "40", "seen": "30"}, 409).text
    assert "sekarang 20. Isian Anda (40) belum disimpan" in told
    two.post("/keranjang", {"product_id": bolu.id, "quantity": "1"})
    page = first.post("/kirim", form, 409).text
    assert "berubah di jendela lain" in page
    assert 'value="Rapat Posyandu"' in page
    assert one(select(func.count()).select_from(Order)) == 0
    first.post("/kirim", {**form, "basket_stamp": hidden(page, "basket_stamp")})
    assert one(select(Order.total)) == 300_000
    assert rows(select(CartLine.product_id)) == [(bolu.id,)]
    # The other window, opened before: its basket is gone, so it is asked before a second order is made.
    late = {**form, "key": "kunci-jendela-dua"}
    assert "berubah di jendela lain" in two.post("/kirim", late, 409).text


def test_the_basket_says_who_may_act_and_what_one_person_costs(crew, person, goods, now, statements):
    day = now.date()
    pp_hand, above = bounds.hand_for(200_000_000, day), bounds.hand_for(200_000_001, day)
    assert pp_hand.is_pp
    assert (above.name, above.unsure) == ("Pokja Pemilihan", True)
    assert bounds.hand_for(200_000_001, datetime(2026, 8, 31, tzinfo=UTC).date()).name == "PPK"
    pp = person(crew.pp)
    pp.post("/keranjang", {"product_id": goods[0].id, "quantity": "30"})
    assert "Kudapan dan minum per orang (untuk 30 orang): <b>Rp10.000</b>" in pp.get("/keranjang").text
    page = pp.get("/kirim?headcount=10&purpose=Rapat+RT&deliver.at=2026-12-02T09:00").text
    assert "Di atas batas Rp24.000." in page
    assert "belum pasti" in page
    assert 'value="Rapat RT"' in page
    assert 'value="2026-12-02T09:00"' in page
    for path in ("/kirim?ulang=abc", "/kirim?simpanan=%00"):
        pp.get(path, 422)
    for path in ("/kirim?ulang=999", "/kirim?simpanan=999"):
        pp.get(path, 404)
    with statements() as few:
        pp.get("/kirim")
    for product in goods[1:]:
        pp.post("/keranjang", {"product_id": product.id, "quantity": "30"})
    with statements() as three:
        pp.get("/kirim")
    # One more for the standings of goods of industry, which the tea is; nothing for lines and producers.
    assert len(few) <= len(three) <= len(few) + 1 <= 34
    assert one(select(func.count()).select_from(OrderPlace)) == 0
