"""A package goes from the PA/KPA to a PPK to a Pejabat Pengadaan. Only this file assigns its `.state`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Stale
from shop.base.machine import Machine, Step
from shop.budgets.models import Package

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
