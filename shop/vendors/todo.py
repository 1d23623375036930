"""What a business still has to do for itself: steps of its registration, and papers that end or have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from shop.base.actor import Actor
from shop.vendors import papers, registering
from shop.vendors.reminding import DAYS

AHEAD: Final = timedelta(days=max(DAYS))
"""A paper is named from the day its first reminder is due."""


@dataclass(frozen=True, slots=True)
class BusinessToDo:
    """Steps as (step, title), both in their order; papers as rows of VendorPaper, the first to end first."""

    registering: bool
    steps: Sequence[tuple[str, str]]
    papers: Sequence[Any]
    labels: Mapping[str, str] = field(default_factory=lambda: papers.LABELS)


def of(actor: Actor, today: date) -> BusinessToDo | None:
    """Return what the business of this hat still needs, None for hats that may not change it; two statements."""
    if actor.vendor_id is None or not actor.may(registering.MANAGE):
        return None
    vendor = registering.own_vendor(actor)
    under_way = vendor.state == "registering"
    steps = [(step, registering.TITLES[step]) for step in registering.missing(vendor)] if under_way else []
    kept = papers.papers_of(vendor.id)
    lasting = {p.kind for p in kept if papers.counts(p.issued_on, p.valid_until, today + AHEAD)}
    ending = [p for p in kept if p.valid_until is not None and p.valid_until <= today + AHEAD and p.kind not in lasting]
    return BusinessToDo(under_way, steps, sorted(ending, key=lambda p: p.valid_until))
