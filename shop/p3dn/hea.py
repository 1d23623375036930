"""The price preference for domestic goods in a tender (Perpres 12/2021 Ps. 67): the final evaluated price. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shop.base.money import FULL_BP, round_half_up


@dataclass(frozen=True, slots=True)
class Bid:
    """An offered price after arithmetic correction, in rupiah, with the TKDN of the goods in basis points."""

    name: str
    price: int
    tkdn_bp: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A bid with the preference it earns (basis points, rounded for reading) and its evaluated price in rupiah."""

    bid: Bid
    preference_bp: int
    hea: int


def applies(hps: int, rule: Mapping[str, Any]) -> bool:
    """Tell whether the preference counts at all: the owner's estimate must be above the threshold, not at it."""
    limit: int = rule["hps_above"]
    return hps > limit


def evaluate(bids: Sequence[Bid], hps: int, rule: Mapping[str, Any]) -> list[Evaluated]:
    """Return bids from best to worst: HEA = (1 - KP) x price, KP = TKDN x highest preference.

    `rule` is the value of rule `hea` on the day. Goods below the least TKDN earn nothing. Of equal evaluated prices
    the larger TKDN stands first; the contract is at the offered price, never at the evaluated one.
    """
    on = applies(hps, rule)
    found = []
    for bid in bids:
        earns = on and bid.tkdn_bp >= rule["min_tkdn"]
        weight = bid.tkdn_bp * rule["max_pref"] if earns else 0
        off = round_half_up(bid.price * weight, FULL_BP * FULL_BP)
        found.append(Evaluated(bid, round_half_up(weight, FULL_BP), bid.price - off))
    return sorted(found, key=lambda e: (e.hea, -e.bid.tkdn_bp, e.bid.name))
