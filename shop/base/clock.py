"""Time: UTC inside, Asia/Jakarta for people. Doors read the clock once and hand `now` to verbs."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

JAKARTA: Final = ZoneInfo("Asia/Jakarta")
_MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip


def utc_now() -> datetime:
    """Return the present moment in UTC. Called at the door only; verbs take `now`."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return a UTC moment as Jakarta wall time."""
    return moment.astimezone(JAKARTA)


def local_day(moment: datetime) -> date:
    """Return the Jakarta calendar day of a moment: the day that budgets, evidence and reports count by."""
    return moment.astimezone(JAKARTA).date()


def stamp(moment: datetime | None) -> str:
    """Write a moment for mails and papers, `25-11-2026 14.05 WIB`; nothing for none. Reads the same in both languages."""
    return moment.astimezone(JAKARTA).strftime("%d-%m-%Y %H.%M WIB") if moment is not None else ""


def long_day(day: date) -> str:
    """Write a day as official papers do, `25 November 2026`; in Indonesian, the language they are in."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_number(day: date) -> int:
    """Return year and month as one number that sorts, `202611`: how books and taxes name a month.

    >>> month_number(date(2026, 11, 25))
    202611
    """
    return day.year * 100 + day.month


def month_days(month: int) -> tuple[date, date]:
    """Return the first and the last day of `202611`. Raises ValueError for what is no month.

    >>> month_days(202612)[1].isoformat()
    '2026-12-31'
    """
    year, place = divmod(month, 100)
    return date(year, place, 1), date(year, place, monthrange(year, place)[1])


def at_local(day: date, clock: time) -> datetime:
    """Return the UTC moment of a Jakarta day and wall time."""
    return datetime.combine(day, clock, JAKARTA).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the last second of a Jakarta day, in UTC."""
    return at_local(day, time(23, 59, 59))
