"""The record of a producer follows every step of its orders, back and forth, and counting all orders anew agrees."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.orders import confirming, delivering, receiving, track_record
from shop.orders.adjusting import Change, adjust
from shop.orders.loading import lock_order
from shop.orders.models import OfficeChoice, Order, VendorRecord
from shop.orders.track_record import Record
from tests import makers

MINUTE = timedelta(minutes=1)


def record_of(crew):
    session.rollback()
    return track_record.records([crew.vendor.id]).get(crew.vendor.id, Record())


def chosen_by(crew, now):
    return track_record.choices(crew.office_id, now).get(crew.vendor.id, 0)


def again(order_id):
    return session.get_one(Order, order_id)


def test_the_record_follows_each_step_and_takes_back_what_a_step_back_undoes(crew, now):
    with unit_of_work():
        order = makers.make_confirmed_order(crew, now)
        number, asked = order.id, order.deliver_at
    assert (record_of(crew), chosen_by(crew, now)) == (Record(answered=1), 1)
    for verb, at in ((delivering.ship, asked), (delivering.arrive, asked + 15 * MINUTE)):
        with unit_of_work():
            verb(crew.producer, number, again(number).version, at)
    assert record_of(crew) == Record(
        answered=1, delivered=1, on_time=1, late_minutes=15
    )  # a quarter of an hour is forgiven
    with unit_of_work():
        receiving.send_back(crew.ppk, number, again(number).version, "short", "", asked + 30 * MINUTE)
    assert record_of(crew) == Record(answered=1)
    for verb in (delivering.ship, delivering.arrive):
        with unit_of_work():
            verb(crew.producer, number, again(number).version, asked + 120 * MINUTE)
    late = Record(answered=1, delivered=1, on_time=0, late_minutes=120)
    assert record_of(crew) == late
    # Both sides may agree afterwards that it was meant for later: then it was not late.
    with unit_of_work():
        adjust(crew.ppk, lock_order(crew.ppk, number), Change(deliver_at=asked + 110 * MINUTE), "agreed", now)
    assert record_of(crew) == Record(answered=1, delivered=1, on_time=1, late_minutes=10)
    with unit_of_work():
        confirming.cancel(
            crew.pp,
            number,
            again(number).version,
            "event_moved",
            "Rapat diundur sampai bulan depan",
            asked + 130 * MINUTE,
        )
    assert (record_of(crew).delivered, chosen_by(crew, now)) == (1, 0)  # it came; but the office has chosen nobody
    assert track_record.differences() == []


def test_counting_all_orders_anew_gives_what_was_kept_even_from_nothing(crew, now, app):
    for make in (
        makers.make_sent_order,
        makers.make_confirmed_order,
        makers.make_arrived_order,
        makers.make_received_order,
        makers.make_paid_order,
    ):
        with unit_of_work():
            make(crew, now)
    with unit_of_work():
        refused, cancelled, expired = (makers.make_sent_order(crew, now) for _ in range(3))
        confirming.refuse(crew.producer, refused.id, refused.version, "capacity", "", now)
        confirming.cancel(crew.pp, cancelled.id, cancelled.version, "event_moved", "", now)
        confirming.expire(lock_order(SYSTEM, expired.id), now + timedelta(days=4))
    kept = record_of(crew)
    assert (kept.answered, kept.refused, kept.expired, kept.delivered, kept.on_time) == (4, 1, 1, 3, 3)
    assert (kept.asked, kept.tells_answers, kept.tells_punctuality, kept.on_time_bp) == (6, True, False, None)
    assert chosen_by(crew, now) == 7  # all but the one the office took back
    run = app.test_cli_runner()
    assert "record: 0 selisih\n" in run.invoke(args=["kept", "verify"]).output
    # An order of before there was a record may end: nothing goes below zero and nothing stops it.
    with unit_of_work():
        session.execute(delete(VendorRecord))
        session.execute(delete(OfficeChoice))
    with unit_of_work():
        waiting = session.scalars(select(Order).where(Order.state == "sent")).one()
        confirming.cancel(crew.pp, waiting.id, waiting.version, "event_moved", "", now)
    assert record_of(crew) == Record()
    wrong = run.invoke(args=["kept", "verify"])
    assert wrong.exit_code == 1
    assert "record: 0 selisih" not in wrong.output
    assert run.invoke(args=["kept", "recount", "record"]).output == "record: 8 dihitung\n"
    assert record_of(crew) == kept
    assert chosen_by(crew, now) == 6
    assert "record: 0 selisih\n" in run.invoke(args=["kept", "verify"]).output
