"""What an officer said about a meeting when choosing for it, carried to the form for sending: nobody types twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Table, delete, func, insert, select

from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.db import session
from shop.orders.models import Order, OrderLine
from shop.orders.models_basket import CarriedNeed

_LOOKED_BACK: Final = 20
_carried: Final = cast("Table", CarriedNeed.__table__)


@dataclass(frozen=True, slots=True)
class Carried:
    """How many people, when (UTC) and where; address and purpose may still be empty."""

    headcount: int
    at: datetime
    kecamatan: str
    address: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Last:
    """What this office's last order with a headcount was about."""

    headcount: int
    purpose: str
    category_code: str


def keep(actor: Actor, need: Carried, now: datetime) -> None:
    """Carry this need from now on, in place of the one before. Raises Forbidden."""
    actor.require("orders:cart:edit")
    drop(actor)
    session.execute(
        insert(_carried).values(
            user_id=actor.user_id,
            office_id=actor.office_id,
            headcount=need.headcount,
            deliver_at=need.at,
            deliver_kecamatan=need.kecamatan,
            deliver_address=one_line(need.address)[:300],
            purpose=one_line(need.purpose)[:200],
            kept_at=now,
        )
    )


def drop(actor: Actor) -> None:
    """Carry nothing any more: it was sent."""
    session.execute(delete(_carried).where(*_mine(actor)))


def served(actor: Actor, order_ids: Collection[int]) -> None:
    """Carry the need no more that orders just placed were for: the one of their moment. Another meeting's stays."""
    moments = select(Order.deliver_at).where(Order.id.in_(order_ids))
    session.execute(delete(_carried).where(*_mine(actor), _carried.c.deliver_at.in_(moments)))


def read(actor: Actor, now: datetime) -> Carried | None:
    """Return what is carried for this person in this office; None when there is nothing or its moment has passed."""
    columns = ("headcount", "deliver_at", "deliver_kecamatan", "deliver_address", "purpose")
    row = session.execute(
        select(*(_carried.c[name] for name in columns)).where(*_mine(actor), _carried.c.deliver_at > now)
    ).first()
    return Carried(*row) if row else None


def last_order(office_id: int, liked: Collection[str]) -> Last | None:
    """Return what the last order of an office with a headcount was about, sooner one from a `liked` shelf; one statement."""
    shelf = select(func.min(OrderLine.category_code)).where(OrderLine.order_id == Order.id).scalar_subquery()
    rows = session.execute(
        select(Order.headcount, Order.purpose, shelf)
        .where(Order.office_id == office_id, Order.headcount.is_not(None))
        .order_by(Order.id.desc())
        .limit(_LOOKED_BACK)
    ).all()
    found = next((row for row in rows if row[2] in liked), rows[0] if rows else None)
    return Last(*found) if found else None


def _mine(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return _carried.c.user_id == actor.user_id, _carried.c.office_id == actor.office_id
