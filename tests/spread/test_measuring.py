"""Gini, shares and the Lorenz curve against their textbook definitions, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.spread.measuring import gini_bp, hhi, hundredths, median, top_bp

AMOUNTS = st.lists(st.integers(0, 10**12), min_size=0, max_size=30)

LOADED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def textbook_gini(values):
    """Half the mean absolute difference of all ordered pairs, over the mean."""
    apart = sum(abs(a - b) for a in values for b in values)
    return Fraction(apart, 2 * len(values) * sum(values))


def near(found, exact):
    """Whether whole basis points are the exact share, rounded."""
    return abs(found - exact * 10_000) <= Fraction(1, 2)


@LOADED
@given(AMOUNTS, st.integers(1, 9))
def test_shares_are_the_textbooks(values, times):
    total = sum(values)
    if len(values) < 2 or not total:
        assert gini_bp(values) is None
    else:
        found = gini_bp(values)
        assert near(found, textbook_gini(values))
        assert 0 <= found <= 10_000 * (len(values) - 1) // len(values) + 1
        shuffled = values[times:] + values[:times][::-1]
        # Neither order nor currency nor a city of the same people twice changes it.
        assert gini_bp(shuffled) == gini_bp([value * times for value in values]) == gini_bp(values * 2) == found
        rich, poor = max(values), min(values)
        step = (rich - poor) // 2  # a gift from the richest to the poorest never makes it more unequal
        after = sorted(values)
        after[0], after[-1] = poor + step, rich - step
        assert gini_bp(after) <= found
        assert (found == 0) == near(0, textbook_gini(values))
    if not total:
        assert top_bp(values) is None
        assert hhi(values) is None
    else:
        most = max(sum(chosen) for chosen in [sorted(values, reverse=True)[:5], values[:5], values[-5:]])
        assert near(top_bp(values), Fraction(most, total))
        assert near(hhi(values), sum(Fraction(value, total) ** 2 for value in values))
    if values:
        middle = median(values)
        assert 2 * sum(value < middle for value in values) <= len(values)
        assert 2 * sum(value > middle for value in values) <= len(values)


@LOADED
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=700))
def test_the_curve_meets_every_hundredth_to_the_rupiah(values):
    """The Lorenz curve is least first, adds up, and bends the way it must."""
    parts = hundredths(values)
    ordered = sorted(values)
    assert sum(parts) == sum(values)
    assert len(parts) == min(len(values), 100)
    sums = [0, *accumulate(ordered)]
    for place, reached in enumerate(accumulate(parts), 1):
        whole, rest = divmod(place * len(values), len(parts))
        exact = sums[whole] + (Fraction(ordered[whole] * rest, len(parts)) if rest else 0)
        assert abs(reached - exact) <= Fraction(1, 2)
    assert all(later >= earlier - 1 for earlier, later in pairwise(parts))
