"""A package goes from the PA/KPA to a PPK to a Pejabat Pengadaan. Only this file assigns its `.state`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Stale
from shop.base.machine import Machine, Step
from shop.budgets.models import Package
from shop.db import session

MACHINE: Final = Machine(
    initial="available",
    final=(),
    steps=(
        Step("available", "assign_ppk", "with_ppk", "budgets:package:assign_ppk"),
        Step("with_ppk", "assign_ppk", "with_ppk", "budgets:package:assign_ppk"),
        Step("with_ppk", "assign_pp", "with_pp", "budgets:package:assign_pp"),
        Step("with_pp", "assign_pp", "with_pp", "budgets:package:assign_pp"),
        # The PA/KPA may take a package back at any time: people fall ill and change office.
        Step("with_pp", "assign_ppk", "with_ppk", "budgets:package:assign_ppk"),
    ),
)
LABELS: Final = {
    "available": "Belum diserahkan ke PPK",
    "with_ppk": "Di tangan PPK",
    "with_pp": "Di tangan Pejabat Pengadaan",
}


def move(actor: Actor, package: Package, verb: str, version: int, now: datetime, **data: object) -> None:
    """Take one step of the table. Raises Stale, Forbidden or WrongState."""
    if package.version != version:
        raise Stale
    step = MACHINE.step(package.state, verb)
    actor.require(step.permission)
    before, package.state = package.state, step.target
    trail.record(actor, verb, "package", package.id, now, **{"from": before, "to": step.target}, **data)


def move_many(
    actor: Actor, packages: Sequence[Any], verb: str, now: datetime, sets: Mapping[str, object], **data: object
) -> None:
    """Take the same step with many locked packages, given as rows (id, state); one statement, one trail entry each.

    The caller has judged version and state of each. Raises Forbidden or WrongState.
    """
    targets = {MACHINE.step(row.state, verb) for row in packages}
    for step in targets:
        actor.require(step.permission)
    for target in {step.target for step in targets}:
        ids = [row.id for row in packages if MACHINE.step(row.state, verb).target == target]
        session.execute(
            update(Package)
            .where(Package.id.in_(ids))
            .values(state=target, version=Package.version + 1, **sets)
            .execution_options(synchronize_session=False)
        )
    for row in packages:
        to = MACHINE.step(row.state, verb).target
        trail.record(actor, verb, "package", row.id, now, **{"from": row.state, "to": to}, **data)
