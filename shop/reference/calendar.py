"""Working days of Jakarta's offices: Monday to Friday, without public holidays and cuti bersama."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from shop.reference.models import AnySession, Holiday

_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)
_closed: WeakKeyDictionary[Engine, frozenset[date]] = WeakKeyDictionary()


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Tell whether offices work on `day`."""
    return day.weekday() < _SATURDAY and day not in holidays


def add_working_days(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the `count`-th working day after `day`; `day` itself does not count, and 0 gives it back unchanged."""
    if count < 0:
        msg = "count of working days must not be negative"
        raise ValueError(msg)
    while count:
        day += _ONE_DAY
        count -= is_working_day(day, holidays)
    return day


def working_days_between(start: date, end: date, holidays: Collection[date]) -> int:
    """Return how many working days lie after `start` up to and including `end`; 0 when `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, holidays) for day in days)


def holiday_set(session: AnySession) -> frozenset[date]:
    """Return every closed day of the table, read once per process and database."""
    engine = session.get_bind().engine
    known = _closed.get(engine)
    if not known:
        known = frozenset(session.scalars(select(Holiday.day)))
        _closed[engine] = known
    return known


def holiday_name(session: AnySession, day: date) -> str:
    """Return what is celebrated on a day, empty when it is no holiday; one statement, none for days of the week."""
    if day not in holiday_set(session):
        return ""
    return session.execute(select(Holiday.name).where(Holiday.day == day)).scalar_one()


def forget() -> None:
    """Drop what was read, after the table changed."""
    _closed.clear()
