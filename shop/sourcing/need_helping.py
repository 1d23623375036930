"""When hardly anybody can: which small change would help, and who could do it together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from shop.base.clock import at_local, local, local_day
from shop.catalog.offers import Offer
from shop.db import session
from shop.orders import terms
from shop.reference import calendar
from shop.sourcing.able import Judged
from shop.sourcing.need import Need
from shop.sourcing.shelf_walk import Look, look, small_kitchens

LATER: Final = timedelta(hours=2)
LAST_HOUR: Final = time(19)
_STEP: Final = 500
_MOST_PARTS: Final = 12
_ENOUGH: Final = 12
_MOST_TRIED: Final = 320
"""Products looked at to try one change: to say that it helps, not how much in all."""
_OF_TIME: Final = frozenset({"lead", "hours"})
_OF_DAY: Final = _OF_TIME | {"full", "closed"}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the need after which `producers` can; either another moment (UTC) or another budget (rupiah a person)."""

    producers: int
    at: datetime | None = None
    budget: int | None = None
    more: bool = False
    """There may be even more: not everybody was looked at."""


@dataclass(frozen=True, slots=True)
class Part:
    """One producer's share of a need that is too large for anybody alone. Rupiah."""

    offer: Offer
    pieces: int
    people: int
    total: int


def changes(need: Need, seen: Look, office_id: int, now: datetime) -> list[Change]:
    """Return what would help, the smallest change first. Each was tried: as many producers can, as it says."""
    found = []
    fallen = set(seen.fallen)
    later = need.at + LATER
    if fallen & _OF_TIME and local(later).time() <= LAST_HOUR and local_day(later) == local_day(need.at):
        found.append(_tried(need.moved(later), office_id, now))
    if fallen & _OF_DAY:
        day = calendar.add_working_days(local_day(need.at), 1, calendar.holiday_set(session))
        found.append(_tried(need.moved(at_local(day, local(need.at).time())), office_id, now))
    dearer = sorted({x.offer.vendor_id: _asked(x, need) for x in reversed(_only_dear(seen, need))}.values())
    if dearer:
        asked = dearer[min(len(dearer), 3) - 1]
        able = {x.offer.vendor_id for x in seen.able} | {
            x.offer.vendor_id for x in seen.short if x.reason == "budget" and _asked(x, need) <= asked
        }
        found.append(Change(len(able), budget=asked))
    now_able = len({x.offer.vendor_id for x in seen.able})
    return [change for change in found if change.producers > now_able]


def _tried(need: Need, office_id: int, now: datetime) -> Change:
    seen = look(need, office_id, now, spent=frozenset(), enough=_ENOUGH, most=_MOST_TRIED)
    return Change(len({x.offer.vendor_id for x in seen.able}), at=need.at, more=not seen.whole)


def _only_dear(seen: Look, need: Need) -> list[Judged]:
    return sorted((x for x in seen.short if x.reason == "budget"), key=lambda x: _asked(x, need))


def _asked(judged: Judged, need: Need) -> int:
    """Return the budget a person that would do, in rupiah, rounded up to Rp 500."""
    each = -(-judged.total // need.headcount)
    return -(-each // _STEP) * _STEP


def together(need: Need, seen: Look, now: datetime) -> tuple[Sequence[Part], int]:
    """Return who could serve everybody together, the largest share first, and for how many people; none when it is too few.

    Each share fits what is left that day, the smallest order, the lead time for that size and the budget a person.
    """
    parts: list[Part] = []
    missing, taken = need.headcount, set[int]()
    for judged in sorted(
        seen.able + seen.short + small_kitchens(seen, need, now),
        key=lambda x: (-(x.left or 0) * max(x.serves or 1, 1), x.place),
    ):
        if judged.reason not in {"full", "stock", "lead", ""} or judged.offer.vendor_id in taken:
            continue
        part = _share(judged, need, missing, now)
        if part is None:
            continue
        parts.append(part)
        taken.add(judged.offer.vendor_id)
        missing -= part.people
        if missing <= 0:
            return (parts if len(parts) > 1 else ()), need.headcount
        if len(parts) == _MOST_PARTS:
            break
    return (), need.headcount - missing


def _share(judged: Judged, need: Need, missing: int, now: datetime) -> Part | None:
    offer, each = judged.offer, max(judged.serves or 1, 1)
    wanted = -(-missing // each)
    pieces = min(wanted, terms.MAX_QUANTITY, wanted if judged.left is None else judged.left)
    if need.at < now + timedelta(hours=offer.lead_at(max(pieces, 1))):
        smaller = [least - 1 for least, hours in offer.lead_tiers if need.at < now + timedelta(hours=hours)]
        pieces = min([pieces, *smaller])
    if pieces < max(offer.min_order, 1) or need.at < now + timedelta(hours=offer.lead_at(pieces)):
        return None
    people = min(pieces * each, missing)
    total = offer.price_at(pieces) * pieces + judged.shipping
    if need.budget is not None and total > need.budget * people:
        return None
    return Part(offer, pieces, people, total)
