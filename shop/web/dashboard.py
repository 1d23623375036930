"""What the public front of the spending figures draws: kept sums laid out as charts. One fixed set of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from flask_babel import format_date

from shop.base.clock import local_day
from shop.base.money import ratio_bp
from shop.db import session
from shop.orders.track_record import ENOUGH
from shop.p3dn.labels import OfficeRef
from shop.p3dn.office_tree import OfficeTree
from shop.p3dn.rules import ZERO, Measures
from shop.p3dn.totals import Filters, Report, Row, totals
from shop.reference.files import kecamatan_tiles
from shop.reference.regions import regions
from shop.web import charts, spending

MONTHS: Final = 24
"""How many months a drawing holds at most; of a longer stretch the last ones."""
LONGEST: Final = 8
"""How many bars stand on the front; the breakdown has all of them."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Paid by month against the year before, and the share of domestic product where there were enough orders."""

    months: tuple[str, ...]
    paid: charts.Plot
    share: charts.Plot
    year: int | None
    so_far: tuple[int, int] | None
    """Paid in the months that are over, this year and the year before; None when there is nothing to compare."""
    until: str
    """Name of the last month that is over."""
    is_cut: bool

    @property
    def has_shares(self) -> bool:
        """Whether there are enough months with a share to make a line."""
        return sum(value is not None for series in self.share.values for value in series) > 2  # noqa: PLR2004 - a line needs three


@dataclass(frozen=True, slots=True)
class Bar:
    """A group as a bar: domestic product, other paid, ordered and not paid yet."""

    row: Row
    segments: tuple[tuple[int, int], ...]

    @property
    def share_bp(self) -> int | None:
        """The PDN share of what was paid; None without enough orders."""
        return share_of(self.row.measures)


@dataclass(frozen=True, slots=True)
class Place:
    """One kecamatan in the table behind the tiles."""

    code: str
    name: str
    city: str
    measures: Measures


@dataclass(frozen=True, slots=True)
class Proof:
    """What was paid with one kind of evidence, its share, and its part of the bar."""

    row: Row
    share_bp: int | None
    part: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Front:
    """Everything the front draws beside the total."""

    report: Report
    """By evidence; its total is the total of the page."""
    trend: Trend
    shown: str
    """The measure of tiles and rankings: what was paid, or while nothing is paid what was ordered."""
    map: charts.Tiles
    places: tuple[Place, ...]
    categories: tuple[Bar, ...]
    offices: tuple[Bar, ...]
    proof: tuple[Proof, ...]


def front(filters: Filters, tree: OfficeTree, office_id: int | None, now: datetime) -> Front:
    """Read and lay out the front for these filters; `office_id` is where in the tree one stands, None for the city."""
    report = totals(filters, "evidence", now=now, label=spending.label)
    kecamatan = {row.key: row.measures for row in totals(filters, "kecamatan", now=now).rows if row.key}
    shown = "paid_total" if report.total.paid_total or not report.total.committed else "committed"
    values = {code: getattr(measures, shown) for code, measures in kecamatan.items()}
    return Front(
        report,
        _trend(filters, report, now),
        shown,
        charts.tiles(values, kecamatan_tiles()),
        _places(kecamatan, shown),
        bars(totals(filters, "category", now=now, label=spending.label).rows),
        bars(_by_tree(filters, tree, office_id, now)),
        _proof(report),
    )


def _proof(report: Report) -> tuple[Proof, ...]:
    rows = [row for row in report.rows if row.key and row.measures.paid_total]
    parts = charts.parts([row.measures.paid_total for row in rows])
    whole = report.total.paid_total
    return tuple(
        Proof(row, ratio_bp(row.measures.paid_total, whole), part) for row, part in zip(rows, parts, strict=True)
    )


def share_of(measures: Measures) -> int | None:
    """Return the PDN share of what was paid in basis points; None below `ENOUGH` orders: that would be chance."""
    return ratio_bp(measures.pdn_value, measures.paid_total) if measures.orders >= ENOUGH else None


def bars(rows: Sequence[Row], most: int = LONGEST) -> tuple[Bar, ...]:
    """Return the longest bars. What is only planned has no place here."""
    rows = [row for row in rows if row.key and (row.measures.paid_total or row.measures.committed)][:most]
    whole = max((max(row.measures.committed, row.measures.paid_total) for row in rows), default=0)
    found = []
    for row in rows:
        m = row.measures
        ends = [charts.length(end, whole) for end in (0, m.pdn_value, m.paid_total, max(m.committed, m.paid_total))]
        found.append(Bar(row, tuple((start, max(end - start, 0)) for start, end in pairwise(ends))))
    return tuple(found)


def _by_tree(filters: Filters, tree: OfficeTree, office_id: int | None, now: datetime) -> list[Row]:
    """Return the offices one level down, each with everything below it, largest first."""
    own = {int(row.key): row.measures for row in totals(filters, "office", now=now).rows}
    below = tree.rolled_up(office_id, own)
    if office_id is not None and office_id in own:
        below[office_id] = own[office_id]
    names = spending.label("office", [str(key) for key, measures in below.items() if measures])
    rows = [Row(str(key), names[str(key)], measures) for key, measures in below.items() if measures]
    return sorted(rows, key=lambda row: (-row.measures.paid_total, -row.measures.committed, row.label))


def _places(found: Mapping[str, Measures], shown: str) -> tuple[Place, ...]:
    """Return every kecamatan of the map and any other that sold, largest first: who sold nothing is not left out."""
    known = regions(session)
    codes = {tile.code for tile in kecamatan_tiles()} | found.keys()

    def place(code: str) -> Place:
        region, city = known.get(code), known.get(code[:5])
        name = city.name.replace("Kota Administrasi ", "").replace("Kabupaten Administrasi ", "") if city else ""
        return Place(code, region.name if region else code, name, found.get(code, ZERO))

    places = (place(code) for code in codes)
    return tuple(sorted(places, key=lambda p: (-getattr(p.measures, shown), p.city, p.name)))


def _trend(filters: Filters, report: Report, now: datetime) -> Trend:
    """Lay out the months of a year beside those of the year before, or the last months of a stretch by themselves."""
    today = local_day(now)
    whole_year = filters.year if filters.start is None and filters.end is None else None
    months = _months(report.start, report.end)
    these = _by_month(filters, now)
    paid, shares = [_known(these, month, today) for month in months], [_share(these, month) for month in months]
    series, share_series = [paid[-MONTHS:]], [shares[-MONTHS:]]
    so_far, over = None, [month for month in months if month < today.isoformat()[:7]]
    if whole_year is not None:
        last = _by_month(replace(filters, year=whole_year - 1), now)
        then = [f"{whole_year - 1}{month[4:]}" for month in months]
        if any(last.values()):
            series.append([last.get(month, ZERO).paid_total for month in then])
            share_series.append([_share(last, month) for month in then])
            so_far = _compared(these, last, over) if over else None
    labels = [str(format_date(date.fromisoformat(f"{month}-01"), "LLL", rebase=False)) for month in months[-MONTHS:]]
    return Trend(
        tuple(months[-MONTHS:]),
        charts.plot(labels, *series),
        charts.plot(labels, *share_series, goal=10_000),
        whole_year,
        so_far,
        spending.month_name(over[-1]) if over else "",
        len(months) > MONTHS,
    )


def _compared(these: Mapping[str, Measures], last: Mapping[str, Measures], over: Sequence[str]) -> tuple[int, int]:
    now = sum(these.get(month, ZERO).paid_total for month in over)
    return now, sum(last.get(f"{int(month[:4]) - 1}{month[4:]}", ZERO).paid_total for month in over)


def _by_month(filters: Filters, now: datetime) -> dict[str, Measures]:
    return {row.key: row.measures for row in totals(filters, "month", now=now).rows}


def _known(found: Mapping[str, Measures], month: str, today: date) -> int | None:
    """Return what was paid; None for a month that has not begun."""
    if month > today.isoformat()[:7] and month not in found:
        return None
    return found.get(month, ZERO).paid_total


def _share(found: Mapping[str, Measures], month: str) -> int | None:
    return share_of(found.get(month, ZERO))


def _months(start: date | None, end: date | None) -> list[str]:
    if start is None or end is None:
        return []
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class OfficeChoice:
    """Where one stands in the tree of offices, and what may be chosen from here: some forty, not all seven hundred."""

    above: tuple[OfficeRef, ...]
    below: tuple[OfficeRef, ...]
    top: tuple[OfficeRef, ...]


def office_choice(names: Mapping[int, OfficeRef], tree: OfficeTree, office_id: int | None) -> OfficeChoice:
    """Return the offices above and below one, and the topmost ones."""
    parents = {child: parent for parent, children in tree.by_parent.items() for child in children}
    above: list[OfficeRef] = []
    here = parents.get(office_id) if office_id is not None else None
    while here is not None:
        above.insert(0, names[here])
        here = parents.get(here)
    return OfficeChoice(
        tuple(above),
        tuple(names[child] for child in tree.children(office_id)) if office_id is not None else (),
        tuple(names[child] for child in tree.children(None)),
    )
