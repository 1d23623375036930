"""Taking somebody's place for some days: on leave or ill, an officer is replaced by a colleague of the same office.

The colleague gets a hat of that role for those days, without signing in anew, and loses it by itself the day after.
Nobody who is replaced, or who replaces, hands that on: a delegate of a delegate would answer for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select

from shop.accounts import mail
from shop.accounts.models import Delegation, Hat, Office, UserAccount, place_key
from shop.accounts.permissions import LABELS, OFFICE_ROLES, Role
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Forbidden, Invalid, NotFound, WrongState
from shop.db import session
from shop.reference import policy

MAKE: Final = "accounts:delegation:make"
MAKE_ANY: Final = "accounts:delegation:make_any"
MIN_REASON, MAX_REASON = 5, 300
FARTHEST: Final = timedelta(days=366)
NOT_THERE: Final = "Pilih rekan yang bertugas di kantor yang sama pada hari-hari itu."

_SUBJECT: Final = "Anda menggantikan %(absent)s sebagai %(reason)s"
_BODY: Final = (
    "Dari %(from)s sampai %(until)s Anda menggantikan %(absent)s di %(office)s. Peran itu muncul di daftar peran Anda "
    "tanpa masuk ulang, dan berakhir sendiri sesudahnya.\nAlasan: %(words)s\nHalaman: /delegasi"
)
_OVER_SUBJECT: Final = "Penggantian %(absent)s sudah ditarik"
_OVER_BODY: Final = "%(deputy)s tidak lagi menggantikan %(absent)s di %(office)s. Halaman: /delegasi"


@dataclass(frozen=True, slots=True)
class Leave:
    """Which hat is replaced by whom, from a Jakarta day until a day, and why."""

    hat_id: int
    deputy_id: int
    from_day: date
    until_day: date
    reason: str


def max_days(day: date) -> int:
    """Return how many days one delegation may last (rule `delegation.max_days`)."""
    days: int = policy.rule(session, "delegation.max_days", day).value
    return days


def delegate(actor: Actor, leave: Leave, now: datetime) -> int:
    """Let a colleague take somebody's place; return the delegation's id.

    One's own hat, or as PA/KPA anybody's of the office. Raises NotFound for a hat of another office, Forbidden, and
    Invalid with every fault at once: oneself, a stranger, days that are past, too many or taken, a chain of deputies.
    """
    actor.require(MAKE)
    hat = _hat_of(actor, leave.hat_id)
    office = _lock_office(hat.office_id)
    today = local_day(now)
    faults = [*_about_days(leave, hat, today), *_about_people(leave, hat)]
    if not MIN_REASON <= len(one_line(leave.reason)) <= MAX_REASON:
        words = "Tulis alasannya, %(least)s sampai %(most)s huruf, misalnya: cuti tahunan, surat tugas nomor 12."
        faults.append(FieldFault("reason", words, (("least", MIN_REASON), ("most", MAX_REASON))))
    if faults:
        raise Invalid(faults=tuple(faults))
    made = _write(actor, leave, hat, now)
    names = _names(hat.user_id, leave.deputy_id)
    days = {"from_day": leave.from_day.isoformat(), "until_day": leave.until_day.isoformat()}
    said = {"absent": names[hat.user_id], "deputy": names[leave.deputy_id], "role": hat.role, "reason": made.reason}
    record(actor, "accounts.delegated", "office", office.id, now, delegation=made.id, **said, **days)
    mail.notify(
        [leave.deputy_id],
        _SUBJECT,
        _BODY,
        now,
        absent=names[hat.user_id],
        reason=LABELS[Role(hat.role)],
        office=office.name,
        words=made.reason,
        **{"from": _day(leave.from_day), "until": _day(leave.until_day)},
    )
    return made.id


def _hat_of(actor: Actor, hat_id: int) -> Hat:
    """Return the hat to be replaced. Raises NotFound, Forbidden, or Invalid for a hat that itself takes a place."""
    hat = session.get(Hat, hat_id)
    if hat is None or hat.office_id is None or hat.office_id != actor.office_id or hat.role not in OFFICE_ROLES:
        raise NotFound("Peran ini tidak ada di kantor Anda.")
    if hat.for_user_id is not None or hat.user_id == actor.for_user_id:
        raise Invalid.at(
            "hat_id",
            "Tugas sebagai pengganti tidak bisa diserahkan lagi. Minta PA/KPA atau yang digantikan mengaturnya.",
        )
    if hat.user_id != actor.user_id and not actor.may(MAKE_ANY):
        raise Forbidden("Hanya PA/KPA yang boleh menunjuk pengganti untuk orang lain.")
    return hat


def _lock_office(office_id: int | None) -> Office:
    # One office's delegations are made one after another: two at once could build a chain that neither sees.
    return session.scalars(select(Office).where(Office.id == office_id).with_for_update()).one()


def _about_days(leave: Leave, hat: Hat, today: date) -> list[FieldFault]:
    faults, most = [], max_days(today)
    if leave.from_day < today:
        faults.append(FieldFault("from_day", "Hari pertama sudah lewat. Pilih hari ini atau sesudahnya."))
    if leave.until_day < leave.from_day:
        faults.append(FieldFault("until_day", "Hari terakhir tidak boleh sebelum hari pertama."))
    elif (leave.until_day - leave.from_day).days >= most:
        faults.append(FieldFault("until_day", "Satu penggantian paling lama %(most)s hari.", (("most", most),)))
    elif leave.until_day > today + FARTHEST:
        faults.append(FieldFault("until_day", "Tanggalnya terlalu jauh. Paling lama setahun dari sekarang."))
    elif not _wears(hat, leave):
        faults.append(FieldFault("from_day", "Peran itu tidak berlaku selama semua hari yang dipilih."))
    return faults


def _wears(hat: Hat, leave: Leave) -> bool:
    return hat.valid_from <= leave.from_day and (hat.valid_until is None or hat.valid_until >= leave.until_day)


def _about_people(leave: Leave, hat: Hat) -> list[FieldFault]:
    if leave.deputy_id == hat.user_id:
        return [FieldFault("deputy_id", "Orang tidak bisa menggantikan dirinya sendiri. Pilih rekan lain.")]
    own = select(Hat).join(UserAccount, UserAccount.id == Hat.user_id)
    own = own.where(
        UserAccount.active,
        Hat.user_id == leave.deputy_id,
        Hat.office_id == hat.office_id,
        Hat.role.in_([role.value for role in OFFICE_ROLES]),
        Hat.for_user_id.is_(None),
    )
    if not any(_wears(worn, leave) for worn in session.scalars(own)):
        return [FieldFault("deputy_id", NOT_THERE)]
    faults = []
    for other in session.scalars(select(Delegation).where(_running(hat.office_id), *_meets(leave))):
        if (other.absent_id, other.role) == (hat.user_id, hat.role):
            faults.append(FieldFault("from_day", "Pada hari-hari itu sudah ada penggantinya. Tarik dahulu yang lama."))
        elif other.absent_id == leave.deputy_id:
            words = "Rekan ini sendiri sedang digantikan pada hari-hari itu. Pilih rekan lain."
            faults.append(FieldFault("deputy_id", words))
        elif other.deputy_id == hat.user_id:
            words = "Yang digantikan sedang menggantikan orang lain pada hari-hari itu. Tarik dahulu penggantian itu."
            faults.append(FieldFault("hat_id", words))
    return faults


def _running(office_id: int | None) -> ColumnElement[bool]:
    return (Delegation.office_id == office_id) & Delegation.ended_at.is_(None)


def _meets(leave: Leave) -> tuple[ColumnElement[bool], ...]:
    return Delegation.from_day <= leave.until_day, Delegation.until_day >= leave.from_day


def _write(actor: Actor, leave: Leave, hat: Hat, now: datetime) -> Delegation:
    made = Delegation(
        office_id=hat.office_id,
        role=hat.role,
        absent_id=hat.user_id,
        deputy_id=leave.deputy_id,
        from_day=leave.from_day,
        until_day=leave.until_day,
        reason=one_line(leave.reason),
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    worn = Hat(
        user_id=leave.deputy_id,
        role=hat.role,
        office_id=hat.office_id,
        place_key=f"{place_key(office_id=hat.office_id)}/d{made.id}",
        valid_from=leave.from_day,
        valid_until=leave.until_day,
        for_user_id=hat.user_id,
        created_at=now,
    )
    session.add(worn)
    session.flush()
    made.hat_id = worn.id
    return made


def withdraw(actor: Actor, delegation_id: int, now: datetime) -> None:
    """End a delegation at once: by who is replaced, who replaces, who made it, or the PA/KPA. Orders already sent stay.

    Raises NotFound for another office's, Forbidden, WrongState when it is over already.
    """
    actor.require(MAKE)
    made = session.get(Delegation, delegation_id, with_for_update=True, populate_existing=True)
    if made is None or made.office_id != actor.office_id:
        raise NotFound("Penggantian ini tidak ada.")
    if not may_withdraw(actor, made):
        raise Forbidden("Hanya yang digantikan, penggantinya, atau PA/KPA yang boleh menarik penggantian ini.")
    today = local_day(now)
    if made.ended_at is not None or made.until_day < today:
        raise WrongState("Penggantian ini sudah berakhir.")
    made.ended_at, made.ended_by = now, actor.user_id
    if made.hat_id is not None:
        session.get_one(Hat, made.hat_id).valid_until = min(today, made.from_day) - timedelta(days=1)
    office = session.get_one(Office, made.office_id)
    names = _names(made.absent_id, made.deputy_id)
    said = {"absent": names[made.absent_id], "deputy": names[made.deputy_id]}
    record(actor, "accounts.delegation_withdrawn", "office", office.id, now, delegation=made.id, role=made.role, **said)
    told = {made.absent_id, made.deputy_id} - {actor.user_id}
    mail.notify(told, _OVER_SUBJECT, _OVER_BODY, now, office=office.name, **said)


def may_withdraw(actor: Actor, made: Any) -> bool:
    """Tell whether this person may end a delegation of the own office; `made` is a Delegation or its view."""
    return actor.may(MAKE_ANY) or actor.user_id in {made.absent_id, made.deputy_id, made.made_by}


def _names(*user_ids: int) -> dict[int, str]:
    rows = session.execute(select(UserAccount.id, UserAccount.name).where(UserAccount.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def _day(day: date) -> str:
    """Write a day that reads the same in both languages."""
    return day.strftime("%d-%m-%Y")


def own_hats(actor: Actor, day: date) -> Sequence[Any]:
    """Return rows (id, user_id, role, name) of the hats this person may have replaced; one statement."""
    query = _worn_here(actor, day)
    return session.execute(query if actor.may(MAKE_ANY) else query.where(Hat.user_id == actor.user_id)).all()


def colleagues(actor: Actor, day: date) -> Sequence[tuple[int, str]]:
    """Return (user id, name) of who may take a place in this office, by name; one statement."""
    rows = session.execute(_worn_here(actor, day))
    return list({row.user_id: (row.user_id, row.name) for row in rows}.values())


def _worn_here(actor: Actor, day: date) -> Any:
    return (
        select(Hat.id, Hat.user_id, Hat.role, UserAccount.name)
        .join(UserAccount, UserAccount.id == Hat.user_id)
        .where(
            UserAccount.active,
            Hat.office_id == actor.office_id,
            Hat.for_user_id.is_(None),
            Hat.role.in_([role.value for role in OFFICE_ROLES]),
            or_(Hat.valid_until.is_(None), Hat.valid_until >= day),
        )
        .order_by(UserAccount.name, UserAccount.id, Hat.id)
    )
