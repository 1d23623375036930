"""A received order, a gateway that misbehaves on demand, and the channel open to it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from shop.base.clock import utc_now
from shop.clients.stripe import Account, Patience, Stripe
from shop.payments import gateway_channel
from shop.payments.gateway_channel import Gateway
from tests import stripe_stub
from tests.stripe_stub import Stub

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

SECRET = "whsec_only_for_tests"
Hook = Callable[..., "TestResponse"]


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stripe_stub.running() as made:
        yield made


@pytest.fixture
def gateway(app: Flask, stub: Stub) -> Iterator[Gateway]:
    stripe = Stripe(Account(stub.url, stripe_stub.KEY, Patience(connect=1, read=1, whole=1, tries_more=0)))
    made = app.extensions["gateway"] = Gateway(stripe, stripe, ("whsec_old", SECRET), "")
    gateway_channel.use(made)
    yield made
    gateway_channel.use(None)


@pytest.fixture
def hook(app: Flask) -> Hook:
    """Return a function that sends an event as the gateway does; `late` seconds old, signed by `secret`."""

    def send(event_id: str, kind: str, thing: dict[str, Any], *, late: int = 0, secret: str = SECRET) -> TestResponse:
        raw = json.dumps({"id": event_id, "object": "event", "type": kind, "data": {"object": thing}}).encode()
        moment = int(utc_now().timestamp()) - late
        sign = hmac.new(secret.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
        return app.test_client().post(
            "/webhooks/stripe", data=raw, headers={"Stripe-Signature": f"t={moment},v1={sign}"}
        )

    return send
