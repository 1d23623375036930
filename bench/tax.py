"""A thousand tax assessments, all kinds and collectors, against adding up as many numbers of the same size."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import islice, product
from time import process_time
from typing import Final, get_args

from bench.table import Row, median
from shop.reference import files, policy
from shop.reference.policy import RuleValue
from shop.tax.assessing import assess
from shop.tax.facts import Collector, Facts, Form, Kind

GOAL: Final = 100.0
"""Milliseconds of CPU for a thousand, on a quiet machine."""


def run() -> list[Row]:
    """Return the CPU of a thousand assessments, the best of seven, and how many plain sums that is."""
    spans: dict[str, list[RuleValue]] = defaultdict(list)
    for r in files.rules():
        spans[r.key].append(RuleValue(r.key, r.value, r.source, r.confidence, r.valid_from, r.valid_to))

    def rule_on(key: str, day: date) -> RuleValue:
        return policy.pick(spans.get(key, ()), key, day)

    kinds = product(range(2_000_000, 12_000_000, 300_000), get_args(Kind), get_args(Form), get_args(Collector))
    asked = [
        Facts(day=date(2026, 11, 21), amount=amount, kind=kind, form=form, collector=collector, pkp=amount % 2 == 0)
        for amount, kind, form, collector in islice(kinds, 1_000)
    ]
    took = []
    for _ in range(7):
        began = process_time()
        for facts in asked:
            assess(facts, rule_on)
        took.append((process_time() - began) * 1_000)
    began = process_time()
    for _ in range(100):
        sum(facts.amount for facts in asked)
    plain = (process_time() - began) * 10
    note = f"median {median(took):.0f} ms; {min(took) / plain:.0f} times adding up the amounts"
    return [Row("a thousand tax assessments, CPU", min(took), "ms", GOAL, note)]
