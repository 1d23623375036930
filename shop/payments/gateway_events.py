"""What the gateway tells by itself: kept once by its id, and the payment fetched anew; what it carries is not believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import select

from shop.clients import stripe_errors as faults
from shop.clients.stripe import Event, Stripe
from shop.db import session, unit_of_work
from shop.outbox.posting import Handler, post
from shop.payments import refunding
from shop.payments.gateway_calls import ask
from shop.payments.gateway_channel import CODE, Gateway
from shop.payments.models import GatewayEvent, PaymentRequest

log = structlog.get_logger(__name__)
KIND: Final = "payments.gateway_event"
NOT_OURS: Final = "Gerbang memberi kabar tentang pembayaran yang tidak dibuka dari sini."
_ABOUT_MONEY: Final = ("payment_intent.", "charge.", "refund.")


def receive(event: Event, now: datetime) -> bool:
    """Keep an event and have it looked at after the commit; return whether it is new."""
    if session.get(GatewayEvent, event.id) is not None:
        return False
    session.add(GatewayEvent(id=event.id, kind=event.type, object_id=event.object_id, received_at=now))
    session.flush()
    if event.type.startswith(_ABOUT_MONEY) and event.intent_id:
        post(KIND, {"event": event.id, "intent": event.intent_id}, now)
    return True


def handler(gateway: Gateway | None) -> Handler:
    """Return the outbox handler of kind `KIND`. A gateway that does not answer is asked again by the outbox."""

    def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
        failed: faults.StripeFault | None = None
        for payload in payloads:
            try:
                if gateway is not None:
                    look(gateway.stripe, payload["event"], payload["intent"], now)
            except faults.Refused as fault:  # written where it belongs; asking again would give the same answer
                log.warning("gateway refused", event_id=payload["event"], code=fault.code, request=fault.request_id)
            except faults.StripeFault as fault:
                failed = fault
        if failed is not None:
            raise failed

    return handle


def look(stripe: Stripe, event_id: str, intent_id: str, now: datetime) -> None:
    """Fetch what an event is about and write how it stands, once. Opens units of work of its own."""
    event = session.get(GatewayEvent, event_id)
    if event is None or event.handled_at is not None:
        return
    request_id = request_of(intent_id)
    if request_id is None:
        request_id = _by_key(stripe, intent_id)
    odd = NOT_OURS
    if request_id is not None:
        odd = ask(stripe, request_id, now)
        refunding.settle(stripe, request_id, now)
    with unit_of_work():
        kept = session.get_one(GatewayEvent, event_id)
        kept.handled_at, kept.odd = now, odd


def request_of(intent_id: str) -> int | None:
    """Return the request that stands for a payment of the gateway, None when its id was never written."""
    where = (PaymentRequest.external_id == intent_id, PaymentRequest.channel == CODE)
    return session.scalar(select(PaymentRequest.id).where(*where).order_by(PaymentRequest.id.desc()).limit(1))


def by_key(key: str) -> int | None:
    """Return the request that was opened under a key."""
    return session.scalar(
        select(PaymentRequest.id).where(PaymentRequest.key == key[:64], PaymentRequest.channel == CODE)
    )


def _by_key(stripe: Stripe, intent_id: str) -> int | None:
    """Find the request of a payment whose answer never reached us, by the key it carries."""
    session.rollback()
    try:
        key = stripe.retrieve(intent_id).metadata.get("request", "")
    except faults.NoSuchThing:
        return None
    return by_key(key)
