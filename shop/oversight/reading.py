"""Reading the runs of verification: the latest result for everybody, the history for auditors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.accounts.models import UserAccount
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.base.money import round_half_up
from shop.db import session
from shop.oversight.models import VerifyRun, VerifyStep
from shop.oversight.verifying import QUIET, RUN, STEPS

PAGE: Final = 30
_ENDED: Final = ("same", "different")


@dataclass(frozen=True, slots=True)
class Latest:
    """The result of the last run that went to its end, for public pages."""

    ended_at: datetime
    is_same: bool
    found: int
    entries: int
    """Ledger lines that were compared."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run: not begun (`ended_at` None), or what it compared."""

    name: str
    counts: Mapping[str, int]
    found: int
    milliseconds: int
    per_second: int | None
    differences: Sequence[Mapping[str, Any]]
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run as its page shows it. `condition`: waiting, running, broken_off, same or different."""

    id: int
    condition: str
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    steps: Sequence[Step] = ()

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs: then no other may begin."""
        return self.condition in {"waiting", "running"}


def latest() -> Latest | None:
    """Return the last result, None while nothing was ever verified. One short statement; anybody may read it."""
    last = select(VerifyRun.id).where(VerifyRun.outcome.in_(_ENDED)).order_by(VerifyRun.id.desc()).limit(1)
    rows = session.execute(
        select(VerifyRun.ended_at, VerifyRun.outcome, VerifyStep.found, VerifyStep.step, VerifyStep.counts)
        .join(VerifyStep, VerifyStep.run_id == VerifyRun.id)
        .where(VerifyRun.id == last.scalar_subquery())
    ).all()
    if not rows:
        return None
    entries = next((row.counts.get("entries", 0) for row in rows if row.step == "p3dn"), 0)
    return Latest(rows[0].ended_at, rows[0].outcome == "same", sum(row.found for row in rows), entries)


def runs(actor: Actor, now: datetime, before: int | None = None) -> Sequence[Run]:
    """Return runs, the newest first, 30 and one more; one statement. Raises Forbidden."""
    actor.require(RUN)
    query = _runs().order_by(VerifyRun.id.desc()).limit(PAGE + 1)
    rows = session.execute(query.where(VerifyRun.id < before) if before is not None else query)
    return [_run(row, now) for row in rows]


def run(actor: Actor, run_id: int, now: datetime) -> Run:
    """Return one run with its steps; two statements. Raises Forbidden, NotFound."""
    actor.require(RUN)
    row = session.execute(_runs().where(VerifyRun.id == run_id)).first()
    if row is None:
        raise NotFound("Pemeriksaan ini tidak ada.")
    kept = {
        step.step: step
        for step in session.execute(select(*VerifyStep.__table__.columns).where(VerifyStep.run_id == run_id))
    }
    return _run(row, now, [_step(name, kept.get(name)) for name in STEPS])


def _runs() -> Any:
    return select(*VerifyRun.__table__.columns, UserAccount.name).outerjoin(
        UserAccount, UserAccount.id == VerifyRun.asked_by
    )


def _run(row: Any, now: datetime, steps: Sequence[Step] = ()) -> Run:
    condition = row.outcome or ("running" if row.started_at else "waiting")
    if not row.outcome and row.seen_at <= now - QUIET:
        condition = "broken_off"
    return Run(row.id, condition, row.name or "", row.asked_at, row.started_at, row.ended_at, steps)


def _step(name: str, row: Any) -> Step:
    if row is None:
        return Step(name, {}, 0, 0, None, (), None)
    speed = round_half_up(row.checked * 1000, row.milliseconds) if row.checked and row.milliseconds else None
    return Step(name, row.counts, row.found, row.milliseconds, speed, row.differences, row.ended_at)
