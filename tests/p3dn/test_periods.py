"""Any range of days is covered exactly, by few periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.p3dn.faces import GROUPS, Place, narrow_faces, question, wide_faces
from shop.p3dn.office_tree import tree_of
from shop.p3dn.periods import (
    balance,
    balance_by_month,
    cover,
    month_span,
    periods_of,
    stretch_span,
    year_span,
    years_and_rest,
)
from shop.p3dn.rules import Measures

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(DAYS, DAYS, st.booleans())
def test_each_day_is_covered_once_and_no_other(start, end, years):
    found = cover(start, end, years=years)
    assert len(found) == len(set(found))
    day = date(2024, 1, 1)
    while day <= date(2027, 12, 31):
        times = sum(period in found for period in periods_of(day))
        assert times == (start <= day <= end)
        day += timedelta(days=1)
    assert len(found) <= 60 + 22 + 4 or not years


def test_a_year_is_one_period_and_by_month_twelve():
    assert cover(*year_span(2026)) == ["2026"]
    assert cover(*year_span(2026), years=False) == [f"2026-{m:02d}" for m in range(1, 13)]
    assert month_span("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))


@given(DAYS, DAYS)
def test_what_is_added_less_what_is_taken_away_is_each_day_once(start, end):
    years, rest = years_and_rest(start, end)
    ways = [balance(start, end), balance_by_month(start, end)]
    assert len(ways[0].plus) + len(ways[0].minus) <= 2 + 2 * (1 + 6 + 15)
    assert sum((stretch.end - stretch.start).days + 1 for stretch in rest) <= 2 * 184
    day = date(2024, 1, 1)
    while day <= date(2027, 12, 31):
        own = periods_of(day)
        once = int(start <= day <= end)
        for way in ways:
            assert sum(p in way.plus for p in own) - sum(p in way.minus for p in own) == once
        assert (own[0] in years) + sum(x.sign for x in rest if x.start <= day <= x.end) == once
        day += timedelta(days=1)


def test_stretches_of_time_know_their_days():
    assert stretch_span("2026-Q1") == (date(2026, 1, 1), date(2026, 3, 31))
    assert stretch_span("2026-S2") == (date(2026, 7, 1), date(2026, 12, 31))
    assert stretch_span("2028-02") == month_span("2028-02")
    for wrong in ("2026-Q5", "2026-S0", "2026-13", "2026", ""):
        with pytest.raises(ValueError, match="no such"):
            stretch_span(wrong)


def test_every_question_is_answered_by_rows_that_are_kept():
    place = Place(7, "A", "31.71.01", 12, "certified", "nasi-kotak", "basket")
    wide, narrow = wide_faces(place), narrow_faces(place)
    assert len({*wide, *narrow}) == len(wide) + len(narrow) == 25
    for group_by in (None, *GROUPS):
        for offices in (None, (7,), (7, 8)):
            for account in (None, "A"):
                asked = question(group_by, offices, account)
                rows = narrow if asked.narrow else wide
                hits = [f for f in rows if f.dim == asked.dim and f.office_id in asked.office_ids
                        and f.account_code == asked.account_code and (asked.keys is None or f.key in asked.keys)]  # fmt: skip
                assert len(hits) == 1, (group_by, offices, account)


def test_a_tree_of_offices_survives_circles_and_parents_that_are_gone():
    tree = tree_of([(1, None), (2, 1), (3, 1), (4, 3), (5, 99), (6, 7), (7, 6), (8, 7)])
    assert tree.children(None) == (1, 5, 6)
    assert sorted(tree.below(1)) == [1, 2, 3, 4]
    assert sorted(tree.below(6)) == [6, 7, 8]
    own = {n: Measures(planned=n) for n in range(1, 9)}
    assert {office: sums.planned for office, sums in tree.rolled_up(None, own).items()} == {1: 10, 5: 5, 6: 21}
    assert tree.rolled_up(1, own)[3] == Measures(planned=7)
    assert tree.below(404) == (404,)
