"""Door: what the gateway tells us by itself. Open to the world: what counts is the signature over the raw body."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from shop.base.clock import utc_now
from shop.base.errors import Conflict
from shop.clients.stripe import Event, read_event
from shop.clients.stripe_signature import BadSignature, check
from shop.db import unit_of_work
from shop.payments import gateway_events
from shop.payments.gateway_channel import Gateway
from shop.web.guard import public

bp = Blueprint("payments_hook", __name__)
log = structlog.get_logger(__name__)
_MOST_BYTES: Final = 256 * 1024
_ID: Final = re.compile(r"[A-Za-z0-9_]{1,100}")
_TYPE: Final = re.compile(r"[a-z0-9_.]{1,60}")


@bp.post("/webhooks/stripe")
@public
def stripe() -> ResponseReturnValue:
    """Keep what is truly from the gateway, once, and answer at once; it is looked at after the commit.

    413 above 256 kB, 400 for a signature that does not fit or without a gateway to hear, 200 for all that is from the
    gateway: also for what concerns us nothing, for it would come again and again.
    """
    gateway: Gateway | None = current_app.extensions["gateway"]
    if gateway is None or not gateway.secrets:
        return _said(400, "no gateway here")
    now = utc_now()
    try:
        event = _signed(gateway.secrets, now)
    except RequestEntityTooLarge:
        return _said(413, "too large")
    except BadSignature as fault:
        log.warning("webhook refused", said=str(fault))
        return _said(400, "signature does not fit")
    if event is None:
        return _said(200, "ignored")
    try:
        with unit_of_work():
            is_new = gateway_events.receive(event, now)
    except Conflict as fault:
        if fault.kind != "already-there":
            return _said(503, "busy")  # the gateway sends it again
        is_new = False
    return _said(200, "kept" if is_new else "known")


def _signed(secrets: Sequence[str], now: datetime) -> Event | None:
    """Return the event of this request, None for what is signed and is none. Raises BadSignature, RequestEntityTooLarge."""
    request.max_content_length = _MOST_BYTES
    raw = request.get_data(cache=False)
    check(raw, request.headers.get("Stripe-Signature", ""), secrets, now)
    try:
        event = read_event(json.loads(raw))
    except (ValueError, RecursionError):
        return None
    if event is None or not _ID.fullmatch(event.id) or not _TYPE.fullmatch(event.type):
        return None
    return event if all(_ID.fullmatch(thing) for thing in (event.object_id, event.intent_id) if thing) else None


def _said(status: int, word: str) -> Response:
    return Response(word + "\n", status, content_type="text/plain; charset=utf-8")
