"""Naik kelas in numbers: the class of PP 7/2021, the change between two years, how near a limit is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shop.base.money import FULL_BP, round_half_up

CLASSES: Final = ("mikro", "kecil", "menengah")
LARGE: Final = "besar"


@dataclass(frozen=True, slots=True)
class Standing:
    """In which class an amount falls, and what it lacks to the next; `limit` is the top of the class, None above all."""

    size: str
    amount: int
    limit: int | None

    @property
    def missing(self) -> int | None:
        """Rupiah until the next class begins."""
        return None if self.limit is None else self.limit - self.amount + 1


def standing(amount: int, limits: Sequence[int]) -> Standing:
    """Return the class of an amount; a limit still belongs to the lower class (PP 7/2021 art. 35: "paling banyak").

    >>> standing(2_000_000_000, (2_000_000_000, 15_000_000_000, 50_000_000_000)).size
    'mikro'
    """
    for size, limit in zip(CLASSES, limits, strict=True):
        if amount <= limit:
            return Standing(size, amount, limit)
    return Standing(LARGE, amount, None)


def change_bp(before: int, after: int) -> int | None:
    """Return the change in basis points of what was before, or None when there was nothing to compare with.

    >>> change_bp(4_000_000, 5_000_000), change_bp(4, 3), change_bp(0, 7)
    (2500, -2500, None)
    """
    return round_half_up((after - before) * FULL_BP, before) if before > 0 else None


@dataclass(frozen=True, slots=True)
class Limit:
    """How near the year's turnover is to the untaxed limit of an individual (PP 55/2022 art. 60)."""

    amount: int
    limit: int
    warn_at: int
    here: int = 0
    """The part that was paid here: the only one a treasurer who withholds knows of."""

    @property
    def is_near(self) -> bool:
        """Whether it is time to warn."""
        return self.amount >= self.warn_at

    @property
    def is_over(self) -> bool:
        """Whether the limit is behind: what comes now is taxed."""
        return self.amount > self.limit
