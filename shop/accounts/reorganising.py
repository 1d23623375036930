"""Offices that are renamed or become part of another: by decree, from a day on, nothing of before rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import aliased

from shop.accounts.models import Office
from shop.accounts.models_office import OfficeMerger, OfficeName
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import is_reason, one_line
from shop.base.errors import Conflict, NotFound, Stale
from shop.base.fields import Fields
from shop.db import session

MERGE: Final = "accounts:office:merge"
_SHORTEST, _LONGEST, _LONGEST_DECREE = 3, 200, 80


@dataclass(frozen=True, slots=True)
class Past:
    """What an office was: its former names as (name, the first day it was not that any more), and its merger."""

    names: tuple[tuple[str, date], ...] = ()
    into: str = ""
    """Name of the successor, empty while the office stands by itself."""
    merged_on: date | None = None

    def name_on(self, day: date, today: str) -> str:
        """Return the name on a Jakarta day; `today` is the present one."""
        return next((name for name, until in self.names if day < until), today)


UNCHANGED: Final = Past()
"""Of an office that was never renamed or merged."""


def past(office_ids: Iterable[int]) -> dict[int, Past]:
    """Return what is known of offices that were renamed or merged, by id; two statements."""
    ids = sorted(set(office_ids))
    names: dict[int, list[tuple[str, date]]] = {}
    rows = select(OfficeName.office_id, OfficeName.name, OfficeName.until_day).where(OfficeName.office_id.in_(ids))
    for office_id, name, until in session.execute(rows.order_by(OfficeName.until_day)):
        names.setdefault(office_id, []).append((name, until))
    into = aliased(Office)
    merged = {
        row.office_id: row
        for row in session.execute(
            select(OfficeMerger.office_id, OfficeMerger.on_day, into.name)
            .join(into, into.id == OfficeMerger.into_id)
            .where(OfficeMerger.office_id.in_(ids))
        )
    }
    return {
        of: Past(
            tuple(names.get(of, ())),
            merged[of].name if of in merged else "",
            merged[of].on_day if of in merged else None,
        )
        for of in names.keys() | merged.keys()
    }


def tree(parents: Mapping[int, int | None], mergers: Mapping[int, int]) -> dict[int, int | None]:
    """Return {office: the one it stands below} with merged offices below their successors. Pure.

    >>> tree({1: None, 2: 1, 3: 1}, {3: 2})
    {1: None, 2: 1, 3: 2}
    """
    return {office: mergers.get(office, parent) for office, parent in parents.items()}


def mergers() -> dict[int, int]:
    """Return {merged office: its successor}."""
    return dict(session.execute(select(OfficeMerger.office_id, OfficeMerger.into_id)).all())


def history() -> Sequence[Any]:
    """Return the latest renamings and mergers, the newest first; at most 100 of each."""
    into = aliased(Office)
    named = select(OfficeName, Office.code, Office.name.label("now")).join(Office, Office.id == OfficeName.office_id)
    merged = (
        select(OfficeMerger, Office.code, Office.name.label("now"), into.name.label("into"))
        .join(Office, Office.id == OfficeMerger.office_id)
        .join(into, into.id == OfficeMerger.into_id)
    )
    found = [
        *session.execute(named.order_by(OfficeName.id.desc()).limit(100)),
        *session.execute(merged.order_by(OfficeMerger.made_at.desc()).limit(100)),
    ]
    return sorted(found, key=lambda row: row[0].made_at, reverse=True)


def rename(actor: Actor, sent: Mapping[str, str], now: datetime) -> None:
    """Give an office another name from a day on, today or earlier this year; the old name stays known until that day.

    `sent`: office, seen (the name on the screen), name, day, decree, reason. Raises Invalid with every fault, Stale
    when somebody renamed it meanwhile, Conflict for a day before the last renaming.
    """
    actor.require(MERGE)
    form = Fields(sent)
    office = _office(form, "office")
    name = one_line(form.typed("name"))
    if not _SHORTEST <= len(name) <= _LONGEST:
        form.fault("name", "Isi nama baru, 3 sampai 200 huruf.")
    elif office and name == office.name:
        form.fault("name", "Nama ini sudah dipakai kantor itu.")
    day, decree, reason = _ground(form, now)
    form.check()
    if office is None or day is None:
        raise NotFound
    if form.typed("seen") not in {"", office.name}:
        raise Stale
    last = session.scalar(
        select(OfficeName.until_day)
        .where(OfficeName.office_id == office.id)
        .order_by(OfficeName.until_day.desc())
        .limit(1)
    )
    if last is not None and day <= last:
        raise Conflict("Kantor ini sudah berganti nama pada hari itu atau sesudahnya. Pilih hari yang lebih baru.")
    kept = {"office_id": office.id, "decree": decree, "made_by": actor.user_id, "made_at": now}
    session.execute(insert(OfficeName).values(name=office.name, until_day=day, **kept))
    said = {"before": office.name, "name": name, "day": day.isoformat(), "decree": decree, "reason": reason}
    office.name = name
    record(actor, "accounts.office_renamed", "office", office.id, now, **said)


def merge(actor: Actor, sent: Mapping[str, str], now: datetime) -> None:
    """Make one office part of another from a day on: it orders nothing any more, and keeps what it bought.

    `sent`: office, into, day, decree, reason. Raises Invalid with every fault, Conflict when it is merged already,
    when the successor is itself merged, or stands below it.
    """
    actor.require(MERGE)
    form = Fields(sent)
    office, into = _office(form, "office"), _office(form, "into")
    if office and into and office.id == into.id:
        form.fault("into", "Pilih kantor lain sebagai penerus.")
    day, decree, reason = _ground(form, now)
    form.check()
    if office is None or into is None or day is None:
        raise NotFound
    known = mergers()
    if office.id in known:
        raise Conflict("Kantor ini sudah digabung. Penggabungan tidak diulang.", kind="already-merged")
    if into.id in known:
        raise Conflict("Kantor penerus ini sendiri sudah digabung. Pilih penerusnya.", kind="successor-merged")
    if office.id in _above(into.id, known):
        raise Conflict("Kantor penerus berada di bawah kantor ini, jadi tidak bisa menampungnya.", kind="below-itself")
    kept = {"decree": decree, "made_by": actor.user_id, "made_at": now}
    session.execute(insert(OfficeMerger).values(office_id=office.id, into_id=into.id, on_day=day, **kept))
    said = {"into": into.code, "day": day.isoformat(), "decree": decree, "reason": reason}
    record(actor, "accounts.office_merged", "office", office.id, now, **said)


def _above(office_id: int, known: Mapping[int, int]) -> set[int]:
    """Return every office above one, successors counted as above those that went into them."""
    above = tree(dict(session.execute(select(Office.id, Office.parent_id)).all()), known)
    found: set[int] = set()
    here = above.get(office_id)
    while here is not None and here not in found:
        found.add(here)
        here = above.get(here)
    return found


def _office(form: Fields, name: str) -> Office | None:
    code = one_line(form.typed(name))[:40]
    found = session.scalars(select(Office).where(Office.code == code).with_for_update()).first() if code else None
    if found is None:
        form.fault(name, "Tidak ada kantor dengan kode itu.")
    return found


def _ground(form: Fields, now: datetime) -> tuple[date | None, str, str]:
    """Read since when, by which decree and why."""
    today, day = local_day(now), form.day("day", "Isi sejak hari apa.")
    if day and not date(today.year, 1, 1) <= day <= today:
        form.fault("day", "Isi hari pada tahun ini, paling lambat hari ini.")
    decree, reason = one_line(form.typed("decree")), one_line(form.typed("reason"))
    if not _SHORTEST <= len(decree) <= _LONGEST_DECREE:
        form.fault("decree", "Isi nomor keputusan, 3 sampai 80 huruf.")
    if not is_reason(reason):
        form.fault("reason", "Isi alasan, 5 sampai 300 huruf.")
    return day, decree, reason
