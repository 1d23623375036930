"""Reconciliation: payments and refunds without an answer are asked after, and the gateway's list is held against ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select

from shop.clients import stripe_errors as faults
from shop.clients.stripe import Intent
from shop.db import session, unit_of_work
from shop.payments import gateway_truth, refunding
from shop.payments.gateway_calls import SILENT, ask
from shop.payments.gateway_channel import CODE, Gateway
from shop.payments.gateway_events import NOT_OURS, by_key, request_of
from shop.payments.models import PaymentRequest

log = structlog.get_logger(__name__)
_A_ROUND: Final = 20
"""Most requests of one round: the background has other things to do."""
STUCK_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """What one reconciliation found: asked after, brought up to date, not agreeing, and live for more than a day."""

    asked: int
    mended: int
    odd: int
    stuck: int


def check_due(gateway: Gateway | None, now: datetime) -> int:
    """Ask after what is due, oldest first; return how many were answered. Stops when the gateway is not there.

    Opens units of work of its own.
    """
    if gateway is None:
        return 0
    due = (PaymentRequest.next_check_at <= now, PaymentRequest.channel == CODE)
    order = (PaymentRequest.next_check_at, PaymentRequest.id)
    ids = session.scalars(select(PaymentRequest.id).where(*due).order_by(*order).limit(_A_ROUND)).all()
    answered = 0
    for request_id in ids:
        try:
            _check(gateway, request_id, now)
            answered += 1
        except (faults.Unreachable, faults.TooOften, faults.BadKey) as fault:
            log.warning("gateway does not answer", request=request_id, said=str(fault))
            break
        except faults.StripeFault as fault:
            log.warning("gateway refused", request=request_id, code=fault.code, gateway_request=fault.request_id)
        except Exception:
            log.exception("payment not reconciled", request=request_id)
            session.rollback()
            with unit_of_work():  # it must not stand first in every round
                gateway_truth.wait(request_id, SILENT, now)
    session.rollback()
    return answered


def _check(gateway: Gateway, request_id: int, now: datetime) -> None:
    if session.scalar(select(PaymentRequest.external_state).where(PaymentRequest.id == request_id)) != "succeeded":
        ask(gateway.stripe, request_id, now, method=gateway.method)
    try:
        refunding.settle(gateway.stripe, request_id, now)
    except faults.StripeFault:
        with unit_of_work():
            gateway_truth.wait(request_id, SILENT, now)
        raise


def reconcile(gateway: Gateway, since: datetime, now: datetime) -> Found:
    """Hold every payment the gateway lists since then against ours, after asking what is due.

    Raises `stripe_errors.StripeFault` when the list cannot be read. Opens units of work of its own.
    """
    asked, mended, odd = check_due(gateway, now), 0, 0
    for intent in gateway.stripe.walk(since):
        did, words = _compare(intent, now)
        mended, odd = mended + did, odd + bool(words)
    session.rollback()
    live = (PaymentRequest.next_check_at.is_not(None), PaymentRequest.channel == CODE)
    stuck = session.scalars(select(PaymentRequest.id).where(*live, PaymentRequest.opened_at < now - STUCK_AFTER))
    return Found(asked, mended, odd, len(stuck.all()))


def _compare(intent: Intent, now: datetime) -> tuple[bool, str]:
    """Return whether a payment of the list was news to us, and what does not agree."""
    request_id = request_of(intent.id) or by_key(intent.metadata.get("request", ""))
    if request_id is None:
        if intent.is_paid:
            with unit_of_work():
                gateway_truth.note_odd(f"odd:{intent.id}", intent.id, NOT_OURS, now)
        return False, NOT_OURS if intent.is_paid else ""
    known = session.execute(
        select(PaymentRequest.external_id, PaymentRequest.external_state).where(PaymentRequest.id == request_id)
    ).one()
    if tuple(known) == (intent.id, intent.status):
        return False, ""
    with unit_of_work():
        return True, gateway_truth.apply(request_id, intent, now)
