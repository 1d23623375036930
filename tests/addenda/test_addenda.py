"""An addendum changes an agreed order only when both sides have signed, and keeps what was before."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from shop.accounts import offices
from shop.addenda import agreeing, closing, reading
from shop.addenda.contents import Wanted
from shop.addenda.models import Addendum
from shop.base.clock import local_day
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Stale, WrongState
from shop.budgets import facts as package_facts
from shop.budgets import pagu
from shop.budgets.models import Package
from shop.catalog.models import CapacityDay, Product
from shop.db import session, unit_of_work
from shop.orders import confirming, delivering, facts, states
from shop.orders.models import Order, OrderLine
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import drain
from shop.p3dn import verify
from tests import makers

REASON = "Peserta rapat bertambah"


def order_of(order_id):
    session.rollback()
    return session.get_one(Order, order_id)


def lines(order_id):
    return list(session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id).order_by(OrderLine.id)))


def propose(actor, order_id, now, *, version=None, **wanted):
    seen = order_of(order_id).version if version is None else version
    with unit_of_work():
        made = agreeing.propose(actor, order_id, seen, Wanted(**{"reason": REASON, **wanted}), now)
        return made.number


def answer(verb, actor, order_id, number, now, *words, version=None):
    seen = order_of(order_id).version if version is None else version
    with unit_of_work():
        verb(actor, order_id, number, seen, *words, now)


def kept(order_id):
    session.rollback()
    return list(session.scalars(select(Addendum).where(Addendum.order_id == order_id).order_by(Addendum.number)))


def differences():
    """What the books and the orders disagree on; the crew's package itself was never posted."""
    session.rollback()
    report = verify.verify([*package_facts.statements(), *facts.statements(states.standing)])
    return [d for d in report.differences if not d.where.startswith("package:")]


def events():
    session.rollback()
    found = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == agreeing.NEWS))
    return [payload["event"] for payload in found]


def test_both_sides_change_an_order_twice_and_every_version_is_kept(crew, goods, agreed, now):
    boxes, cakes = lines(agreed)
    later = order_of(agreed).deliver_at + timedelta(days=1)
    first = propose(crew.pp, agreed, now, quantities={boxes: 45}, deliver_at=later, address="Aula lantai 2, Gambir")
    order = order_of(agreed)
    assert (order.total, order.deliver_address) == (500_000, "Kantor Kelurahan, Jl. Medan Merdeka 1")  # nothing yet
    answer(agreeing.accept, crew.producer, agreed, first, now)
    order = order_of(agreed)
    assert (order.state, order.total, order.deliver_at, order.due_at, order.deliver_address) == (
        "confirmed", 650_000, later, later, "Aula lantai 2, Gambir",
    )  # fmt: skip
    assert pagu.read_package(crew.package_id).reserved == 650_000
    assert session.scalar(select(Product.stock).where(Product.id == goods[0].id)) == 5
    booked = session.execute(select(CapacityDay.day, CapacityDay.booked).where(CapacityDay.booked > 0)).all()
    assert booked == [(local_day(later), 45)]
    with unit_of_work():
        delivering.ready(crew.producer, agreed, order.version, now)  # getting ready is no change of the terms
    second = propose(crew.producer, agreed, now, quantities={cakes: 0}, unit_prices={boxes: 9_000}, purpose="Rapat RT")
    answer(agreeing.accept, replace(crew.pa, permissions=crew.pp.permissions, for_user_id=crew.ppk.user_id), agreed,
           second, now)  # fmt: skip
    order = order_of(agreed)
    assert (order.state, order.total, order.purpose) == ("ready", 405_000, "Rapat RT")
    assert pagu.read_package(crew.package_id).reserved == 405_000
    assert not differences()
    one, two = kept(agreed)
    assert [(a.signed_number, a.side, a.before["total"], a.after["total"]) for a in (one, two)] == [
        (1, "office", 500_000, 650_000), (2, "vendor", 650_000, 405_000),
    ]  # fmt: skip
    assert two.answered_by == crew.pa.user_id
    assert events() == ["proposed", "accepted"] * 2


def test_growing_past_the_offices_limit_takes_the_ppk_whoever_proposed_it(crew, agreed, now):
    boxes, cakes = lines(agreed)
    with unit_of_work():
        offices.set_approval_above(crew.pa, 500_000, None, now)
    with pytest.raises(Invalid) as refused:
        propose(crew.pp, agreed, now, quantities={boxes: 31})
    assert {fault.field for fault in refused.value.faults} == {"lines"}
    for hand in (crew.pp, replace(crew.pp, for_user_id=crew.ppk.user_id)):  # not as the PPK's deputy either: own order
        number = propose(crew.producer, agreed, now, quantities={boxes: 31})
        with pytest.raises(Conflict) as late:
            answer(agreeing.accept, hand, agreed, number, now)
        assert late.value.kind == "needs-approval"
        answer(agreeing.withdraw, crew.producer, agreed, number, now)
    assert order_of(agreed).total == 500_000
    number = propose(crew.producer, agreed, now, quantities={boxes: 31})
    answer(agreeing.accept, crew.ppk, agreed, number, now)
    number = propose(crew.ppk, agreed, now, quantities={boxes: 32})
    answer(agreeing.accept, crew.producer, agreed, number, now)
    number = propose(crew.pp, agreed, now, quantities={cakes: 9})  # less needs nobody's yes
    answer(agreeing.accept, crew.producer, agreed, number, now)
    assert order_of(agreed).total == 500_000


def test_what_cannot_be_proposed_is_refused_with_every_fault_and_nothing_changes(crew, agreed, now):
    boxes, cakes = lines(agreed)
    idul_fitri = datetime(2027, 3, 10, 3, 0, tzinfo=UTC)
    for wanted, fields in (
        ({"reason": " "}, {"reason", "deliver.at", "address", "purpose", f"line-{boxes}", f"price-{cakes}"}),
        ({"reason": " \u00a0\u2003 ", "deliver_at": None, "address": None, "purpose": None, "quantities": {boxes: 29},
          "unit_prices": {}}, {"reason"}),
        ({"quantities": {boxes: 0, cakes: 0}}, {"lines", "deliver.at", "address", "purpose", f"price-{cakes}"}),
    ):  # fmt: skip
        bad = {"deliver_at": now - timedelta(minutes=1), "address": "x", "purpose": "", "quantities": {boxes: -1},
               "unit_prices": {cakes: 0}}  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            propose(crew.pp, agreed, now, **{**bad, **wanted})
        assert {fault.field for fault in refusal.value.faults} == fields
    for wanted, field in (
        ({"deliver_at": idul_fitri}, "deliver.at"),
        ({"deliver_at": now + timedelta(days=400)}, "deliver.at"),
        ({}, "lines"),
        ({"quantities": {boxes: 30}, "unit_prices": {boxes: 10_000}}, "lines"),
        ({"quantities": {999: 3}}, "lines"),
        ({"quantities": {boxes: 100_000}}, "lines"),
        ({"unit_prices": {boxes: 12_000}}, "price_reason"),
        ({"unit_prices": {boxes: 12_000}, "price_reason": " " * 40}, "price_reason"),
    ):
        with pytest.raises(Invalid) as refusal:
            propose(crew.pp, agreed, now, **wanted)
        assert [fault.field for fault in refusal.value.faults] == [field]
    assert (kept(agreed), order_of(agreed).total, events()) == ([], 500_000, [])
    propose(crew.pp, agreed, now, unit_prices={boxes: 12_000}, price_reason="Harga beras ketan naik sejak Senin")


def test_only_the_two_sides_may_and_nobody_signs_his_own(crew, agreed, now):
    boxes, _ = lines(agreed)
    with unit_of_work():
        other = makers.make_crew()
        colleague = makers.make_actor("pp", office_id=crew.office_id)
    for actor, refusal in ((other.producer, NotFound), (other.pp, NotFound), (colleague, Forbidden),
                           (crew.pa, Forbidden), (crew.bendahara, Forbidden)):  # fmt: skip
        with pytest.raises(refusal):
            propose(actor, agreed, now, quantities={boxes: 20})
    number = propose(crew.ppk, agreed, now, quantities={boxes: 20})
    for verb, actor, refusal, words in (
        (agreeing.accept, crew.pp, Forbidden, ()),
        (agreeing.decline, crew.ppk, Forbidden, ("Tidak jadi saja",)),
        (agreeing.withdraw, crew.producer, Forbidden, ()),
        (agreeing.accept, other.producer, NotFound, ()),
        (agreeing.decline, crew.producer, Invalid, (" ",)),
        (agreeing.decline, crew.producer, Invalid, ("x" * 501,)),
    ):
        with pytest.raises(refusal):
            answer(verb, actor, agreed, number, now, *words)
    with pytest.raises(Conflict) as refused:
        propose(crew.producer, agreed, now, quantities={boxes: 10})
    assert refused.value.kind == "addendum-open"
    answer(agreeing.decline, crew.producer, agreed, number, now, "Bahan sudah dibeli")
    assert (kept(agreed)[0].answer, order_of(agreed).total) == ("declined", 500_000)
    again = propose(crew.producer, agreed, now, quantities={boxes: 25})
    answer(agreeing.withdraw, crew.producer, agreed, again, now)
    assert [(a.number, a.answer, a.signed_number) for a in kept(agreed)] == [
        (1, "declined", None), (2, "withdrawn", None),
    ]  # fmt: skip


def test_an_answer_to_an_old_version_of_the_order_changes_nothing(crew, agreed, now):
    boxes, _ = lines(agreed)
    before = order_of(agreed).version
    number = propose(crew.pp, agreed, now, quantities={boxes: 20})
    with pytest.raises(Stale):  # the other browser still shows the order without the proposal
        answer(agreeing.accept, crew.producer, agreed, number, now, version=before)
    with unit_of_work():  # somebody agreed on something else in another room meanwhile
        session.execute(update(OrderLine).where(OrderLine.id == boxes).values(quantity=28, amount=280_000))
    with pytest.raises(Conflict) as refused:
        answer(agreeing.accept, crew.producer, agreed, number, now)
    assert refused.value.kind == "addendum-outdated"
    with unit_of_work():
        session.execute(update(OrderLine).where(OrderLine.id == boxes).values(quantity=30, amount=300_000))
    answer(agreeing.accept, crew.producer, agreed, number, now)
    with pytest.raises(WrongState):
        answer(agreeing.accept, crew.producer, agreed, number, now)  # twice signs once
    dear = propose(crew.pp, agreed, now, quantities={boxes: 40})
    with unit_of_work():
        session.execute(update(Package).where(Package.id == crew.package_id).values(pagu=500_000))
    with pytest.raises(Conflict) as refused:
        answer(agreeing.accept, crew.producer, agreed, dear, now)
    assert refused.value.kind == "pagu-exceeded"
    assert (order_of(agreed).total, len([a for a in kept(agreed) if a.signed_number])) == (400_000, 1)


def test_an_open_addendum_ends_by_itself_when_the_order_moves_on_or_time_is_up(crew, agreed, app, now):
    from shop import background

    boxes, _ = lines(agreed)
    number = propose(crew.pp, agreed, now, quantities={boxes: 20})
    due = kept(agreed)[0].answer_by
    with pytest.raises(WrongState):
        answer(agreeing.accept, crew.producer, agreed, number, due + timedelta(seconds=1))
    assert closing.lapse_due(due) == 0
    assert closing.lapse_due(due + timedelta(seconds=1)) == 1
    assert kept(agreed)[0].answer == "lapsed"
    propose(crew.pp, agreed, now, quantities={boxes: 20})
    with unit_of_work():
        delivering.ship(crew.producer, agreed, order_of(agreed).version, now)
    with pytest.raises(WrongState):
        answer(agreeing.accept, crew.producer, agreed, 2, now)
    assert reading.turns(crew.producer, now) == []  # even before the background has come round
    while drain(background.handlers(app), now):
        pass
    assert [(a.number, a.answer, a.answered_by) for a in kept(agreed)] == [(1, "lapsed", None), (2, "lapsed", None)]
    with pytest.raises(WrongState):
        propose(crew.pp, agreed, now, quantities={boxes: 20})
    with unit_of_work():
        confirming.cancel(crew.pp, agreed, order_of(agreed).version, "late", "Kurir tidak pernah sampai di kantor", now)
    assert not differences()


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_the_way_through_the_pages_keeps_what_was_typed_and_ends_in_a_paper(crew, agreed, person, now):
    boxes, cakes = lines(agreed)
    pp, producer, base = person(crew.pp), person(crew.producer), f"/pesanan/{agreed}"
    assert f"{base}/addendum/baru" in pp.get(base).text
    page = pp.get(f"{base}/addendum/baru").text
    form = {"version": hidden(page, "version"), f"line-{boxes}": "40", f"price-{boxes}": "10.000",
            f"line-{cakes}": "10", f"price-{cakes}": "20000", "deliver.at": "2026-11-25T10:00",
            "address": "Kantor Kelurahan, Jl. Medan Merdeka 1", "purpose": "Rapat RW", "reason": " "}  # fmt: skip
    page = pp.post(f"{base}/addendum", form, 422).text
    assert "Tuliskan alasannya, 5 sampai 500 huruf." in page
    assert 'value="40"' in page
    for rubbish in ({f"line-{boxes}": "1.5"}, {f"line-{boxes}": "9" * 30}, {f"price-{boxes}": "murah"},
                    {"deliver.at": "kapan-kapan"}, {"reason": "\x00"}):  # fmt: skip
        pp.post(f"{base}/addendum", {**form, "reason": REASON, **rubbish}, 422)
    page = pp.post(f"{base}/addendum", {**form, "version": "1", "reason": REASON}, 409).text
    assert "Data ini sudah diubah orang lain" in page
    assert (hidden(page, "version"), 'value="40"' in page) == (form["version"], True)
    where = pp.post(f"{base}/addendum", {**form, "reason": REASON}).location
    assert "40 kotak" in pp.get(where).text
    assert "Tarik usulan" in pp.get(where).text
    pp.get(f"{base}/addendum/baru", 409)  # one at a time
    desk = producer.get("/meja").text
    assert "Usulan addendum yang harus Anda jawab" in desk
    assert f'href="{where}"' in desk
    page = producer.get(where).text
    version = hidden(page, "version")
    producer.post(f"{where}/tolak", {"version": version, "reason": " "}, 422)
    producer.post(f"{where}/setuju", {"version": "1"}, 409)
    producer.post(f"{where}/setuju", {"version": version})
    page = producer.post(f"{where}/setuju", {"version": version}, 409).text  # the second of two browsers
    assert "Tidak ada yang berubah" in page
    page = pp.get(where).text
    assert "Addendum ke-1" in page
    assert "Disetujui kedua pihak" in page
    assert "Menyetujui Addendum ke-1, total menjadi Rp600.000" in pp.get(base).text
    assert pp.get(f"{where}/pdf").data.startswith(b"%PDF")
    pp.get(f"{base}/addendum/99", 404)
    person(crew.bendahara).get(where)
    with unit_of_work():
        stranger = makers.make_crew()
    for path in (where, f"{where}/pdf", f"{base}/addendum/baru"):
        person(stranger.pp).get(path, 404)


def test_the_page_of_an_order_asks_the_same_however_many_addenda_it_has(crew, agreed, person, statements, now):
    boxes, _ = lines(agreed)
    browser = person(crew.pp)

    def change(pieces):
        number = propose(crew.pp, agreed, now, quantities={boxes: pieces})
        answer(agreeing.accept, crew.producer, agreed, number, now)

    change(29)
    browser.get(f"/pesanan/{agreed}")
    with statements() as few:
        browser.get(f"/pesanan/{agreed}")
    for pieces in range(20, 28):
        change(pieces)
    with statements() as many:
        assert "Addendum ke-9" in browser.get(f"/pesanan/{agreed}").text
    assert len(many) == len(few)
