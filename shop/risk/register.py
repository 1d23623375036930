"""The register: every rule there is, with the dated numbers it judges by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.base.errors import NotFound
from shop.db import session
from shop.reference import policy
from shop.reference.policy import RuleValue
from shop.risk.rules import (
    above_price,
    after_event,
    below_limit,
    cancel_reorder,
    closed_day,
    conflict,
    list_and_buy,
    one_hand,
    over_headcount,
    price_rise,
    repeat_producer,
    same_need,
    splitting,
    year_end,
)
from shop.risk.rules.contract import Finding, Limits, Purchase, Rule

Judge = Callable[[Purchase, Limits], Finding | None]
_ALL: Final[tuple[tuple[Rule, Judge], ...]] = tuple(
    (module.RULE, module.judge)
    for module in (
        splitting,
        same_need,
        below_limit,
        cancel_reorder,
        conflict,
        one_hand,
        after_event,
        closed_day,
        over_headcount,
        above_price,
        price_rise,
        list_and_buy,
        repeat_producer,
        year_end,
    )
)
RULES: Final[Mapping[str, Rule]] = {rule.code: rule for rule, _ in _ALL}
"""Every rule by its code, the gravest first: the order in which people read them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, with the day from which the numbers counted that it was judged by."""

    finding: Finding
    rule_from: date


def judge(purchase: Purchase) -> Sequence[Judged]:
    """Return what the rules in force on the day of the purchase notice about it, the gravest first."""
    found = []
    for rule, ask in _ALL:
        numbers = numbers_of(rule, purchase.day)
        if numbers is None:
            continue
        finding = ask(purchase, limits_of(numbers))
        if finding is not None:
            found.append(Judged(finding, numbers.valid_from))
    return found


def numbers_of(rule: Rule, day: date) -> RuleValue | None:
    """Return the dated numbers of a rule with source and confidence; None on a day on which it is not in force."""
    if not rule.holds_on(day):
        return None
    try:
        return policy.rule(session, rule.key, day)
    except NotFound:
        return None


def limits_of(numbers: RuleValue) -> Limits:
    """Return the numbers by name; a rule with a single number has it as `limit`."""
    return numbers.value if isinstance(numbers.value, dict) else {"limit": numbers.value}
