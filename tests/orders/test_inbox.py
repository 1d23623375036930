"""The producer's inbox, days off, sold out, where is delivered and at what cost, and what rings when nobody looks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from shop.catalog import browsing, editing
from shop.catalog.models import LeadTier, Product
from shop.db import session, unit_of_work
from shop.orders import confirming, delivering, escalating, inbox, terms
from shop.orders.models import Order, OrderReminder
from shop.orders.placing import place_order
from shop.orders.wish import Delivery
from shop.outbox.models import OutboxMessage
from shop.p3dn.models import LedgerEntry
from shop.vendors import reach
from shop.vendors.models import ClosedDay, DeliveryArea
from tests import makers
from tests.orders.test_journey import checkout_form

TEBET = "31.74.01"
THE_DAY = date(2026, 11, 25)


@pytest.fixture
def product(crew):
    with unit_of_work():
        return makers.make_product(crew.vendor, price=10_000)


def place(crew, product, now, *, quantity=10, key="kunci-00000001", **changed):
    with unit_of_work():
        return place_order(crew.pp, makers.make_wish(crew, (product, quantity), **changed), key, now).order_ids[0]


def test_ready_is_a_step_one_may_leave_out_and_goods_sent_back_are_not_ready(crew, now):
    with unit_of_work():
        order = makers.make_confirmed_order(crew, now)
        session.flush()
        delivering.ready(crew.producer, order.id, order.version, now)
        session.flush()
        assert (order.state, order.ready_at) == ("ready", now)
        with pytest.raises(WrongState):
            delivering.ready(crew.producer, order.id, order.version, now)
        with pytest.raises(Forbidden):
            delivering.ready(crew.pp, order.id, order.version, now)
        delivering.ship(crew.producer, order.id, order.version, now)
        assert makers.make_arrived_order(crew, now).ready_at is None
    assert session.scalars(select(LedgerEntry.id)).all()


def test_the_inbox_accepts_in_one_tap_once_and_its_pulse_is_a_304_while_nothing_is_new(
    crew, person, product, statements
):
    order_id = place(crew, product, utc_now())
    cook = person(crew.producer)
    feed = cook.get("/pesanan/masuk/baru")
    assert feed.json == {"waiting": 1, "newest": order_id}
    same = cook.client.get("/pesanan/masuk/baru", headers={"If-None-Match": feed.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    page = cook.get("/pesanan/masuk").text
    assert "<title>(1) Pesanan masuk" in page
    assert f"/pesanan/{order_id}/confirm" in page
    assert len(page.encode()) < 40_000
    tap = {"version": "1", "next": "/pesanan/masuk"}
    assert cook.post(f"/pesanan/{order_id}/confirm", tap).location == "/pesanan/masuk"
    cook.post(f"/pesanan/{order_id}/confirm", tap, 409)
    assert cook.get("/pesanan/masuk/baru").json["waiting"] == 0
    assert "Siap diantar" in cook.get("/pesanan/masuk").text
    person(crew.pp).get("/pesanan/masuk", 403)


def test_the_inbox_takes_as_many_statements_for_ten_orders_as_for_one(app, crew, product, now, statements):
    def cost():
        with app.app_context(), statements() as seen:
            inbox.read_inbox(crew.producer)
        return len(seen)

    place(crew, product, now)
    one = cost()
    for n in range(9):
        place(crew, product, now, key=f"kunci-1000000{n}")
    assert cost() == one == 5


def test_the_read_receipt_is_the_first_look_of_the_producer_and_makes_no_page_old(crew, person, product, now):
    order_id = place(crew, product, now)
    person(crew.pp).get(f"/pesanan/{order_id}")
    assert session.scalar(select(Order.seen_at)) is None
    person(crew.producer).get(f"/pesanan/{order_id}")
    session.rollback()
    first, version = session.execute(select(Order.seen_at, Order.version)).one()
    assert first is not None
    assert version == 1
    with unit_of_work():
        inbox.see(crew.producer, [order_id], now + timedelta(hours=1))
        inbox.see(makers.make_crew().producer, [order_id], now + timedelta(hours=1))
    assert session.scalar(select(Order.seen_at)) == first


def test_a_day_off_closes_ordering_and_searching_and_opens_again(crew, person, product, now):
    with unit_of_work():
        assert reach.close_days(crew.producer, THE_DAY, THE_DAY, "Hajatan", now) == 1
        assert reach.close_days(crew.producer, THE_DAY, THE_DAY, "Hajatan", now) == 0
    with pytest.raises(Invalid) as refusal:
        place(crew, product, now)
    assert [fault.field for fault in refusal.value.faults] == ["deliver.at"]
    assert product.id in browsing.booked_out(THE_DAY, None)
    assert product.id not in browsing.booked_out(THE_DAY + timedelta(days=1), None)
    cook = person(crew.producer)
    assert "Hajatan" in cook.get("/libur").text
    cook.post("/libur/hapus", {"day": THE_DAY.isoformat()})
    assert place(crew, product, now)


def test_days_off_name_the_orders_that_stay_and_refuse_the_past(crew, person, product):
    with unit_of_work():
        order = makers.make_confirmed_order(crew, utc_now(), (product, 3))
        day, number = local_day(order.deliver_at), order.number
    cook = person(crew.producer)
    form = {"from": day.isoformat(), "to": (day + timedelta(days=2)).isoformat(), "reason": "Pulang kampung"}
    cook.post("/libur", form)
    assert number in cook.get("/libur").text
    assert len(session.scalars(select(ClosedDay.day)).all()) == 3
    for wrong in (
        {"from": "2020-01-01"},
        {"to": "2020-01-01"},
        {"to": "2027-11-20"},
        {"from": "besok"},
        {"reason": "x" * 101},
    ):
        page = cook.post("/libur", form | wrong, 422).text
        assert "Kesalahan:" in page
    cook.post("/libur", {"quick": "hari-ini"})
    session.rollback()
    assert len(session.scalars(select(ClosedDay.day)).all()) == 4
    person(crew.pp).get("/libur", 403)


def test_sold_out_in_one_tap_stops_ordering_until_it_is_taken_back(crew, person, product, now):
    cook = person(crew.producer)
    cook.post(f"/produk-saya/{product.id}/habis", {"gone": "1"})
    assert "Ada lagi" in cook.get("/produk-saya").text
    with pytest.raises(Conflict) as refusal:
        place(crew, product, now)
    assert refusal.value.kind == "sold-out"
    session.rollback()
    before = session.scalar(select(Product.version))
    with unit_of_work():
        editing.set_sold_out(crew.producer, product.id, True, now)
        with pytest.raises(NotFound):
            editing.set_sold_out(makers.make_crew().producer, product.id, False, now)
    assert session.scalar(select(Product.version)) == before
    kinds = set(session.scalars(select(OutboxMessage.kind)))
    assert "catalog.index" in kinds
    cook.post(f"/produk-saya/{product.id}/habis", {"gone": "0"})
    assert place(crew, product, now)


def test_a_large_order_needs_the_hours_of_its_size(crew, product, now):
    with unit_of_work():
        session.add(LeadTier(product_id=product.id, min_quantity=50, hours=24 * 20))
    assert place(crew, product, now, quantity=49)
    with pytest.raises(Invalid, match=r"."):
        place(crew, product, now, quantity=50, key="kunci-00000002")


def test_delivery_is_paid_once_an_order_bound_in_the_pagu_and_not_counted_as_goods(crew, product, now):
    with unit_of_work():
        session.add(DeliveryArea(vendor_id=crew.vendor.id, kecamatan_code=makers.GAMBIR, cost=15_000))
    with pytest.raises(Conflict) as refusal:
        place(crew, product, now)
    assert (refusal.value.facts["total"], refusal.value.facts["shipping"]) == (115_000, 15_000)
    order_id = place(crew, product, now, shown_total=115_000)
    with unit_of_work():
        confirming.confirm(crew.producer, order_id, 1, now)
    order = session.get_one(Order, order_id)
    assert (order.total, order.shipping) == (115_000, 15_000)
    assert sum(session.scalars(select(LedgerEntry.committed))) == 100_000


def test_who_delivers_somewhere_only_says_where(crew, product, now):
    with unit_of_work():
        session.add(DeliveryArea(vendor_id=crew.vendor.id, kecamatan_code=TEBET, cost=0))
    with pytest.raises(Invalid) as refusal:
        place(crew, product, now)
    fault = refusal.value.faults[0]
    assert fault.field == "deliver.kecamatan"
    assert "Tebet" in str(dict(fault.params)["where"])
    elsewhere = Delivery("Kantor Kelurahan, Jl. Tebet 1", TEBET, datetime(2026, 11, 25, 3, tzinfo=UTC))
    assert place(crew, product, now, delivery=elsewhere)


def test_the_checkout_shows_delivery_before_sending_and_sends_that_total(crew, person, product):
    with unit_of_work():
        session.add(DeliveryArea(vendor_id=crew.vendor.id, kecamatan_code=makers.GAMBIR, cost=15_000))
    pp = person(crew.pp)
    pp.post("/keranjang", {"product_id": product.id, "quantity": "10"})
    assert "Ongkos kirim dihitung saat memilih tempat" in pp.get("/keranjang").text
    page = pp.get("/kirim").text
    assert "Rp15.000" in page.replace("\xa0", "").replace("Rp ", "Rp")
    pp.post("/kirim", checkout_form(page, crew))
    session.rollback()
    assert session.scalar(select(Order.total)) == 115_000


def test_an_unread_order_rings_the_owner_then_the_mentor_and_each_step_once(crew, product, now):
    order_id = place(crew, product, now)
    with unit_of_work():
        mentor = makers.make_actor("mentor").user_id
    order = session.get_one(Order, order_id)
    quarter = now + min((order.due_at - now) // 4, terms.UNREAD_LATEST)
    half = now + min((order.due_at - now) // 2, terms.UNREAD_LATEST * 2)
    session.rollback()
    rung = [
        escalating.ring_unread(moment, lambda _vendor: mentor)
        for moment in (quarter - timedelta(seconds=1), quarter, quarter, half, half)
    ]
    assert rung == [0, 1, 0, 1, 0]
    assert sorted(session.scalars(select(OrderReminder.step))) == ["mentor", "owner"]
    assert len(session.scalars(select(OutboxMessage.id).where(OutboxMessage.kind == "mail")).all()) == 4


def test_a_seen_order_rings_nobody_and_a_crowd_is_caught_up_with_in_rounds(crew, product, now):
    for n in range(3):
        place(crew, product, now, key=f"kunci-2000000{n}")
    seen = session.scalars(select(Order.id)).first()
    with unit_of_work():
        inbox.see(crew.producer, [seen], now)
    late = now + timedelta(hours=2)
    assert [escalating.ring_unread(late, lambda _v: None, limit=1) for _ in range(3)] == [1, 1, 0]
    assert seen not in set(session.scalars(select(OrderReminder.order_id)))
