"""What stands behind the prices of one order: the negotiation or competition it came from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from shop.base.actor import Actor
from shop.db import session
from shop.negotiation import states
from shop.negotiation.models import Competition, Negotiation
from shop.orders.models import PricePromise


@dataclass(frozen=True, slots=True)
class Behind:
    """One source of promised prices: `negotiation` or `competition`, its id, the number of its record."""

    source: str
    id: int
    record_number: str
    has_paper: bool
    """Whether this hat may read the record: of a competition only the office, it names all bids."""


def behind(actor: Actor, order_id: int) -> Behind | None:
    """Return what an order's prices were promised by, None for list prices; two statements along indexes."""
    if not actor.may(states.READ):
        return None
    row = session.execute(
        select(PricePromise.source, PricePromise.source_id)
        .where(PricePromise.used_order_id == order_id, PricePromise.source.in_(("negotiation", "competition")))
        .limit(1)
    ).first()
    if row is None:
        return None
    kind = Negotiation if row.source == "negotiation" else Competition
    number = session.scalar(select(kind.record_number).where(kind.id == row.source_id)) or ""
    return Behind(row.source, row.source_id, number, row.source == "negotiation" or actor.vendor_id is None)
