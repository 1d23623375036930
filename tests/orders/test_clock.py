"""The payment clock: who is reminded when, how an office is known to pay, and what the desk lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update

from shop.audit import trail
from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.orders import paying, punctuality, reminding, waiting
from shop.orders.models import OfficePaymentRecord, Order, OrderReminder, Payment
from shop.orders.paying import Proof
from shop.orders.proposing import Idea, propose
from shop.outbox.models import OutboxMessage
from tests import makers

MONDAY = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
"""Received on this Monday, an order is due at the end of Thursday the 19th."""


def told():
    """Return (to, subject) of the mails since the last call."""
    session.rollback()
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "mail").order_by(OutboxMessage.id)).all()
    found = [(row.payload["to"], row.payload["subject"].split(" %")[0]) for row in rows]
    with unit_of_work():
        for row in rows:
            session.delete(session.get_one(OutboxMessage, row.id))
    return found


def at(day, hour=9):
    return datetime(2026, day.month, day.day, hour - 7, 5, tzinfo=UTC)


def mail_of(actor):
    from shop.accounts.models import UserAccount

    return session.get_one(UserAccount, actor.user_id).email


def test_each_step_is_told_once_to_whoever_holds_the_order_and_then_to_those_above(crew, monkeypatch):
    with unit_of_work():
        order_id = makers.make_received_order(crew, MONDAY).id
        bad = makers.make_received_order(crew, MONDAY).id
    bendahara, pa = mail_of(crew.bendahara), mail_of(crew.pa)
    plain = reminding.lock_order

    def lock(actor, wanted):
        if wanted == bad:
            raise RuntimeError
        return plain(actor, wanted)

    monkeypatch.setattr(reminding, "lock_order", lock)
    seen = {}
    for day in (date(2026, 11, 16) + timedelta(days=n) for n in range(22)):
        assert reminding.remind_due(at(day, 22)) == 0  # nobody is rung at night
        reminding.remind_due(at(day))
        assert reminding.remind_due(at(day, 15)) == 0
        if mails := told():
            seen[day.day if day.month == 11 else day.day + 30] = mails
    mine, late = "Batas waktu pesanan", "Pesanan"
    assert seen == {
        18: [(bendahara, mine)],
        20: [(bendahara, mine), (pa, late)],  # the morning after the evening of the deadline
        24: [(pa, late)],
        27: [(pa, late)],
        32: [(pa, late)],
        37: [(pa, late)],
    }
    steps = session.scalars(select(OrderReminder.step).where(OrderReminder.order_id == order_id)).all()
    assert sorted(steps) == sorted(
        ["before:received", "due:received", "late1:received", "late2:received", "late3:received", "late4:received"]
    )
    assert [row.verb for row in trail.history("order", order_id)].count("remind") == 6
    assert not session.scalars(select(OrderReminder).where(OrderReminder.order_id == bad)).all()


def test_days_back_is_the_way_of_working_days_between():
    from shop.reference.calendar import working_days_between

    closed = frozenset({date(2026, 12, 24), date(2026, 12, 25)})
    for start in (date(2026, 12, 20) + timedelta(days=n) for n in range(14)):
        for count in range(8):
            found = reminding.days_back(start, count, closed)
            assert working_days_between(found, start, closed) == count
            assert working_days_between(found + timedelta(days=1), start, closed) < max(count, 1)


def pay(crew, received_at, paid_on, now):
    with unit_of_work():
        order = makers.make_received_order(crew, received_at)
        session.flush()
        paying.pay(crew.bendahara, order.id, order.version, Proof("TRF-001", paid_on), now)


def test_how_an_office_pays_is_kept_with_each_payment_rebuilt_and_shown_with_its_n(crew, person, client, now):
    days = [
        date(2026, 11, 16),
        date(2026, 11, 18),
        date(2026, 11, 19),
        date(2026, 11, 20),
    ]  # 0, 2, 3 and 4 working days
    for paid_on in days:
        pay(crew, MONDAY, paid_on, now)
    with unit_of_work():
        waits = makers.make_received_order(crew, now - timedelta(days=9)).id
    found = punctuality.of_offices([crew.office_id], now)[crew.office_id]
    assert (found.in_time, found.late, found.working_days, found.open_late, found.average) == (3, 1, 9, 1, "2,3")
    producer = person(crew.producer)
    assert "membayar tepat waktu" not in producer.get(f"/pesanan/{waits}").text  # four say nothing yet
    assert "1 kantor lain belum membayar 5 pesanan" in client.get("/ketepatan-bayar").text
    pay(crew, MONDAY, date(2026, 11, 17), now)
    page = producer.get(f"/pesanan/{waits}").text
    assert "membayar tepat waktu 4 dari 5 pesanan" in page
    assert "1 pesanan di kantor ini sekarang lewat batas bayar" in page
    assert "Sudah lewat 4 hari kerja" in page
    page = client.get("/ketepatan-bayar?tahun=2026").text
    assert "4 dari 5" in page
    assert client.get("/ketepatan-bayar?tahun=1").status_code == 422
    assert client.get("/ketepatan-bayar?tahun=2019&page=99").status_code == 200
    assert punctuality.verify() == []
    with unit_of_work():
        session.execute(update(OfficePaymentRecord).values(late=7))
    assert len(punctuality.verify()) == 1
    with unit_of_work():
        assert punctuality.recount() == 1
    assert punctuality.verify() == []
    assert len(session.scalars(select(Payment.order_id)).all()) == 5


def test_the_desk_lists_what_only_this_hat_can_do_and_shows_the_clock(crew, person, now):
    with unit_of_work():
        late = makers.make_received_order(crew, now - timedelta(days=9))
        fresh = makers.make_received_order(crew, now - timedelta(days=1))
        sent = makers.make_sent_order(crew, now)
        session.flush()
        propose(crew.producer, sent.id, sent.version, Idea(sent.deliver_at + timedelta(days=1), {}), now)
        numbers = late.number, fresh.number, sent.id
    for actor in (crew.bendahara, crew.ppk, crew.producer):
        page = person(actor).get("/meja").text
        assert page.index(numbers[0]) < page.index(numbers[1])  # the oldest first
        assert "Terlambat bayar 4 hari kerja" in page
        assert "Hari bayar ke-1 dari 3" in page
    for actor in (crew.pp, crew.ppk):
        page = person(actor).get("/meja").text
        assert "Usulan produsen yang harus Anda jawab" in page
        assert f'href="/pesanan/{numbers[2]}"' in page
    page = person(crew.pa).get("/meja").text
    assert "Pesanan kantor Anda yang lewat batas waktu" in page
    with unit_of_work():
        other = makers.make_actor("pp", office_id=crew.office_id)
    assert waiting.turns(other, now) == []
    assert waiting.turns(SYSTEM, now) == []
    assert session.get_one(Order, numbers[2]).state == "sent"


def test_forty_orders_to_receive_open_with_the_statements_of_two(crew, person, statements, now):
    def arrive(count):
        with unit_of_work():
            product = makers.make_product(crew.vendor)
            for _ in range(count):
                makers.make_arrived_order(crew, now, (product, 5))

    arrive(2)
    browser = person(crew.ppk)
    browser.get("/meja")
    with statements() as few:
        browser.get("/meja")
    arrive(38)
    with statements() as many:
        assert "40" in browser.get("/meja").text
    assert len(few) <= len(many) <= len(few) + 1  # one more tells how many do not fit on the page
    assert len(many) <= 16
