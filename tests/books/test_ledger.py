"""The books stay balanced, agree with their sums and with the orders, whatever happens, in whatever order, however often."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from shop.base.actor import SYSTEM
from shop.base.errors import Conflict
from shop.books import reading, verify
from shop.books.accounts import BANK, EXPENSE, PAYABLE, REFUND_DUE, withheld
from shop.books.models import MoneyPosting, MoneySum, MoneyTransfer
from shop.books.posting import Event, Transfer, balances, find, post
from shop.db import db, session, unit_of_work
from shop.orders import adjusting, paying
from shop.orders.loading import lock_order
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax
from shop.orders.paying import Charged, Proof
from shop.treasury import order_books
from tests import makers

DAY = date(2026, 11, 20)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["order", "adjust", "pay", "charge", "close", "refund", "late", "back", "remit", "again"]),
        st.integers(0, 3),
        st.integers(1, 9_999),
    ),
    min_size=4,
    max_size=12,
)


class World:
    """One office, one producer, and what may happen to their orders next."""

    def __init__(self, crew, now):
        self.crew, self.now, self.orders = crew, now, []
        self.posted = []

    def play(self, verb, which, number):
        with unit_of_work():
            if verb == "order":
                product = makers.make_product(self.crew.vendor, price=number * 100, name=f"Nasi {number}")
                self.orders.append(makers.make_received_order(self.crew, self.now, (product, 2)).id)
            elif verb == "remit":
                self._remit(number)
            elif verb == "again" and self.posted:
                assert post(SYSTEM, self.posted[which % len(self.posted)], self.now) is False
            elif self.orders:
                self._on_order(verb, session.get_one(Order, self.orders[which % len(self.orders)]), number)

    def _on_order(self, verb, order, number):
        paid = order.state in {"paid", "closed"}
        if verb == "adjust" and order.state == "received":
            locked = lock_order(SYSTEM, order.id)
            prices = {line.id: number for line in locked.lines}
            adjusting.adjust(self.crew.ppk, locked, adjusting.Change(unit_prices=prices), "adjust", self.now)
        elif verb == "pay" and order.state == "received":
            told = None if number % 2 else min(number, order.total - 1)
            proof = Proof("TRF-001", DAY, withheld=told, note="sesuai surat dari kantor pajak")
            paying.pay(self.crew.bendahara, order.id, order.version, proof, self.now)
        elif verb == "charge" and order.state == "received":
            taken = max(1, order.total - number)
            paying.charge(order.id, Charged("gateway", "pi_1", taken, DAY, DAY, self.crew.bendahara.user_id), self.now)
        elif verb == "close" and order.state == "paid":
            paying.close(self.crew.ppk, order.id, order.version, self.now)
        elif verb == "refund" and paid:
            self._post(f"order:{order.id}", f"refund:{number}", Transfer(BANK, PAYABLE, number))
        elif verb == "late" and paid:
            self._post(f"order:{order.id}", f"late:{number}", Transfer(REFUND_DUE, BANK, number))
        elif verb == "back" and paid:
            self._post(f"order:{order.id}", f"back:{number}", Transfer(BANK, REFUND_DUE, number))

    def _remit(self, number):
        self._post(f"remit:{number}", "paid", Transfer(withheld("PPH22"), BANK, number), vendor=False)

    def _post(self, source, name, transfer, *, vendor=True):
        vendor_id = self.crew.vendor.id if vendor else None
        event = Event(source, name, self.crew.office_id, vendor_id, DAY, [transfer])
        self.posted.append(event)
        post(SYSTEM, event, self.now)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_books_sums_and_orders_agree(crew, now, steps):
    with unit_of_work():
        world = World(makers.make_crew(pagu=10**12), now)
    for step in [("order", 0, 1_850), *steps]:
        world.play(*step)
    assert verify.differences() == []
    assert order_books.differences() == []
    months = session.execute(
        select(func.sum(MoneySum.debit) - func.sum(MoneySum.credit)).group_by(
            MoneySum.party, MoneySum.party_id, MoneySum.month
        )
    )
    assert {row[0] for row in months} == {0}
    # What a month's flows say is what the transfers say, looked at from the other side.
    held = sum((balances(s).get(PAYABLE, 0) for s in session.scalars(select(MoneyPosting.source).where(
        MoneyPosting.office_id == world.crew.office_id).distinct())), 0)  # fmt: skip
    last = reading.months("office", world.crew.office_id)[-1]
    assert last.owed == -held
    for flow in reading.FLOWS:
        rows = reading.postings("office", world.crew.office_id, 202611, flow=flow, limit=1000)
        assert bool(rows) or getattr(last, flow) == 0
    session.rollback()
    counted = session.execute(select(*MoneySum.__table__.c).order_by(*MoneySum.__table__.primary_key.columns)).all()
    with unit_of_work():
        verify.recount()
    assert (
        session.execute(select(*MoneySum.__table__.c).order_by(*MoneySum.__table__.primary_key.columns)).all()
        == counted
    )


def test_the_first_difference_is_named_and_the_database_lets_nobody_change_a_posting(crew, now):
    with unit_of_work():
        paid = makers.make_paid_order(crew, now)
        order_id, number = paid.id, paid.number
    with unit_of_work():
        session.execute(
            update(MoneySum)
            .where(MoneySum.party == "office", MoneySum.account == PAYABLE)
            .values(debit=MoneySum.debit + 1)
        )
        session.execute(delete(MoneySum).where(MoneySum.party == "vendor", MoneySum.account == EXPENSE))
    found = verify.differences()
    assert len(found) == 2
    assert found[0].startswith(f"office {crew.office_id} bulan 202611 akun payable: tersimpan (555001, 555000)")
    assert "vendor" in found[1]
    assert "tersimpan None, seharusnya (555000, 0)" in found[1]
    with unit_of_work():
        verify.recount()
        session.execute(update(Payment).where(Payment.order_id == order_id).values(withheld=7))
    assert verify.differences() == []
    assert order_books.differences() == [f"pesanan {number} (paid), dipungut bendahara: buku 16650, seharusnya 7"]
    for statement in (
        update(MoneyTransfer).values(amount=1),
        delete(MoneyTransfer),
        update(MoneyPosting).values(day=DAY - timedelta(days=1)),
        delete(MoneyPosting),
        text("INSERT INTO money_transfer (posting_id, debit, credit, amount) VALUES (1, 'bank', 'payable', 0)"),
        text("INSERT INTO money_transfer (posting_id, debit, credit, amount) VALUES (1, 'bank', 'payable', -5)"),
        text("INSERT INTO money_transfer (posting_id, debit, credit, amount) VALUES (1, 'bank', 'bank', 5)"),
    ):
        with pytest.raises(DBAPIError), unit_of_work():
            session.execute(statement)
    assert verify.differences() == []


def test_of_two_who_post_the_same_event_at_once_one_wins(app, crew, now):
    event = Event("order:9", "paid", crew.office_id, crew.vendor.id, DAY, [Transfer(PAYABLE, BANK, 5_000)])
    gate, wrote = threading.Barrier(4), []

    def write():
        with app.app_context():
            gate.wait()
            try:
                with unit_of_work():
                    wrote.append(post(SYSTEM, event, now))
            except Conflict as error:
                wrote.append(error.kind)
            db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrote.count(True) == 1
    assert set(wrote) <= {True, False, "already-there", "busy"}
    session.rollback()  # look anew
    assert balances("order:9") == {PAYABLE: 5_000, BANK: -5_000}
    assert verify.differences() == []


def test_orders_of_an_older_version_are_posted_once_on_the_days_it_happened(app, crew, now):
    with unit_of_work():
        held = makers.make_received_order(crew, now - timedelta(days=40)).id
        paid = makers.make_paid_order(crew, now).id
        session.flush()
        session.execute(update(Payment).where(Payment.order_id == paid).values(withheld=2_775))
        for table in ("money_transfer", "money_posting", "order_tax"):
            _open(table)
        session.execute(delete(MoneyTransfer))
        session.execute(delete(MoneyPosting))
        session.execute(delete(OrderTax))
        session.execute(delete(MoneySum))
    runner = app.test_cli_runner()
    assert "buku 0, seharusnya 555000" in runner.invoke(args=["books", "verify"]).output
    assert "2 pesanan dibukukan" in runner.invoke(args=["books", "catch-up"]).output
    assert "0 pesanan dibukukan" in runner.invoke(args=["books", "catch-up"]).output
    assert runner.invoke(args=["books", "verify"]).output == "books: 0 selisih\n"
    assert "books: 0 selisih" in runner.invoke(args=["kept", "verify"]).output
    assert "jumlah dihitung" in runner.invoke(args=["books", "recount"]).output
    assert [(m.month, m.due, m.paid, m.kept, m.owed) for m in reading.months("vendor", crew.vendor.id)] == [
        (202610, 555_000, 0, 0, 555_000),
        (202611, 555_000, 552_225, 2_775, 555_000),
    ]
    assert find(f"order:{held}", "paid") is None
    assert session.scalar(select(func.count()).select_from(OrderTax)) == 0


def _open(table):
    """Take the triggers away, as nobody can but who owns the database."""
    from shop.db import not_append_only

    for statement in not_append_only(table, session.get_bind().dialect.name):
        session.execute(text(statement))
