"""Prices: tiers by quantity. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MAX_PRICE: Final = 10_000_000_000
"""Rupiah per unit. Times the largest quantity of a line it is still far inside BIGINT."""


def unit_price(list_price: int, tiers: Iterable[tuple[int, int]], quantity: int) -> int:
    """Return rupiah per unit at a quantity: the tier with the highest `min_quantity` that is reached, if it is lower.

    `tiers` are (min_quantity, price). A tier dearer than the list price never applies: more never costs more each.
    """
    reached = max((t for t in tiers if t[0] <= quantity), default=None)
    return min(list_price, reached[1]) if reached else list_price
