"""Who is not paid for long may stop, told beforehand what follows; calling off late needs words of its own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.addenda import stopping
from shop.audit import trail
from shop.base.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.budgets import pagu
from shop.db import session, unit_of_work
from shop.orders import delivering
from shop.orders.models import Order
from shop.outbox.models import OutboxMessage
from tests import makers


@pytest.fixture
def debt(crew, now):
    """An order the office received four weeks ago and never paid."""
    with unit_of_work():
        return makers.make_received_order(crew, now - timedelta(days=28)).number


def stop(actor, order_id, now, words="", version=None):
    session.rollback()
    seen = session.get_one(Order, order_id).version if version is None else version
    with unit_of_work():
        stopping.stop(actor, order_id, seen, words, now)


def test_an_unpaid_producer_stops_what_has_not_gone_out_and_the_record_says_why(crew, agreed, debt, now):
    with unit_of_work():
        sent = makers.make_sent_order(crew, now).id
    bound = pagu.read_package(crew.package_id).reserved
    for actor, refusal in ((crew.pp, Forbidden), (crew.pa, Forbidden)):
        with pytest.raises(refusal):
            stop(actor, agreed, now)
    with pytest.raises(Invalid):
        stop(crew.producer, agreed, now, "x" * 501)
    with pytest.raises(Stale):
        stop(crew.producer, agreed, now, version=1)
    stop(crew.producer, agreed, now, "Belum dibayar sejak bulan lalu")
    stop(crew.producer, sent, now)
    session.rollback()
    assert [session.get_one(Order, i).state for i in (agreed, sent)] == ["cancelled", "cancelled"]
    assert pagu.read_package(crew.package_id).reserved == bound - 500_000 - 555_000
    told = next(row for row in reversed(list(trail.history("order", agreed))) if row.verb == "stop")
    assert (told.data["unpaid"], told.data["days"] >= 10, told.data["reason"]) == (debt, True, "unpaid")
    news = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "orders.news"))
    assert [p["event"] for p in news if p["event"] == "stopped"] == ["stopped"] * 2


def test_nobody_stops_an_order_that_is_on_its_way_or_of_an_office_that_pays(crew, agreed, person, now):
    browser, page = person(crew.producer), f"/pesanan/{agreed}/henti"
    with unit_of_work():  # due a week ago is not long enough
        makers.make_received_order(crew, now - timedelta(days=14))
    assert stopping.unpaid_of(crew.vendor.id, crew.office_id, now) is None
    with pytest.raises(WrongState, match="paling sedikit 10 hari kerja"):
        stop(crew.producer, agreed, now)
    assert "jadi pesanan ini tidak bisa dihentikan" in browser.get(page).text
    assert "henti" not in browser.get(f"/pesanan/{agreed}").text
    with unit_of_work():
        makers.make_received_order(crew, now - timedelta(days=28))
        other = makers.make_crew(vendor=crew.vendor)
        elsewhere = makers.make_confirmed_order(other, now).id
        stranger = makers.make_crew()
    with pytest.raises(WrongState):  # another office is not punished for it
        stop(crew.producer, elsewhere, now)
    with pytest.raises(NotFound):
        stop(stranger.producer, agreed, now)
    person(stranger.producer).get(page, 404)
    assert "belum membayar Anda" in browser.get(f"/pesanan/{agreed}").text
    text = browser.get(page).text
    for words in ("Tidak dihitung sebagai penolakan", "belum pasti", "tidak bisa dihidupkan lagi"):
        assert words in text
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    with unit_of_work():
        delivering.ship(crew.producer, agreed, int(version), now)
    browser.post(page, {"version": version}, 409)
    assert session.get_one(Order, agreed).state == "on_the_way"


def test_calling_off_says_beforehand_what_follows_and_after_shipping_wants_words(crew, agreed, person, now):
    browser, base = person(crew.pp), f"/pesanan/{agreed}"
    text = browser.get(base).text
    assert "Rp500.000 kembali ke pagu paket RUP" in text
    assert "mungkin sudah membeli bahan" in text
    with unit_of_work():
        delivering.ship(crew.producer, agreed, session.get_one(Order, agreed).version, now)
    text = browser.get(base).text
    assert "Barang sedang di jalan menuju Anda. Kerugian sampai Rp500.000" in text
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    for words in ("", " " * 60, "batal saja ya"):
        page = browser.post(f"{base}/cancel", {"version": version, "reason": "late", "note": words}, 422).text
        assert "Tuliskan mengapa tetap dibatalkan" in page
    browser.post(f"{base}/cancel", {"version": version, "reason": "late", "note": "Kurir tersesat, rapat sudah bubar"})
    session.rollback()
    assert session.get_one(Order, agreed).state == "cancelled"
