"""How unequal a spread is, in whole numbers: Gini, the share of the largest, concentration, the Lorenz curve. Pure.

Values are rupiah, nought or more. Shares are basis points; each is None where there is nothing to divide by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Final

from shop.base.money import FULL_BP, ratio_bp, round_half_up

ENOUGH: Final = 5
"""Below so many producers no share is shown: it would speak of persons, not of a market."""
TOP: Final = 5
_PARTS: Final = 100


def gini_bp(values: Iterable[int]) -> int | None:
    """Return the Gini coefficient in basis points: 0 when all have alike, near 10.000 when one has everything.

    Half the mean absolute difference of all pairs (each with itself too), over the mean: for n members at most
    (n - 1) / n. None for fewer than two members, or when all together have nothing.

    >>> gini_bp([5, 5, 5]), gini_bp([0, 0, 0, 8]), gini_bp([7])
    (0, 7500, None)
    """
    ordered = sorted(values)
    count, total = len(ordered), sum(ordered)
    if count < 2 or total <= 0:  # noqa: PLR2004 - a spread needs two
        return None
    # The sum over all pairs |a - b| of an ordered list, counted once: each value times its place, in one pass.
    apart = sum((2 * place - count - 1) * value for place, value in enumerate(ordered, 1))
    return round_half_up(apart * FULL_BP, count * total)


def top_bp(values: Iterable[int], top: int = TOP) -> int | None:
    """Return what share of the whole the largest `top` have together.

    >>> top_bp([10, 10, 10, 10, 10, 50]), top_bp([])
    (9000, None)
    """
    ordered = sorted(values, reverse=True)
    return ratio_bp(sum(ordered[:top]), sum(ordered))


def hhi(values: Iterable[int]) -> int | None:
    """Return the Herfindahl-Hirschman index, 0 to 10.000: the sum of the squared shares in per cent.

    >>> hhi([1, 1]), hhi([3]), hhi([0])
    (5000, 10000, None)
    """
    known = list(values)
    total = sum(known)
    return round_half_up(sum(value * value for value in known) * FULL_BP, total * total) if total > 0 else None


def median(values: Iterable[int]) -> int | None:
    """Return the value in the middle, rounded to whole rupiah between two; None for nobody.

    >>> median([9, 1, 4]), median([1, 4]), median([])
    (4, 3, None)
    """
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else round_half_up(ordered[middle - 1] + ordered[middle], 2)


def hundredths(values: Sequence[int]) -> list[int]:
    """Return what each hundredth of the members has, least first: as many numbers as a Lorenz curve needs.

    Up to a hundred members each is its own part. The parts add up to the whole, and the curve through them meets the
    curve of all members at every hundredth, to the rupiah.

    >>> hundredths([3, 1, 2]), sum(hundredths(range(1234))) == sum(range(1234))
    ([1, 2, 3], True)
    """
    ordered = sorted(values)
    if len(ordered) <= _PARTS:
        return ordered
    sums = [0, *accumulate(ordered)]
    ends = []
    for part in range(_PARTS + 1):
        whole, rest = divmod(part * len(ordered), _PARTS)
        more = round_half_up(ordered[whole] * rest, _PARTS) if rest else 0
        ends.append(sums[whole] + more)
    return [end - start for start, end in pairwise(ends)]
