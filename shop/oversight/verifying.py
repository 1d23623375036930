"""Proving the figures, run after run: asked for by a person or the night, done apart from every page, kept for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError

from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local
from shop.base.errors import Conflict
from shop.books import verify as sums
from shop.budgets import facts as package_facts
from shop.db import db, session, unit_of_work
from shop.orders import facts as order_facts
from shop.orders import states
from shop.outbox import posting as outbox
from shop.oversight.models import VerifyRun, VerifyStep
from shop.p3dn import verify as figures
from shop.p3dn.posting import Statement
from shop.treasury import order_books

RUN: Final = "oversight:verify:run"
KIND: Final = "oversight.verify"
QUIET: Final = timedelta(minutes=15)
"""Without a sign of life for so long a run was killed, and another may begin."""
SIGN: Final = timedelta(minutes=1)
"""How often a long step gives one."""
NIGHT: Final = 2
"""From this hour of Jakarta on the nightly run begins."""
SHOWN: Final = 20
Clock = Callable[[], datetime]
"""The clock, handed in by the roof: how long a step took is the one thing here that `now` cannot tell."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one step compared; `checked` is how many rows, for the speed."""

    counts: dict[str, int]
    checked: int
    found: int
    differences: list[dict[str, Any]] = field(default_factory=list)


def ask(actor: Actor, now: datetime) -> int:
    """Begin a run in the background and return its id. Raises Forbidden, Conflict `running` while another is at it."""
    actor.require(RUN)
    return _ask(actor, now)


def _ask(actor: Actor, now: datetime) -> int:
    running = session.execute(select(VerifyRun.id, VerifyRun.seen_at).where(VerifyRun.ended_at.is_(None))).first()
    if running is not None and running.seen_at > now - QUIET:
        raise Conflict("Pemeriksaan lain sedang berjalan. Tunggu sampai selesai.", kind="running")
    if running is not None:
        break_off(running.id, now)
    values = {"asked_by": actor.user_id, "asked_at": now, "seen_at": now, "outcome": ""}
    run_id: int = session.execute(insert(VerifyRun).returning(VerifyRun.id), values).scalar_one()
    outbox.post(KIND, {"run_id": run_id}, now)
    trail.record(actor, "oversight.verify_asked", "verify_run", run_id, now)
    return run_id


def nightly(now: datetime) -> bool:
    """Ask for tonight's run when it is past two in Jakarta and none was asked for today; return whether it was."""
    here = local(now)
    if here.hour < NIGHT:
        return False
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    last = session.scalar(select(VerifyRun.asked_at).order_by(VerifyRun.id.desc()).limit(1))
    if last is not None and last >= today:
        return False
    session.rollback()
    try:
        with unit_of_work():
            _ask(SYSTEM, now)
    except Conflict:  # somebody was faster
        return False
    return True


def run(run_id: int, clock: Clock) -> str:
    """Do a run that was asked for, each step on one state of the database, and return its outcome.

    Empty when it was begun or ended before: a message that comes twice does nothing. Opens its own units of work.
    """
    with unit_of_work():
        taken = session.execute(
            update(VerifyRun)
            .where(VerifyRun.id == run_id, VerifyRun.started_at.is_(None), VerifyRun.ended_at.is_(None))
            .values(started_at=clock(), seen_at=clock())
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            return ""
    found = 0
    for name, step in STEPS.items():
        begun = clock()
        _one_state()
        result = step(_sign_of_life(run_id, clock))
        session.rollback()
        found += result.found
        with unit_of_work():
            _keep(run_id, name, result, begun, clock())
    with unit_of_work():
        outcome = "different" if found else "same"
        _end(run_id, outcome, clock())
        trail.record(SYSTEM, "oversight.verified", "verify_run", run_id, clock(), outcome=outcome, found=found)
    return outcome


def break_off(run_id: int, now: datetime) -> None:
    """Tell that a run came to no end; another may begin at once. One that has ended stays as it is."""
    _end(run_id, "broken_off", now)


def _keep(run_id: int, name: str, result: Result, begun: datetime, now: datetime) -> None:
    took = (now - begun) // timedelta(milliseconds=1)
    values = {
        "run_id": run_id, "step": name, "counts": result.counts, "checked": result.checked, "found": result.found,
        "milliseconds": max(took, 0), "differences": result.differences[:SHOWN], "ended_at": now,
    }  # fmt: skip
    session.execute(insert(VerifyStep), values)
    session.execute(update(VerifyRun).where(VerifyRun.id == run_id).values(seen_at=now))


def _end(run_id: int, outcome: str, now: datetime) -> None:
    session.execute(
        update(VerifyRun)
        .where(VerifyRun.id == run_id, VerifyRun.ended_at.is_(None))
        .values(ended_at=now, outcome=outcome)
    )


def _one_state() -> None:
    """Read everything of a step as of one moment: what is ordered meanwhile must not look like a difference."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":  # SQLite does it by itself
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _sign_of_life(run_id: int, clock: Clock) -> figures.Progress:
    """Return what a long step calls on its way: at most once a minute the run says that it lives.

    In a connection of its own: the step reads one state of the database, and its transaction must not end.
    """
    told = clock()

    def tell(_step: str, _done: int) -> None:
        nonlocal told
        if (here := clock()) - told < SIGN:
            return
        told = here
        with suppress(OperationalError), db.engine.begin() as apart:  # a busy database is told the next minute
            apart.execute(update(VerifyRun).where(VerifyRun.id == run_id).values(seen_at=here))

    return tell


def _p3dn(tell: figures.Progress) -> Result:
    report = figures.verify(_statements(), limit=SHOWN, progress=tell, chain=False)
    return Result(
        {"sources": report.sources, "entries": report.entries, "sums": report.sums},
        report.entries,
        report.found,
        [
            {
                "kind": one.kind,
                "where": one.where,
                "numbers": [list(gap) for gap in one.gaps],
            }
            for one in report.differences
        ],
    )


def _books(_tell: figures.Progress) -> Result:
    found = [*sums.differences(), *order_books.differences()]
    told = [{"kind": "books", "where": line, "numbers": []} for line in found]
    return Result({"differences": len(found)}, 0, len(found), told)


def _trail(_tell: figures.Progress) -> Result:
    chain = trail.verify()
    broken = [] if chain.first_broken is None else [chain.first_broken]
    told = [{"kind": "trail", "where": str(number), "numbers": []} for number in broken]
    return Result({"entries": chain.entries}, chain.entries, len(broken), told)


STEPS: Final[dict[str, Callable[[figures.Progress], Result]]] = {"p3dn": _p3dn, "books": _books, "trail": _trail}


def _statements() -> Iterator[Statement]:
    yield from package_facts.statements()
    yield from order_facts.statements(states.standing)


def run_ids(payloads: Sequence[dict[str, Any]]) -> list[int]:
    """Return the runs that outbox messages `oversight.verify` speak of."""
    return sorted({payload["run_id"] for payload in payloads})
