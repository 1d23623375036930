"""Why a producer was not chosen, in counts: never an office, never a rival, and nothing below five."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, func, select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import NotFound
from shop.db import session
from shop.kept import adding
from shop.sourcing.band import first_month
from shop.sourcing.models import ChoiceCount, ComparisonRecord
from shop.sourcing.record_reasons import REASONS

LEAST: Final = 5
CHOSEN: Final = "chosen"
_counts: Final = cast("Table", ChoiceCount.__table__)


@dataclass(frozen=True, slots=True)
class Losses:
    """How a producer's goods fared beside others since a month. `enough` False: too few to say anything.

    `reasons` are (msgid, times) of those given at least five times, the most frequent first; `rest` adds up the others.
    """

    since: date
    enough: bool
    seen: int = 0
    chosen: int = 0
    reasons: Sequence[tuple[str, int]] = ()
    unstated: int = 0
    rest: int = 0


def count(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Add what frozen records say about every producer in them (outbox kind `sourcing.frozen`, inside: exactly once)."""
    ids = {order_id for payload in payloads for order_id in payload["order_ids"]}
    month = local_day(now).replace(day=1)
    change: Counter[tuple[int, str]] = Counter()
    for content in session.scalars(select(ComparisonRecord.content).where(ComparisonRecord.order_id.in_(sorted(ids)))):
        for line in content["lines"]:
            vendors = {equal["vendor_id"] for equal in line["equals"]}
            if len(vendors) > 1:  # stood beside somebody else's goods
                change.update((vendor, CHOSEN if vendor == line["vendor_id"] else line["reason"]) for vendor in vendors)
    rows = [
        {"vendor_id": vendor, "month": month, "outcome": outcome, "times": times}
        for (vendor, outcome), times in sorted(change.items())
    ]
    if rows:
        session.execute(adding(_counts, ("vendor_id", "month", "outcome"), ("times",)), rows)


def own(actor: Actor, now: datetime) -> Losses:
    """Return the counts of the actor's own producer of the last twelve months; one statement. Raises Forbidden."""
    actor.require("catalog:product:read_own")
    if actor.vendor_id is None:
        raise NotFound
    since = first_month(local_day(now))
    rows = session.execute(
        select(_counts.c.outcome, func.sum(_counts.c.times))
        .where(_counts.c.vendor_id == actor.vendor_id, _counts.c.month >= since)
        .group_by(_counts.c.outcome)
    )
    times = {outcome: int(number) for outcome, number in rows}
    seen = sum(times.values())
    if seen < LEAST:
        return Losses(since, enough=False)
    stated = {reason: times.get(reason, 0) for reason in REASONS}
    told = sorted(((REASONS[r], n) for r, n in stated.items() if n >= LEAST), key=lambda pair: -pair[1])
    rest = sum(n for n in stated.values() if n < LEAST)
    return Losses(since, enough=True, seen=seen, chosen=times.get(CHOSEN, 0), reasons=told,
                  unstated=times.get("", 0), rest=rest)  # fmt: skip


def shown(vendor_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Return {producer: how often its goods stood beside others in the last twelve months}; one statement."""
    rows = session.execute(
        select(_counts.c.vendor_id, func.sum(_counts.c.times))
        .where(_counts.c.vendor_id.in_(sorted(vendor_ids)), _counts.c.month >= first_month(local_day(now)))
        .group_by(_counts.c.vendor_id)
    )
    return {vendor: int(times) for vendor, times in rows}
