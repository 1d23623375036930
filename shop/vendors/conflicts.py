"""Conflicts of interest: who may not judge which producer, told openly and kept as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from shop.accounts.models import Hat, UserAccount
from shop.accounts.permissions import VENDOR_ROLES
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.db import session
from shop.vendors.models import ConflictOfInterest, Vendor

TELL: Final = "vendors:conflict:tell"
MANAGE: Final = "accounts:user:manage"
OWN_BUSINESS: Final = "Anda bekerja untuk usaha ini."
_MOST: Final = 200
_SHOWN: Final = 200


def conflict_between(user_id: int, vendor_id: int, day: date) -> str | None:
    """Return why this person may not judge this producer on a Jakarta day, None when nothing speaks against it.

    Either a relation somebody told, or a hat of that business the person wears on that day.
    """
    told = session.execute(
        select(ConflictOfInterest.relation).where(
            ConflictOfInterest.user_id == user_id, ConflictOfInterest.vendor_id == vendor_id
        )
    ).scalar()
    if told is not None:
        return told
    worn = session.execute(select(Hat.id).where(_worn(user_id, day), Hat.vendor_id == vendor_id)).first()
    return OWN_BUSINESS if worn else None


def barred_vendors(user_id: int, day: date) -> Sequence[int]:
    """Return all producers `conflict_between` speaks against for this person on a Jakarta day; one statement."""
    told = select(ConflictOfInterest.vendor_id).where(ConflictOfInterest.user_id == user_id)
    return session.scalars(union_all(told, select(Hat.vendor_id).where(_worn(user_id, day)))).all()


def _worn(user_id: int, day: date) -> ColumnElement[bool]:
    return and_(
        Hat.user_id == user_id,
        Hat.role.in_([role.value for role in VENDOR_ROLES]),
        Hat.valid_from <= day,
        or_(Hat.valid_until.is_(None), Hat.valid_until >= day),
    )


def tell_conflict(actor: Actor, user_id: int, vendor_id: int, relation: str, now: datetime) -> int:
    """Note that a person is close to a producer and return the row's id.

    Everybody with the permission tells one's own; another person's only the administration.
    Raises Forbidden, NotFound, Invalid at `relation`, Conflict when it is known already.
    """
    actor.require(TELL)
    if user_id != actor.user_id and not actor.may(MANAGE):
        raise Forbidden("Hanya admin program yang mencatat benturan kepentingan orang lain.")
    words = one_line(relation)
    if not words or len(words) > _MOST:
        raise Invalid.at("relation", "Tulis hubungannya, misalnya: adik kandung pemilik. Paling panjang 200 karakter.")
    if session.get(Vendor, vendor_id) is None or session.get(UserAccount, user_id) is None:
        raise NotFound
    same = (ConflictOfInterest.user_id == user_id) & (ConflictOfInterest.vendor_id == vendor_id)
    if session.execute(select(ConflictOfInterest.id).where(same)).first():
        raise Conflict("Benturan kepentingan ini sudah tercatat.")
    row = ConflictOfInterest(
        user_id=user_id, vendor_id=vendor_id, relation=words, told_by=actor.user_id or user_id, told_at=now
    )
    session.add(row)
    session.flush()
    trail.record(actor, "vendors.conflict_told", "vendor", vendor_id, now, user_id=user_id, relation=words)
    return row.id


def remove_conflict(actor: Actor, conflict_id: int, now: datetime) -> None:
    """Take a told conflict away: the administration's decision, seen in the trail. Raises Forbidden, NotFound."""
    actor.require(MANAGE)
    row = session.get(ConflictOfInterest, conflict_id)
    if row is None:
        raise NotFound
    session.delete(row)
    trail.record(
        actor, "vendors.conflict_removed", "vendor", row.vendor_id, now, user_id=row.user_id, relation=row.relation
    )


def conflicts(vendor_id: int | None = None) -> Sequence[Any]:
    """Return rows (id, person, vendor_id, vendor, relation, told_at), newest first: of one producer, or the newest 200."""
    query = (
        select(
            ConflictOfInterest.id,
            UserAccount.name.label("person"),
            ConflictOfInterest.vendor_id,
            Vendor.name.label("vendor"),
            ConflictOfInterest.relation,
            ConflictOfInterest.told_at,
        )
        .join(UserAccount, UserAccount.id == ConflictOfInterest.user_id)
        .join(Vendor, Vendor.id == ConflictOfInterest.vendor_id)
        .order_by(ConflictOfInterest.id.desc())
        .limit(_SHOWN)
    )
    return session.execute(query if vendor_id is None else query.where(ConflictOfInterest.vendor_id == vendor_id)).all()
