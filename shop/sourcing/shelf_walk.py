"""Walking along shelves in windows until enough who can are found: what it costs does not grow with the catalogue."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, func, null, select

from shop.base.clock import local, local_day
from shop.catalog.categories import shelves
from shop.catalog.models import CapacityDay, Product
from shop.catalog.offers import read_offers
from shop.db import session
from shop.orders.models import VendorRecord
from shop.orders.track_record import ENOUGH
from shop.reference import regions
from shop.sourcing.able import Judged, World, judge, rough
from shop.sourcing.need import CHEAP, NEAR, PUNCTUAL, Need
from shop.vendors.models import Vendor
from shop.vendors.papers import halal_spans
from shop.vendors.reach import reach

WINDOW: Final = 240
"""Narrow rows read at once, over all shelves of the need together."""
MOST_SEEN: Final = 960
"""Products looked at for one answer, at most; the page says how many it was."""
ENOUGH_PRODUCERS: Final = 36
"""Producers who can, after which nobody else is looked for: three pages."""
CLOSELY: Final = 72
"""Products looked at closely in one go, at most."""
MOST_RECORDED: Final = 240
_BEYOND: Final = 2**62
_p: Final = cast("Table", Product.__table__).c
_v: Final = cast("Table", Vendor.__table__).c
_r: Final = cast("Table", VendorRecord.__table__).c
_days: Final = cast("Table", CapacityDay.__table__).c
_NARROW: Final = (
    _p.id, _p.vendor_id, _p.price, _p.serves, _p.min_order, _p.stock, _p.daily_capacity, _p.lead_time_hours, _p.halal,
    _p.sold_out, _v.state.label("vendor_state"), _v.closed_weekdays, _v.opens_at, _v.closes_at,
)  # fmt: skip
# JSON is read only when somebody asks about food: decoding it would cost more than all the rest.
_PLAIN: Final = (*_NARROW, null().label("allergens"), null().label("attributes"))
_FOOD: Final = (*_NARROW, _p.allergens, _p.attributes)


def _rows(columns: Sequence[Any]) -> Any:
    return select(*columns).join_from(Product.__table__, Vendor.__table__, _v.id == _p.vendor_id)


def _statements(columns: Sequence[Any]) -> dict[str, Any]:
    shelf = (_p.category_code == bindparam("shelf")) & (_p.state == "published")
    upto: Any = bindparam("most")
    after = (_p.price > bindparam("price")) | ((_p.price == bindparam("price")) & (_p.id > bindparam("after")))
    # In a function, so that no planner walks a whole shelf for the products of some producers.
    among = func.coalesce(_p.category_code, "").in_(bindparam("shelves", expanding=True)) & (_p.state == "published")
    return {
        "wheel": _rows(columns)
        .where(shelf, _p.id > bindparam("after"), _p.id <= bindparam("until"))
        .order_by(_p.id)
        .limit(upto),
        "cheap": _rows(columns)
        .where(shelf, _p.price >= bindparam("price"), after)
        .order_by(_p.price, _p.id)
        .limit(upto),
        "of": _rows(columns).where(among, _p.vendor_id.in_(bindparam("vendors", expanding=True))).limit(upto),
    }


_PLAINLY: Final = _statements(_PLAIN)
_WITH_FOOD: Final = _statements(_FOOD)
_LAST: Final = select(func.max(_p.id))
_NEIGHBOURS: Final = (
    select(_v.id)
    .where(_v.kecamatan_code == bindparam("place"), _v.id > bindparam("after"))
    .order_by(_v.id)
    .limit(bindparam("most"))
)
_LAST_VENDOR: Final = select(func.max(_v.id))
_PUNCTUAL: Final = (
    select(_r.vendor_id)
    .where(_r.delivered >= ENOUGH)
    .order_by((_r.on_time * 10_000 // _r.delivered).desc(), _r.delivered.desc(), _r.vendor_id)
    .limit(MOST_RECORDED)
)
_BOOKED: Final = select(_days.product_id, _days.booked).where(
    _days.product_id.in_(bindparam("ids", expanding=True)), _days.day == bindparam("day")
)


@dataclass(slots=True)
class Look:
    """What was seen: offers that can, those that nearly can, and how many fell out for which first reason."""

    able: list[Judged] = field(default_factory=list)
    short: list[Judged] = field(default_factory=list)
    """Looked at closely and fallen out."""
    large: list[Any] = field(default_factory=list)
    """Narrow rows of kitchens and shelves too small for all at once."""
    fallen: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    whole: bool = False
    """Whether the shelf was walked to its end."""


def leaves(code: str) -> list[str]:
    """Return the shelves under a category that hold products: itself, or those below it."""
    known = shelves()
    return [other for other, shelf in known.items() if shelf.parent_code == code] or [code]


def look(
    need: Need, office_id: int, now: datetime, *, spent: frozenset[int], enough: int = ENOUGH_PRODUCERS,
    most: int = MOST_SEEN,
) -> Look:  # fmt: skip
    """Walk until `enough` producers who can and are not `spent` are found, or the end, or `most` products."""
    found, producers, known, at_local = Look(), set[int](), set[int](), local(need.at)
    for window in _windows(need, office_id, now):
        rows = [row for row in window if row.id not in known]
        known.update(row.id for row in rows)
        closer = []
        for row in rows:
            reason = rough(row, need, at_local, now)
            if reason:
                found.fallen[reason] += 1
                if reason in {"full", "stock"}:
                    found.large.append(row)
            else:
                closer.append(row)
        at = found.seen
        found.seen += len(rows)
        for start in range(0, len(closer), CLOSELY):
            part = closer[start : start + CLOSELY]
            for judged in _closely(part, need, now, at + start):
                (found.short if judged.reason else found.able).append(judged)
            if len(producers | {x.offer.vendor_id for x in found.able} - spent) >= enough:
                found.seen -= len(closer) - start - len(part)
                _tally(found)
                return found
        if found.seen >= most:
            _tally(found)
            return found
    found.whole = True
    _tally(found)
    return found


def small_kitchens(found: Look, need: Need, now: datetime) -> list[Judged]:
    """Look closely at the largest of those too small for all at once: they may do it together."""

    def people(row: Any) -> int:
        limits = [limit for limit in (row.daily_capacity, row.stock) if limit is not None]
        least: int = min(limits)
        return least * max(row.serves or 1, 1)

    largest = sorted(found.large, key=people, reverse=True)[:CLOSELY]
    return list(_closely(largest, need, now, found.seen)) if largest else []


def _tally(found: Look) -> None:
    found.fallen.update(judged.reason for judged in found.short)


def _closely(rows: Sequence[Any], need: Need, now: datetime, at: int) -> Iterator[Judged]:
    """Judge rows with everything placing would ask; six statements whatever their number."""
    day = local_day(need.at)
    offers = read_offers([row.id for row in rows], local_day(now))
    vendors = {row.vendor_id for row in rows}
    booked = session.execute(_BOOKED, {"ids": [row.id for row in rows], "day": day})
    world = World(reach(vendors, day, need.kecamatan), dict(booked.all()), halal_spans(vendors) if need.halal else {})
    for place, row in enumerate(rows, at):
        if row.id in offers:
            yield judge(row, offers[row.id], need, world, now, place)


def _windows(need: Need, office_id: int, now: datetime) -> Iterator[Sequence[Any]]:
    statements = _WITH_FOOD if need.vegetarian or need.avoid else _PLAINLY
    codes = leaves(need.shelf)
    start = _start(office_id, now)
    if need.order == CHEAP:
        yield from _cheapest(statements["cheap"], codes)
        return
    if need.order == PUNCTUAL:
        yield _punctual(statements["of"], codes)
    if need.order == NEAR:
        yield from _nearest(statements["of"], codes, need.kecamatan, start)
    yield from _wheel(statements["wheel"], codes, start % max(session.scalar(_LAST) or 1, 1))


def _start(office_id: int, now: datetime) -> int:
    """Return where today's wheel begins for this office: another place each day, the same all day."""
    said = f"{office_id}/{local_day(now).isoformat()}".encode()
    return int.from_bytes(hashlib.sha256(said).digest()[:6])


def _wheel(statement: Any, codes: Sequence[str], start: int) -> Iterator[Sequence[Any]]:
    """Walk each shelf from `start` round to `start`, all shelves in step."""
    each = max(WINDOW // len(codes), 40)
    for first, last in ((start, _BEYOND), (0, start)):
        after = dict.fromkeys(codes, first)
        while after:
            window: list[Any] = []
            for code, number in list(after.items()):
                rows = session.execute(statement, {"shelf": code, "after": number, "until": last, "most": each}).all()
                window += rows
                if len(rows) < each:
                    del after[code]
                else:
                    after[code] = rows[-1].id
            yield window


def _cheapest(statement: Any, codes: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Walk each shelf from its lowest price up."""
    each = max(WINDOW // len(codes), 40)
    after = dict.fromkeys(codes, (0, 0))
    while after:
        window: list[Any] = []
        for code, (price, number) in list(after.items()):
            rows = session.execute(statement, {"shelf": code, "price": price, "after": number, "most": each}).all()
            window += rows
            if len(rows) < each:
                del after[code]
            else:
                after[code] = (rows[-1].price, rows[-1].id)
        yield window


def _punctual(statement: Any, codes: Sequence[str]) -> Sequence[Any]:
    """Return what the producers with the best records offer, the best first."""
    rank = {vendor: place for place, vendor in enumerate(session.scalars(_PUNCTUAL))}
    if not rank:
        return ()
    rows = session.execute(statement, {"shelves": codes, "vendors": list(rank), "most": MOST_SEEN // 2})
    return sorted(rows, key=lambda row: (rank[row.vendor_id], row.id))


def _nearest(statement: Any, codes: Sequence[str], kecamatan: str, start: int) -> Iterator[Sequence[Any]]:
    """Walk the same kecamatan, then the same city: some hundred producers of each, from today's place on and round."""
    known = regions.regions(session)
    city = known[kecamatan].parent_code
    around = [
        r.code for r in known.values() if r.parent_code == city and r.code != kecamatan and r.level == "kecamatan"
    ]
    first = start % max(session.scalar(_LAST_VENDOR) or 1, 1)
    for places in ([kecamatan], around):
        each = MOST_RECORDED // max(len(places), 1)
        vendors: list[int] = []
        for place in places:
            for after in (first, 0):
                asked = {"place": place, "after": after, "most": each}
                vendors += [number for number in session.scalars(_NEIGHBOURS, asked) if number not in vendors]
        if vendors:
            asked_of = {"shelves": codes, "vendors": vendors, "most": MOST_SEEN // 2}
            place_of = {number: at for at, number in enumerate(vendors)}
            yield sorted(session.execute(statement, asked_of), key=lambda row: (place_of[row.vendor_id], row.id))
