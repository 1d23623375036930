"""The channels of people: a transfer, and the government credit card, each recorded with its proof in one step."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid
from shop.base.numbers import NO_CARD
from shop.db import session
from shop.orders import paying
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.paying import CARD, Proof
from shop.payments import states
from shop.payments.channels import Channel, offer, open_request
from shop.payments.models import PaymentRequest
from shop.reference import policy

TRANSFER: Final = "transfer"
LIMIT: Final = "payment.kkpd_most"
_CARD: Final = re.compile(r"(?:\d[\s.\-–—_/]*){13,}")
"""Thirteen digits or more, however they are set apart: the shortest card number there is."""


def pay_by_transfer(actor: Actor, order_id: int, version: int, proof: Proof, now: datetime) -> Order:
    """Record a bank transfer or SP2D. Raises what `paying.pay` raises."""
    return paying.pay(actor, order_id, version, replace(proof, channel=TRANSFER), now)


def pay_by_card(actor: Actor, order_id: int, version: int, proof: Proof, last4: str, now: datetime) -> Order:
    """Record that the office's credit card paid: its slip, and the last four digits of the card, never more of it.

    Taxes are those of a payment by card (PMK 59/2022). Raises Invalid, also for anything that looks like a whole card number;
    Conflict above the card's limit or while another payment is open; what `paying.pay` raises.
    """
    refuse_card_numbers({"reference": proof.reference, "last4": last4, "note": proof.note, "proof": proof.file_name})
    digits = one_line(last4)
    if not re.fullmatch(r"[0-9]{4}", digits):
        raise Invalid.at("last4", "Isi 4 angka terakhir kartu, misalnya 1234.")
    request = open_request(actor, order_id, CARD, version, now)
    request.details = {"last4": digits}
    states.move(actor, request, "prove", now, reference=one_line(proof.reference)[:100])
    session.flush()
    order = lock_order(actor, order_id)
    return paying.pay(actor, order_id, order.version, replace(proof, channel=CARD), now)


def refuse_card_numbers(typed: dict[str, str]) -> None:
    """Raise Invalid at every field that holds what looks like a card number; the words do not repeat it."""
    faults = tuple(FieldFault(name, NO_CARD) for name, text in typed.items() if looks_like_card(text))
    if faults:
        raise Invalid(faults=faults)


def looks_like_card(text: str) -> bool:
    """Tell whether a text holds what may be a whole card number.

    >>> looks_like_card("4111 1111-1111 1111"), looks_like_card("SLIP 123456"), looks_like_card("٤١١١١١١١١١١١١١١١")
    (True, False, True)
    """
    return _CARD.search(text) is not None


def _card_refuses(_order: Order, net: int, day: date) -> str:
    most = policy.rule(session, LIMIT, day).value
    return (
        "Nilai ini di atas batas sekali bayar dengan kartu kredit pemerintah; besarnya batas itu belum pasti."
        if most and net > most
        else ""
    )


def _nothing(_actor: Actor, _order: Order, _request: PaymentRequest, _now: datetime) -> None:
    """Everything about it is typed with its proof."""


offer(Channel(TRANSFER, paying.CHANNELS[TRANSFER], lambda _order, _net, _day: "", _nothing))
offer(Channel(CARD, paying.CHANNELS[CARD], _card_refuses, _nothing))
