"""On which bases the lines of a period count: rule `p3dn.value_basis`, looked up for the day an order was placed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from shop.base.errors import NotFound
from shop.db import session
from shop.p3dn.rules import BASIS, basis_name
from shop.reference import policy
from shop.reference.policy import RuleValue

KEY: Final = "p3dn.value_basis"
_PAID_WITHIN: Final = timedelta(days=366)
"""A line of a period may have been ordered this long before it: packages, and so orders, live in one fiscal year."""


def on_day(day: date) -> str:
    """Return the basis of an order placed on a Jakarta day; the default where no rule covers it."""
    try:
        return basis_name(policy.rule(session, KEY, day).value)
    except NotFound:
        return BASIS


def within(start: date | None, end: date | None) -> tuple[str, ...]:
    """Return the names of the bases that lines of a period may stand on, the earliest first; never none."""
    first = start - _PAID_WITHIN if start and start - date.min > _PAID_WITHIN else date.min
    named = [
        basis_name(rule.value)
        for rule in spans()
        if (end is None or rule.valid_from <= end) and (rule.valid_to is None or first < rule.valid_to)
    ]
    return tuple(dict.fromkeys(named)) or (BASIS,)


def spans() -> Sequence[RuleValue]:
    """Return every span of the rule, the earliest first."""
    return [rule for rule in policy.all_rules(session) if rule.key == KEY]
