"""What people brought to an order from outside: proof of payment, attachments, photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shop.db import session
from shop.handover.models import HandoverPhoto
from shop.orders import attaching, dossier
from shop.orders.attaching import Attachment


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo of a handing over: under which key, at which moment it belongs, when it was taken in."""

    key: str
    moment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Enclosures:
    """`proof_key` is empty without a proof."""

    proof_key: str
    attachments: Sequence[Attachment]
    photos: Sequence[Shot]


def read_enclosures(order_id: int) -> Enclosures:
    """Return what was brought to an order; who may see it has been judged. Three statements."""
    payment = dossier.read_payment(order_id)
    photos = session.execute(
        select(HandoverPhoto.key, HandoverPhoto.moment, HandoverPhoto.at)
        .where(HandoverPhoto.order_id == order_id)
        .order_by(HandoverPhoto.at, HandoverPhoto.id)
    )
    shots = [Shot(*row) for row in photos]
    return Enclosures(payment.proof_key if payment else "", attaching.of_order(order_id), shots)
