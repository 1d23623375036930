"""Taking the pictures of the night, and reading them. No page sums the ledger (docs/adr/0020-the-spread-is-a-picture.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from shop.base.clock import local_day
from shop.db import each_alone, session
from shop.p3dn.totals import Filters, totals, years_with_data
from shop.spread import gathering
from shop.spread.gathering import days_of, quarters_of
from shop.spread.groups import DIMS, Stand, groups, picture, sellers, together
from shop.spread.models import SpreadPicture, UnsoldProducer

_pictures: Final = cast("Table", SpreadPicture.__table__)


@dataclass(frozen=True, slots=True)
class Picture:
    """One period as it was counted at `as_of`."""

    period: str
    as_of: datetime
    content: dict[str, Any]


def take_due(now: datetime) -> int:
    """Take anew what grew old since yesterday, each year in its own transaction; return how many years that were.

    This year is taken every day, for the shelf changes too; an earlier one when the ledger wrote to it since.
    """
    today = local_day(now)
    last = session.scalar(select(SpreadPicture.as_of).where(SpreadPicture.period == str(today.year)))
    if last is not None and local_day(last) >= today:
        return 0
    first, latest = years_with_data() or (today.year, today.year)
    until = {
        row.period: row.ledger_until for row in session.execute(select(_pictures.c.period, _pictures.c.ledger_until))
    }
    years = [
        year
        for year in range(min(first, today.year), min(latest, today.year) + 1)
        if year == today.year or str(year) not in until or gathering.grew(year, until[str(year)])
    ]
    # This year last: until it is there, the rest is looked for again.
    return sum(_take_apart(year, now) for year in years)


def _take_apart(year: int, now: datetime) -> int:
    """Count while others write, and hold the writer only for keeping: the ledger of a year is seconds of reading."""
    found = count(year, now)
    return each_alone([found], keep, "the spread of a year could not be kept")


def take(year: int, now: datetime) -> bool:
    """Count one year anew and keep it, in the caller's unit of work."""
    return keep(count(year, now))


@dataclass(frozen=True, slots=True)
class Counted:
    """A year as it was counted at `now`; `unsold` only with the current one, rows of UnsoldProducer."""

    year: int
    now: datetime
    until: int
    pictures: dict[str, dict[str, Any]]
    unsold: list[dict[str, Any]] | None


def count(year: int, now: datetime) -> Counted:
    """Count one year and its quarters that have begun; with this year, also who never sold. Reads only."""
    today, until = local_day(now), gathering.ledger_end()
    shelf, before = gathering.shelf(), gathering.sold_in(range((years_with_data() or (year, year))[0], year))
    begun = [period for period in quarters_of(year) if days_of(period)[0] <= today]
    by_quarter = {period: gathering.sales(period) for period in begun}
    whole = together(by_quarter.values())
    found = {str(year): picture(whole, _standing(shelf, str(year)), before)}
    past = set(before)
    for period, sales in by_quarter.items():
        found[period] = picture(sales, _standing(shelf, period), past)
        past |= sellers(sales)
    found[str(year)]["manners"] = gathering.manners(stand for stand, _ in shelf)
    return Counted(year, now, until, found, _unsold(shelf, past | sellers(whole)) if year == today.year else None)


def keep(counted: Counted) -> bool:
    """Put a year in place of what was kept of it; False when another process kept a newer one meanwhile."""
    rows = [
        {"period": period, "as_of": counted.now, "ledger_until": counted.until, "content": content}
        for period, content in counted.pictures.items()
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(_pictures)
    renewed = fresh.on_conflict_do_update(
        index_elements=["period"],
        set_={name: fresh.excluded[name] for name in ("as_of", "ledger_until", "content")},
        where=_pictures.c.as_of <= fresh.excluded.as_of,
    ).returning(_pictures.c.period)
    # The year's own row comes first and is the lock: whoever is second waits here, and then sees which one is newer.
    if session.execute(renewed, rows[0]).first() is None:  # PostgreSQL's driver does not count such rows
        return False
    session.execute(delete(_pictures).where(_pictures.c.period.in_(quarters_of(counted.year))))
    if rows[1:]:
        session.execute(insert(_pictures), rows[1:])
    if counted.unsold is not None:
        session.execute(delete(UnsoldProducer))
        if counted.unsold:
            session.execute(insert(UnsoldProducer), counted.unsold)
    return True


def _standing(shelf: Iterable[tuple[Stand, date]], period: str) -> list[Stand]:
    """Return who stood on the shelf before the end of a period, as far as today's shelf can tell."""
    last = days_of(period)[1]
    return [stand for stand, since in shelf if since <= last]


def _unsold(shelf: Iterable[tuple[Stand, date]], sold: set[int]) -> list[dict[str, Any]]:
    """Return who stands on a shelf and never sold, since the oldest of its products."""
    found: dict[int, dict[str, Any]] = {}
    for stand, since in shelf:
        if stand.vendor_id not in sold:
            row = {"vendor_id": stand.vendor_id, "kecamatan_code": stand.kecamatan, "since": since}
            held = found.setdefault(stand.vendor_id, row)
            held["since"] = min(held["since"], since)
    return list(found.values())


def pictures(year: int) -> dict[str, Picture]:
    """Return the pictures of a year and its quarters by period; one statement, nothing before the first night."""
    query = select(SpreadPicture.period, SpreadPicture.as_of, SpreadPicture.content).where(
        SpreadPicture.period.in_([str(year), *quarters_of(year)])
    )
    return {row.period: Picture(*row) for row in session.execute(query)}


def years() -> list[int]:
    """Return the years with a picture, the newest first."""
    periods = session.scalars(select(SpreadPicture.period))
    return sorted((int(period) for period in periods if len(period) == 4), reverse=True)  # noqa: PLR2004


def differences(now: datetime) -> list[str]:
    """Return where a picture is not what ledger and kept totals say, in words for operators.

    A year that the ledger wrote to since is passed over: its picture is old, not wrong.
    """
    found = []
    for row in session.scalars(select(SpreadPicture).order_by(SpreadPicture.period)):
        if gathering.grew(int(row.period[:4]), row.ledger_until):
            continue
        first, last = days_of(row.period)
        paid = totals(Filters(start=first, end=last), now=now).total.paid_total
        for dim in DIMS:
            told = sum(group.total for group in groups(row.content, dim))
            if told != paid:
                found.append(f"{row.period} {dim}: {told}, not {paid}")
    return found


def recount(now: datetime) -> int:
    """Take the pictures of all years anew, in the caller's unit of work; return how many years there are."""
    this = local_day(now).year
    first, last = years_with_data() or (this, this)
    return sum(take(year, now) for year in range(min(first, this), min(last, this) + 1))
