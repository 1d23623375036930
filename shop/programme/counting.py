"""The kept counts behind the funnel: who is counted where, moved in the transaction that changes it, never summed from records.

Like the ledger's totals they are wanted minus held: each producer's row says what it is counted for now, so counting it
again changes nothing, and a command can prove or rebuild the whole (`kept verify`, `kept recount`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, text, update

from shop.base.clock import local_day
from shop.db import session
from shop.orders.models import Order
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import periods_of
from shop.programme.models import FacilityRecord, FunnelCount, FunnelMember
from shop.programme.periods import FIRST_YEAR, keys_of
from shop.vendors.models import Vendor

REGISTERED: Final = "registered"
"""Stage kept by the day of the first P1; summed up to the end of a span it is who was registered by then."""
STUCK: Final = "stuck"
"""Stage kept by the day of the first licence (P4), as long as there is no P5."""
FIRST: Final = "first"
REPEAT: Final = "repeat"
Cell = tuple[str, str]
"""(period, stage)."""
_BATCH: Final = 500
_JOIN: Final = text(
    "INSERT INTO funnel_member (vendor_id, kecamatan_code, reached) VALUES (:id, '', '') ON CONFLICT (vendor_id) DO NOTHING"
)
_ADD: Final = text(
    "INSERT INTO funnel_count (period, stage, kecamatan_code, producers) VALUES (:period, :stage, :place, :change)"
    " ON CONFLICT (period, stage, kecamatan_code) DO UPDATE SET producers = funnel_count.producers + excluded.producers"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a producer is counted ('' nowhere), for which cells, and since when it is licensed but not marketed."""

    place: str
    cells: frozenset[Cell]
    stuck_since: date | None

    @property
    def written(self) -> str:
        """The cells as the member's row keeps them."""
        return " ".join(sorted(f"{period}:{stage}" for period, stage in self.cells))


def keep(vendor_ids: Iterable[int], now: datetime) -> None:
    """Bring the kept counts in step with these producers. Call it after the flush of a change and before the trail.

    Locks the rows of the producers in order of id, then the counts in order of key. Seven statements for 500 producers.
    """
    session.flush()
    everybody = sorted(set(vendor_ids))
    for ids in (everybody[start : start + _BATCH] for start in range(0, len(everybody), _BATCH)):
        session.execute(_JOIN, [{"id": vendor_id} for vendor_id in ids])
        held = _held(ids)
        changes: Counter[tuple[str, str, str]] = Counter()
        moved = []
        for vendor_id, wanted in standings(ids, local_day(now)).items():
            before = held[vendor_id]
            if wanted != before:
                changes.update((*cell, wanted.place) for cell in wanted.cells)
                changes.subtract((*cell, before.place) for cell in before.cells)
                moved.append({"vendor_id": vendor_id, "kecamatan_code": wanted.place, "reached": wanted.written,
                              "stuck_since": wanted.stuck_since})  # fmt: skip
        if moved:
            session.execute(update(FunnelMember), moved)
        rows = [
            {"period": period, "stage": stage, "place": place, "change": change}
            for (period, stage, place), change in sorted(changes.items())
            if change
        ]
        if rows:
            session.execute(_ADD, rows)


def standings(vendor_ids: Sequence[int], today: date) -> dict[int, Standing]:
    """Return what these producers are to be counted for; four statements. Only registered Jakpreneur are counted."""
    days: dict[int, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    records = select(FacilityRecord.vendor_id, FacilityRecord.facility, FacilityRecord.from_day)
    for vendor_id, facility, day in session.execute(records.where(FacilityRecord.vendor_id.in_(vendor_ids))):
        days[vendor_id][facility].append(day)
    orders = _orders(vendor_ids, today)
    found = {}
    homes = select(Vendor.id, Vendor.kecamatan_code, (Vendor.kind == "jakpreneur") & (Vendor.state != "registering"))
    for vendor_id, place, counted in session.execute(homes.where(Vendor.id.in_(vendor_ids))):
        mine = days[vendor_id]
        stuck = min(mine["P4"]) if counted and mine["P4"] and not mine["P5"] else None
        cells = _cells(mine, stuck, orders[vendor_id]) if counted else frozenset[Cell]()
        found[vendor_id] = Standing(place if cells else "", cells, stuck)
    return found


def _cells(days: Mapping[str, Sequence[date]], stuck: date | None, orders: Mapping[str, int]) -> frozenset[Cell]:
    cells = {(period, facility) for facility, found in days.items() for day in found for period in keys_of(day)}
    if days["P1"]:
        cells |= {(period, REGISTERED) for period in periods_of(min(days["P1"]))}
    if stuck is not None:
        cells |= {(period, STUCK) for period in periods_of(stuck)}
    spans: Counter[str] = Counter()
    for month, count in orders.items():
        for period in keys_of(date.fromisoformat(f"{month}-01")):
            spans[period] += count
    cells |= {(period, FIRST) for period, count in spans.items() if count > 0}
    cells |= {(period, REPEAT) for period, count in spans.items() if count > 1}
    return frozenset(cells)


def _orders(vendor_ids: Sequence[int], today: date) -> dict[int, dict[str, int]]:
    """Return {producer: {month: accepted orders}} by the key of the kept totals: first the years, then only their months."""
    years = _totals(vendor_ids, [str(year) for year in range(FIRST_YEAR, today.year + 1)])
    busy = sorted({period for period, _, _ in years})
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for period, key, count in _totals(vendor_ids, [f"{year}-{month:02d}" for year in busy for month in range(1, 13)]):
        found[int(key)][period] = count
    return found


def _totals(vendor_ids: Sequence[int], periods: Sequence[str]) -> Sequence[Any]:
    return session.execute(
        select(P3dnTotal.period, P3dnTotal.key, P3dnTotal.orders).where(
            P3dnTotal.period.in_(periods),
            P3dnTotal.dim == "vendor",
            P3dnTotal.office_id == 0,
            P3dnTotal.account_code == "",
            P3dnTotal.key.in_([str(vendor_id) for vendor_id in vendor_ids]),
            P3dnTotal.orders != 0,
        )
    ).all()


def _held(vendor_ids: Sequence[int]) -> dict[int, Standing]:
    rows = session.execute(
        select(FunnelMember.vendor_id, FunnelMember.kecamatan_code, FunnelMember.reached, FunnelMember.stuck_since)
        .where(FunnelMember.vendor_id.in_(vendor_ids))
        .order_by(FunnelMember.vendor_id)
        .with_for_update()
    )
    return {vendor_id: Standing(place, _read(reached), since) for vendor_id, place, reached, since in rows}


def _read(reached: str) -> frozenset[Cell]:
    return frozenset((period, stage) for period, _, stage in (cell.partition(":") for cell in reached.split()))


def on_orders(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages about orders: the producers of these orders are counted anew."""
    orders = sorted({int(payload["order_id"]) for payload in payloads})
    keep(session.scalars(select(Order.vendor_id).where(Order.id.in_(orders))), now)


def on_vendors(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages about changed producers: one that moved to another kecamatan is counted there."""
    keep((int(payload["vendor_id"]) for payload in payloads), now)


def recount(now: datetime) -> int:
    """Count everybody anew from the records and orders; return how many producers were looked at."""
    session.execute(delete(FunnelCount))
    session.execute(delete(FunnelMember))
    seen = 0
    for ids in _everybody():
        keep(ids, now)
        seen += len(ids)
    return seen


def verify(now: datetime) -> list[str]:
    """Return what differs, one line each: producers counted for something else than they reached, sums that do not add up."""
    found, sums = [], Counter[tuple[str, str, str]]()
    for ids in _everybody():
        held, nothing = _held(ids), Standing("", frozenset(), None)
        for vendor_id, wanted in standings(ids, local_day(now)).items():
            have = held.get(vendor_id, nothing)
            sums.update((*cell, have.place) for cell in have.cells)
            if have != wanted:
                found.append(f"vendor {vendor_id}")
    kept = select(FunnelCount.period, FunnelCount.stage, FunnelCount.kecamatan_code, FunnelCount.producers)
    for *key, producers in session.execute(kept):
        sums[tuple(key)] -= producers  # type: ignore[index] # three texts
    return found + [f"{' '.join(key)}: {difference:+d}" for key, difference in sorted(sums.items()) if difference]


def _everybody() -> Iterator[Sequence[int]]:
    last = 0
    while ids := session.scalars(select(Vendor.id).where(Vendor.id > last).order_by(Vendor.id).limit(_BATCH)).all():
        yield ids
        last = ids[-1]


def kept(periods: Sequence[str], stages: Iterable[str], places: Iterable[str]) -> dict[Cell, int]:
    """Return {(kecamatan, stage): producers}, summed over these periods; one statement along the key of the table."""
    rows = session.execute(
        select(FunnelCount.kecamatan_code, FunnelCount.stage, func.sum(FunnelCount.producers))
        .where(
            FunnelCount.period.in_(periods), FunnelCount.stage.in_(stages), FunnelCount.kecamatan_code.in_(places)
        )
        .group_by(FunnelCount.kecamatan_code, FunnelCount.stage)
    )  # fmt: skip
    return {(place, stage): int(producers) for place, stage, producers in rows}
