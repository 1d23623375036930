"""How a sample is drawn: pure, from (order id, rupiah, office) and a seed, so that anybody draws the same again.

Every order gets the place SHA-256("<seed>|<order id>") in hexadecimal; the lowest come first. Nothing else is chance.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

METHODS: Final[Mapping[str, str]] = {
    "simple": "Acak sederhana",
    "strata": "Acak per kantor",
    "unit": "Menurut rupiah (MUS)",
    "top": "Semua di atas batas, sisanya acak",
}
"""msgids."""
Member = tuple[int, int, int]
"""(order id, rupiah, office id)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to draw: `size` is how many, for `top` how many of those below `above` rupiah."""

    method: str
    seed: str
    size: int
    above: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One order that was drawn. `hits` is how many points fell on it; 1 but for MUS."""

    order_id: int
    total: int
    stratum: str
    hits: int = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample and what must be kept beside it: size, sum and fingerprint of the population, interval, strata."""

    items: Sequence[Item]
    population: int
    population_sum: int
    population_hash: str
    interval: int | None
    strata: Mapping[str, int]


def draw(plan: Plan, members: Iterable[Member]) -> Drawn:
    """Draw. The order in which the members come does not matter; an empty population gives no items."""
    known = sorted(members)
    ranked = sorted(known, key=lambda member: place(plan.seed, member[0]))
    total = sum(amount for _, amount, _ in known)
    interval = max(1, total // plan.size) if plan.method == "unit" else None
    strata = Counter(_stratum(plan, member) for member in known)
    if interval is not None:
        items = _by_rupiah(plan, ranked, interval)
    elif plan.method == "strata":
        items = _by_office(plan, ranked, strata)
    else:
        sure = [m for m in ranked if _stratum(plan, m) == "sure"]
        rest = [m for m in ranked if _stratum(plan, m) != "sure"]
        items = [Item(m[0], m[1], _stratum(plan, m)) for m in (*sure, *rest[: plan.size])]
    return Drawn(items, len(known), total, _fingerprint(known), interval, dict(sorted(strata.items())))


def place(seed: str, order_id: int) -> str:
    """Return the place of an order under a seed.

    >>> place("2026", 7)[:16]
    '7ebcab57d8ae428f'
    """
    return hashlib.sha256(f"{seed}|{order_id}".encode()).hexdigest()


def shares(size: int, strata: Mapping[str, int]) -> dict[str, int]:
    """Share a size out over strata by their weight, whole numbers, largest remainder first, never more than is there.

    With at least as many as there are strata, each gets one.

    >>> shares(5, {"a": 90, "b": 10, "c": 1})
    {'a': 3, 'b': 1, 'c': 1}
    """
    whole = sum(strata.values())
    size = min(size, whole)
    found = {name: int(size >= len(strata)) for name in strata}
    for _ in range(size - sum(found.values())):
        # Who is furthest below its share gets the next; ties go by name.
        behind = ((found[n] * whole - size * strata[n], n) for n in strata if found[n] < strata[n])
        found[min(behind)[1]] += 1
    return found


def _stratum(plan: Plan, member: Member) -> str:
    if plan.method == "strata":
        return str(member[2])
    if plan.method == "top":
        return "sure" if plan.above is not None and member[1] >= plan.above else "rest"
    return ""


def _by_office(plan: Plan, ranked: Sequence[Member], strata: Mapping[str, int]) -> list[Item]:
    left = shares(plan.size, strata)
    items = []
    for order_id, amount, office_id in ranked:
        name = str(office_id)
        if left[name]:
            left[name] -= 1
            items.append(Item(order_id, amount, name))
    return items


def _by_rupiah(plan: Plan, ranked: Sequence[Member], interval: int) -> list[Item]:
    """Walk the rupiah of all orders in their drawn order and take whoever holds a point, from a start on."""
    point, end, items = int(place(plan.seed, 0), 16) % interval, 0, []
    left = plan.size
    for order_id, amount, _ in ranked:
        end += amount
        hits = (end - point + interval - 1) // interval if end > point else 0
        hits = min(hits, left)
        if plan.size >= len(ranked):  # everything is taken, whether a point fell on it or not
            hits = max(1, hits)
        if hits > 0:
            items.append(Item(order_id, amount, "", hits))
            point, left = point + hits * interval, left - hits
    return items


def _fingerprint(members: Sequence[Member]) -> str:
    whole = hashlib.sha256()
    for order_id, amount, _ in members:
        whole.update(f"{order_id}:{amount}\n".encode())
    return whole.hexdigest()
