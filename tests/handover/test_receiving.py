"""Receiving line by line: a replacement, an adjustment, what nobody inspects, and everything that is refused."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from shop.addenda import agreeing
from shop.audit import trail
from shop.background import handlers
from shop.base.actor import SYSTEM
from shop.base.clock import local_day
from shop.base.errors import Conflict, Forbidden, Invalid, SeparationOfDuties, Stale, WrongState
from shop.budgets.models import Package
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.handover import accepting, expecting, papers, receipts, shortages
from shop.handover.models import HandoverPaper, HandoverPhoto, Receipt, ReceiptLine, Signing
from shop.handover.receipts import Check, Found
from shop.orders import adjusting, confirming, delivering, facts, paying, places, receiving, states
from shop.orders.loading import lock_order
from shop.orders.models import Order, OrderLine
from shop.orders.paying import Proof
from shop.orders.placing import place_order
from shop.orders.wish import Place
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import drain
from shop.p3dn import verify
from tests import makers
from tests.orders.test_journey import PDF

MULTIPART = {"content_type": "multipart/form-data"}


def arrived(crew, now, *lines):
    """An order that stands at the office: 30 boxes and 10 drinks. Returns (its id, ids of its lines)."""
    with unit_of_work():
        lines = lines or (
            (makers.make_product(crew.vendor, name="Nasi kotak", price=20_000, stock=500), 30),
            (makers.make_product(crew.vendor, name="Es teh", price=5_000), 10),
        )
        order = makers.make_arrived_order(crew, now, *lines)
        return order.id, [line.id for line in order.lines]


def look(order_id):
    session.rollback()
    return session.get_one(Order, order_id)


def books_are_right(**expected):
    """Hold that ledger, totals and lines say the same, and what the order's package has bound and paid."""
    session.rollback()
    report = verify.verify(facts.statements(states.standing))
    assert report.sources
    assert not report.differences
    package = session.scalars(select(Package).order_by(Package.id)).first()
    assert {name: getattr(package, name) for name in expected} == expected


def form(order_id, received, **more):
    fields = {f"received-{line_id}": str(n) for line_id, n in received.items()}
    return {"version": str(look(order_id).version), **fields, **more}


def pay(browser, order_id, day):
    fields = {"version": str(look(order_id).version), "reference": "SP2D-0009", "paid_on": day, "withheld": ""}
    browser.post(
        f"/pesanan/{order_id}/bayar/transfer", {**fields, "proof": (io.BytesIO(PDF), "bukti.pdf")}, **MULTIPART
    )


def test_a_part_is_received_the_rest_comes_again_both_sign_and_it_is_paid(crew, person, now, photo):
    order_id, (boxes, drinks) = arrived(crew, now)
    ppk, producer, bendahara = (person(a) for a in (crew.ppk, crew.producer, crew.bendahara))
    url = f"/pesanan/{order_id}"
    producer.post(f"{url}/foto", {"photo": photo("green")}, **MULTIPART)
    assert "Periksa per barang" in ppk.get(url).text
    assert "Nasi kotak" in ppk.get(f"{url}/terima").text
    part = form(order_id, {boxes: 20, drinks: 10}, choice="replace", note="Tiga kotak terbuka")
    part |= {f"refused-{boxes}": "3", f"reason-{boxes}": "packing", f"photo-{boxes}": photo("red")}
    ppk.post(f"{url}/terima", part, **MULTIPART)
    order = look(order_id)
    assert (order.state, order.arrived_at, order.total) == ("confirmed", None, 650_000)
    seen = producer.get(url).text
    assert "Kemasan rusak atau terbuka" in seen
    assert "Tiga kotak terbuka" in seen
    assert "sisanya diantar lagi" in seen
    # What was received stays received: the order can be neither cancelled nor sent back as a whole.
    cancelled = ppk.post(f"{url}/cancel", {"version": order.version, "reason": "event_off"}, 409).text
    assert "Sebagian barang sudah diterima" in cancelled
    for verb in ("ship", "arrive"):
        producer.post(f"{url}/{verb}", {"version": look(order_id).version})
    again = ppk.get(f"{url}/terima").text
    assert "Ditunggu 10 kotak" in again
    assert "Es teh" not in again
    ppk.post(f"{url}/receive", {"version": look(order_id).version})  # the rest is right: one tap

    session.rollback()
    lines = session.execute(select(ReceiptLine.received, ReceiptLine.short, ReceiptLine.refused)).all()
    assert [tuple(line) for line in lines] == [(20, 7, 3), (10, 0, 0), (10, 0, 0)]
    assert look(order_id).state == "received"
    page = producer.get(url).text
    assert "Tanda tangani BAP dan BAST" in page
    assert "0001/BAP/" in page
    assert "0001/BAST/" in page
    producer.post(f"{url}/tanda-tangan")
    assert producer.post(f"{url}/tanda-tangan", status=409)
    assert "Tidak ada yang menunggu" in producer.get("/serah-terima").text
    for kind in ("bap", "bast"):
        drawn = ppk.get(f"{url}/berita-acara/{kind}")
        assert drawn.data[:5] == b"%PDF-"
        assert drawn.data == bendahara.get(f"{url}/berita-acara/{kind}").data
    keys = session.scalars(select(HandoverPhoto.key)).all()
    assert len(keys) == 2
    picture = producer.get(f"{url}/foto/{keys[0]}")
    assert picture.data[8:12] == b"WEBP"
    assert "private" in picture.headers["Cache-Control"]
    for name in (f"{keys[0]}-1280.webp", f"{keys[0]}-640.webp", f"{keys[0]}-p1280.webp", f"{keys[0]}.webp"):
        assert person(crew.pp).get(f"/foto/{name}", 404)  # the public door of the goods' photos does not know them
    pay(bendahara, order_id, "2026-11-20")
    books_are_right(reserved=0, realised=650_000)


def test_only_what_was_received_is_paid_once_the_producer_agrees_or_is_silent(app, crew, person, now, clock):
    agreed, (boxes, drinks) = arrived(crew, now)
    silent, (more, others) = arrived(crew, now)
    ppk, producer, bendahara = (person(a) for a in (crew.ppk, crew.producer, crew.bendahara))
    note = "Es teh tidak ada sama sekali"
    ppk.post(f"/pesanan/{agreed}/terima", form(agreed, {boxes: 24, drinks: 0}, choice="adjust", note=note))
    ppk.post(f"/pesanan/{silent}/terima", form(silent, {more: 30, others: 4}, choice="adjust"))
    assert look(agreed).state == "arrived"
    assert look(agreed).due_at == receipts.waiting_of(agreed).answer_by
    # The office cannot take it as complete meanwhile, nor inspect again; it may take its note back.
    waits = ppk.post(f"/pesanan/{agreed}/receive", {"version": look(agreed).version}, 409).text
    assert "menunggu jawaban produsen" in waits
    ppk.get(f"/pesanan/{agreed}/terima", 409)
    books_are_right(reserved=1_300_000, realised=0)
    with app.app_context():
        while drain(handlers(app), now + timedelta(minutes=5)):
            pass
    session.rollback()
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    mails = "".join(path.read_text() for path in (app.config["SHOP"].var / "mail").iterdir())
    assert "Ada kekurangan pada pesanan" in mails
    old = look(agreed).version
    producer.post(f"/pesanan/{agreed}/terima/benar", {"version": old})
    producer.post(f"/pesanan/{agreed}/terima/benar", {"version": old}, 409)
    order = look(agreed)
    assert (order.state, order.total, order.received_by) == ("received", 480_000, crew.ppk.user_id)
    names = session.execute(select(OrderLine.product_name, OrderLine.quantity).where(OrderLine.order_id == agreed))
    assert [tuple(name) for name in names] == [("Nasi kotak", 24)]
    assert session.scalar(select(func.max(Product.stock))) == 476  # six that never left came back to the shelf
    books_are_right(reserved=480_000 + 650_000, realised=0)

    shortages.assume_due(now + timedelta(hours=23))
    assert look(silent).state == "arrived"
    late = now + timedelta(hours=25)
    assert shortages.assume_due(late) == 1
    assert shortages.assume_due(late) == 0
    order = look(silent)
    assert (order.state, order.total, order.received_by) == ("received", 620_000, crew.ppk.user_id)
    bap = papers.read_paper(silent, "BAP").content
    assert bap["receipts"][0]["assumed"]
    assert [(x["ordered"], x["received"]) for x in bap["inspected"]] == [(30, 30), (10, 4)]
    gone = papers.read_paper(agreed, "BAP").content["inspected"]
    assert [(x["name"], x["ordered"], x["received"]) for x in gone] == [("Nasi kotak", 30, 24), ("Es teh", 10, 0)]
    clock.move_to(late)
    pay(bendahara, agreed, "2026-11-21")
    pay(bendahara, silent, "2026-11-21")
    books_are_right(reserved=0, realised=1_100_000)


def test_who_received_a_part_or_whose_place_was_taken_then_does_not_pay(crew, now):
    """Through a shortage both sides stand by, and through a part that came before: the order names one receiver only."""
    with unit_of_work():
        deputy = makers.make_actor("ppk", office_id=crew.office_id)
    instead = replace(deputy, for_user_id=crew.ppk.user_id, for_name=crew.ppk.name)
    proof = Proof("SP2D-0010", local_day(now))
    short, (boxes, drinks) = arrived(crew, now)
    with unit_of_work():
        lines = {boxes: Found(30), drinks: Found(0)}
        receipts.record(instead, short, look(short).version, Check(lines, "adjust"), now)
    with unit_of_work():
        shortages.agree(crew.producer, short, look(short).version, now)
    assert (look(short).received_by, look(short).received_for) == (deputy.user_id, crew.ppk.user_id)
    parts, (boxes, drinks) = arrived(crew, now)
    with unit_of_work():
        lines = {boxes: Found(30), drinks: Found(0)}
        receipts.record(instead, parts, look(parts).version, Check(lines, "replace"), now)
    for step in (delivering.ship, delivering.arrive):
        with unit_of_work():
            step(crew.producer, parts, look(parts).version, now)
    with unit_of_work():
        other = makers.make_actor("ppk", office_id=crew.office_id)
        session.get_one(Package, crew.package_id).ppk_id = other.user_id
    with unit_of_work():
        receiving.receive(other, parts, look(parts).version, now)
    for order_id in (short, parts):
        for hand in (deputy, crew.ppk):
            payer = replace(crew.bendahara, user_id=hand.user_id)
            with pytest.raises(SeparationOfDuties), unit_of_work():
                paying.pay(payer, order_id, look(order_id).version, proof, now)
        with unit_of_work():
            paying.pay(crew.bendahara, order_id, look(order_id).version, proof, now)


def test_what_cannot_be_is_told_for_every_field_and_changes_nothing(crew, person, now):
    order_id, (boxes, drinks) = arrived(crew, now)
    ppk, url = person(crew.ppk), f"/pesanan/{order_id}/terima"
    before = look(order_id).version
    bad = (
        ({boxes: 31, drinks: -1}, {}, ("Isi bilangan bulat 0 sampai 30.", "Isi bilangan bulat 0 sampai 10.")),
        ({boxes: "1.5", drinks: "9" * 40}, {}, ("Isi bilangan bulat 0 sampai 30.", "Isi bilangan bulat 0 sampai 10.")),
        ({boxes: "\0", drinks: "٣"}, {}, ("Isi bilangan bulat 0 sampai 30.",)),
        ({}, {}, ("Isi bilangan bulat 0 sampai 30.", "Isi bilangan bulat 0 sampai 10.")),
        ({boxes: 20, drinks: 10}, {}, ("Pilih: sisanya diantar lagi, atau bayar yang diterima saja.",)),
        ({boxes: 0, drinks: 0}, {"choice": "adjust"}, ("Tidak ada yang diterima, jadi tidak ada yang dibayar.",)),
        ({boxes: 20, drinks: 10}, {"choice": "replace", f"refused-{boxes}": "11", f"reason-{boxes}": "wrong"},
         ("Yang diterima dan ditolak bersama-sama paling banyak 30.",)),
        ({boxes: 20, drinks: 10}, {"choice": "replace", f"refused-{boxes}": "2"}, ("Pilih mengapa barang ini ditolak.",)),
        ({boxes: 20, drinks: 10}, {"choice": "replace", f"refused-{boxes}": "2", f"reason-{boxes}": "other", "note": " "},
         ("Tuliskan di catatan mengapa barang ditolak",)),
        ({boxes: 20, drinks: 10}, {"choice": "replace", "note": "x" * 501}, ("Catatan paling panjang 500 huruf.",)),
    )  # fmt: skip
    for received, more, told in bad:
        page = ppk.post(url, form(order_id, received, **more), 422).text
        assert [words for words in told if words not in page] == [], page
    html = {f"photo-{boxes}": (io.BytesIO(b"<html><script>x</script>"), "foto.jpg"), "note": "Catatan saya"}
    page = ppk.post(url, form(order_id, {boxes: 20, drinks: 99}, choice="adjust", **html), 422, **MULTIPART).text
    assert "bukan foto JPG, PNG, atau WebP yang utuh" in page
    assert "Catatan saya" in page
    order = look(order_id)
    assert (order.version, order.state) == (before, "arrived")
    assert session.scalar(select(func.count()).select_from(Receipt)) == 0

    full = Check({boxes: Found(30), drinks: Found(10)})
    with unit_of_work():
        colleague = makers.make_actor("ppk", office_id=crew.office_id)
        both = makers.make_actor("ppk", office_id=crew.office_id, user_id=crew.pp.user_id)
    for who, version, fault in (
        (colleague, before, Forbidden), (crew.pp, before, Forbidden), (crew.ppk, before - 1, Stale),
    ):  # fmt: skip
        with pytest.raises(fault), unit_of_work():
            receipts.record(who, order_id, version, full, now)
    person(colleague).get(url, 409)
    person(crew.pp).get(url, 403)
    with unit_of_work():
        session.get_one(Package, crew.package_id).ppk_id = both.user_id
    with pytest.raises(SeparationOfDuties), unit_of_work():
        receipts.record(both, order_id, before, full, now)
    with unit_of_work():
        session.get_one(Package, crew.package_id).ppk_id = crew.ppk.user_id
    # Two tabs: the second hears that the first was there.
    fields = form(order_id, {boxes: 30, drinks: 10})
    ppk.post(url, fields)
    ppk.post(url, fields, 409)
    assert look(order_id).state == "received"
    assert session.scalar(select(func.count()).select_from(HandoverPaper)) == 2


def test_when_the_rest_never_comes_the_office_need_not_wait_for_ever(crew, person, now, clock):
    order_id, (boxes, drinks) = arrived(crew, now)
    ppk, producer, url = person(crew.ppk), person(crew.producer), f"/pesanan/{order_id}"
    ppk.post(f"{url}/terima", form(order_id, {boxes: 30, drinks: 2}, choice="replace"))
    ppk.post(f"{url}/terima/cukup", {"version": look(order_id).version}, 409)
    clock.move_to(now + timedelta(days=4))
    assert "Jangan tunggu sisanya" in ppk.get(url).text
    ppk.post(f"{url}/terima/cukup", {"version": look(order_id).version})
    # Nor may an addendum take away what was received already.
    below = agreeing.Wanted(quantities={boxes: 29, drinks: 1}, reason="Peserta berkurang")
    with pytest.raises(Invalid) as told, unit_of_work():
        agreeing.propose(crew.producer, order_id, look(order_id).version, below, now)
    assert [(fault.field, dict(fault.params)) for fault in told.value.faults] == [
        (f"line-{boxes}", {"least": 30}), (f"line-{drinks}", {"least": 2}),
    ]  # fmt: skip
    with pytest.raises(Conflict) as refused, unit_of_work():
        adjusting.adjust(SYSTEM, lock_order(SYSTEM, order_id), adjusting.Change({drinks: 1}), "addendum", now)
    assert refused.value.kind == "already-received"
    # It comes after all: the question falls away with the step that answers it.
    producer.post(f"{url}/ship", {"version": look(order_id).version})
    session.rollback()
    assert receipts.waiting_of(order_id) is None
    producer.post(f"{url}/arrive", {"version": look(order_id).version})
    ppk.post(f"{url}/terima", form(order_id, {drinks: 3}, choice="replace"))
    clock.move_to(now + timedelta(days=12))
    ppk.post(f"{url}/terima/cukup", {"version": look(order_id).version})
    producer.post(f"{url}/terima/benar", {"version": look(order_id).version})
    order = look(order_id)
    assert (order.state, order.total) == ("received", 625_000)
    states_of = session.scalars(select(Receipt.state).order_by(Receipt.number)).all()
    assert states_of == ["recorded", "withdrawn", "recorded", "agreed"]
    books_are_right(reserved=625_000)


def three_places(crew, now):
    """An order of 30 boxes and 10 drinks to three places, standing there. Returns (its id, ids of its lines)."""
    with unit_of_work():
        boxes = makers.make_product(crew.vendor, name="Nasi kotak", price=20_000, stock=500)
        drinks = makers.make_product(crew.vendor, name="Es teh", price=5_000)
        shares = (((boxes.id, 12), (drinks.id, 10)), ((boxes.id, 10),), ((boxes.id, 8),))
        made = tuple(Place(f"Pos RW {n}, Jl. Melati", makers.GAMBIR, some) for n, some in enumerate(shares, 1))
        wish = makers.make_wish(crew, (boxes, 30), (drinks, 10), places=made)
        order_id = place_order(crew.pp, wish, f"tempat-{boxes.id:08d}", now).order_ids[0]
    for verb in (confirming.confirm, delivering.ship, delivering.arrive):
        with unit_of_work():
            verb(crew.producer, order_id, session.get_one(Order, order_id).version, now)
    lines = session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id).order_by(OrderLine.id))
    return order_id, list(lines)


def test_several_places_are_inspected_one_by_one_and_what_is_missing_is_settled_once(crew, person, now):
    order_id, (boxes, drinks) = three_places(crew, now)
    ppk, producer, url = person(crew.ppk), person(crew.producer), f"/pesanan/{order_id}"
    assert "0 dari 3 tempat sudah diperiksa" in ppk.get(url).text
    page = ppk.get(f"{url}/terima").text
    for words in ("Pos RW 1", "Pos RW 3", "Semua sesuai di semua tempat", "Semua sesuai di sini"):
        assert words in page
    for number in ("", "x", "0", "4", "99999999999999999999", "\0"):
        ppk.post(f"{url}/terima", {"version": look(order_id).version, "tempat": number, "semua": "1"}, 409)
    here = {"version": look(order_id).version, "tempat": "2", "semua": "1"}
    assert ppk.post(f"{url}/terima", here, 303).headers["Location"] == f"{url}/terima"
    ppk.post(f"{url}/terima", here, 409)  # the other tab
    ppk.get(f"{url}/terima?tempat=2", 409)  # nothing is waited for there any more
    seen = ppk.get(f"{url}/terima?tempat=1").text
    assert "Ditunggu 12 kotak" in seen
    assert "Bayar yang diterima saja" not in seen
    short = form(
        order_id, {boxes: 9, drinks: 10}, tempat="1", **{f"refused-{boxes}": "2", f"reason-{boxes}": "packing"}
    )
    ppk.post(f"{url}/terima", short)
    assert look(order_id).state == "arrived"
    assert "2 dari 3 tempat sudah diperiksa" in ppk.get(url).text
    # Neither one tap nor time may forget what is missing at the first place.
    tap = ppk.post(f"{url}/receive", {"version": look(order_id).version}, 409).text
    assert "Di salah satu tempat tercatat ada yang kurang" in tap
    assert accepting.accept_due(now + timedelta(days=60)) == 0
    last = ppk.post(f"{url}/terima", {"version": look(order_id).version, "tempat": "3", "semua": "1"}, 422).text
    assert "Di tempat lain ada yang kurang" in last
    ppk.post(f"{url}/terima", form(order_id, {boxes: 8}, tempat="3", choice="adjust"))
    assert look(order_id).asked
    producer.post(f"{url}/terima/benar", {"version": look(order_id).version})
    order = look(order_id)
    assert (order.state, order.total, order.asked) == ("received", 590_000, False)
    # Of the three boxes that are not paid two were refused: they were out, so only the third goes back on sale.
    assert session.scalar(select(func.max(Product.stock))) == 471
    assert [dict(stop.shares) for stop in places.of_order(order_id)] == [
        {boxes: 9, drinks: 10},
        {boxes: 10},
        {boxes: 8},
    ]
    bap = papers.read_paper(order_id, "BAP").content
    assert [(x["ordered"], x["received"], x["refused"]) for x in bap["inspected"]] == [(30, 27, 2), (10, 10, 0)]
    listed = [(place["number"], [line["received"] for line in place["lines"]]) for place in bap["places"]]
    assert listed == [(1, [9, 10]), (2, [10]), (3, [8])]
    assert papers.read_paper(order_id, "BAST").content["places"] == bap["places"]
    assert ppk.get(f"{url}/berita-acara/bap").data[:5] == b"%PDF-"
    books_are_right(reserved=590_000)

    whole, _ = three_places(crew, now)
    ppk.post(f"/pesanan/{whole}/receive", {"version": look(whole).version})
    session.rollback()
    numbers = session.scalars(select(Receipt.place_number).where(Receipt.order_id == whole).order_by(Receipt.number))
    assert list(numbers) == [1, 2, 3]


def test_the_rest_is_brought_to_where_it_is_missing_and_nowhere_else(crew, person, now):
    ppk = person(crew.ppk)
    again, (more, _) = three_places(crew, now)
    url = f"/pesanan/{again}"
    for number in ("1", "3"):
        ppk.post(f"{url}/terima", {"version": look(again).version, "tempat": number, "semua": "1"})
    ppk.post(f"{url}/terima", form(again, {more: 4}, tempat="2", choice="replace"))
    assert look(again).state == "confirmed"
    for verb in (delivering.ship, delivering.arrive):
        with unit_of_work():
            verb(crew.producer, again, session.get_one(Order, again).version, now + timedelta(hours=1))
    assert [place.pending for place in expecting.of_order(lock_order(SYSTEM, again))] == [False, True, False]
    ppk.post(f"{url}/terima", {"version": look(again).version, "tempat": "2", "semua": "1"})
    assert look(again).state == "received"
    books_are_right(reserved=650_000)


def test_refused_goods_are_not_sold_again_when_the_order_is_cancelled(crew, person, now):
    order_id, (boxes, drinks) = arrived(crew, now)
    ppk, url = person(crew.ppk), f"/pesanan/{order_id}"
    refused = {f"refused-{boxes}": "30", f"reason-{boxes}": "packing", "choice": "replace"}
    ppk.post(f"{url}/terima", form(order_id, {boxes: 0, drinks: 0}, **refused))
    ppk.post(f"{url}/cancel", {"version": look(order_id).version, "reason": "event_off"})
    session.rollback()
    assert session.scalar(select(func.max(Product.stock))) == 470
    books_are_right(reserved=0)


def test_nobody_inspects_and_nobody_signs_time_does_both_and_says_so(crew, person, now, clock):
    order_id, _ = arrived(crew, now)
    due = look(order_id).due_at
    assert accepting.remind_due(now + timedelta(hours=1)) == 0
    assert [accepting.remind_due(due + timedelta(hours=1)) for _ in range(2)] == [1, 0]
    end = due + timedelta(days=2)  # Tuesday to Thursday: two working days
    assert [accepting.remind_due(end - timedelta(hours=3)) for _ in range(2)] == [1, 0]
    assert accepting.accept_due(end) == 0
    assert [accepting.accept_due(end + timedelta(seconds=1)) for _ in range(2)] == [1, 0]
    order = look(order_id)
    assert (order.state, order.received_by) == ("received", None)
    # Nobody received it, so only who ordered it is kept from paying.
    with unit_of_work():
        both = makers.make_actor("bendahara", office_id=crew.office_id, user_id=crew.pp.user_id)
    version = look(order_id).version
    with pytest.raises(SeparationOfDuties), unit_of_work():
        paying.pay(both, order_id, version, Proof("SP2D-1", local_day(order.received_at)), end + timedelta(hours=1))
    entry = next(row for row in trail.history("order", order_id) if row.verb == "accept")
    assert (entry.actor, entry.data["automatic"]) == ("Sistem", True)
    signing = session.get_one(Signing, order_id)
    assert papers.assume_due(signing.answer_by) == 0
    assert papers.assume_due(signing.answer_by + timedelta(seconds=1)) == 1
    clock.move_to(end + timedelta(days=7))
    page = person(crew.ppk).get(f"/pesanan/{order_id}").text
    for words in ("otomatis, tidak ada yang memeriksa", "diterima otomatis", "dianggap setuju karena tidak menjawab"):
        assert words in page
    assert person(crew.ppk).get(f"/pesanan/{order_id}/berita-acara/bast").data[:5] == b"%PDF-"
    with pytest.raises(DatabaseError), unit_of_work():
        session.scalars(select(HandoverPaper)).first().content = {"total": 1}
    session.rollback()
    pay(person(crew.bendahara), order_id, "2026-12-03")
    assert (look(order_id).state, look(order_id).relaxed) == ("paid", [])
    books_are_right(realised=650_000)


def test_numbers_of_papers_have_no_gap_after_a_failed_receipt(crew, now):
    first, _ = arrived(crew, now)
    second, (boxes, drinks) = arrived(crew, now)
    full = Check({boxes: Found(30), drinks: Found(10)})
    seen = look(second).version
    with pytest.raises(WrongState), unit_of_work():
        receipts.record(crew.ppk, second, seen, full, now)
        session.flush()
        confirming.cancel(crew.ppk, second, seen + 1, "event_off", "", now)
    for order_id in (first, second):
        version = look(order_id).version
        with unit_of_work():
            receiving.receive(crew.ppk, order_id, version, now)
    numbers = session.scalars(select(HandoverPaper.number).order_by(HandoverPaper.id)).all()
    assert [number[:9] for number in numbers] == ["0001/BAP/", "0001/BAST", "0002/BAP/", "0002/BAST"]
