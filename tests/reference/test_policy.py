"""Rules with dates: the day decides, spans are half-open, overlaps are refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shop.base.errors import Invalid, NotFound
from shop.reference import files
from shop.reference.files import RuleRow
from shop.reference.policy import RuleValue, pick, refuse_overlaps


def span(key: str, start: date, end: date | None, value: object = 1) -> RuleRow:
    return RuleRow(key, start, end, value, "test", "H")


def spans(key: str) -> list[RuleValue]:
    return [
        RuleValue(r.key, r.value, r.source, r.confidence, r.valid_from, r.valid_to)
        for r in files.rules()
        if r.key == key
    ]


def test_the_last_day_of_a_span_belongs_to_the_next() -> None:
    ppn = spans("tax.ppn")
    assert pick(ppn, "tax.ppn", date(2022, 3, 31)).value["num"] == 10
    assert pick(ppn, "tax.ppn", date(2022, 4, 1)).value["num"] == 11
    assert pick(ppn, "tax.ppn", date(2024, 12, 31)).value["num"] == 11
    assert pick(ppn, "tax.ppn", date(2025, 1, 1)).value["base_num"] == 11


def test_no_rule_for_the_day_is_said_not_guessed() -> None:
    with pytest.raises(NotFound):
        pick(spans("tax.ppn"), "tax.ppn", date(1999, 12, 31))
    with pytest.raises(NotFound):
        pick((), "no.such.rule", date(2026, 1, 1))


def test_a_rule_may_say_null() -> None:
    assert pick(spans("tkdn.ik_self_declare_cap_bp"), "", date(2025, 12, 11)).value == 4000
    assert pick(spans("tkdn.ik_self_declare_cap_bp"), "", date(2025, 12, 12)).value is None


def test_the_committed_rules_do_not_overlap_and_name_source_and_confidence() -> None:
    rows = files.rules()
    refuse_overlaps(rows)
    assert len(rows) >= 32
    assert all(row.source and row.confidence in {"H", "M", "L"} for row in rows)


@pytest.mark.parametrize("end", [None, date(2026, 2, 2)])
def test_overlapping_spans_are_refused(end: date | None) -> None:
    start = date(2026, 1, 1)
    with pytest.raises(Invalid):
        refuse_overlaps([span("a", start, end), span("a", date(2026, 2, 1), None)])


def test_touching_spans_and_other_keys_are_fine() -> None:
    start = date(2026, 1, 1)
    refuse_overlaps([span("a", start, date(2026, 2, 1)), span("a", date(2026, 2, 1), None), span("b", start, None)])


def test_an_empty_span_is_refused() -> None:
    start = date(2026, 1, 1)
    for end in (start, start - timedelta(days=1)):
        with pytest.raises(Invalid):
            refuse_overlaps([span("a", start, end)])
