"""The one interface of all channels: what they offer for an order, how a payment is opened, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import one_line, random_key
from shop.base.errors import Conflict, NotFound, Stale, WrongState
from shop.db import session
from shop.orders import paying, taxing
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.paying import CARD, Charged, Proof
from shop.payments import states
from shop.payments.models import PaymentRequest


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to pay. `refuses` returns why it cannot be used for an order and net amount on a day (msgid), empty when it can.

    `prepare` fills `details` of a request that was just opened, in the same transaction.
    """

    code: str
    label: str
    refuses: Callable[[Order, int, date], str]
    prepare: Callable[[Actor, Order, PaymentRequest, datetime], None]


CHANNELS: Final[dict[str, Channel]] = {}
"""Every channel by its code, in the order they are offered; each registers itself with `offer`."""


def offer(channel: Channel) -> Channel:
    """Add a channel to those that are offered."""
    CHANNELS[channel.code] = channel
    return channel


def open_request(actor: Actor, order_id: int, channel: str, version: int, now: datetime) -> PaymentRequest:
    """Open a payment of a received order; what leaves for the producer is worked out now and stays.

    Duties are held here, because the channel's own answer comes from nobody. Raises NotFound for an unknown channel,
    Conflict `payment-open` while another request is live, Conflict with the channel's own words when it cannot serve,
    Stale, WrongState, Forbidden, SeparationOfDuties.
    """
    found = CHANNELS.get(channel)
    if found is None:
        raise NotFound("Saluran pembayaran ini tidak ada.")
    order = lock_order(actor, order_id)
    relaxed = paying.may_pay(actor, order)
    _ready(order, version)
    day = local_day(now)
    net = taxing.assess_order(order, day, card=channel == CARD).total("seller_receives")
    why = found.refuses(order, net, day)
    if why:
        raise Conflict(why, kind="channel-refuses")
    for name, value in relaxed.items():
        setattr(order, name, value)
    request = PaymentRequest(
        order_id=order.id, office_id=order.office_id, vendor_id=order.vendor_id, channel=channel, state=states.initial(),
        amount=net, assessed_on=day, key=random_key(), opened_by=actor.user_id, opened_at=now, details={},
    )  # fmt: skip
    session.add(request)
    session.flush()
    said = {"request": request.id, "channel": channel, "amount": net}
    trail.record(actor, "payment_open", "order", order.id, now, **said)
    found.prepare(actor, order, request, now)
    return request


def live_request(order_id: int) -> PaymentRequest | None:
    """Return the live request of an order."""
    where = (PaymentRequest.order_id == order_id, PaymentRequest.state.in_(states.LIVE))
    return session.scalar(select(PaymentRequest).where(*where))


def lock_request(request_id: int) -> PaymentRequest:
    """Return a request locked, after its order. Raises NotFound."""
    order_id = session.scalar(select(PaymentRequest.order_id).where(PaymentRequest.id == request_id))
    if order_id is None:
        raise NotFound("Pembayaran ini tidak ada.")
    lock_order(SYSTEM, order_id)
    query = select(PaymentRequest).where(PaymentRequest.id == request_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def confirmed(request: PaymentRequest, reference: str, paid_on: date, now: datetime) -> None:
    """Write that the channel itself confirmed a locked request: the order is paid once, or the money is owed back.

    Raises WrongState when the request cannot succeed any more.
    """
    states.move(SYSTEM, request, "succeed", now, reference=reference)
    charged = Charged(request.channel, reference, request.amount, paid_on, request.assessed_on, request.opened_by)
    paying.charge(request.order_id, charged, now)


def prove(actor: Actor, order: Order, request: PaymentRequest, proof: Proof, now: datetime) -> Order:
    """Record by a person's proof that a locked request was paid as it was opened: the order is paid in the same step.

    What the order costs beyond the request's amount was kept back, also when the rules of the day of payment would say
    another sum; the note says so then. Raises WrongState and what `paying.pay` raises.
    """
    taxes = taxing.assess_order(order, min(proof.paid_on, local_day(now)))
    back = order.total - taxes.total("remit_platform") - request.amount
    note = proof.note if back == taxes.total("remit_treasurer") else f"{paying.AS_OPENED} {proof.note}".strip()
    states.move(actor, request, "prove", now, reference=one_line(proof.reference)[:100])
    session.flush()  # it is not live any more: the order may be paid
    told = replace(proof, withheld=back, note=note, channel=request.channel)
    return paying.pay(actor, order.id, order.version, told, now)


def _ready(order: Order, version: int) -> None:
    if order.version != version:
        raise Stale
    if order.state != "received":
        raise WrongState("Pesanan ini tidak sedang menunggu pembayaran.")
    refuse_second(order.id)


def refuse_second(order_id: int) -> None:
    """Raise Conflict `payment-open` while a request of the order is live: both could be paid."""
    if live_request(order_id) is not None:
        raise Conflict(
            "Pembayaran lain untuk pesanan ini masih terbuka. Selesaikan atau batalkan dulu.", kind="payment-open"
        )
