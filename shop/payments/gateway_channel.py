"""The channel `gateway`: what it can serve, and the account at the gateway that the settings name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from shop.base.actor import Actor
from shop.clients.stripe import MOST_RUPIAH, Account, Patience, Stripe
from shop.db import session
from shop.orders import paying
from shop.orders.models import Order
from shop.payments.channels import Channel, offer
from shop.payments.models import PaymentRequest
from shop.reference import policy
from shop.settings import Settings

CODE: Final = "gateway"
FIRST_LOOK: Final = timedelta(minutes=2)
"""From opening to the first look by ourselves: longer than any call at the door can last, so the two do not meet."""
UNSET: Final = "Gerbang pembayaran belum diatur di aplikasi ini."
_OFFICIAL: Final = "https://api.stripe.com"
_AT_THE_DOOR: Final = Patience(connect=4, read=10, whole=15, tries_more=1)
"""Somebody waits before the screen; what is not answered in time is looked up afterwards."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway as we use it. `quick` for who waits, `stripe` for the background; `method` is the test means of paying."""

    stripe: Stripe
    quick: Stripe
    secrets: tuple[str, ...]
    method: str = ""


def gateway_of(settings: Settings) -> Gateway | None:
    """Return the gateway the settings name, None when they name none: then the channel is not offered."""
    if not settings.stripe_secret_key:
        return None
    base = settings.stripe_api_base or _OFFICIAL
    stripe, quick = (Stripe(Account(base, settings.stripe_secret_key, p)) for p in (Patience(), _AT_THE_DOOR))
    secrets = tuple(s for s in (part.strip() for part in settings.stripe_webhook_secrets.split(",")) if s)
    return Gateway(stripe, quick, secrets, settings.stripe_test_method)


def use(gateway: Gateway | None) -> None:
    """Offer the channel; without a gateway it refuses every order and says why. The roof says which."""
    offer(Channel(CODE, paying.CHANNELS[CODE], _refuses if gateway else _unset, _prepare))


def _unset(_order: Order, _net: int, _day: date) -> str:
    return UNSET


def _refuses(_order: Order, net: int, day: date) -> str:
    if net < policy.rule(session, "gateway.stripe_min_rupiah", day).value:
        return "Nilai ini terlalu kecil untuk gerbang pembayaran. Pilih saluran lain."
    if net > MOST_RUPIAH:
        return "Nilai ini terlalu besar untuk gerbang pembayaran. Pilih saluran lain."
    return ""


def _prepare(_actor: Actor, order: Order, request: PaymentRequest, now: datetime) -> None:
    request.next_check_at = now + FIRST_LOOK
    request.details = {"number": order.number}
