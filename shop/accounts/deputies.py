"""Reading delegations: who takes whose place in an office, now, soon, and until lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from shop.accounts import delegating
from shop.accounts.models import Delegation, UserAccount
from shop.accounts.permissions import LABELS, Role
from shop.base.actor import Actor
from shop.db import session

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class DelegationView:
    """One delegation with its names. `stage` is running, coming, over or withdrawn; `role_label` a msgid."""

    id: int
    role_label: str
    absent_name: str
    deputy_name: str
    from_day: date
    until_day: date
    reason: str
    made_by_name: str
    ended_at: datetime | None
    stage: str
    may_withdraw: bool


def delegations(actor: Actor, day: date) -> list[DelegationView]:
    """Return the office's delegations, those that end last first; one statement whatever their number.

    Raises Forbidden.
    """
    actor.require(delegating.MAKE)
    absent, deputy, maker = aliased(UserAccount), aliased(UserAccount), aliased(UserAccount)
    rows = session.execute(
        select(
            Delegation,
            absent.name.label("absent_name"),
            deputy.name.label("deputy_name"),
            maker.name.label("made_by_name"),
        )
        .join(absent, absent.id == Delegation.absent_id)
        .join(deputy, deputy.id == Delegation.deputy_id)
        .join(maker, maker.id == Delegation.made_by)
        .where(Delegation.office_id == actor.office_id)
        .order_by(Delegation.until_day.desc(), Delegation.id.desc())
        .limit(SHOWN)
    )
    found = []
    for made, absent_name, deputy_name, made_by_name in rows:
        stage = _stage(made, day)
        found.append(
            DelegationView(
                made.id,
                LABELS[Role(made.role)],
                absent_name,
                deputy_name,
                made.from_day,
                made.until_day,
                made.reason,
                made_by_name,
                made.ended_at,
                stage,
                stage in {"running", "coming"} and delegating.may_withdraw(actor, made),
            )
        )
    return found


def _stage(made: Delegation, day: date) -> str:
    if made.ended_at is not None:
        return "withdrawn"
    if made.until_day < day:
        return "over"
    return "running" if made.from_day <= day else "coming"
