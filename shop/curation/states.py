"""The way of a case: kecamatan, province, then accepted, refused or withdrawn. Only this file assigns its `.state`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.machine import Machine, Step
from shop.catalog.states import CURATE, MANAGE
from shop.curation.models import CurationCase

MACHINE: Final = Machine(
    initial="kecamatan",
    final=("accepted", "refused", "withdrawn"),
    steps=(
        Step("kecamatan", "accept", "province", CURATE),
        Step("kecamatan", "refuse", "refused", CURATE),
        Step("kecamatan", "withdraw", "withdrawn", MANAGE),
        # The listing went back to draft behind the case's back: nothing is left to judge.
        Step("kecamatan", "drop", "withdrawn", "system"),
        Step("province", "accept", "accepted", CURATE),
        Step("province", "refuse", "refused", CURATE),
        Step("province", "withdraw", "withdrawn", MANAGE),
        Step("province", "drop", "withdrawn", "system"),
    ),
)
OPEN: Final = ("kecamatan", "province")
"""Stages at which a case waits for a curator."""
LABELS: Final = {
    "kecamatan": "Menunggu kurator kecamatan",
    "province": "Menunggu kurator provinsi",
    "accepted": "Lolos kurasi",
    "refused": "Perlu diperbaiki",
    "withdrawn": "Ditarik kembali",
}
"""States as people read them."""


def begin() -> str:
    """Return the state a case is born in."""
    return MACHINE.initial


def move(actor: Actor, case: CurationCase, verb: str, now: datetime, **data: object) -> None:
    """Take one step of the table and record it; from here on the case waits at its new stage, or has its end.

    Raises Forbidden without the step's permission, WrongState when the table has no such step.
    """
    step = MACHINE.step(case.state, verb)
    actor.require(step.permission)
    before, case.state = case.state, step.target
    if step.target in OPEN:
        case.waiting_since = now
    else:
        case.decided_at = now
    trail.record(
        actor, f"curation.{verb}", "curation_case", case.id, now, **{"from": before, "to": step.target}, **data
    )
