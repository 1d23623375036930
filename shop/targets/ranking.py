"""Offices in order, fairly: by size, only those with enough orders, and whoever is equal shares a place. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from shop.base.money import ratio_bp
from shop.p3dn.rules import Measures
from shop.targets.forecasting import gap

T = TypeVar("T")
Kind = Literal["pdn", "umk"]
By = Literal["share", "gap"]
ENOUGH: Final = 5
"""Below so many orders one of them decides everything: the office stands apart, without a place."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One office in one year, seen by one target."""

    office_id: int
    code: str
    name: str
    measures: Measures
    kind: Kind
    target_bp: int | None
    own: bool = False
    """Whether the office set its target itself."""

    @property
    def counted(self) -> int:
        """The numerator in rupiah."""
        return self.measures.pdn_value if self.kind == "pdn" else self.measures.umk_value

    @property
    def share_bp(self) -> int | None:
        """Of what is paid; None while nothing is paid."""
        return ratio_bp(self.counted, self.measures.paid_total)

    @property
    def ahead_bp(self) -> int | None:
        """Share minus target, negative when behind; None when one of them is missing."""
        return None if self.share_bp is None or self.target_bp is None else self.share_bp - self.target_bp

    @property
    def missing(self) -> int | None:
        """Rupiah missing of the target in what is paid so far."""
        return None if self.target_bp is None else gap(self.counted, self.measures.paid_total, self.target_bp)

    @property
    def size(self) -> int:
        """What the size class is told by: the plan, or what is ordered where that is more. Rupiah."""
        return max(self.measures.planned, self.measures.committed)


@dataclass(frozen=True, slots=True)
class Band:
    """A size class from `low` to below `high` rupiah (None: open), and its offices with their places."""

    low: int
    high: int | None
    places: tuple[tuple[int, Standing], ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Bands, the largest offices first, and apart: too few orders, and nothing paid."""

    bands: tuple[Band, ...]
    few: tuple[Standing, ...]
    unpaid: tuple[Standing, ...]

    @property
    def ranked(self) -> int:
        """How many offices have a place."""
        return sum(len(band.places) for band in self.bands)

    @property
    def total(self) -> int:
        """How many offices there are altogether."""
        return self.ranked + len(self.few) + len(self.unpaid)

    def part(self, start: int, size: int) -> Ranking:
        """Return `size` offices from `start` on, in the order of the page; classes without any are left out."""

        def take(items: tuple[T, ...]) -> tuple[T, ...]:
            nonlocal start, size
            some = items[start : start + size]
            start, size = max(start - len(items), 0), size - len(some)
            return some

        bands = [replace(band, places=take(band.places)) for band in self.bands]
        return Ranking(tuple(band for band in bands if band.places), take(self.few), take(self.unpaid))


def rank(standings: Iterable[Standing], edges: Sequence[int], by: By) -> Ranking:
    """Return the offices by size class (`edges` in rupiah) and place. By name where the places are equal."""
    edges = sorted({edge for edge in edges if edge > 0})
    classes: list[list[Standing]] = [[] for _ in range(len(edges) + 1)]
    few, unpaid = [], []
    for one in sorted(standings, key=lambda s: (s.name, s.code)):
        if one.share_bp is None:
            unpaid.append(one)
        elif one.measures.orders < ENOUGH:
            few.append(one)
        else:
            classes[bisect_right(edges, one.size)].append(one)
    spans = zip([0, *edges], [*edges, None], strict=True)
    bands = [Band(low, high, _places(some, by)) for (low, high), some in zip(spans, classes, strict=True)]
    return Ranking(tuple(band for band in reversed(bands) if band.places), tuple(few), tuple(unpaid))


def _places(some: Iterable[Standing], by: By) -> tuple[tuple[int, Standing], ...]:
    """Return 1, 2, 2, 4: equal values share a place, and the next place is skipped."""

    def value(one: Standing) -> int:
        found = one.share_bp if by == "share" else one.ahead_bp
        return -(10**9) if found is None else found

    found: list[tuple[int, Standing]] = []
    for at, one in enumerate(sorted(some, key=value, reverse=True), 1):
        shared = found and value(found[-1][1]) == value(one)
        found.append((found[-1][0] if shared else at, one))
    return tuple(found)
