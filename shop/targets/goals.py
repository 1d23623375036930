"""What counts as the target of an office and year: its own latest one, else the dated rules; and setting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert, select

from shop.accounts.models import Office, UserAccount
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import is_reason, one_line
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound, Stale
from shop.base.money import FULL_BP, MAX_RUPIAH, percent
from shop.db import session
from shop.reference.policy import RuleValue, rule
from shop.targets.models import P3dnTarget

SET: Final = "targets:target:set"
SET_ANY: Final = "targets:target:set_any"
RULES: Final = {"pdn": "p3dn.kpi_pdn_share_bp", "umk": "umk.share_bp"}
"""Dated rules of the two targets: perjanjian kinerja of heads of office; Perpres 12/2021 Ps. 65."""
_SHORTEST, _LONGEST_SOURCE = 5, 200
_table: Final = cast("Table", P3dnTarget.__table__)
_COLUMNS: Final = [_table.c[name] for name in ("version", "pdn_bp", "umk_bp", "commitment", "source", "reason")]


@dataclass(frozen=True, slots=True)
class Goal:
    """What counts: shares of what is paid in basis points (None: no rule for that day), rupiah promised beside the RUP.

    `version` 0 means that the office set nothing and the rules count.
    """

    pdn_bp: int | None
    umk_bp: int | None
    version: int = 0
    commitment: int | None = None
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewGoal:
    """What somebody typed, None where it was not readable; `commitment` None for none, -1 for not readable."""

    pdn_bp: int | None
    umk_bp: int | None
    commitment: int | None
    source: str
    reason: str


def office_of(code: str) -> Any:
    """Return the row (id, code, name, active) of an office. Raises NotFound."""
    row = session.execute(select(Office.id, Office.code, Office.name, Office.active).where(Office.code == code)).first()
    if row is None:
        raise NotFound("Kantor ini tidak ada.")
    return row


def rules_on(year: int, today: date) -> dict[str, RuleValue | None]:
    """Return the two rules by target as of today, or as of the end of a year that is over; None where none counts."""
    day = min(today, date(year, 12, 31))
    found: dict[str, RuleValue | None] = {}
    for kind, key in RULES.items():
        try:
            found[kind] = rule(session, key, day)
        except NotFound:
            found[kind] = None
    return found


def goals(year: int, today: date) -> tuple[Goal, dict[int, Goal]]:
    """Return what counts by the rules, and {office: what counts there} for offices that set a target; one statement."""
    given = _by_rule(year, today)
    rows = session.execute(
        select(_table.c.office_id, *_COLUMNS)
        .where(_table.c.year == year)
        .order_by(_table.c.office_id, _table.c.version)
    )
    return given, {row[0]: _own(given, row) for row in rows}  # the last version of an office stays


def goal(office_id: int, year: int, today: date) -> Goal:
    """Return what counts for one office and year."""
    given = _by_rule(year, today)
    row = session.execute(
        select(_table.c.office_id, *_COLUMNS)
        .where(_table.c.year == year, _table.c.office_id == office_id)
        .order_by(_table.c.version.desc())
        .limit(1)
    ).first()
    return _own(given, row) if row else given


def history(office_id: int, year: int) -> Sequence[Any]:
    """Return rows (version, pdn_bp, umk_bp, commitment, source, reason, set_at, name), the latest first; at most 50."""
    return session.execute(
        select(*_COLUMNS, _table.c.set_at, UserAccount.name)
        .join(UserAccount, UserAccount.id == _table.c.set_by)
        .where(_table.c.year == year, _table.c.office_id == office_id)
        .order_by(_table.c.version.desc())
        .limit(50)
    ).all()


def may_set(actor: Actor, office_id: int) -> bool:
    """Tell whether this hat sets the target of this office: its own, or any with the programme's permission."""
    return actor.may(SET_ANY) or (actor.may(SET) and actor.office_id == office_id)


def put(actor: Actor, office_id: int, year: int, shown: int, new: NewGoal, now: datetime) -> int:
    """Set the target of an office and year; return the new version. `shown`: the version the screen showed.

    Raises Forbidden, NotFound for another office, Conflict for an office that is closed or a year that is over, Stale when
    somebody was faster, Invalid with every fault at once. A second one at the very same moment meets the unique key.
    """
    actor.require(SET)
    active = session.scalar(select(Office.active).where(Office.id == office_id))
    if active is None or not may_set(actor, office_id):
        raise NotFound("Kantor ini tidak ada.")
    today = local_day(now)
    if not active:
        raise Conflict("Kantor ini sudah ditutup atau digabung, jadi sasarannya tidak diubah lagi.", kind="closed")
    if not today.year <= year <= today.year + 1:
        raise Conflict("Sasaran hanya bisa diatur untuk tahun ini dan tahun depan.", kind="wrong-year")
    known = goal(office_id, year, today)
    if known.version != shown:
        raise Stale
    faults = _faults(new, _by_rule(year, today))
    if faults:
        raise Invalid(faults=tuple(faults))
    values = {
        "pdn_bp": new.pdn_bp, "umk_bp": new.umk_bp, "commitment": new.commitment,
        "source": one_line(new.source), "reason": one_line(new.reason),
    }  # fmt: skip
    key = {"office_id": office_id, "year": year, "version": shown + 1}
    session.execute(insert(_table).values(**key, **values, set_by=actor.user_id, set_at=now))
    trail.record(actor, "targets.set", "office", office_id, now, year=year, version=shown + 1, **values)
    return shown + 1


def _by_rule(year: int, today: date) -> Goal:
    found = {kind: None if value is None else int(value.value) for kind, value in rules_on(year, today).items()}
    return Goal(found["pdn"], found["umk"])


def _own(given: Goal, row: Any) -> Goal:
    """Return an office's own target; where the rule rose above it meanwhile, the rule counts."""
    pdn, umk = max(row.pdn_bp, given.pdn_bp or 0), max(row.umk_bp, given.umk_bp or 0)
    return Goal(pdn, umk, row.version, row.commitment, row.source, row.reason)


def _faults(new: NewGoal, given: Goal) -> list[FieldFault]:
    faults = []
    for field, typed, least in (("pdn", new.pdn_bp, given.pdn_bp), ("umk", new.umk_bp, given.umk_bp)):
        low = least or 0
        if typed is None or not 0 <= typed <= FULL_BP:
            faults.append(FieldFault(field, "Isi persen dari 0 sampai 100, misalnya 85 atau 85,5."))
        elif typed < low:
            words = "Tidak boleh di bawah aturan kota, yaitu %(least)s. Kantor hanya boleh menetapkan lebih tinggi."
            faults.append(FieldFault(field, words, (("least", percent(low)),)))
    if new.commitment is not None and not 1 <= new.commitment <= MAX_RUPIAH:
        faults.append(FieldFault("commitment", "Isi rupiah bulat di atas 0, atau kosongkan bila tidak ada."))
    if not _SHORTEST <= len(one_line(new.source)) <= _LONGEST_SOURCE:
        faults.append(
            FieldFault("source", "Sebutkan surat atau keputusannya, 5 sampai 200 huruf, misalnya nomor dan tanggalnya.")
        )
    if not is_reason(one_line(new.reason)):
        faults.append(FieldFault("reason", "Tulis alasannya, 5 sampai 300 huruf."))
    return faults
