"""Chance of the demo city: one draw, always from the generator handed in, so that everything can be drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


def happens(rng: Random, percent: int) -> bool:
    """Tell whether something that happens `percent` times in a hundred happens now."""
    return rng.randrange(100) < percent
