"""The taxes of an order: assessed from its lines and its producer, frozen with the payment, and the same in the books."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.base.clock import local_day
from shop.base.errors import Conflict, Invalid, WrongState
from shop.books import posting
from shop.books.models import MoneySum
from shop.db import session, unit_of_work
from shop.orders import paying, taxing
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax
from shop.orders.paying import Charged, Proof
from shop.payments import channels
from shop.payments.channels import Channel
from shop.vendors.models import Vendor
from tests import makers
from tests.orders.test_together import all_at_once


def receive(crew, now, *goods):
    with unit_of_work():
        order = makers.make_received_order(crew, now, *((makers.make_product(crew.vendor, **x), n) for x, n in goods))
        session.flush()
        return order.id


def pay(crew, order_id, now, **proof):
    with unit_of_work():
        version = session.get_one(Order, order_id).version
        paying.pay(crew.bendahara, order_id, version, Proof("SP2D-1", local_day(now), **proof), now)


def become(crew, **values):
    with unit_of_work():
        session.execute(update(Vendor).where(Vendor.id == crew.vendor.id).values(**values))


GOODS = {"category_code": "alat-kebersihan", "price": 1_500_000}
MEALS = {"category_code": "nasi-kotak", "price": 40_000}


def test_an_order_of_goods_and_meals_is_assessed_by_kind_frozen_and_booked_to_the_rupiah(crew, now):
    become(crew, legal_form="cv", npwp="0012345678901000", turnover_class="to_2b", pkp=True)
    order_id = receive(crew, now, (GOODS, 2), (MEALS, 50))
    pay(crew, order_id, now)
    session.rollback()
    rows = {row.kind: row for row in session.scalars(select(OrderTax).where(OrderTax.order_id == order_id))}
    goods, meals = rows["goods"], rows["catering"]
    # Prices have their tax inside: 3,000,000 with 11 % PPN, 2,000,000 with 10 % PBJT.
    assert (goods.dpp, goods.ppn, goods.ppn_remitted_by) == (2_702_703, 297_297, "treasurer")
    assert (goods.pph_code, goods.pph_bp, goods.pph) == ("PPH22", 150, 40_540)
    assert (meals.dpp, meals.pbjt, meals.ppn, meals.pph_code, meals.pph) == (1_818_182, 181_818, 0, "PPH23", 36_363)
    assert {item["rule"]["confidence"] for item in goods.items if item["rule"]} <= {"H", "M", "L"}
    held = posting.balances(f"order:{order_id}")
    assert held["withheld:PPN"], held["withheld:PPH22"] == (-297_297, -40_540)
    assert held["payable"] == 0
    assert sum(held.values()) == 0
    payment = session.get_one(Payment, order_id)
    assert payment.withheld == 297_297 + 40_540 + 36_363
    assert -held["bank"] == payment.amount - payment.withheld == goods.seller_receives + meals.seller_receives
    assert taxing.turnover(crew.vendor.id, local_day(now).year) == goods.dpp + meals.dpp
    spent = (MoneySum.party == "office", MoneySum.party_id == crew.office_id, MoneySum.account == "payable")
    assert session.execute(select(MoneySum.debit, MoneySum.credit).where(*spent)).one() == (5_000_000, 5_000_000)


def test_small_orders_near_each_other_count_together_for_the_floor_and_far_ones_do_not(crew, now):
    become(crew, npwp="0012345678901000")
    first = receive(crew, now - timedelta(days=40), (GOODS, 1))
    with unit_of_work():
        assert taxing.assess_order(session.get_one(Order, first), local_day(now)).kinds[0].result.pph == 0
    second, third = receive(crew, now - timedelta(days=3), (GOODS, 1)), receive(crew, now, (GOODS, 1))
    session.rollback()
    for order_id in (second, third):
        found = taxing.assess_order(session.get_one(Order, order_id), local_day(now)).kinds[0]
        assert (found.facts.split_dpp, found.result.pph_code, found.result.pph) == (1_500_000, "PPH22", 22_500)


def test_the_statement_frees_until_the_year_passes_500_million_and_then_only_what_is_above(crew, now):
    year = local_day(now).year
    become(crew, npwp="0012345678901000", tax_paper="decl_500m", tax_paper_year=year, turnover_class="to_500m")
    one = receive(crew, now, ({**GOODS, "price": 9_000_000}, 1))
    pay(crew, one, now)
    with unit_of_work():
        session.execute(update(taxing.VendorTurnover).values(paid=499_000_000))
    two = receive(crew, now, ({**MEALS, "price": 100_000}, 30))
    pay(crew, two, now)
    session.rollback()
    first, second = (session.scalars(select(OrderTax).where(OrderTax.order_id == x)).one() for x in (one, two))
    assert (first.pph_code, first.pph) == ("PP55_EXEMPT_500M", 0)
    assert (second.pph_code, second.pph_base, second.pph) == ("PPH21_BP", 2_000_000, 50_000)


def test_of_offices_that_pay_one_producer_at_once_each_sees_what_the_others_paid(app, crew, now):
    """Each payment alone stays below Rp 500 million; together they pass it, and nobody's tax is forgotten."""
    year, vendor_id = local_day(now).year, crew.vendor.id
    become(crew, npwp="0012345678901000", tax_paper="decl_500m", tax_paper_year=year, turnover_class="to_500m")
    with unit_of_work():
        offices = [replace(makers.make_crew(crew.vendor), producer=crew.producer) for _ in range(3)]
    orders = [receive(office, now, ({**MEALS, "price": 90_000}, 10)) for office in offices]
    with unit_of_work():
        session.add(taxing.VendorTurnover(vendor_id=vendor_id, year=year, paid=499_000_000))
    session.remove()
    assert all_at_once(app, lambda number: pay(offices[number], orders[number], now), 3) == []
    assert taxing.turnover(vendor_id, year) == 501_700_000
    bases = session.scalars(select(OrderTax.pph_base).where(OrderTax.pph > 0)).all()
    assert sum(bases) == 1_700_000


def test_another_sum_than_the_rules_say_needs_its_reason_and_is_booked_as_told(crew, now):
    order_id = receive(crew, now, (MEALS, 50))
    for withheld, note in ((1, ""), (1, "  a "), (2_000_000, "lebih dari semuanya"), (-1, "kurang dari nol"),
                           (1_999_999, "4111-1111-1111-1111")):  # fmt: skip
        with pytest.raises(Invalid) as told:
            pay(crew, order_id, now, withheld=withheld, note=note)
        assert {fault.field for fault in told.value.faults} == {"note" if "4111" in note else "withheld"}
    pay(crew, order_id, now, withheld=20_000, note="Surat keterangan diserahkan hari itu")
    session.rollback()
    assert session.get_one(Payment, order_id).withheld == 20_000
    assert posting.balances(f"order:{order_id}")["withheld:PPH21_BP"] == -20_000
    assert session.scalars(select(OrderTax.pph).where(OrderTax.order_id == order_id)).one() == 60_000  # as assessed


def test_one_payment_at_a_time_whoever_asks_and_the_channel_is_believed_once(crew, now, monkeypatch):
    plain = Channel("qris", "QRIS", lambda *_: "", lambda *_: None)
    monkeypatch.setitem(channels.CHANNELS, "qris", plain)
    order_id = receive(crew, now, (MEALS, 50))

    def ask():
        with unit_of_work():
            version = session.get_one(Order, order_id).version
            return channels.open_request(crew.bendahara, order_id, "qris", version, now).id

    request_id = ask()
    for again in (ask, lambda: pay(crew, order_id, now)):
        with pytest.raises(Conflict) as told:
            again()
        assert told.value.kind == "payment-open"
    with unit_of_work():
        request = channels.lock_request(request_id)
        assert request.amount == 2_000_000 - 60_000
        channels.confirmed(request, "RRN-1", local_day(now), now)
    with pytest.raises(WrongState), unit_of_work():
        channels.confirmed(channels.lock_request(request_id), "RRN-1", local_day(now), now)
    session.rollback()
    order, payment = session.get_one(Order, order_id), session.get_one(Payment, order_id)
    assert (order.state, order.paid_by, payment.channel, payment.withheld) == (
        "paid",
        crew.bendahara.user_id,
        "qris",
        60_000,
    )


def test_a_channel_that_took_more_than_the_order_costs_is_not_believed(crew, now):
    order_id = receive(crew, now, (MEALS, 50))
    day = local_day(now)
    with pytest.raises(Conflict) as told, unit_of_work():
        paying.charge(order_id, Charged("gateway", "pi_1", 2_000_001, day, day, crew.bendahara.user_id), now)
    assert told.value.kind == "amount-differs"
    assert session.get(Payment, order_id) is None
