"""Any range of days is covered exactly, by few periods."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shop.p3dn.faces import GROUPS, faces_of, question
from shop.p3dn.periods import cover, month_span, periods_of, year_span

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


def test_every_question_is_answered_by_rows_that_are_kept():
    faces = faces_of(7, "A", "31.71.01", 12, "certified")
    assert len(faces) == len(set(faces)) == 17
    for group_by in (None, *GROUPS):
        for office in (None, 7):
            for account in (None, "A"):
                asked = question(group_by, office, account)
                hits = [f for f in faces if f[:3] == asked[:3] and asked.key in {None, f.key}]
                assert len(hits) == 1, (group_by, office, account)
