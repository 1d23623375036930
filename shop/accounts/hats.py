"""Hats: who is this, wearing what, where. `actor_for` runs on every signed-in request and is one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, bindparam, column, func, or_, select, table

from shop.accounts.models import Hat, Office, UserAccount
from shop.accounts.permissions import LABELS, Role, permissions_of
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.db import session

HATLESS: Final = frozenset({"accounts:profile:edit"})
"""What a person without any valid hat may still do: see the own profile and keep the account safe."""
# Plain columns: going through the mapped classes would double the cost of the statement.
_user, _hat, _office = UserAccount.__table__.c, Hat.__table__.c, Office.__table__.c
# A hat already points at these rows by foreign key; only the place's name is read, none of the rooms' rules.
_vendor = table("vendor", column("id"), column("name"))
_region = table("region", column("code"), column("name"))
_absent = UserAccount.__table__.alias("absent")


@dataclass(frozen=True, slots=True)
class HatChoice:
    """One hat a person may wear today. `role_label` is a msgid."""

    hat_id: int
    role: str
    place_label: str
    office_id: int | None
    vendor_id: int | None
    region_code: str | None
    outlet_code: str | None = None
    for_user_id: int | None = None
    for_name: str = ""
    """Whom this hat replaces under a dated delegation; empty for one's own."""

    @property
    def role_label(self) -> str:
        """Return the role as people read it."""
        return LABELS[Role(self.role)]

    @property
    def label(self) -> str:
        """Return role and place: `PPK · Dinas Pendidikan`."""
        return f"{self.role_label} · {self.place_label}" if self.place_label else self.role_label

    @property
    def permissions(self) -> frozenset[str]:
        """Return what this hat may do."""
        return permissions_of(self.role)


Presence = tuple[Actor, tuple[HatChoice, ...]]
"""Who is here, and the hats this person may switch between."""


def worn_today() -> Any:
    """Return the select behind every presence: people with the hats valid on `:day`; the caller says which people."""
    valid = and_(
        _hat.user_id == _user.id,
        _hat.valid_from <= bindparam("day"),
        or_(_hat.valid_until.is_(None), _hat.valid_until >= bindparam("day")),
    )
    return (
        select(
            _user.id,
            _user.name,
            _hat.id.label("hat_id"),
            _hat.role,
            _hat.office_id,
            _hat.vendor_id,
            _hat.region_code,
            _hat.outlet_code,
            _hat.for_user_id,
            _absent.c.name.label("for_name"),
            func.coalesce(_office.name, _vendor.c.name, _region.c.name, "").label("place"),
        )
        .select_from(UserAccount.__table__)
        .outerjoin(Hat.__table__, valid)
        .outerjoin(Office.__table__, and_(_office.id == _hat.office_id, _office.active))
        .outerjoin(_vendor, _vendor.c.id == _hat.vendor_id)
        .outerjoin(_region, _region.c.code == _hat.region_code)
        .outerjoin(_absent, and_(_absent.c.id == _hat.for_user_id, _absent.c.active))
        .where(_user.active)
        .order_by(_hat.id)
    )


# Built once: assembling the statement would cost more than running it.
_BY_SESSION: Final = worn_today().where(_user.id == bindparam("user_id"), _user.epoch == bindparam("epoch"))
_BY_USER: Final = worn_today().where(_user.id == bindparam("user_id"))


def actor_for(user_id: int, epoch: int, hat_id: int | None, day: date) -> Presence | None:
    """Return the person wearing the chosen hat, or the first one valid on `day` when that hat is not (any more).

    None when the account is gone, inactive, or was signed out everywhere since `epoch`.
    """
    rows = session.execute(_BY_SESSION, {"user_id": user_id, "epoch": epoch, "day": day}).all()
    return presence(rows, hat_id)


def actor_of(user_id: int, day: date, hat_id: int | None = None) -> Presence | None:
    """Return the same for code that acts for a person without a session: the command line, the demo, tests."""
    return presence(session.execute(_BY_USER, {"user_id": user_id, "day": day}).all(), hat_id)


def first_hat_of(user_id: int, role: str, day: date) -> int:
    """Return the id of the person's first hat of a role valid on `day`. Raises NotFound when there is none."""
    found = actor_of(user_id, day)
    hat = next((hat for hat in found[1] if hat.role == role), None) if found else None
    if hat is None:
        raise NotFound("Orang ini tidak punya peran %(role)s yang berlaku hari ini.", role=role)
    return hat.hat_id


def presence(rows: Iterable[Any], hat_id: int | None, only: int | None = None) -> Presence | None:
    """Turn rows of `worn_today` into a presence; None when there are none. `only`: no other hat is offered."""
    choices: list[HatChoice] = []
    row = None
    for row in rows:
        if row.hat_id is None or only not in {None, row.hat_id} or (row.office_id is not None and not row.place):
            continue  # no hat, not the one hat of this token, or a hat of an office that was closed
        if row.for_user_id is not None and row.for_name is None:
            continue  # nobody takes the place of somebody who is gone
        choices.append(
            HatChoice(
                row.hat_id,
                row.role,
                row.place,
                row.office_id,
                row.vendor_id,
                row.region_code,
                row.outlet_code,
                row.for_user_id,
                row.for_name or "",
            )
        )
    if row is None:
        return None
    bare = Actor(row.id, row.name, "none", HATLESS, role_label="Tanpa peran")
    chosen = next((c for c in choices if c.hat_id == hat_id), choices[0] if choices else None)
    return (with_hat(bare, chosen) if chosen else bare), tuple(choices)


def with_hat(actor: Actor, hat: HatChoice) -> Actor:
    """Return the same person wearing another hat."""
    return Actor(
        actor.user_id,
        actor.name,
        hat.role,
        hat.permissions,
        hat.hat_id,
        hat.office_id,
        hat.vendor_id,
        hat.region_code,
        hat.role_label,
        hat.place_label,
        hat.for_user_id,
        hat.for_name,
    )


def best_hat(actor: Actor, hats: Iterable[HatChoice], permission: str, office_id: int | None = None) -> Actor | None:
    """Return the person wearing the first hat that carries the permission (at that office, when given)."""
    for hat in hats:
        if permission in hat.permissions and office_id in {None, hat.office_id}:
            return with_hat(actor, hat)
    return None


def choose_hat(actor: Actor, hats: Iterable[HatChoice], hat_id: int) -> Actor:
    """Return the person wearing the asked hat. Raises NotFound for a hat that is not theirs or not valid today."""
    for hat in hats:
        if hat.hat_id == hat_id:
            return with_hat(actor, hat)
    raise NotFound("Peran ini bukan milik Anda atau sudah tidak berlaku.")


def holders(
    role: Role, day: date, *, office_id: int | None = None, vendor_id: int | None = None, region_code: str | None = None
) -> list[tuple[int, str]]:
    """Return (user id, name) of active people who wear the role at that place on `day` as their own, by name."""
    wanted = (
        select(UserAccount.id, UserAccount.name)
        .join(Hat, Hat.user_id == UserAccount.id)
        .where(
            UserAccount.active,
            Hat.role == role.value,
            Hat.for_user_id.is_(None),
            Hat.valid_from <= day,
            or_(Hat.valid_until.is_(None), Hat.valid_until >= day),
        )
    )
    for place, value in ((Hat.office_id, office_id), (Hat.vendor_id, vendor_id), (Hat.region_code, region_code)):
        if value is not None:
            wanted = wanted.where(place == value)
    rows = session.execute(wanted.distinct().order_by(UserAccount.name, UserAccount.id))
    return [(row.id, row.name) for row in rows]


def deputies(absent: Iterable[int | None], role: Role, office_id: int, day: date) -> set[int]:
    """Return who takes the place of these people in a role of an office on `day`: they hear what those would hear."""
    ids = [user_id for user_id in absent if user_id is not None]
    if not ids:
        return set()
    wanted = select(Hat.user_id).where(
        Hat.office_id == office_id,
        Hat.role == role.value,
        Hat.for_user_id.in_(ids),
        Hat.valid_from <= day,
        Hat.valid_until >= day,
    )
    return set(session.scalars(wanted))
