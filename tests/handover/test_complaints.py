"""The complaint desk with its clocks, and ratings with their counts."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from shop.base.errors import Conflict, Invalid
from shop.db import session, unit_of_work
from shop.handover import accepting, complaints, ratings, shortages
from shop.handover.models import Complaint, Rating
from shop.handover.ratings import Opinion
from shop.handover.waiting import turns
from shop.orders import delivering, reading, track_record
from shop.orders.models import Order
from tests import makers
from tests.handover.test_receiving import MULTIPART, arrived, form, look

SAID = "Nasi sudah basi ketika dibuka"


def complaint():
    session.rollback()
    return session.scalars(select(Complaint).order_by(Complaint.id.desc())).first()


def test_a_denied_shortage_becomes_a_complaint_that_the_programme_decides(crew, person, now, clock):
    order_id, (boxes, drinks) = arrived(crew, now)
    with unit_of_work():
        staff = makers.make_actor("programme")
        stranger = makers.make_crew()
    ppk, producer, programme = (person(a) for a in (crew.ppk, crew.producer, staff))
    url = f"/pesanan/{order_id}"
    ppk.post(f"{url}/terima", form(order_id, {boxes: 20, drinks: 10}, choice="adjust"))
    session.rollback()
    # The turn is the producer's until it has answered: on the page, on both desks, and in what is counted.
    seen = producer.get(url).text
    assert "Giliran Anda: jawab catatan kekurangan di bawah" in seen
    assert "Produsen ·" in ppk.get(url).text
    assert [reading.turn_count(who) for who in (crew.producer, crew.ppk)] == [1, 0]
    assert url in producer.get("/meja").text
    assert "Tidak ada pesanan yang menunggu Anda" in ppk.get("/meja").text
    short = producer.post(f"{url}/terima/bantah", {"version": look(order_id).version, "words": " "}, 422).text
    assert "Tuliskan apa yang terjadi, 10 sampai 500 huruf." in short
    producer.post(f"{url}/terima/bantah", {"version": look(order_id).version, "words": "Tiga puluh kotak kami antar"})
    made = complaint()
    assert [reading.turn_count(who) for who in (crew.producer, crew.ppk)] == [0, 1]
    assert (made.side, made.kind, made.state) == ("vendor", "short", "open")
    # While it is open nothing is accepted by itself.
    assert accepting.accept_due(now + timedelta(days=30)) == 0
    page = f"/pengaduan/{made.id}"
    for browser in (person(stranger.ppk), person(stranger.producer)):
        browser.get(page, 404)
        browser.post(f"{page}/jawab", {"version": "1", "words": SAID}, 404)
        assert "Tidak ada pengaduan" in browser.get("/pengaduan").text
    producer.post(f"{page}/jawab", {"version": made.version, "words": SAID}, 403)
    ppk.post(f"{page}/jawab", {"version": made.version, "words": "singkat"}, 422)
    ppk.post(f"{page}/jawab", {"version": made.version, "words": "Kami hitung dua kali, dua puluh"})
    ppk.post(f"{page}/jawab", {"version": made.version, "words": "Kami hitung dua kali, dua puluh"}, 409)
    producer.post(f"{page}/teruskan", {"version": complaint().version})
    session.rollback()
    assert [task.count for task in turns(staff, now)] == [1]
    assert "Menunggu putusan program" in programme.get("/pengaduan").text
    seen = programme.get(page).text
    assert "Tiga puluh kotak kami antar" in seen
    assert "Buka pesanan" not in seen
    wrong = programme.post(f"{page}/putus", {"version": complaint().version, "outcome": "x", "words": ""}, 422).text
    assert "Pilih putusannya." in wrong
    assert "Tuliskan apa yang terjadi" in wrong
    ppk.post(f"{page}/putus", {"version": complaint().version, "outcome": "pay_in_full", "words": SAID}, 403)
    clock.move_to(now + timedelta(days=20))
    decided = {"outcome": "pay_less", "words": "Bukti kantor lebih kuat"}
    programme.post(f"{page}/putus", {"version": complaint().version, **decided})
    assert "Kantor membayar yang diterima saja" in producer.get(page).text
    # The clock of inspection begins anew: nobody is surprised by an acceptance in the same minute.
    assert accepting.accept_due(now + timedelta(days=20)) == 0
    assert look(order_id).due_at > now + timedelta(days=20)
    ppk.get(f"{url}/terima")


def test_clocks_run_out_for_whoever_is_silent(crew, person, now):
    order_id, _ = arrived(crew, now)
    with unit_of_work():
        made = complaints.open_complaint(crew.ppk, order_id, "quality", SAID, now).id
    due = complaint().due_at
    assert complaints.overdue_due(due) == 0
    assert [complaints.overdue_due(due + timedelta(seconds=1)) for _ in range(2)] == [1, 0]
    assert complaint().state == "escalated"
    with unit_of_work():
        complaints.withdraw(crew.ppk, made, complaint_version(), now)
    assert complaint().state == "withdrawn"
    with unit_of_work():
        made = complaints.open_complaint(crew.ppk, order_id, "other", SAID, now).id
        session.flush()
        complaints.answer(crew.producer, made, 1, "Kami kirim gantinya besok", now)
    assert complaints.overdue_due(complaint().due_at + timedelta(seconds=1)) == 1
    assert complaint().state == "settled"
    assert "Selesai antara kedua pihak" in person(crew.ppk).get(f"/pesanan/{order_id}").text


def complaint_version():
    return session.scalars(select(Complaint.version).order_by(Complaint.id.desc())).first()


def test_the_bendahara_answers_why_it_was_not_paid_and_nothing_else(crew, person, now, clock):
    with unit_of_work():
        order = makers.make_received_order(crew, now)
        order_id, due = order.id, order.due_at
    late = due + timedelta(hours=1)
    clock.move_to(late)
    producer, bendahara, url = person(crew.producer), person(crew.bendahara), f"/pesanan/{order_id}"
    assert 'href="/pengaduan"' in bendahara.get("/meja").text
    producer.post(f"{url}/pengaduan", {"kind": "unpaid", "words": SAID})
    page = f"/pengaduan/{complaint().id}"
    assert [task.count for task in turns(crew.bendahara, late)] == [1]
    assert "/pengaduan" in bendahara.get("/meja").text
    bendahara.post(f"{page}/jawab", {"version": complaint().version, "words": " "}, 422)
    bendahara.post(f"{page}/jawab", {"version": complaint().version, "words": "SPM terbit besok pagi"})
    assert "SPM terbit besok pagi" in producer.get(page).text
    producer.post(f"{page}/selesai", {"version": complaint().version})
    producer.post(f"{url}/pengaduan", {"kind": "other", "words": SAID})
    session.rollback()
    assert turns(crew.bendahara, late) == []
    page = f"/pengaduan/{complaint().id}"
    bendahara.post(f"{page}/jawab", {"version": complaint().version, "words": SAID}, 403)
    bendahara.get(f"{url}/pengaduan", 403)
    with unit_of_work():
        staff = makers.make_actor("programme")
    assert '<a href="/pengaduan"' in person(staff).get("/meja").text


def test_a_complaint_that_cannot_be_is_refused_with_everything_kept(crew, person, now, photo):
    order_id, _ = arrived(crew, now)
    ppk, url = person(crew.ppk), f"/pesanan/{order_id}/pengaduan"
    html = (io.BytesIO(b"<svg onload=alert(1)>"), "foto.png")
    page = ppk.post(url, {"kind": "unpaid", "words": "\0 x ", "photo": html}, 422, **MULTIPART).text
    for words in ("Pilih tentang apa pengaduan ini.", "10 sampai 1000 huruf", "bukan foto JPG"):
        assert words in page
    page = ppk.post(url, {"kind": "quality", "words": SAID, "photo": (io.BytesIO(b""), "a.jpg")}, 422, **MULTIPART).text
    assert SAID in page
    assert complaint() is None
    for who, kind in ((crew.ppk, "not_arrived"), (crew.producer, "unpaid"), (crew.producer, "late")):
        with pytest.raises(Invalid), unit_of_work():
            complaints.open_complaint(who, order_id, kind, SAID, now)
    ppk.post(url, {"kind": "quality", "words": SAID, "photo": photo()}, **MULTIPART)
    ppk.post(url, {"kind": "quality", "words": SAID}, 409)
    made = complaint()
    page = person(crew.producer).get(f"/pengaduan/{made.id}").text
    picture = page.split('img src="')[1].split('"')[0]
    assert person(crew.producer).get(picture).mimetype == "image/webp"
    assert person(crew.pp).get(f"/pengaduan/{made.id}/foto/{'0' * 64}", 404)


def test_a_rating_is_facts_once_by_the_office_and_shown_from_five_on(crew, person, now, statements):
    with unit_of_work():
        product = makers.make_product(crew.vendor, name="Risol mayo")
        vendor_id = crew.vendor.id
        orders = []
        for number in range(5):
            order = makers.make_confirmed_order(crew, now, (product, 2))
            late = order.deliver_at + timedelta(minutes=40 if number == 0 else -5)
            for verb in (delivering.ship, delivering.arrive):
                session.flush()
                verb(crew.producer, order.id, order.version, late)
            orders.append(order.id)
    ppk, producer = person(crew.ppk), person(crew.producer)
    fields = {"as_ordered": "ya", "packed": "ya", "tasty": "tidak", "words": "Sambalnya kurang"}
    ppk.post(f"/pesanan/{orders[0]}/nilai", fields, 409)
    for order_id in orders:
        ppk.post(f"/pesanan/{order_id}/receive", {"version": look(order_id).version})
    assert "Sesuai pesanan?" in ppk.get(f"/pesanan/{orders[0]}").text
    assert "Pilih ya atau tidak." in ppk.post(f"/pesanan/{orders[0]}/nilai", {"as_ordered": "x"}, 422).text
    producer.post(f"/pesanan/{orders[0]}/nilai", fields, 403)
    ppk.post(f"/pesanan/{orders[0]}/nilai", fields)
    ppk.post(f"/pesanan/{orders[0]}/nilai", fields, 409)
    seen = producer.get(f"/pesanan/{orders[0]}").text
    assert "terlambat 40 menit" in seen
    assert "Sambalnya kurang" in seen
    for order_id in orders[1:4]:
        with unit_of_work():
            ratings.rate(crew.pp, order_id, Opinion(as_ordered=True, packed=False), now)
    assert ratings.shown("vendor", vendor_id) is None
    public = f"/produk/{product.id}-risol-mayo"
    assert "Sesuai pesanan" not in person(crew.pp).get(public).text
    with unit_of_work():
        ratings.rate(crew.ppk, orders[4], Opinion(as_ordered=False, packed=True, tasty=True), now)
    for subject, number in (("vendor", vendor_id), ("product", product.id)):
        found = ratings.shown(subject, number)
        assert (found.ratings, found.on_time, found.as_ordered, found.packed) == (5, 4, 4, 2)
        assert (found.tasted, found.tasty) == (2, 1)
    for path in (public, f"/produsen/{crew.vendor.slug}"):
        page = person(crew.pp).get(path).text
        assert "Sesuai pesanan" in page
        # Punctuality has one truth, the track record of the producer, whoever has rated.
        kept = track_record.records((vendor_id,))[vendor_id]
        assert f"{kept.on_time} dari {kept.delivered}" in page.split("Tiba tepat waktu")[1][:80]
        assert "Sambalnya kurang" not in page
    assert ratings.differences() == []
    with unit_of_work():
        session.execute(update(Rating).where(Rating.order_id == orders[4]).values(packed=False))
    assert ratings.differences() == [("product", product.id), ("vendor", vendor_id)]
    with unit_of_work():
        assert ratings.rebuild() == 2
    assert ratings.differences() == []
    with pytest.raises(Conflict), unit_of_work():
        ratings.rate(crew.pp, orders[4], Opinion(as_ordered=True, packed=True), now)


def test_lists_cost_the_same_however_many_there_are(crew, person, now, statements):
    order_id, _ = arrived(crew, now)
    with unit_of_work():
        staff = makers.make_actor("programme")
        made = complaints.open_complaint(crew.ppk, order_id, "quality", SAID, now)
        session.flush()
        row = {c.name: getattr(made, c.key) for c in Complaint.__table__.columns if c.name != "id"}
        made_id = made.id
    browsers = [person(who) for who in (crew.ppk, crew.producer, staff)]
    paths = ("/pengaduan", f"/pengaduan/{made_id}", f"/pesanan/{order_id}")

    def cost():
        counts = []
        for browser in browsers:
            for path in paths:
                browser.get(path, 403 if browser is browsers[2] and path == paths[2] else 200)
                with statements() as seen:
                    browser.get(path, 403 if browser is browsers[2] and path == paths[2] else 200)
                counts.append(len(seen))
        with statements() as seen:
            for who in (crew.ppk, crew.producer, staff):
                turns(who, now)
        return [*counts, len(seen)]

    before = cost()
    with unit_of_work():
        for state in ("withdrawn", "settled", "escalated"):
            other = makers.make_sent_order(crew, now).id
            rows = [row | {"order_id": other, "state": state, "due_at": now if state == "escalated" else None}] * 15
            session.execute(insert(Complaint), rows)
        session.execute(update(Order).where(Order.id == order_id).values(purpose="Rapat lain"))
    assert cost() == before
    page = browsers[0].get("/pengaduan").text
    assert page.count("<tr>") == 21
    assert "setelah=" in page
    assert shortages.assume_due(now) == 0
