"""A proposal is answered once; agreeing changes time, lines, total, pagu, shelf and ledger in one step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.base.clock import local_day
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Stale, WrongState
from shop.budgets import facts as package_facts
from shop.budgets import pagu
from shop.catalog.models import CapacityDay, Product
from shop.db import session, unit_of_work
from shop.orders import confirming, facts, proposing, states
from shop.orders.models import Order, OrderLine, OrderProposal
from shop.orders.proposing import Idea
from shop.outbox.models import OutboxMessage
from shop.p3dn import verify
from shop.p3dn.models import LedgerEntry
from tests import makers


@pytest.fixture
def goods(crew):
    """Fifty boxes on the shelf and sixty a day; and cakes without limits."""
    with unit_of_work():
        return (
            makers.make_product(crew.vendor, name="Lemper", price=10_000, stock=50, daily_capacity=60),
            makers.make_product(crew.vendor, name="Bolu", price=20_000),
        )


@pytest.fixture
def sent(crew, goods, now):
    """An order of 30 boxes and 10 cakes: Rp 500,000."""
    with unit_of_work():
        return makers.make_sent_order(crew, now, (goods[0], 30), (goods[1], 10)).id


def propose(crew, order_id, now, *, at=None, words="", **pieces):
    with unit_of_work():
        order = session.get_one(Order, order_id)
        ids = dict(zip(("boxes", "cakes"), session.scalars(line_ids(order_id)), strict=False))
        idea = Idea(at, {ids[name]: n for name, n in pieces.items()}, words)
        proposing.propose(crew.producer, order_id, order.version, idea, now)
    return version(order_id)


def line_ids(order_id):
    return select(OrderLine.id).where(OrderLine.order_id == order_id).order_by(OrderLine.id)


def version(order_id):
    session.rollback()
    return session.scalar(select(Order.version).where(Order.id == order_id))


def booked(product):
    rows = session.execute(select(CapacityDay.day, CapacityDay.booked).where(CapacityDay.product_id == product.id))
    return {row.day: row.booked for row in rows if row.booked}


def differences():
    """What the books and the orders disagree on; the crew's package itself was never posted."""
    session.rollback()
    report = verify.verify([*package_facts.statements(), *facts.statements(states.standing)])
    return [d for d in report.differences if not d.where.startswith("package:")]


def test_agreeing_changes_the_order_and_confirms_it_in_the_same_step(crew, goods, sent, now):
    old = session.get_one(Order, sent).deliver_at
    later = old + timedelta(days=1)
    seen = propose(crew, sent, now, at=later, boxes=20, cakes=0, words="Oven satu rusak")
    with unit_of_work():
        proposing.accept(crew.pp, sent, seen, now)
    session.rollback()
    order = session.get_one(Order, sent)
    assert (order.state, order.total, order.deliver_at, order.due_at) == ("confirmed", 200_000, later, later)
    assert session.execute(select(OrderLine.quantity, OrderLine.amount)).all() == [(20, 200_000)]
    assert pagu.read_package(crew.package_id).reserved == 200_000
    assert session.scalar(select(Product.stock).where(Product.id == goods[0].id)) == 30
    assert booked(goods[0]) == {local_day(later): 20}
    assert sum(session.scalars(select(LedgerEntry.committed))) == 200_000
    assert not differences()
    kept = session.scalars(select(OrderProposal)).one()
    assert (kept.answer, kept.before["total"], [x["quantity"] for x in kept.before["lines"]]) == (
        "accepted", 500_000, [30, 10],
    )  # fmt: skip


def test_cancelling_after_an_agreement_gives_back_exactly_what_is_left(crew, goods, sent, now):
    later = session.get_one(Order, sent).deliver_at + timedelta(days=1)
    seen = propose(crew, sent, now, at=later, boxes=5)
    with unit_of_work():
        proposing.accept(crew.ppk, sent, seen, now)
    with unit_of_work():
        confirming.cancel(crew.pp, sent, version(sent), "event_off", "", now)
    assert pagu.read_package(crew.package_id).reserved == 0
    assert session.scalar(select(Product.stock).where(Product.id == goods[0].id)) == 50
    assert booked(goods[0]) == {}
    assert not differences()


def test_a_declined_proposal_changes_nothing_and_the_order_waits_on(crew, goods, sent, now):
    due = session.get_one(Order, sent).due_at
    seen = propose(crew, sent, now, boxes=10)
    with unit_of_work():
        proposing.decline(crew.pp, sent, seen, "quantity", "", now)
    order = session.get_one(Order, sent)
    assert (order.state, order.total, order.due_at, booked(goods[0])) == (
        "sent", 500_000, due, {local_day(order.deliver_at): 30},
    )  # fmt: skip
    assert propose(crew, sent, now, boxes=25) == version(sent)  # and she may think again


@pytest.mark.parametrize("end", ["confirm", "refuse", "cancel", "expire", "withdraw"])
def test_a_proposal_ends_with_whatever_else_happens_to_the_order(crew, sent, now, end):
    seen = propose(crew, sent, now, boxes=10)
    with unit_of_work():
        if end == "confirm":
            confirming.confirm(crew.producer, sent, seen, now)
        elif end == "refuse":
            confirming.refuse(crew.producer, sent, seen, "capacity", "", now)
        elif end == "cancel":
            confirming.cancel(crew.pp, sent, seen, "event_off", "", now)
        elif end == "withdraw":
            proposing.withdraw(crew.producer, sent, seen, now)
    if end == "expire":
        confirming.expire_due(session.get_one(Order, sent).due_at + timedelta(minutes=1))
    session.rollback()
    assert session.scalars(select(OrderProposal.answer)).all() == ["withdrawn"]
    with pytest.raises(WrongState), unit_of_work():
        proposing.accept(crew.pp, sent, version(sent), now)


def test_a_proposal_must_change_something_and_leave_something_and_never_ask_for_more(crew, sent, now):
    at = session.get_one(Order, sent).deliver_at
    wrong = [{}, {"at": at}, {"boxes": 0, "cakes": 0}, {"boxes": 31}, {"boxes": -1}, {"at": now - timedelta(hours=1)},
             {"boxes": 5, "words": "x" * 501}]  # fmt: skip
    for idea in wrong:
        with pytest.raises(Invalid):
            propose(crew, sent, now, **idea)
    with pytest.raises(Invalid), unit_of_work():
        proposing.propose(crew.producer, sent, version(sent), Idea(None, {987_654: 1}), now)
    session.rollback()
    assert session.scalars(select(OrderProposal.id)).all() == []


def test_a_second_tap_finds_that_the_page_is_old(crew, sent, now):
    old = version(sent)
    seen = propose(crew, sent, now, boxes=10)
    assert seen > old
    with pytest.raises(Conflict), unit_of_work():
        proposing.propose(crew.producer, sent, seen, Idea(None, {session.scalars(line_ids(sent)).first(): 3}), now)
    with pytest.raises(Stale), unit_of_work():
        proposing.accept(crew.pp, sent, old, now)
    with unit_of_work():
        proposing.accept(crew.pp, sent, seen, now)
    with pytest.raises(Stale), unit_of_work():
        proposing.accept(crew.pp, sent, seen, now)


def test_only_its_buyers_answer_and_a_stranger_finds_nothing(crew, sent, now):
    with unit_of_work():
        other, colleague = makers.make_crew(), makers.make_actor("pp", office_id=crew.office_id)
    seen = propose(crew, sent, now, boxes=10)
    for who, error in (
        (other.pp, NotFound),
        (colleague, Forbidden),
        (crew.producer, Forbidden),
        (crew.bendahara, Forbidden),
    ):
        with pytest.raises(error), unit_of_work():
            proposing.accept(who, sent, seen, now)
    for who, error in ((other.producer, NotFound), (crew.pp, Forbidden)):
        with pytest.raises(error), unit_of_work():
            proposing.propose(who, sent, seen, Idea(None, {}), now)


def test_a_day_that_filled_up_meanwhile_keeps_everything_as_it_was(crew, goods, sent, now):
    later = session.get_one(Order, sent).deliver_at + timedelta(days=1)
    seen = propose(crew, sent, now, at=later)
    with unit_of_work():
        session.add(CapacityDay(product_id=goods[0].id, day=local_day(later), booked=40))
    with pytest.raises(Conflict, match="Kapasitas"), unit_of_work():
        proposing.accept(crew.pp, sent, seen, now)
    session.rollback()
    assert session.get_one(Order, sent).state == "sent"
    assert booked(goods[0]) == {local_day(later): 40, local_day(later - timedelta(days=1)): 30}


def test_the_pages_carry_a_proposal_from_the_phone_to_the_office_and_back(crew, person, sent, now):
    first = session.scalars(line_ids(sent)).first()
    cook, officer = person(crew.producer), person(crew.pp)
    page = cook.get(f"/pesanan/{sent}").text
    assert f'name="line-{first}"' in page
    form = {"version": str(version(sent)), f"line-{first}": "12", "message": "Hanya sanggup selusin"}
    bad = cook.post(f"/pesanan/{sent}/usul", form | {f"line-{first}": "99"}, 422).text
    assert "0 berarti tidak ikut" in bad
    assert "Hanya sanggup selusin" in bad
    cook.post(f"/pesanan/{sent}/usul", form)
    cook.post(f"/pesanan/{sent}/usul", form, 409)
    page = officer.get(f"/pesanan/{sent}").text
    assert "Hanya sanggup selusin" in page
    assert "Setujui usulan" in page
    assert "Dilihat produsen" in page
    officer.post(f"/pesanan/{sent}/usul/setuju", {"version": str(version(sent))})
    session.rollback()
    assert session.scalar(select(Order.total).where(Order.id == sent)) == 320_000
    events = [p["event"] for p in session.scalars(select(OutboxMessage.payload)) if "event" in p]
    assert events[-2:] == ["proposed", "proposal_accepted"]
