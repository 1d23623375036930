"""The committed rules, without a database: the assessment is pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from shop.reference import files, policy
from shop.reference.policy import RuleValue
from shop.tax.assessing import assess
from shop.tax.facts import Assessment, Facts

SPANS: dict[str, list[RuleValue]] = defaultdict(list)
for row in files.rules():
    SPANS[row.key].append(RuleValue(row.key, row.value, row.source, row.confidence, row.valid_from, row.valid_to))


def rule_on(key: str, day: date) -> RuleValue:
    """Return a committed rule of a day."""
    return policy.pick(SPANS.get(key, ()), key, day)


def assessed(facts: Facts) -> Assessment:
    """Return the assessment by the committed rules."""
    return assess(facts, rule_on)
