"""What a sample says about all: errors found, and what they mean for the whole, by the method of the draw. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shop.base.money import round_half_up

ENOUGH: Final = 5
"""Fewer judged cases project nothing."""
SOLID: Final = 30
"""Fewer project something that is only a hint, and the page says so."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One order of the sample. `error` is rupiah, None while nobody has judged it."""

    total: int
    stratum: str
    hits: int
    error: int | None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Rupiah. `projected` is None while it cannot be said: something is not judged yet, or there are too few."""

    items: int
    judged: int
    wrong: int
    checked: int
    found: int
    projected: int | None

    @property
    def is_small(self) -> bool:
        """Whether so few were judged that a projection is no more than a hint."""
        return self.judged < SOLID


def conclude(method: str, cases: Sequence[Judged], strata: Mapping[str, int], interval: int | None) -> Conclusion:
    """Add up what was found and project it.

    Simple, by office and the rest below a limit: mean error of the stratum times its orders. What was taken for sure
    counts as found. MUS: the tainted share of each order times the interval; orders of an interval or more count as
    found. Each rounded half up.
    """
    done = [case for case in cases if case.error is not None]
    found = sum(case.error or 0 for case in done)
    projected = None
    if len(cases) == sum(strata.values()):  # the sample is everything: what was found is what there is
        projected = found if len(done) == len(cases) else None
    elif len(done) == len(cases) >= ENOUGH:
        projected = _by_points(done, interval or 1) if method == "unit" else _by_mean(done, strata)
    return Conclusion(
        len(cases),
        len(done),
        sum(bool(case.error) for case in done),
        sum(case.total for case in done),
        found,
        projected,
    )


def _by_mean(done: Sequence[Judged], strata: Mapping[str, int]) -> int:
    total = 0
    for name, size in strata.items():
        errors = [case.error or 0 for case in done if case.stratum == name]
        total += round_half_up(sum(errors) * size, len(errors)) if errors else 0
    return total


def _by_points(done: Sequence[Judged], interval: int) -> int:
    return sum(
        (case.error or 0)
        if case.total >= interval
        else round_half_up((case.error or 0) * interval * case.hits, case.total)
        for case in done
    )
