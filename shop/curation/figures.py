"""How long listings wait and how many pass, per kecamatan: counted over what is open now and the newest verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.money import round_half_up
from shop.catalog import places
from shop.curation.models import CurationCase, CurationReview
from shop.db import session

READ: Final = "vendors:vendor:read_all"
NEWEST: Final = 2_000
"""Verdicts of the kecamatan that the share is counted over: bounded, and told beside it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One kecamatan: waiting now, days of the middle and the oldest one, and of the newest verdicts how many passed.

    `passed_bp` is the share in basis points, None without any verdict.
    """

    kecamatan: str
    waiting: int
    middle: int | None
    oldest: int | None
    verdicts: int
    passed: int

    @property
    def passed_bp(self) -> int | None:
        """Share of verdicts that let a listing pass."""
        return round_half_up(self.passed * 10_000, self.verdicts) if self.verdicts else None


def read_figures(actor: Actor, now: datetime) -> Sequence[Figures]:
    """Return the figures of every kecamatan with something to tell, the longest waiting first. Two statements."""
    actor.require(READ)
    today = local_day(now)
    days: dict[str, list[int]] = defaultdict(list)
    for code, since in session.execute(
        select(CurationCase.kecamatan_code, CurationCase.waiting_since)
        .where(CurationCase.state == "kecamatan")
        .order_by(CurationCase.kecamatan_code, CurationCase.waiting_since)
    ):
        days[code].append((today - local_day(since)).days)
    said: dict[str, list[bool]] = defaultdict(list)
    for code, decision in session.execute(
        select(CurationCase.kecamatan_code, CurationReview.decision)
        .join(CurationCase, CurationCase.id == CurationReview.case_id)
        .where(CurationReview.stage == "kecamatan")
        .order_by(CurationReview.id.desc())
        .limit(NEWEST)
    ):
        said[code].append(decision == "accept")
    names = places.kecamatan()
    rows = [_of(names.get(code, code), days[code], said[code]) for code in {*days, *said}]
    return sorted(rows, key=lambda row: (-(row.oldest if row.oldest is not None else -1), row.kecamatan))


def _of(name: str, days: list[int], said: list[bool]) -> Figures:
    """Take the middle of an even number as the longer of the two: nobody's wait is told shorter than it is."""
    days = sorted(days)
    return Figures(
        name, len(days), days[len(days) // 2] if days else None, days[-1] if days else None, len(said), sum(said)
    )
