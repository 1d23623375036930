"""The gateway's client against a server that misbehaves, and signatures by their published vectors."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.clients import stripe_errors as faults
from shop.clients import stripe_http
from shop.clients.stripe import Account, Patience, Stripe, read_event, to_minor
from shop.clients.stripe_signature import BadSignature, check
from tests import stripe_stub
from tests.stripe_stub import Stub, hang, say

SECRET = "whsec_test_primary"
BODY = b'{"id":"evt_test_1","object":"event","type":"payment_intent.succeeded"}'
V1 = "291d43b98d8d4500bec2ca48dcd8a4123f29e6cf7faf59f099be8edd571c6fac"
T = 1_767_225_600
QUICK = Patience(connect=1, read=0.4, whole=1, tries_more=2)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stripe_stub.running() as made:
        yield made


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(stripe_http, "_sleep", slept.append)
    return slept


@pytest.fixture
def stripe(stub: Stub, pauses: list[float]) -> Stripe:
    return Stripe(Account(stub.url, stripe_stub.KEY, QUICK))


def test_rupiah_cross_in_hundredths_within_twelve_digits() -> None:
    assert [to_minor(r) for r in (150_000, 1, 9_999_999_999)] == [15_000_000, 100, 999_999_999_900]
    for wrong in (0, -1, 10_000_000_000):
        with pytest.raises(ValueError, match="not an amount"):
            to_minor(wrong)


def test_a_payment_goes_its_way_and_the_same_key_does_it_once(stub: Stub, stripe: Stripe) -> None:
    made = stripe.create(150_000, {"request": "k1"}, "k1")
    assert (made.amount, made.currency, made.status) == (15_000_000, "idr", "requires_payment_method")
    assert stripe.create(150_000, {"request": "k1"}, "k1").id == made.id
    assert len(stub.intents) == 1
    with pytest.raises(faults.KeyReused):
        stripe.create(150_001, {"request": "k1"}, "k1")
    stub.pay(made.id)
    since = datetime.now(UTC) - timedelta(hours=1)
    found = stripe.find("request", "k1", since)
    assert found is not None
    assert found.is_paid
    assert stripe.find("request", "other", since) is None
    back = stripe.refund(made.id, 50_000, {"refund": "r1"}, "r1")
    assert (back.amount, back.intent_id) == (5_000_000, made.id)
    assert [one.id for one in stripe.refunds(made.id)] == [back.id] == [stripe.retrieve_refund(back.id).id]
    with pytest.raises(faults.Refused):
        stripe.cancel(made.id, "c1")  # paid: too late
    with pytest.raises(faults.NoSuchThing):
        stripe.retrieve("pi_nothing/../../refunds")
    assert all(key for method, _path, _form, key in stub.calls if method == "POST")


def test_what_is_tried_again_follows_the_official_rule(stub: Stub, stripe: Stripe, pauses: list[float]) -> None:
    """By answer: (tries, what it ends in). Each try carries the same key, and what was done is done once."""
    again, never = {"Stripe_Should_Retry": "true"}, {"Stripe_Should_Retry": "false"}
    cases: list[tuple[list[stripe_stub.Prank], int, type[Exception] | None]] = [
        ([say(500)], 2, None),
        ([say(409), say(503)], 3, None),
        ([say(500)] * 3, 3, faults.Unreachable),
        ([say(500, **never)], 1, faults.Unreachable),
        ([say(429)], 1, faults.TooOften),
        ([say(429, **again)], 2, None),
        ([say(400, **again)] * 3, 3, faults.Refused),
        ([say(402, {"error": {"type": "card_error", "decline_code": "do_not_honor"}})], 1, faults.Declined),
        ([say(200, b"<html>wifi login</html>")], 1, faults.Unreadable),
        ([say(502, b"<html>bad gateway</html>")], 2, None),
        ([say(404, b"<html>no</html>")], 1, faults.Unreadable),
        ([say(200, b"[" * 100_000)], 1, faults.Unreadable),
        ([say(200, {"object": "payment_intent", "id": 7})], 1, faults.Unreadable),
        ([say(302, b"", Location="http://127.0.0.1:9/elsewhere")], 1, faults.Unreadable),
        ([say(200, b" " * (3 * 1024 * 1024))], 1, faults.Unreadable),
        ([hang(0.8)], 2, None),
        ([stripe_stub.then(lambda: None)] * 3, 3, faults.Unreachable),
    ]
    for number, (pranks, tries, end) in enumerate(cases):
        stub.pranks.extend(pranks)
        before, intents = len(stub.calls), len(stub.intents)
        key = f"case-{number}"
        if end is None:
            stripe.create(20_000, {"request": key}, key)
        else:
            with pytest.raises(end):
                stripe.create(20_000, {"request": key}, key)
        heard = stub.calls[before:]
        assert (len(heard), {call[3] for call in heard}) == (tries, {key}), number
        assert len(stub.intents) <= intents + 1
        stub.pranks.clear()
    assert all(0.5 <= pause <= 5 for pause in pauses)
    pauses.clear()
    stub.pranks.extend([say(503, Retry_After="7"), say(503, Retry_After="99999")])
    stripe.create(20_000, {}, "asked")
    assert pauses[0] == 7  # what the gateway asks
    assert pauses[1] <= 5  # but not for a day
    with pytest.raises(faults.Unreachable):
        Stripe(Account("http://127.0.0.1:9", stripe_stub.KEY, QUICK)).retrieve("pi_1")


def test_time_ends_although_bytes_drip_and_the_key_is_told_to_nobody(
    stub: Stub, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    def drip(handler: Any, _do: Any) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        try:
            for _ in range(40):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                threading.Event().wait(0.05)
        except OSError:
            pass
        handler.close_connection = True
        return True

    stub.pranks.append(drip)
    account = Account(stub.url, stripe_stub.KEY, Patience(connect=1, read=0.4, whole=0.5, tries_more=0))
    began = time.monotonic()
    with caplog.at_level("DEBUG"), pytest.raises(faults.Unreachable) as met:
        Stripe(account).retrieve("pi_1")
    assert time.monotonic() - began < 1.5
    with caplog.at_level("DEBUG"), pytest.raises(faults.BadKey) as refused:
        Stripe(Account(stub.url, "sk_test_wrong_one", QUICK)).retrieve("pi_1")
    told = caplog.text + repr(account) + str(met.value) + repr(refused.value) + repr(refused.value.__dict__)
    assert stripe_stub.KEY not in told
    assert "sk_test_wrong_one" not in told
    with pytest.raises(ValueError, match="Idempotency-Key"):
        stripe_http.call(account, "POST", "/v1/payment_intents", {})


@pytest.mark.parametrize(
    ("header", "secrets", "late", "is_good"),
    [
        (f"t={T},v1={V1}", [SECRET], 0, True),
        (f"t={T},v1={V1}", [SECRET], 299, True),
        (f"t={T},v1={V1}", [SECRET], 300, True),
        (f"t={T},v1={V1}", [SECRET], 301, False),
        (f"t={T},v1={V1}", [SECRET], -300, True),
        (f"t={T},v1={V1}", [SECRET], -301, False),
        (f"t={T},v1={'0' * 64},v1={V1}", ["whsec_other", SECRET], 0, True),
        (f" t={T} , v1={V1} ", [SECRET], 0, True),
        (f"t={T},v1={V1}", ["whsec_other"], 0, False),
        (f"t={T},v0={V1}", [SECRET], 0, False),
        (f"v1={V1}", [SECRET], 0, False),
        (f"t=soon,v1={V1}", [SECRET], 0, False),
        (f"t=²,v1={V1}", [SECRET], 0, False),
        (f"t={T},t={T},v1={V1}", [SECRET], 0, False),
        (f"t={'9' * 500},v1={V1}", [SECRET], 0, False),
        (f"t={T},v1=é", [SECRET], 0, False),
        (f"t={T},v1={V1}", [""], 0, False),
        (f"t={T},v1={V1}", [], 0, False),
        ("", [SECRET], 0, False),
    ],
)
def test_a_signature_is_good_or_not(header: str, secrets: list[str], late: int, is_good: bool) -> None:
    now = datetime.fromtimestamp(T + late, UTC)
    if is_good:
        check(BODY, header, secrets, now)
        with pytest.raises(BadSignature):  # the raw body counts, not what it means
            check(json.dumps(json.loads(BODY)).encode(), header, secrets, now)
    else:
        with pytest.raises(BadSignature):
            check(BODY, header, secrets, now)


_JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["id", "type", "data", "object", "payment_intent"]), x),
)


@given(st.text(max_size=60), _JSON)
def test_rubbish_is_refused_and_never_breaks(header: str, body: object) -> None:
    with pytest.raises(BadSignature):
        check(BODY, header, [SECRET], datetime.fromtimestamp(T, UTC))
    read_event(body)
