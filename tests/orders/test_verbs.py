"""The verbs of an order: what ends give back, what duties keep apart, and what the ledger says afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from shop.accounts.models import Office, UserAccount
from shop.audit import trail
from shop.base.actor import SYSTEM
from shop.base.clock import local_day
from shop.base.errors import Forbidden, SeparationOfDuties, Stale, WrongState
from shop.budgets import pagu
from shop.catalog.models import CapacityDay, Product
from shop.db import session, unit_of_work
from shop.orders import confirming, delivering, mailing, paying, receiving
from shop.orders.actions import actions_for, whose_turn
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.paying import Proof
from shop.orders.reading import order, scope_of, turn_count
from shop.outbox.models import OutboxMessage
from shop.p3dn.models import LedgerEntry
from shop.p3dn.rules import MEASURES
from shop.reference import policy
from shop.reference.models import Rule
from tests import makers


def bound(crew):
    session.rollback()
    ground = pagu.read_package(crew.package_id)
    return ground.reserved, ground.realised


def shelf(product_id):
    return (
        session.scalar(select(Product.stock).where(Product.id == product_id)),
        session.scalar(select(CapacityDay.booked).where(CapacityDay.product_id == product_id)),
    )


def ledger_sums():
    return tuple(
        session.execute(select(*(func.coalesce(func.sum(getattr(LedgerEntry, m)), 0) for m in MEASURES))).one()
    )


def refuse(crew, at, now):
    confirming.refuse(crew.producer, at.id, at.version, "ingredients", "", now)


def expire(crew, at, now):
    confirming.expire(lock_order(SYSTEM, at.id), now)


def cancel(crew, at, now):
    confirming.cancel(crew.pp, at.id, at.version, "event_off", "Gedung kebanjiran, rapat batal.", now)


@pytest.mark.parametrize(
    ("made", "ends"),
    [
        (makers.make_sent_order, refuse),
        (makers.make_sent_order, expire),
        (makers.make_sent_order, cancel),
        (makers.make_confirmed_order, cancel),
        (makers.make_arrived_order, cancel),
    ],
)
def test_an_order_that_ends_unpaid_gives_everything_back_and_the_ledger_nets_to_zero(crew, now, made, ends):
    with unit_of_work():
        product = makers.make_product(crew.vendor, stock=30, daily_capacity=40)
        product_id = product.id
        made(crew, now, (product, 30))
    assert bound(crew) == (555_000, 0)
    assert shelf(product_id) == (0, 30)
    with unit_of_work():
        ends(crew, session.scalars(select(Order).where(Order.id == 1)).one(), now + timedelta(hours=1))
    assert bound(crew) == (0, 0)
    assert shelf(product_id) == (30, 0)
    assert ledger_sums() == (0,) * len(MEASURES)
    assert session.scalar(select(func.count()).where(OutboxMessage.kind == "catalog.index")) == 2


def test_what_falls_below_its_smallest_order_is_indexed_anew_and_again_when_it_comes_back(crew, now):
    with unit_of_work():
        product = makers.make_product(crew.vendor, stock=15, min_order=10)
        makers.make_sent_order(crew, now, (product, 10))
    noted = select(func.count()).where(OutboxMessage.kind == "catalog.index")
    assert session.scalar(noted) == 1, "five are left, and nobody may order five"
    with unit_of_work():
        refuse(crew, session.scalars(select(Order)).one(), now)
    assert session.scalar(noted) == 2


def test_a_paid_order_turns_bound_money_into_spent_money(crew, now):
    with unit_of_work():
        makers.make_paid_order(crew, now)
    assert bound(crew) == (0, 555_000)
    assert ledger_sums()[1:3] == (555_000, 555_000)


@pytest.mark.parametrize("verb", ["receive", "pay"])
def test_one_person_does_not_take_two_duties(crew, now, verb):
    with unit_of_work():
        order_id = (makers.make_arrived_order if verb == "receive" else makers.make_received_order)(crew, now).id
        role, user_id = ("ppk", crew.pp.user_id) if verb == "receive" else ("bendahara", crew.ppk.user_id)
        double = makers.make_actor(role, office_id=crew.office_id, user_id=user_id)
        if verb == "receive":
            from shop.budgets.models import Package

            session.execute(update(Package).where(Package.id == crew.package_id).values(ppk_id=user_id))
    version = session.get_one(Order, order_id).version
    action = {a.verb: a for a in actions_for(double, order(scope_of([double]), order_id).case, now)}[verb]
    assert action.blocked_reason
    assert "orang lain" in action.blocked_reason
    with pytest.raises(SeparationOfDuties), unit_of_work():
        take(verb, double, order_id, version, now)

    with unit_of_work():
        session.execute(
            update(Office)
            .where(Office.id == crew.office_id)
            .values(
                relaxed_duties=True,
                relaxed_reason="Kelurahan dengan dua pegawai",
                relaxed_at=now,
                relaxed_by=crew.pa.user_id,
            )
        )
    assert {a.verb: a for a in actions_for(double, order(scope_of([double]), order_id).case, now)}[verb].relaxes
    with unit_of_work():
        take(verb, double, order_id, version, now)
    assert session.get_one(Order, order_id).relaxed == [verb]


def take(verb, actor, order_id, version, now):
    if verb == "receive":
        receiving.receive(actor, order_id, version, now)
    else:
        paying.pay(actor, order_id, version, Proof("TRF-1", date(2026, 11, 20)), now)


def test_each_step_raises_the_version_by_one_and_hands_the_turn_on(crew, now):
    with unit_of_work():
        order_id = makers.make_sent_order(crew, now).id
    scope = scope_of([crew.pp])
    turns = []
    walk = [
        lambda v: confirming.confirm(crew.producer, order_id, v, now),
        lambda v: delivering.ship(crew.producer, order_id, v, now),
        lambda v: delivering.arrive(crew.producer, order_id, v, now),
        lambda v: receiving.send_back(crew.ppk, order_id, v, "short", "", now),
        lambda v: delivering.ship(crew.producer, order_id, v, now),
        lambda v: delivering.arrive(crew.producer, order_id, v, now),
        lambda v: receiving.receive(crew.ppk, order_id, v, now),
        lambda v: paying.pay(crew.bendahara, order_id, v, Proof("TRF-1", date(2026, 11, 20)), now),
        lambda v: paying.close(crew.ppk, order_id, v, now),
    ]
    for number, step in enumerate(walk, 1):
        turns.append(whose_turn(order(scope, order_id).case).party)
        with unit_of_work():
            step(number)
        assert order(scope, order_id).version == number + 1
    assert turns == ["vendor"] * 3 + ["ppk"] + ["vendor"] * 2 + ["ppk", "bendahara", "ppk"]
    assert whose_turn(order(scope, order_id).case) is None
    assert ledger_sums()[1:3] == (555_000, 555_000)


def test_three_working_days_to_pay_do_not_count_the_weekend(crew, now):
    with unit_of_work():
        order_id = makers.make_received_order(crew, now).id
    due = order(scope_of([crew.pp]), order_id).case.due_at
    assert due.isoformat() == "2026-11-25T16:59:59+00:00"


@pytest.mark.parametrize("step", ["pay", "cancel"])
def test_the_package_is_locked_before_the_kept_totals_as_an_import_does(crew, now, statements, step):
    with unit_of_work():
        at = (makers.make_received_order if step == "pay" else makers.make_confirmed_order)(crew, now)
    with statements() as seen, unit_of_work():
        if step == "pay":
            take(step, crew.bendahara, at.id, at.version, now)
        else:
            cancel(crew, at, now)
    first = {
        table: next(i for i, text in enumerate(seen) if f"{before} {table}" in text)
        for before, table in (("FROM", "budget_package"), ("INTO", "p3dn_total"))
    }
    assert first["budget_package"] < first["p3dn_total"]


def test_the_time_to_answer_and_to_pay_is_what_the_dated_rules_say(crew, now):
    with unit_of_work():
        session.execute(update(Rule).where(Rule.key == "order.seller_accept_hours").values(value=5))
        session.execute(update(Rule).where(Rule.key == "payment.due_working_days").values(value=1))
        policy.changed(session)
        assert makers.make_sent_order(crew, now).due_at == now + timedelta(hours=5)
        monday = date(2026, 11, 23)
        assert local_day(makers.make_received_order(crew, now).due_at) == monday, "the working day after Friday"


def test_what_was_sent_back_is_due_by_the_new_day_until_it_arrives_again(crew, now):
    with unit_of_work():
        at = makers.make_arrived_order(crew, now)
    late = at.deliver_at + timedelta(hours=3)
    with unit_of_work():
        receiving.send_back(crew.ppk, at.id, at.version, "short", "", late)
    again_by = session.get_one(Order, at.id).due_at
    assert again_by > late
    with unit_of_work():
        delivering.ship(crew.producer, at.id, session.get_one(Order, at.id).version, late + timedelta(hours=1))
    assert session.get_one(Order, at.id).due_at == again_by, "the day first asked for is past and asks for nothing"
    with unit_of_work():
        delivering.arrive(crew.producer, at.id, session.get_one(Order, at.id).version, late + timedelta(hours=2))
    assert trail.history("order", at.id)[-1].data["minutes_late"] == 0


def test_a_stale_screen_a_wrong_state_and_a_late_answer_change_nothing(crew, now):
    with unit_of_work():
        order_id = makers.make_sent_order(crew, now).id
    with pytest.raises(Stale), unit_of_work():
        confirming.confirm(crew.producer, order_id, 7, now)
    with pytest.raises(WrongState), unit_of_work():
        delivering.ship(crew.producer, order_id, 1, now)
    with pytest.raises(WrongState), unit_of_work():
        confirming.confirm(crew.producer, order_id, 1, now + timedelta(hours=73))
    with pytest.raises(Forbidden), unit_of_work():
        confirming.confirm(crew.pp, order_id, 1, now)
    assert order(scope_of([crew.pp]), order_id).version == 1


def test_the_count_on_every_page_is_the_length_of_the_list_behind_it(crew, now):
    from shop.orders.reading import waiting

    with unit_of_work():
        other = makers.make_crew(office=session.get_one(Office, crew.office_id))
        for make in (
            makers.make_sent_order,
            makers.make_arrived_order,
            makers.make_received_order,
            makers.make_paid_order,
        ):
            make(crew, now)
            make(other, now)
    for actor in (crew.pp, crew.ppk, crew.bendahara, crew.producer, crew.pa, other.ppk):
        assert turn_count(actor) == len(waiting(actor))
    assert (turn_count(crew.producer), turn_count(crew.ppk), turn_count(crew.bendahara)) == (1, 2, 2)


def test_news_reach_the_party_whose_turn_it_is_in_their_own_language(crew, now):
    with unit_of_work():
        session.execute(update(UserAccount).where(UserAccount.id == crew.producer.user_id).values(locale="en"))
        order_id = makers.make_sent_order(crew, now).id
    with unit_of_work():
        mailing.handle(
            [
                {"order_id": order_id, "event": "placed"},
                {"order_id": order_id, "event": "received"},
                {"order_id": 999, "event": "placed"},
                {"order_id": order_id, "event": "unknown"},
            ],
            now,
        )
    mails = [row.payload for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "mail"))]
    addresses = {row.id: row.email for row in session.execute(select(UserAccount.id, UserAccount.email))}
    producer, bendahara = addresses[crew.producer.user_id], addresses[crew.bendahara.user_id]
    assert sorted((m["to"], m["locale"]) for m in mails) == sorted(
        [(producer, "en"), (bendahara, "id"), (producer, "en")]
    )
    assert f"/pesanan/{order_id}" in mails[0]["body"] % mails[0]["params"]


def test_what_was_not_taken_is_not_given_back(crew, now):
    """A limit that the producer sets after the order concerns later orders only."""
    with unit_of_work():
        product = makers.make_product(crew.vendor, stock=None, daily_capacity=None)
        at = makers.make_sent_order(crew, now, (product, 30))
        product.stock, product.daily_capacity = 7, 50
        session.add(CapacityDay(product_id=product.id, day=date(2026, 11, 25), booked=20))
        product_id = product.id
    with unit_of_work():
        confirming.cancel(crew.pp, at.id, at.version, "event_off", "", now)
    assert shelf(product_id) == (7, 20)
