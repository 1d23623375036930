"""The life of a producer here. Only this file assigns its `.state`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.machine import Machine, Step
from shop.vendors.models import Vendor

HOLD: Final = "vendors:hold:manage"
MACHINE: Final = Machine(
    initial="registering",
    final=(),
    steps=(
        Step("registering", "complete", "active", "vendors:vendor:manage"),
        Step("active", "pause", "paused", HOLD),
        Step("active", "suspend", "suspended", HOLD),
        Step("paused", "suspend", "suspended", HOLD),
        Step("paused", "lift", "active", HOLD),
        Step("suspended", "lift", "active", HOLD),
        # A hold ends by itself on its last day.
        Step("paused", "end", "active", "system"),
        Step("suspended", "end", "active", "system"),
    ),
)
LABELS: Final = {
    "registering": "Pendaftaran belum lengkap",
    "active": "Aktif",
    "paused": "Dijeda",
    "suspended": "Dibekukan",
}
"""States as people read them."""


def begin() -> str:
    """Return the state a producer is born in."""
    return MACHINE.initial


def move(actor: Actor, vendor: Vendor, verb: str, now: datetime, **data: object) -> None:
    """Take one step of the table and record it. Raises Forbidden without its permission, WrongState without such a step."""
    step = MACHINE.step(vendor.state, verb)
    actor.require(step.permission)
    before, vendor.state = vendor.state, step.target
    trail.record(actor, f"vendors.{verb}", "vendor", vendor.id, now, **{"from": before, "to": step.target}, **data)
