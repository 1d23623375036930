"""What a payment does to the books: net to the producer, and what was kept back to those who remit it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from shop.base.actor import Actor
from shop.books.accounts import BANK, PAYABLE, platform, withheld
from shop.books.posting import Event, Transfer, post
from shop.orders.models import Order
from shop.orders.owing import source
from shop.orders.taxing import OrderTaxes


def settle(
    actor: Actor, order: Order, kept: Mapping[str, int], taxes: OrderTaxes, day: date, channel: str, now: datetime
) -> None:
    """Post a payment in full. `kept`: {code: rupiah} that the treasurer keeps back until it is remitted."""
    back = [(withheld(code), amount) for code, amount in kept.items()]
    back += [(platform(code), amount) for code, amount in taxes.platform.items()]
    net = order.total - sum(amount for _, amount in back)
    transfers = [Transfer(PAYABLE, BANK, net), *(Transfer(PAYABLE, account, amount) for account, amount in back)]
    post(actor, Event(source(order.id), "paid", order.office_id, order.vendor_id, day, transfers, channel), now)
