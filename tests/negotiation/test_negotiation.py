"""Bargaining: each side in turn, every version kept, and an agreed price that is ordered in one action."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from shop import background
from shop.accounts import offices
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Stale, WrongState
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.negotiation import bargaining, ordering, reading, waiting
from shop.negotiation.models import Negotiation, NegotiationOffer
from shop.negotiation.offering import TermLine, Terms
from shop.orders.models import Order, OrderLine, PricePromise
from shop.orders.models_placing import NumberSequence
from shop.orders.wish import Delivery
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import drain
from shop.vendors.conflicts import tell_conflict
from tests import makers


def typed(street, **changed):
    return {
        "package_id": street.crew.package_id, "purpose": "Rapat RW November", "deliver.at": "2026-11-27T10:00",
        "deliver.address": "Kantor Kelurahan, Jalan Medan Merdeka 1", "deliver.kecamatan": makers.GAMBIR,
        "lines.0.product_id": street.goods[0], "lines.0.quantity": "300", "lines.0.price": "15.000",
        "lines.0.contents": "Lemper, risol, air mineral", "words": "Untuk tiga rapat",
    } | changed  # fmt: skip


def opened(street, now, price=15_000, **changed):
    with unit_of_work():
        return bargaining.start(street.pp, street.crew.package_id, "Rapat RW", terms(street, now, price), now).id


def terms(street, now, price, days=7, quantity=300, **line):
    place = Delivery("Kantor Kelurahan", makers.GAMBIR, now + timedelta(days=days))
    return Terms((TermLine(street.goods[0], quantity, price, **line),), place)


def row(number):
    session.rollback()
    return session.get_one(Negotiation, number)


def act(verb, who, number, *more):
    session.rollback()
    version = row(number).version
    session.rollback()
    with unit_of_work():
        return verb(who, number, version, *more)


def test_bargaining_through_the_pages_from_the_product_to_the_order(  # noqa: PLR0915 - one story, told in one go
    app, street, person, now
):
    pp, owner = person(street.pp), person(street.owners[0])
    assert (
        f"/tawar/baru?produk={street.goods[0]}" in pp.get(f"/produk/{street.goods[0]}", 200, follow_redirects=True).text
    )
    form = pp.get(f"/tawar/baru?produk={street.goods[0]}&jumlah=300").text
    assert 'value="300"' in form
    dear = typed(street, **{"lines.0.price": "19.000", "lines.0.quantity": "0", "purpose": " "})
    refused = pp.post("/tawar", dear, 422).text
    for words in ("Tuliskan keperluannya", "Di atas harga daftar Rp18.500", "bilangan bulat 1 sampai", "19.000"):
        assert words in refused, words
    at = pp.post("/tawar", typed(street)).headers["Location"]
    assert "masih menawar produsen ini" in pp.post("/tawar", typed(street), 409).text
    number = int(at.rsplit("/", 1)[1])
    for stranger in (street.owners[1], makers.make_actor_of(street.vendors[1])):
        person(stranger).get(at, 404)
    assert "Rapat RW November" in owner.get("/tawar").text
    page = owner.get(at).text
    assert "Setuju Rp4.500.000" in page  # one tap
    assert "Giliran Anda" not in pp.get(at).text
    answer = {**typed(street), "version": row(number).version, "lines.0.price": "16.500",
              "lines.0.contents": "Lemper, risol, kue sus, air mineral", "deliver.at": "2026-11-27T11:30"}  # fmt: skip
    pp.post(f"{at}/balas", answer, 409)  # not the office's turn
    assert "Muat ulang" in owner.post(f"{at}/balas", {**answer, "version": "999"}, 409).text
    same = {**typed(street), "version": row(number).version}
    assert "sama dengan yang terakhir" in owner.post(f"{at}/balas", same, 409).text
    owner.post(f"{at}/balas", answer)
    page = pp.get(at).text
    assert "<s>Rp15.000</s> <mark>Rp16.500</mark>" in page
    assert "Isi diubah:" in page
    assert "<mark>Jumat, 27 November 2026" in page or "<mark>27 November 2026" in page
    pp.post(f"{at}/setuju", {"version": "1"}, 409)  # another version than the one on the screen
    pp.post(f"{at}/setuju", {"version": row(number).version})
    page = pp.get(at).text
    assert "Berita Acara nomor 0001/BAN/" in page
    owner.post(f"{at}/balas", {**answer, "version": row(number).version}, 409)
    assert owner.get(f"{at}/berita-acara").data.startswith(b"%PDF")
    with unit_of_work():  # the list price may follow the market meanwhile
        session.execute(update(Product).where(Product.id == street.goods[0]).values(price=25_000))
    with unit_of_work():
        offices.set_approval_above(street.crew.pa, 1_000_000, None, now)
    asked = pp.post(f"{at}/pesan", {"shown_total": 300 * 16_500}).headers["Location"]
    assert asked.startswith("/persetujuan/"), "above the office's limit the PPK is asked, at the agreed price"
    assert pp.post(f"{at}/pesan", {"shown_total": 300 * 16_500}).headers["Location"] == asked
    assert "Rp16.500" in person(street.crew.ppk).get(asked).text
    with unit_of_work():
        offices.set_approval_above(street.crew.pa, None, 1_000_000, now)
    sent = pp.post(f"{at}/pesan", {"shown_total": 300 * 16_500}).headers["Location"]
    assert pp.post(f"{at}/pesan", {"shown_total": 300 * 16_500}).headers["Location"] == sent
    session.rollback()
    line = session.scalars(select(OrderLine)).one()
    assert (line.unit_price, line.quantity, line.list_price, line.note) == (
        16_500, 300, 25_000, "Lemper, risol, kue sus, air mineral",
    )  # fmt: skip
    order_id = session.scalar(select(Order.id))
    behind = pp.get(f"/pesanan/{order_id}").text
    assert "hasil tawar-menawar" in behind
    assert "Harga hasil negosiasi" in behind, "the agreement is the reason, and the record says so"
    assert "hasil tawar-menawar" in owner.get(f"/pesanan/{order_id}").text
    session.rollback()
    drain(background.handlers(app), now + timedelta(minutes=5))
    session.rollback()
    subjects = [p["subject"] for p in session.scalars(select(OutboxMessage.payload)) if "subject" in p]
    assert {"Kantor menawar harga Anda", "%(vendor)s menjawab tawaran Anda"} <= set(subjects)


def test_what_may_not_be_put_on_the_table(street, now):
    with pytest.raises(Invalid) as refused, unit_of_work():
        bargaining.start(street.pp, street.crew.package_id, "x", terms(street, now, 0, days=-1, quantity=0), now)
    fields = {fault.field for fault in refused.value.faults}
    assert {"purpose", "deliver.at", "lines.0.quantity", "lines.0.price"} <= fields
    two = Terms(
        (TermLine(street.goods[0], 3, 1_000), TermLine(street.goods[1], 3, 1_000)), terms(street, now, 1).delivery
    )
    for given in (two, Terms((), two.delivery), terms(street, now, 18_501, why=" "), terms(street, now, 1, days=400)):
        with pytest.raises(Invalid), unit_of_work():
            bargaining.start(street.pp, street.crew.package_id, "Rapat RW", given, now)
    with pytest.raises(Invalid, match="Pilih paket"), unit_of_work():
        other = makers.make_crew()
        bargaining.start(other.pp, street.crew.package_id, "Rapat RW", terms(street, now, 15_000), now)
    for role in (street.crew.ppk, street.owners[0], street.auditor):
        with pytest.raises(Forbidden), unit_of_work():
            bargaining.start(role, street.crew.package_id, "Rapat RW", terms(street, now, 15_000), now)
    with unit_of_work():
        tell_conflict(makers.make_actor("admin"), street.pp.user_id, street.vendors[0], "Ipar pemilik", now)
    with pytest.raises(Forbidden, match="Ipar pemilik"):
        opened(street, now)
    assert session.scalars(select(Negotiation.id)).all() == []
    assert session.scalars(select(NegotiationOffer.id)).all() == []


def test_a_price_above_the_list_needs_its_reason_and_a_version_is_never_rewritten(street, now):
    number = opened(street, now)
    act(bargaining.counter, street.owners[0], number, terms(street, now, 19_500, why="Ditambah buah potong"), now)
    talk = reading.talk(street.pp, number)
    assert [v.lines[0]["unit_price"] for v in talk.versions] == [15_000, 19_500]
    assert (street.goods[0], "unit_price") in talk.last.changed
    assert talk.last.lines[0]["why"] == "Ditambah buah potong"
    act(bargaining.counter, street.pp, number, terms(street, now, 18_000, quantity=250), now)
    kept = reading.talk(street.owners[0], number).last.lines[0]
    assert (kept["why"], kept["list_price"]) == ("", 18_500)
    for table in ("negotiation_offer",):
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work():
            session.execute(text(f"DELETE FROM {table}"))


def test_time_runs_out_for_answers_and_for_agreed_prices(street, now):
    number = opened(street, now)
    assert [(t.link, t.count) for t in waiting.turns(street.owners[0], now)] == [("/tawar?status=berjalan", 1)]
    assert waiting.turns(street.pp, now) == []
    late = row(number).turn_due + timedelta(seconds=1)
    with pytest.raises(WrongState, match="Batas waktu"):
        act(bargaining.accept, street.owners[0], number, late)
    assert bargaining.expire_due(late - timedelta(seconds=2)) == 0
    assert (bargaining.expire_due(late), row(number).state) == (1, "expired")
    second = opened(street, now)
    act(bargaining.accept, street.owners[0], second, now)
    agreed = row(second)
    assert agreed.valid_until == now + timedelta(days=7)  # fourteen days by the rule, but never after the delivery
    assert [t.label for t in waiting.turns(street.pp, now)] == ["Pesan dengan harga yang disepakati"]
    with pytest.raises(Forbidden), unit_of_work():
        ordering.order_agreed(street.crew.ppk, second, 4_500_000, now)
    with pytest.raises(WrongState, match="sudah lewat"), unit_of_work():
        ordering.order_agreed(street.pp, second, 4_500_000, now + timedelta(days=8))
    with pytest.raises(Conflict), unit_of_work():
        ordering.order_agreed(street.pp, second, 4_400_000, now)
    assert session.scalar(select(PricePromise.used_order_id)) is None
    assert session.scalar(select(NumberSequence.last).where(NumberSequence.kind == "BAN")) == 1


def test_who_waits_may_withdraw_and_who_is_asked_may_decline_with_a_reason(street, now, statements, app):
    number = opened(street, now)
    for words in (" ", "x" * 501):
        with pytest.raises(Invalid):
            act(bargaining.end, street.owners[0], number, words, now)
    act(bargaining.end, street.pp, number, "Salah produsen", now)
    assert row(number).state == "withdrawn"
    second = opened(street, now)
    act(bargaining.end, street.owners[0], second, "Bahan sedang naik", now)
    assert (row(second).state, row(second).end_words) == ("declined", "Bahan sedang naik")
    with pytest.raises(WrongState):
        act(bargaining.accept, street.owners[0], second, now)
    third = opened(street, now)
    with pytest.raises(NotFound), unit_of_work():
        bargaining.accept(street.owners[1], third, 1, now)
    with pytest.raises(Stale), unit_of_work():
        bargaining.accept(street.owners[0], third, 99, now)
    with unit_of_work():
        session.execute(update(Product).where(Product.id == street.goods[0]).values(state="paused"))
    with pytest.raises(Conflict, match="tidak dijual"):
        act(bargaining.accept, street.owners[0], third, now)
    with app.app_context(), statements() as seen:
        rows, total = reading.talks(street.pp, "", 0)
    assert (len(rows), total, len(seen)) == (3, 3, 2)
    with app.app_context(), statements() as seen:
        waiting.turns(street.pp, now)
    assert len(seen) <= 4
