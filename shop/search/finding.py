"""Answer a question over all parts of the index: exact total, the best page of hits, facet counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shop.search import bits
from shop.search.analysis import Question, question
from shop.search.columns import Among
from shop.search.contract import RELEVANCE, Hit, Query, Result
from shop.search.matching import Matcher

MOST_HITS = 1_000


@dataclass(frozen=True, slots=True)
class View:
    """One part as one moment sees it: `live` leaves out what was deleted or replaced since the part was written."""

    matcher: Matcher
    live: int


@dataclass(frozen=True, slots=True)
class _Found:
    """What one part answers: who matches with all filters, and with all filters but one facet's."""

    view: View
    all: int
    without: dict[str, Among]


def find(views: Sequence[View], q: Query) -> Result:
    """Answer without regard to typing errors."""
    asked = question(q.text)
    if q.text.strip() and not asked.needs:
        # Only emoji or punctuation: everything would be a wrong answer to that.
        return Result(0, (), {name: {} for name in q.count})
    found = [_found(view, asked, q) for view in views]
    total = sum(one.all.bit_count() for one in found)
    return Result(total, _page(found, asked, q), {name: _counts(found, name) for name in q.count})


def has_hits(views: Sequence[View], q: Query) -> int:
    """Total for a question, nothing else."""
    asked = question(q.text)
    return sum(_found(view, asked, q, counting=False).all.bit_count() for view in views)


def _found(view: View, asked: Question, q: Query, *, counting: bool = True) -> _Found:
    part = view.matcher.part
    base = view.matcher.matching(asked) & view.live
    for name, (low, high) in q.ranges.items():
        if base and (low is not None or high is not None):
            number = part.numbers.get(name)
            base &= number.between(low, high) if number else 0
    if base and q.exclude:
        base &= ~bits.from_slots((s for i in q.exclude if (s := part.slot_of(i)) is not None), part.size)
    chosen: dict[str, int] = {}
    for name, values in q.facets.items():
        if values:
            facet = part.facets.get(name)
            chosen[name] = facet.having_any(values) if base and facet else 0
    everything = base
    for some in chosen.values():
        everything &= some
    if not counting or not base:
        return _Found(view, everything, {})
    alike = Among(everything, shared=True)
    return _Found(view, everything, {name: _all_but(base, chosen, name, alike) for name in q.count})


def _all_but(base: int, chosen: dict[str, int], name: str, alike: Among) -> Among:
    if name not in chosen:
        return alike
    for other, some in chosen.items():
        if other != name:
            base &= some
    return Among(base)


def _counts(found: Iterable[_Found], name: str) -> dict[str, int]:
    tally: Counter[str] = Counter()
    for one in found:
        among = one.without.get(name)
        facet = one.view.matcher.part.facets.get(name)
        if facet and among and among.size:
            facet.tally(among, tally)
    return dict(sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def _page(found: Iterable[_Found], asked: Question, q: Query) -> tuple[Hit, ...]:
    first, limit = max(q.offset, 0), min(max(q.limit, 0), MOST_HITS)
    if not limit:
        return ()
    best = sorted(place for one in found if one.all for place in _best(one, asked, q, first + limit))[: first + limit]
    return tuple(
        Hit(found_id, -order if q.sort == RELEVANCE else 0, view.matcher.part.card(slot))
        for (_, order, found_id), slot, view in ((p.key, p.slot, p.view) for p in best[first:])
    )


class _Place(NamedTuple):
    """One candidate for the page. Keys are all different, as ids are, so nothing else is ever compared."""

    key: tuple[int, int, int]
    slot: int
    view: View


def _best(one: _Found, asked: Question, q: Query, wanted: int) -> Iterator[_Place]:
    """Pick the `wanted` first documents of one part under the asked order."""
    part = one.view.matcher.part
    if q.sort == RELEVANCE:
        scores = one.view.matcher.scores(asked)
        slots = _choose(one, list(reversed(scores)), wanted)
        packed = [bits.to_bytes(plane, part.size) for plane in scores]
        for slot in slots:
            at, bit = slot >> 3, slot & 7
            score = sum((plane[at] >> bit & 1) << power for power, plane in enumerate(packed))
            yield _Place((0, -score, part.ids[slot]), slot, one.view)
        return
    name, down = q.sort.lstrip("-"), q.sort.startswith("-")
    number = part.numbers.get(name)
    if number is None:
        for slot in _choose(one, [], wanted):
            yield _Place((1, 0, part.ids[slot]), slot, one.view)
        return
    upward = list(reversed(number.planes))
    planes = upward if down else [~plane for plane in upward]
    for slot in _choose(one, [number.present, *planes], wanted):
        if number.present >> slot & 1:
            value = number.values[slot]
            yield _Place((0, -value if down else value, part.ids[slot]), slot, one.view)
        else:
            yield _Place((1, 0, part.ids[slot]), slot, one.view)


def _choose(one: _Found, planes: list[int], wanted: int) -> list[int]:
    """Slots of the `wanted` greatest by `planes` (highest first), of equal ones those with the lowest ids."""
    part = one.view.matcher.part
    chosen, tied, missing = bits.greatest(planes, one.all, wanted)
    if missing and tied:
        if not part.ordered and tied.bit_count() > missing:
            by_id, same, more = bits.greatest([~plane for plane in reversed(part.id_planes)], tied, missing)
            return bits.slots_of(chosen | by_id) + bits.slots_of(same, more)
        return bits.slots_of(chosen) + bits.slots_of(tied, missing)
    return bits.slots_of(chosen)
