"""Alerts: made once a month for each office, told on the desk and by one mail, answered with a note, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shop.accounts.models import Office, UserAccount
from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.codes import is_reason, one_line
from shop.base.errors import Conflict, Invalid, NotFound
from shop.base.task import Task
from shop.db import each_alone, session
from shop.outbox import posting as outbox
from shop.p3dn.totals import Filters, totals
from shop.reference.policy import rule
from shop.targets import course, goals
from shop.targets.alert_rules import Situation, judge
from shop.targets.forecasting import forecast
from shop.targets.models import P3dnAlert, P3dnJudged

READ: Final = "targets:alert:read"
ANSWER: Final = "targets:alert:answer"
NEWS: Final = "targets.news"
_BATCH: Final = 100
"""Offices judged in one round of the worker: it comes by every half minute."""
_alerts: Final = cast("Table", P3dnAlert.__table__)
_judged: Final = cast("Table", P3dnJudged.__table__)


def judge_due(now: datetime) -> int:
    """Judge offices that were not judged this month yet, a batch at a time, each alone; return how many. Runs by itself."""
    month = local_day(now).replace(day=1)
    done = select(_judged.c.office_id).where(_judged.c.month == month, _judged.c.office_id == Office.id)
    due = list(
        session.scalars(select(Office.id).where(Office.active, ~done.exists()).order_by(Office.id).limit(_BATCH))
    )
    session.rollback()
    return each_alone(due, lambda office_id: judge_office(office_id, now), "judging targets failed")


def judge_office(office_id: int, now: datetime) -> int:
    """Judge one office for this month and return how many alerts stand; judged twice in a month changes nothing.

    What still holds gets its new numbers, what does not is superseded. Rules that were silent the month before are told
    by one mail.
    """
    today = local_day(now)
    month = today.replace(day=1)
    if not _is_first(month, office_id):
        return 0
    found = judge(_situation(office_id, today, now))
    standing = (_alerts.c.office_id == office_id, _alerts.c.superseded_at.is_(None))
    before = set(session.scalars(select(_alerts.c.rule).where(*standing, _alerts.c.year == today.year)))
    session.execute(update(_alerts).where(*standing).values(superseded_at=now))
    for name, facts in found.items():
        values = {
            "office_id": office_id,
            "year": today.year,
            "month": month,
            "rule": name,
            "facts": facts,
            "raised_at": now,
        }
        session.execute(insert(_alerts).values(**values, note=""))
    fresh = [name for name in found if name not in before]
    if fresh:
        outbox.post(NEWS, {"office_id": office_id, "month": month.isoformat(), "rules": fresh}, now)
    if found or before:
        trail.record(SYSTEM, "targets.judged", "office", office_id, now, month=month.isoformat(), rules=sorted(found))
    return len(found)


def _is_first(month: date, office_id: int) -> bool:
    """Note that an office is judged; tell False when it is already: two processes may come by at once."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(_judged).values(month=month, office_id=office_id).on_conflict_do_nothing()
    noted: Any = session.execute(fresh)
    return bool(noted.rowcount)


def _situation(office_id: int, today: date, now: datetime) -> Situation:
    year = today.year
    measures = totals(Filters(year=year, office_id=office_id), now=now).total
    goal = goals.goal(office_id, year, today)
    told = rule(session, "p3dn.alert_not_ordered", today).value
    found = forecast(course.basis(measures, office_id, year, now), course.least_on(today))
    return Situation(
        today, year, measures, goal.pdn_bp, goal.umk_bp, goal.commitment, found, told["weeks"], told["left_bp"]
    )


def may_read(actor: Actor, office_id: int) -> bool:
    """Tell whether this hat sees an office's alerts: its own, or every office's for hats without an office."""
    return actor.may(READ) and actor.office_id in (None, office_id)


def of_office(actor: Actor, office_id: int, year: int) -> Sequence[Any]:
    """Return rows of the office's alerts in a year, standing ones first and then the latest; at most 60. None for strangers."""
    if not may_read(actor, office_id):
        return ()
    columns = [_alerts.c[name] for name in (
        "id", "month", "rule", "facts", "raised_at", "superseded_at", "acknowledged_at", "note",
    )]  # fmt: skip
    return session.execute(
        select(*columns, UserAccount.name)
        .outerjoin(UserAccount, UserAccount.id == _alerts.c.acknowledged_by)
        .where(_alerts.c.office_id == office_id, _alerts.c.year == year)
        .order_by(_alerts.c.superseded_at.is_not(None), _alerts.c.id.desc())
        .limit(60)
    ).all()


def place_of(actor: Actor, alert_id: int) -> tuple[str, int]:
    """Return (code of the office, year) of an alert of the own office. Raises NotFound."""
    row = session.execute(
        select(Office.code, P3dnAlert.year)
        .join(Office, Office.id == P3dnAlert.office_id)
        .where(P3dnAlert.id == alert_id, P3dnAlert.office_id == actor.office_id)
    ).first()
    if row is None:
        raise NotFound("Peringatan ini tidak ada.")
    return row.code, row.year


def acknowledge(actor: Actor, alert_id: int, note: str, now: datetime) -> None:
    """Note what the office does about an alert.

    Raises Forbidden, NotFound for another office's alert, Conflict when it is answered or does not stand any more, Invalid at
    `note`.
    """
    actor.require(ANSWER)
    own = (P3dnAlert.id == alert_id, P3dnAlert.office_id == actor.office_id)
    alert = session.scalars(select(P3dnAlert).where(*own).with_for_update()).one_or_none()
    if alert is None:
        raise NotFound("Peringatan ini tidak ada.")
    if alert.superseded_at is not None:
        raise Conflict("Peringatan ini sudah tidak berlaku. Muat ulang untuk melihat yang baru.", kind="superseded")
    if alert.acknowledged_at is not None:
        raise Conflict("Peringatan ini sudah dijawab rekan Anda.", kind="answered")
    words = one_line(note)
    if not is_reason(words):
        raise Invalid.at("note", "Tulis apa yang akan dilakukan, 5 sampai 300 huruf.")
    alert.note, alert.acknowledged_by, alert.acknowledged_at = words, actor.user_id, now
    trail.record(actor, "targets.alert_answered", "p3dn_alert", alert.id, now, words=words)


def turns(actor: Actor, now: datetime) -> list[Task]:
    """Return what waits for the PA/KPA and the PPK: alerts of their office without an answer; one statement for them."""
    if not actor.may(ANSWER):
        return []
    row = session.execute(
        select(func.count(), func.min(_alerts.c.raised_at), Office.code)
        .join(Office, Office.id == _alerts.c.office_id)
        .where(
            _alerts.c.office_id == actor.office_id,
            _alerts.c.superseded_at.is_(None),
            _alerts.c.year == local_day(now).year,
            _alerts.c.acknowledged_at.is_(None),
        )
        .group_by(Office.code)
    ).first()
    if row is None:
        return []
    return [Task("Peringatan sasaran P3DN", f"/target/{row.code}#peringatan", row[0], row[1], None)]
