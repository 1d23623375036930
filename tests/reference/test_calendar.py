"""Working days: weekends, holidays and cuti bersama do not count."""

from __future__ import annotations

from datetime import date

import pytest

from shop.reference.calendar import add_working_days, is_working_day, working_days_between
from shop.reference.files import holidays

CLOSED = frozenset(row.day for row in holidays())


def test_weekends_and_holidays_are_not_working_days() -> None:
    assert is_working_day(date(2026, 11, 20), CLOSED)
    assert not is_working_day(date(2026, 11, 21), CLOSED)
    assert not is_working_day(date(2026, 8, 17), CLOSED)
    assert not is_working_day(date(2026, 12, 24), CLOSED), "cuti bersama"


def test_zero_days_give_the_day_back_and_negative_ones_are_refused() -> None:
    assert add_working_days(date(2026, 11, 21), 0, CLOSED) == date(2026, 11, 21)
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 11, 21), -1, CLOSED)


def test_payment_is_due_three_working_days_after_acceptance() -> None:
    assert add_working_days(date(2026, 11, 16), 3, CLOSED) == date(2026, 11, 19)
    assert add_working_days(date(2026, 11, 19), 3, CLOSED) == date(2026, 11, 24), "over a weekend"
    assert add_working_days(date(2026, 12, 22), 3, CLOSED) == date(2026, 12, 29), "over Christmas and a weekend"


def test_lebaran_pushes_the_deadline_far() -> None:
    assert add_working_days(date(2026, 3, 17), 3, CLOSED) == date(2026, 3, 27)


@pytest.mark.parametrize("count", range(12))
def test_counting_and_adding_agree(count: int) -> None:
    start = date(2026, 3, 12)
    assert working_days_between(start, add_working_days(start, count, CLOSED), CLOSED) == count


def test_the_committed_table_covers_its_years_in_order() -> None:
    days = [row.day for row in holidays()]
    assert days == sorted(set(days))
    assert {day.year for day in days} == {2024, 2025, 2026, 2027, 2028}
    assert {row.kind for row in holidays()} == {"public", "cuti_bersama"}
    assert all(row.source for row in holidays())
