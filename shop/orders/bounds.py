"""What a purchase is measured against before it is sent: who may act for the amount, and the ceiling per person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.base.errors import NotFound
from shop.base.money import round_half_up
from shop.budgets import ceilings
from shop.catalog import categories
from shop.db import session
from shop.orders.cart import BasketLine
from shop.reference import policy

_BESIDE: Final = frozenset({"kue-roti", "camilan", "minuman"})
"""Shelves, with those below them, that join the snacks on a person's plate though their own prices are not held against it."""
_LABELS: Final = {"meal": "Makan per orang", "snack": "Kudapan dan minum per orang"}
_HANDS: Final = {"PP": "Pejabat Pengadaan", "PPK": "PPK", "POKJA": "Pokja Pemilihan"}


@dataclass(frozen=True, slots=True)
class Hand:
    """Who may buy for this amount on a day, up to which rupiah, and who says so. `name` is a msgid."""

    name: str
    upto: int | None
    source: str
    unsure: bool

    @property
    def is_pp(self) -> bool:
        """Whether the Pejabat Pengadaan may act."""
        return self.upto is not None


@dataclass(frozen=True, slots=True)
class PerHead:
    """Meals or snacks for one person against the year's ceiling, in rupiah. `label` is a msgid."""

    label: str
    amount: int
    ceiling: int
    source: str
    unsure: bool

    @property
    def over(self) -> bool:
        """Whether one person costs more than the ceiling."""
        return self.amount > self.ceiling


def rule(key: str, day: date) -> policy.RuleValue | None:
    """Return a dated rule, or None where none is loaded: a page must not fail because a table is empty."""
    try:
        return policy.rule(session, key, day)
    except NotFound:
        return None


def hand_for(amount: int, day: date) -> Hand | None:
    """Return who acts in e-purchasing: the PP up to the limit of an SPK, above it whom the rule of that day names.

    Source: Perpres 16/2018 with its amendments, and rule `epurchasing.actor_above_200m`.
    """
    form, above = rule("contract.form", day), rule("epurchasing.actor_above_200m", day)
    if form is None or above is None:
        return None
    if amount <= form.value["spk"]:
        return Hand(_HANDS["PP"], form.value["spk"], form.source, form.is_unsure)
    return Hand(_HANDS.get(above.value, above.value), None, above.source, above.confidence != "H")


def per_head(lines: Sequence[BasketLine], headcount: int | None, day: date) -> tuple[PerHead, ...]:
    """Return what meals and snacks cost for one person; empty without a headcount, food or ceiling. One statement."""
    sums = dict.fromkeys(ceilings.KINDS, 0)
    for line in lines:
        kind = _kind(line.offer.category_code) if line.offer else ""
        if kind:
            sums[kind] += line.amount
    if not headcount or not any(sums.values()):
        return ()
    found = ceilings.ceilings_for(sums, day)
    return tuple(
        PerHead(_LABELS[kind], round_half_up(total, headcount), top.amount, top.source, top.is_unsure)
        for kind, total in sums.items()
        if total and (top := found.get(kind)) and top.per == "person"
    )


def _kind(category: str) -> str:
    known = ceilings.KIND_OF.get(category, "")
    return known or ("snack" if _BESIDE & set(categories.chain(category)) else "")
