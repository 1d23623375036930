"""Who asked for what the other side took up unchanged: a yes to that is the agreement of both, and nobody is asked twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.accounts import people
from shop.addenda.models import Addendum
from shop.db import session
from shop.orders.models import Order, OrderProposal


@dataclass(frozen=True, slots=True)
class Asker:
    """A person, in whose place, and when it was asked."""

    user_id: int
    name: str
    for_name: str
    at: datetime


def asker(order: Order, verb: str) -> Asker | None:
    """Return who sent the order (`confirm`), proposed another time or quantity (`agree`) or an addendum (`addendum`)."""
    if verb == "confirm":
        return _named(order.placed_by, order.placed_at, order.placed_for)
    of: Any = {"agree": OrderProposal, "addendum": Addendum}.get(verb)
    if of is None:
        return None
    query = select(of.made_by, of.made_at).where(of.order_id == order.id, of.answer == "accepted")
    row = session.execute(query.order_by(of.number.desc()).limit(1)).first()
    return _named(row.made_by, row.made_at) if row else None


def _named(user_id: int, at: datetime, for_id: int | None = None) -> Asker:
    names = people.names_of({user_id, for_id or 0})
    return Asker(user_id, names[user_id], names.get(for_id or 0, ""), at)
