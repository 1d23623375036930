"""Paying through the gateway: whatever it does, an order is paid once, and no rupiah is counted twice or lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shop import background
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from shop.books.accounts import BANK, EXPENSE, PAYABLE, REFUND_DUE
from shop.books.posting import balances
from shop.clients.stripe_errors import StripeFault
from shop.db import session, unit_of_work
from shop.orders import paying
from shop.orders.models import Order, Payment
from shop.orders.paying import Proof
from shop.outbox.posting import drain
from shop.payments import channels, gateway_calls, gateway_events, gateway_truth, reconciling, refunding
from shop.payments.gateway_channel import CODE, Gateway
from shop.payments.models import GatewayEvent, PaymentRefund, PaymentRequest
from shop.settings import ROOT
from tests import makers, stripe_stub
from tests.stripe_stub import Stub, hang, say, then

if TYPE_CHECKING:
    import time_machine
    from flask import Flask

    from tests.browsing import Person
    from tests.payments.conftest import Hook

ALL = "/pembayaran/gerbang"


@dataclass
class Office:
    """An office with one received order, and who pays there."""

    crew: makers.Crew
    order_id: int
    version: int
    total: int


def office(now: datetime) -> Office:
    with unit_of_work():
        crew = makers.make_crew()
        order = makers.make_received_order(crew, now)
        session.flush()
        return Office(crew, order.id, order.version, order.total)


def request_of(order_id: int) -> PaymentRequest:
    session.rollback()
    where = PaymentRequest.order_id == order_id
    return session.scalars(select(PaymentRequest).where(where).order_by(PaymentRequest.id.desc()).limit(1)).one()


def in_books(order_id: int) -> dict[str, int]:
    session.rollback()
    found = dict(balances(f"order:{order_id}"))
    assert sum(found.values()) == 0
    return {account: amount for account, amount in found.items() if amount}


def times_paid(order_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Payment).where(Payment.order_id == order_id)) or 0


def work(app: Flask) -> None:
    drain(background.handlers(app), utc_now())
    session.rollback()


def test_an_answer_that_is_lost_is_found_again_and_the_webhook_changes_nothing_twice(
    app: Flask, gateway: Gateway, stub: Stub, hook: Hook, person: Callable[[Any], Person], clock: time_machine.Traveller
) -> None:
    with app.app_context():
        at = office(utc_now())
        treasurer = person(at.crew.bendahara)
        sent = {"order_id": at.order_id, "version": at.version}
        for wrong in ("", "x", "9" * 19, "9" * 40, "\0", "-1"):
            treasurer.post(ALL, {**sent, "order_id": wrong}, 404)
        treasurer.post(ALL, {**sent, "version": 999}, 409)
        person(at.crew.pp).post(ALL, sent, 403)  # who ordered does not pay
        assert stub.calls == []

        stub.pranks.append(then(lambda: stub.pay("pi_1")))  # the money goes, the answer does not come
        page = treasurer.post(ALL, sent).location
        assert "Gerbang belum menjawab" in treasurer.get(page).text
        treasurer.post(ALL, sent, 409)  # one live payment of an order
        request = request_of(at.order_id)
        assert (request.external_id, request.state, len(stub.charges)) == ("", "opened", 1)
        assert session.get_one(Order, at.order_id).state == "received"

        paid = stub.intents["pi_1"]
        assert hook("evt_0", "payment_intent.succeeded", paid, secret="whsec_no").status_code == 400
        assert hook("evt_0", "payment_intent.succeeded", paid, late=301).status_code == 400
        assert hook("evt_0", "payment_intent.succeeded", paid, late=-302).status_code == 400
        stale = {**paid, "status": "processing", "amount": 1}  # what an event carries is not believed
        answers = [
            hook(name, kind, thing, secret=secret).text.strip()
            for name, kind, thing, secret in (
                ("evt_1", "payment_intent.succeeded", paid, "whsec_old"),
                ("evt_1", "payment_intent.succeeded", paid, "whsec_old"),
                ("evt_2", "payment_intent.processing", stale, "whsec_only_for_tests"),
                ("evt_3", "customer.created", {"id": "cus_1", "object": "customer"}, "whsec_only_for_tests"),
                ("evt\0", "payment_intent.succeeded", paid, "whsec_only_for_tests"),
            )
        ]
        assert answers == ["kept", "known", "kept", "kept", "ignored"]
        work(app)
        clock.shift(timedelta(minutes=5))
        assert reconciling.check_due(gateway, utc_now()) == 0  # the webhook was first
        request = request_of(at.order_id)
        order = session.get_one(Order, at.order_id)
        assert (request.state, request.external_id, order.state) == ("succeeded", "pi_1", "paid")
        assert order.paid_by == at.crew.bendahara.user_id
        assert times_paid(at.order_id) == len(stub.intents) == 1
        books = in_books(at.order_id)
        assert (books[EXPENSE], books[BANK]) == (at.total, -request.amount)
        assert "Uang sudah keluar" in treasurer.get(page).text
        assert treasurer.get(ALL).text.count(order.number) == 1
        stranger = person(makers_in_work("bendahara"))
        for path in (page, f"{ALL}/999999"):
            stranger.get(path, 404)
        for verb in ("periksa", "batal", "kembalikan"):
            stranger.post(f"{page}/{verb}", {}, 404)
        treasurer.post(f"{page}/batal", {}, 409)


def makers_in_work(role: str) -> Any:
    with unit_of_work():
        return makers.make_actor(role, office_id=makers.make_office().id)


def test_what_does_not_agree_is_shown_and_pays_nothing(
    app: Flask, gateway: Gateway, stub: Stub, hook: Hook, person: Callable[[Any], Person]
) -> None:
    with app.app_context():
        at, other = office(utc_now()), office(utc_now())
        now = utc_now()
        for one in (at, other):
            with unit_of_work():
                channels.open_request(one.crew.bendahara, one.order_id, CODE, one.version, now)
            gateway_calls.ask(gateway.stripe, request_of(one.order_id).id, now, fresh=True)
        mine, theirs = (stub.intents[f"pi_{n}"] for n in (1, 2))
        stub.intents["pi_alien"] = {**mine, "id": "pi_alien", "metadata": {}, "status": "succeeded"}
        mine["amount"] += 100  # another amount than was opened
        stub.pay("pi_1")
        theirs["currency"] = "usd"
        stub.pay("pi_2")
        for number, intent in enumerate((mine, theirs, stub.intents["pi_alien"], {"id": "pi_nowhere"})):
            thing = {"object": "payment_intent", **intent}
            assert hook(f"evt_{number}", "payment_intent.succeeded", thing).status_code == 200
        work(app)
        assert [session.get_one(Order, one.order_id).state for one in (at, other)] == ["received", "received"]
        assert times_paid(at.order_id) + times_paid(other.order_id) == 0
        request = request_of(at.order_id)
        taken = request.amount + 1
        assert request.state == "failed"
        assert in_books(at.order_id)[REFUND_DUE] == taken == -in_books(at.order_id)[BANK]
        assert REFUND_DUE not in in_books(other.order_id)
        odd = session.scalars(select(GatewayEvent.odd).where(GatewayEvent.odd > "").order_by(GatewayEvent.id)).all()
        assert len(odd) == 6  # four events, and the two payments themselves
        with unit_of_work():
            staff = makers.make_actor("programme")
        told = person(staff).get(f"{ALL}/selisih").text
        assert all(
            word in told for word in ("pi_1", "pi_2", "pi_alien", "pi_nowhere", "bukan rupiah", "Jumlah di gerbang")
        )
        treasurer = person(at.crew.bendahara)
        treasurer.get(f"{ALL}/selisih", 403)
        page = f"{ALL}/{request.id}"
        assert "tidak sama" in treasurer.get(page).text
        answer = treasurer.post(f"{page}/kembalikan", {"amount": str(taken + 1), "reason": " "}, 422).text
        assert answer.count('class="field bad"') == 2
        assert f'value="{taken + 1}"' in answer
        treasurer.post(f"{page}/kembalikan", {"amount": str(taken), "reason": "Jumlahnya keliru"})
        assert in_books(at.order_id).keys() == {EXPENSE, PAYABLE}
        treasurer.post(f"{page}/kembalikan", {"amount": "1", "reason": "Jumlahnya keliru"}, 422)
        assert sum(one["amount"] for one in stub.refunds.values()) == taken * 100


def test_money_that_comes_late_is_owed_back_and_refunds_never_exceed_it(
    app: Flask, gateway: Gateway, stub: Stub, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        at, now = office(utc_now()), utc_now()
        who = at.crew.bendahara
        with unit_of_work():
            request = channels.open_request(who, at.order_id, CODE, at.version, now)
            request_id, net = request.id, request.amount
        gateway_calls.ask(gateway.stripe, request_id, now, fresh=True)
        with pytest.raises(Conflict), unit_of_work():  # both could be paid
            paying.pay(who, at.order_id, at.version, Proof("TRF-2026-11-009", local_day(now)), now)
        with unit_of_work():  # given up, and paid by transfer
            gateway_truth.end(request_id, "lapse", gateway_truth.NEVER_ARRIVED, now)
            version = session.get_one(Order, at.order_id).version
            paying.pay(who, at.order_id, version, Proof("TRF-2026-11-009", local_day(now)), now)
        books = in_books(at.order_id)
        stub.pay("pi_1")
        for _ in range(2):
            gateway_calls.ask(gateway.stripe, request_id, now)
        request = request_of(at.order_id)
        assert (request.state, request.details["owed_back"], times_paid(at.order_id)) == ("cancelled", True, 1)
        assert in_books(at.order_id) == {**books, REFUND_DUE: net, BANK: books[BANK] - net}

        def back(amount: int) -> int:
            with unit_of_work():
                return refunding.ask_back(who, request_id, amount, "Dibayar dua kali", utc_now()).id

        with pytest.raises(Forbidden), unit_of_work():
            refunding.ask_back(at.crew.pp, request_id, 1, "Dibayar dua kali", now)
        first = back(net - 1_000)
        with pytest.raises(Invalid):
            back(1_001)
        stub.pranks.extend(
            [say(200, {"data": []}), then(lambda: None)]
        )  # the list is read; the refund's answer is lost
        with pytest.raises(StripeFault):
            refunding.settle(gateway.stripe, request_id, now)
        clock.shift(timedelta(minutes=5))
        assert reconciling.check_due(gateway, utc_now()) == 1
        assert len(stub.refunds) == 1
        session.rollback()
        assert session.get_one(PaymentRefund, first).state == "succeeded"
        # Somebody gives the rest back at the gateway itself: ours is refused, theirs is kept.
        ours = back(1_000)
        stub.refunds["re_9"] = {**stub.refunds["re_1"], "id": "re_9", "amount": 100_000, "metadata": {}}
        refunding.settle(gateway.stripe, request_id, utc_now())
        session.rollback()
        assert session.get_one(PaymentRefund, ours).state == "failed"
        assert in_books(at.order_id) == books
        assert refunding.given_back(request_id) == net
        assert request_of(at.order_id).next_check_at is None
        stub.refunds["re_1"]["status"] = "failed"  # the bank sent it back days later
        refunding.settle(gateway.stripe, request_id, utc_now())
        assert session.get_one(GatewayEvent, "refund:re_1").odd == refunding.BOUNCED
        with pytest.raises(WrongState), unit_of_work():
            refunding.ask_back(who, _empty(at.crew, who, gateway), 1, "Dibayar dua kali", utc_now())


def _empty(crew: makers.Crew, who: Any, _gateway: Gateway) -> int:
    order = makers.make_received_order(crew, utc_now())
    session.flush()
    return channels.open_request(who, order.id, CODE, order.version, utc_now()).id


def test_a_gateway_in_every_mood_is_waited_for_or_given_up_in_words(
    app: Flask, gateway: Gateway, stub: Stub, clock: time_machine.Traveller
) -> None:
    """By mood: (state of the request afterwards, part of its words)."""
    html = say(200, b"<html>maaf</html>")
    declined = say(402, {"error": {"type": "card_error", "decline_code": "stolen_card", "message": "no"}})
    moods: tuple[tuple[Any, str, str], ...] = (
        (hang(1.5), "opened", "belum menjawab"),
        (html, "opened", "belum menjawab"),
        (say(500), "opened", "belum menjawab"),
        (say(409), "opened", "belum menjawab"),
        (say(429), "opened", "belum menjawab"),
        (say(401), "opened", "kunci"),
        (say(400), "failed", "menolak permintaan"),
        (declined, "failed", "penerbit kartu"),
    )
    with app.app_context():
        at = office(utc_now())
        for prank, state, words in moods:
            stub.pranks.append(prank)
            now = utc_now()
            with unit_of_work():
                version = session.get_one(Order, at.order_id).version
                request_id = channels.open_request(at.crew.bendahara, at.order_id, CODE, version, now).id
            with pytest.raises(StripeFault):
                gateway_calls.ask(gateway.stripe, request_id, now, fresh=True)
            request = request_of(at.order_id)
            assert (request.state, words in request.words) == (state, True), request.words
            if state == "opened":
                gateway_calls.cancel(at.crew.bendahara, gateway.stripe, request_id, utc_now())
            assert request_of(at.order_id).next_check_at is None
        assert stub.charges == []
        assert {one["status"] for one in stub.intents.values()} <= {"canceled"}
        # Nobody answers for an hour: what never arrived is let go of, not charged when nobody expects it.
        now = utc_now()
        with unit_of_work():
            request_id = channels.open_request(at.crew.bendahara, at.order_id, CODE, version, now).id
        intents = len(stub.intents)
        clock.shift(timedelta(hours=2))
        assert reconciling.check_due(gateway, utc_now()) == 1
        assert (request_of(at.order_id).state, len(stub.intents)) == ("cancelled", intents)
        with pytest.raises(NotFound):
            gateway_calls.ask(gateway.stripe, 10**6, utc_now())
        # Given up here while the call was under way: what it made there cannot be paid any more, also without a webhook.
        with unit_of_work():
            request = channels.open_request(at.crew.bendahara, at.order_id, CODE, version, utc_now())
            request_id, key, net = request.id, request.key, request.amount
            gateway_truth.end(request_id, "lapse", gateway_truth.NEVER_ARRIVED, utc_now())
        made = gateway.stripe.create(net, {"request": key}, key)
        with unit_of_work():
            gateway_truth.apply(request_id, made, utc_now())
        clock.shift(timedelta(hours=1))
        assert reconciling.check_due(gateway, utc_now()) == 1
        assert stub.intents[made.id]["status"] == "canceled"
        assert request_of(at.order_id).next_check_at is None


_STEPS = st.lists(
    st.sampled_from(["open", "send", "lose", "pay", "hook", "again", "look", "cancel", "lapse", "transfer", "refund"]),
    max_size=14,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
def test_whatever_happens_in_whatever_order_an_order_is_paid_once_and_the_books_hold(
    app: Flask, gateway: Gateway, stub: Stub, steps: list[str]
) -> None:
    with app.app_context():
        at = office(utc_now())
        before, transferred = set(stub.intents), 0
        for number, step in enumerate([*steps, "look", "look"]):
            try:
                transferred += _step(step, at, gateway, stub, before, f"evt_{at.order_id}_{number}")
            except (Conflict, Invalid, NotFound, StripeFault):
                session.rollback()
            stub.pranks.clear()
            assert times_paid(at.order_id) <= 1
            in_books(at.order_id)
        reconciling.reconcile(gateway, utc_now() - timedelta(days=1), utc_now())
        mine = [one for name, one in stub.intents.items() if name not in before]
        ids = {one["id"] for one in mine}
        charged = sum(one["amount_received"] for one in mine) // 100
        back = sum(one["amount"] for one in stub.refunds.values() if one["payment_intent"] in ids) // 100
        assert sum(one["status"] == "succeeded" for one in mine) == len(set(stub.charges) & ids)
        books = in_books(at.order_id)
        assert books.get(BANK, 0) == -charged - transferred + back
        assert back <= charged
        if transferred or (charged and not back):  # what was given up here and paid there all the same is owed back
            assert times_paid(at.order_id) == 1 or books[REFUND_DUE] == charged


def _step(step: str, at: Office, gateway: Gateway, stub: Stub, before: set[str], event: str) -> int:
    who, now = at.crew.bendahara, utc_now()
    session.rollback()
    order = session.get_one(Order, at.order_id)
    last = session.scalar(select(func.max(PaymentRequest.id)).where(PaymentRequest.order_id == at.order_id))
    mine = [name for name in stub.intents if name not in before]
    if step == "open":
        with unit_of_work():
            channels.open_request(who, at.order_id, CODE, order.version, now)
    elif step == "transfer":
        with unit_of_work():
            paying.pay(who, at.order_id, order.version, Proof("TRF-2026-11-009", local_day(now)), now)
        return -balances(f"order:{at.order_id}")[BANK] - _charged_before(at.order_id)
    elif step == "pay" and mine and stub.intents[mine[-1]]["status"] not in {"canceled", "succeeded"}:
        stub.pay(mine[-1])
    elif step in {"hook", "again"} and mine:
        name = "evt_same_" + mine[-1] if step == "again" else event
        thing = gateway_events.Event(name, "payment_intent.succeeded", "payment_intent", mine[-1], mine[-1])
        with unit_of_work():
            gateway_events.receive(thing, now)
        gateway_events.look(gateway.stripe, name, mine[-1], now)
    elif last is not None:
        _on_request(step, last, who, gateway, stub, now)
    return 0


def _charged_before(order_id: int) -> int:
    """What had left through the gateway when a transfer was recorded."""
    return balances(f"order:{order_id}").get(REFUND_DUE, 0)


def _on_request(step: str, request_id: int, who: Any, gateway: Gateway, stub: Stub, now: datetime) -> None:
    if step in {"send", "look"}:
        gateway_calls.ask(gateway.stripe, request_id, now)
        refunding.settle(gateway.stripe, request_id, now)
    elif step == "lose":
        stub.pranks.extend([say(200, {"data": []}), then(lambda: None)])
        gateway_calls.ask(gateway.stripe, request_id, now)
    elif step == "lapse":
        with unit_of_work():
            gateway_truth.end(request_id, "lapse", gateway_truth.NEVER_ARRIVED, now)
    elif step == "cancel":
        gateway_calls.cancel(who, gateway.stripe, request_id, now)
    elif step == "refund":
        with unit_of_work():
            refunding.ask_back(who, request_id, 7_000, "Barang kurang", now)


_CHILD = """
import sys, time_machine
from datetime import datetime
from types import SimpleNamespace
from shop.settings import Settings
from shop.app import create_app
from tests.browsing import Person
var, url, base, key, user_id, hat_id, order_id, version, now = sys.argv[1:]
settings = Settings(var=var, database_url=url, secret_key="only for tests", testing=True, worker=False,
                    stripe_api_base=base, stripe_secret_key=key, stripe_test_method="pm_card_visa")
with time_machine.travel(datetime.fromisoformat(now)):
    who = Person(create_app(settings), SimpleNamespace(user_id=user_id, hat_id=int(hat_id)))
    who.post("/pembayaran/gerbang", {"order_id": order_id, "version": version})
print("the answer came")
"""


def test_a_process_killed_between_the_charge_and_the_answer_is_made_good(
    app: Flask, gateway: Gateway, stub: Stub, db_url: str, clock: time_machine.Traveller
) -> None:
    """The real door in a process of its own, killed by SIGKILL when the money has gone and nobody has told it."""
    with app.app_context():
        at = office(utc_now())
        session.remove()
        said = [app.config["SHOP"].var, db_url, stub.url, stripe_stub.KEY, at.crew.bendahara.user_id]
        said += [at.crew.bendahara.hat_id, at.order_id, at.version, utc_now().isoformat()]
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, *map(str, said)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        stub.pranks.append(then(lambda: (child.send_signal(signal.SIGKILL), child.wait(10))))
        out, err = child.communicate(timeout=60)
        assert (child.returncode, out) == (-signal.SIGKILL, ""), err
        request = request_of(at.order_id)
        assert (request.external_id, request.state, len(stub.charges)) == ("", "opened", 1)
        assert session.get_one(Order, at.order_id).state == "received"
        clock.shift(timedelta(minutes=3))
        for _ in range(2):
            reconciling.check_due(gateway, utc_now())
        found = reconciling.reconcile(gateway, utc_now() - timedelta(days=1), utc_now())
        assert (found.mended, found.odd, found.stuck) == (0, 0, 0)
        assert session.get_one(Order, at.order_id).state == "paid"
        assert times_paid(at.order_id) == len(stub.charges) == len(stub.intents) == 1
        assert in_books(at.order_id)[BANK] == -request_of(at.order_id).amount
        said_by = app.test_cli_runner().invoke(args=["payments", "reconcile"])
        assert re.fullmatch(r"0 diperiksa, 0 dibetulkan, 0 tidak cocok, 0 lebih dari sehari\n", said_by.output)


def test_lists_take_a_fixed_number_of_statements(
    app: Flask, gateway: Gateway, person: Callable[[Any], Person], statements: Any
) -> None:
    with app.app_context():
        crew, counted = office(utc_now()).crew, []
        for more in (1, 4):
            with unit_of_work():
                for _ in range(more):
                    _empty(crew, crew.bendahara, gateway)
            with statements() as seen:
                person(crew.bendahara).get(ALL)
            counted.append(len(seen))
        assert counted[0] == counted[1]
