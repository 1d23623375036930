"""Giving and taking hats. The door of this is the programme's administration and the command line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from shop.accounts.models import Hat, UserAccount, place_key
from shop.accounts.people import may_manage
from shop.accounts.permissions import OFFICE_ROLES, VENDOR_ROLES, Role
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Invalid, NotFound
from shop.db import session


def grant_hat(
    actor: Actor,
    user_id: int,
    role: str,
    now: datetime,
    *,
    office_id: int | None = None,
    vendor_id: int | None = None,
    region_code: str | None = None,
    outlet_code: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> int:
    """Give a person a role at a place and return the hat's id. Giving the same hat again renews its days.

    Raises Forbidden, NotFound for an unknown person, Invalid when role, place and days do not fit together.
    """
    may_manage(actor)
    known = _role(role)
    _check_place(known, office_id, vendor_id, region_code)
    first = valid_from or local_day(now)
    if valid_until is not None and valid_until < first:
        raise Invalid.at("valid_until", "Hari terakhir tidak boleh sebelum hari pertama.")
    place: dict[str, Any] = {
        "office_id": office_id,
        "vendor_id": vendor_id,
        "region_code": region_code,
        "outlet_code": outlet_code,
    }
    hat = _found_or_new(user_id, known, place, now)
    hat.valid_from, hat.valid_until = first, valid_until
    session.flush()
    record(
        actor,
        "accounts.hat_granted",
        "user",
        user_id,
        now,
        hat_id=hat.id,
        role=known.value,
        place=hat.place_key,
        valid_from=first.isoformat(),
        valid_until=valid_until.isoformat() if valid_until else None,
    )
    return hat.id


def _found_or_new(user_id: int, role: Role, place: dict[str, Any], now: datetime) -> Hat:
    # Locked, so that two administrators giving the same hat at once renew one row.
    if session.execute(select(UserAccount.id).where(UserAccount.id == user_id).with_for_update()).first() is None:
        raise NotFound
    hat = session.scalars(
        select(Hat).where(Hat.user_id == user_id, Hat.role == role.value, Hat.place_key == place_key(**place))
    ).one_or_none()
    if hat is None:
        hat = Hat(user_id=user_id, role=role.value, created_at=now, valid_from=local_day(now), **place)
        session.add(hat)
    return hat


def revoke_hat(actor: Actor, hat_id: int, now: datetime) -> None:
    """Take a hat away at once; the row stays, because old orders name it. Raises Forbidden, NotFound."""
    may_manage(actor)
    hat = session.get(Hat, hat_id, with_for_update=True)
    if hat is None:
        raise NotFound
    yesterday = local_day(now) - timedelta(days=1)
    if hat.valid_until is None or hat.valid_until > yesterday:
        hat.valid_until = yesterday
        record(
            actor, "accounts.hat_revoked", "user", hat.user_id, now, hat_id=hat.id, role=hat.role, place=hat.place_key
        )
    # Nobody goes on taking the place of somebody who does not hold it any more.
    session.execute(
        update(Hat)
        .where(
            Hat.for_user_id == hat.user_id,
            Hat.role == hat.role,
            Hat.office_id == hat.office_id,
            Hat.valid_until > yesterday,
        )
        .values(valid_until=yesterday)
    )


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise Invalid.at("role", "Peran %(role)s tidak dikenal.", role=name[:40]) from None


def _check_place(role: Role, office_id: int | None, vendor_id: int | None, region_code: str | None) -> None:
    if role in OFFICE_ROLES and office_id is None:
        raise Invalid.at("office", "Peran ini harus melekat pada satu kantor.")
    if role in VENDOR_ROLES and vendor_id is None:
        raise Invalid.at("vendor", "Peran ini harus melekat pada satu usaha.")
    if role is Role.CURATOR_KECAMATAN and region_code is None:
        raise Invalid.at("region", "Kurator kecamatan harus melekat pada satu kecamatan.")
    if role is Role.MENTOR and region_code is None:
        raise Invalid.at("region", "Pendamping harus melekat pada satu kecamatan.")
    if office_id is not None and vendor_id is not None:
        raise Invalid.at("vendor", "Satu peran tidak bisa berada di kantor dan di usaha sekaligus.")
