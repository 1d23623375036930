"""What the treasurer's page of one order shows: whom to pay, how much and why, by which channel, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.accounts import people
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import SeparationOfDuties
from shop.base.numbers import mask
from shop.db import session
from shop.orders import cards, paying, reading, tax_cases, taxing
from shop.orders.cards import PayClock
from shop.orders.models import Order
from shop.orders.paying import CARD
from shop.orders.reading import OrderView
from shop.orders.tax_cases import Part
from shop.orders.taxing import OrderTaxes
from shop.payments import states
from shop.payments.channels import CHANNELS
from shop.payments.models import PaymentRequest
from shop.tax.facts import PPH_CODES
from shop.vendors.models import Vendor
from shop.vendors.taxpaying import PAPERS

CODES: Final = {"PPN": "PPN", "PBJT": "PBJT", "STAMP": "Meterai", **PPH_CODES}
"""Every tax by its code; msgids."""
_USED: Final = frozenset({"final", "final_below", "below_500m", "part_above_500m"})
"""Why a line of the taxes is as it is when a paper of the producer made it so."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """One payment that was opened. `label` and `channel_label` are msgids; `words` are a person's own."""

    id: int
    version: int
    order_id: int
    channel: str
    channel_label: str
    state: str
    label: str
    amount: int
    assessed_on: date
    details: dict[str, object]
    words: str
    opened_at: datetime
    opened_by: str
    decided_at: datetime | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, where to, and what it told us about its taxes. The account number is whole: for its payer only."""

    name: str
    slug: str
    bank: str
    account: str
    holder: str
    npwp: str
    pkp: bool
    paper: str
    paper_number: str
    paper_from: date | None
    paper_until: date | None
    paper_year: int | None
    paper_counts: bool
    """Whether that paper made today's taxes what they are."""


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as it is offered: `why` (a msgid) it cannot be used now, empty when it can; `net` goes to the producer."""

    code: str
    label: str
    why: str
    net: int


@dataclass(frozen=True, slots=True)
class PayPage:
    """The whole page. `blocked` is the sentence why this person may not pay; `relaxed` that an exception is used."""

    order: OrderView
    clock: PayClock | None
    taxes: OrderTaxes
    by_card: OrderTaxes
    payee: Payee
    parts: Sequence[Part]
    blocked: str
    relaxed: bool
    live: RequestView | None
    ended: Sequence[RequestView]
    ways: Sequence[Way]

    @property
    def unsure(self) -> list[str]:
        """The sources of the rules behind today's taxes that are not confirmed, each once."""
        return sorted({rule.source for x in self.taxes.kinds for rule in x.result.rules if rule.is_unsure})


def page(actor: Actor, order_id: int, now: datetime) -> PayPage | None:
    """Return what this treasurer has to know to pay an order today; None when it does not wait for its payment.

    Raises NotFound when the order is not the actor's to see, Forbidden for who pays nothing.
    """
    actor.require(states.OPEN)
    view = reading.order(reading.scope_of([actor]), order_id)
    if view.state != "received":
        return None
    order, day = session.get_one(Order, order_id), local_day(now)
    taxes, by_card = (taxing.assess_order(order, day, card=card) for card in (False, True))
    requests = of_order(order_id)
    blocked, relaxed = _may(actor, order)
    return PayPage(
        view, cards.pay_clock(view, now), taxes, by_card, _payee(order, taxes), tax_cases.parts_of(order), blocked, relaxed,
        next((r for r in requests if r.state in states.LIVE), None), [r for r in requests if r.state not in states.LIVE],
        _ways(order, taxes, by_card, day),
    )  # fmt: skip


def of_order(order_id: int) -> list[RequestView]:
    """Return every payment that was opened for an order, newest first; two statements at most."""
    query = select(PaymentRequest).where(PaymentRequest.order_id == order_id).order_by(PaymentRequest.id.desc())
    return shown(session.scalars(query).all())


def shown(rows: Sequence[PaymentRequest]) -> list[RequestView]:
    """Return requests as pages show them, with the names of their people."""
    names = people.names_of({i for r in rows for i in (r.opened_by, r.decided_by) if i is not None})
    return [
        RequestView(
            r.id, r.version, r.order_id, r.channel, paying.CHANNELS[r.channel], r.state, states.LABELS[r.state], r.amount,
            r.assessed_on, r.details, r.words, r.opened_at, names.get(r.opened_by, ""), r.decided_at,
            names.get(r.decided_by or 0, ""),
        )
        for r in rows
    ]  # fmt: skip


def _may(actor: Actor, order: Order) -> tuple[str, bool]:
    try:
        return "", bool(paying.may_pay(actor, order))
    except SeparationOfDuties as refusal:
        return refusal.message, False


def _payee(order: Order, taxes: OrderTaxes) -> Payee:
    vendor = session.get_one(Vendor, order.vendor_id)
    counts = any(item.why in _USED for x in taxes.kinds for item in x.result.items)
    return Payee(
        vendor.name, vendor.slug, vendor.bank_name, vendor.bank_account, vendor.bank_holder, mask(vendor.npwp), vendor.pkp,
        PAPERS[vendor.tax_paper], mask(vendor.tax_paper_number), vendor.tax_paper_from, vendor.tax_paper_until,
        vendor.tax_paper_year, counts,
    )  # fmt: skip


def _ways(order: Order, taxes: OrderTaxes, by_card: OrderTaxes, day: date) -> list[Way]:
    """Return every channel in the order people know them."""
    found = []
    for code in paying.CHANNELS:
        channel, net = CHANNELS[code], (by_card if code == CARD else taxes).total("seller_receives")
        found.append(Way(code, channel.label, channel.refuses(order, net, day), net))
    return found
