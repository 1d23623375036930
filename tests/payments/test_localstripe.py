"""Against a server that others made: a real process over real HTTP, with signatures that are not ours."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from sqlalchemy import select

from shop import background
from shop.base.clock import utc_now
from shop.books.accounts import BANK, PAYABLE
from shop.books.posting import balances
from shop.clients.stripe import Account, Stripe
from shop.db import session, unit_of_work
from shop.orders.models import Order
from shop.outbox.posting import drain
from shop.payments import gateway_channel
from shop.payments.gateway_channel import Gateway
from shop.payments.models import PaymentRequest
from tests import makers
from tests.localstripe import KEY, SECRET, pay, running, tell

if TYPE_CHECKING:
    import time_machine
    from flask import Flask

    from tests.browsing import Person

ALL = "/pembayaran/gerbang"


@pytest.fixture
def localstripe(tmp_path: Path) -> Iterator[str]:
    with running(tmp_path) as url:
        yield url


@pytest.fixture
def heard() -> Iterator[tuple[str, queue.Queue[tuple[bytes, str]]]]:
    """Return an address that takes webhooks, and what came there: raw body and signature."""
    came: queue.Queue[tuple[bytes, str]] = queue.Queue()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.put((self.rfile.read(int(self.headers["Content-Length"])), self.headers["Stripe-Signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_order_is_paid_and_refunded_at_a_real_server(
    app: Flask,
    localstripe: str,
    heard: tuple[str, queue.Queue[tuple[bytes, str]]],
    person: Callable[[Any], Person],
    clock: time_machine.Traveller,
) -> None:
    address, came = heard
    tell(localstripe, address)
    stripe = Stripe(Account(localstripe, KEY))
    made = app.extensions["gateway"] = Gateway(stripe, stripe, (SECRET,))
    gateway_channel.use(made)
    with app.app_context():
        with unit_of_work():
            crew = makers.make_crew()
            order = makers.make_received_order(crew, utc_now())
            session.flush()
            order_id, version = order.id, order.version
        treasurer = person(crew.bendahara)
        page = treasurer.post(ALL, {"order_id": order_id, "version": version}).location
        assert "belum memilih cara bayar" in treasurer.get(page).text
        intent_id = session.scalars(select_external(order_id)).one()
        pay(localstripe, intent_id)
        raw, signature = came.get(timeout=10)
        now = utc_now()
        signed = re.match(r"t=(\d+)", signature)
        assert signed is not None
        clock.move_to(datetime.fromtimestamp(int(signed[1]), UTC))
        for answer in ("kept", "known"):
            said = app.test_client().post("/webhooks/stripe", data=raw, headers={"Stripe-Signature": signature})
            assert (said.status_code, said.text.strip()) == (200, answer)
        assert app.test_client().post("/webhooks/stripe", data=raw + b" ", headers={"Stripe-Signature": signature}).status_code == 400  # fmt: skip
        drain(background.handlers(app), utc_now())
        clock.move_to(now)
        session.rollback()
        paid = session.get_one(Order, order_id)
        assert (paid.state, paid.paid_by) == ("paid", crew.bendahara.user_id)
        request = session.scalars(select_request(order_id)).one()
        net, request_page = request.amount, f"{ALL}/{request.id}"
        assert balances(f"order:{order_id}")[BANK] == -net
        session.rollback()
        # It would pay back more than came; we do not ask it to.
        treasurer.post(f"{request_page}/kembalikan", {"amount": str(net + 1), "reason": "Barang kurang"}, 422)
        treasurer.post(f"{request_page}/kembalikan", {"amount": "10.000", "reason": "Barang kurang"})
        assert balances(f"order:{order_id}")[BANK] == 10_000 - net
        assert balances(f"order:{order_id}")[PAYABLE] == -10_000
        assert [one.amount for one in stripe.refunds(intent_id)] == [1_000_000]
        assert "Sudah kembali" in treasurer.get(request_page).text
        _declined(app, localstripe, crew, treasurer)
    gateway_channel.use(None)


def _declined(app: Flask, localstripe: str, crew: makers.Crew, treasurer: Person) -> None:
    # A card that is declined answers 402 under another type than the real one, and without the payment.
    bad = {"type": "card", "card[number]": "4000000000000341", "card[exp_month]": "12", "card[exp_year]": "2034", "card[cvc]": "123"}  # fmt: skip
    stripe = Stripe(Account(localstripe, KEY))
    method = requests.post(f"{localstripe}/v1/payment_methods", data=bad, auth=(KEY, ""), timeout=5).json()["id"]
    app.extensions["gateway"] = Gateway(stripe, stripe, (SECRET,), method)
    with unit_of_work():
        order = makers.make_received_order(crew, utc_now())
        session.flush()
        order_id, version = order.id, order.version
    page = treasurer.post(ALL, {"order_id": order_id, "version": version}).location
    assert "menolak" in treasurer.get(page).text
    session.rollback()
    assert session.get_one(Order, order_id).state == "received"
    if (
        session.scalars(select_request(order_id)).one().state == "opened"
    ):  # found: its clock is the real one, ours is not
        treasurer.post(f"{page}/batal", {})
        session.rollback()
    assert session.scalars(select_request(order_id)).one().state in {"cancelled", "failed"}


def select_request(order_id: int) -> Any:
    return select(PaymentRequest).where(PaymentRequest.order_id == order_id)


def select_external(order_id: int) -> Any:
    return select(PaymentRequest.external_id).where(PaymentRequest.order_id == order_id)
