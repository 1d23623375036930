"""What became of a producer's orders, and whom an office chose this quarter: kept with each order's own transaction.

What one order counts is a pure function of how it stands (`of_order`); every step adds the difference between after and
before. So a step that goes back takes back what it had counted, and counting all orders anew gives the same numbers.
Decided: an order sent back counts once, by the arrival that was accepted in the end; one that the office cancels keeps
what the producer did (its yes, its arrival) but counts as never chosen; a refused or expired one was the producer's turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import Integer, Table, bindparam, case, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from shop.base.clock import local, local_day
from shop.base.errors import NotFound
from shop.base.money import ratio_bp
from shop.db import before_commit, current_work, session
from shop.orders.models import OfficeChoice, Order, VendorRecord
from shop.reference import policy

FIELDS: Final = ("answered", "refused", "expired", "delivered", "on_time", "late_minutes")
ENOUGH: Final = 5
"""Below so many cases a share says more about chance than about the producer: it is not shown."""
_NOTE: Final = "track_record"
_records: Final = cast("Table", VendorRecord.__table__)
_choices: Final = cast("Table", OfficeChoice.__table__)
_TABLES: Final = {"vendor": _records, "office": _choices}
_COLUMNS: Final = {"vendor": FIELDS, "office": ("chosen",)}
_MINUTE: Final = timedelta(minutes=1)
_USUAL: Final = 15
_LOOKED_AT: Final = ("office_id", "vendor_id", "state", "placed_at", "deliver_at", "confirmed_at", "arrived_at")
_Key = tuple[str, int, int, int]
_Counts = Counter[tuple[_Key, str]]
"""{((table, first, second, third key), column): how many}; unused parts of a key are 0."""


@dataclass(frozen=True, slots=True)
class Record:
    """One producer's record. Counts of orders; minutes."""

    answered: int = 0
    refused: int = 0
    expired: int = 0
    delivered: int = 0
    on_time: int = 0
    late_minutes: int = 0

    @property
    def asked(self) -> int:
        """Orders that were the producer's to answer and came to an answer or to the deadline."""
        return self.answered + self.refused + self.expired

    @property
    def tells_punctuality(self) -> bool:
        """Whether there are enough deliveries to speak of punctuality."""
        return self.delivered >= ENOUGH

    @property
    def tells_answers(self) -> bool:
        """Whether there are enough answers to speak of refusals."""
        return self.asked >= ENOUGH

    @property
    def on_time_bp(self) -> int | None:
        """Share of deliveries on time in basis points; None below `ENOUGH`."""
        return ratio_bp(self.on_time, self.delivered) if self.tells_punctuality else None


def quarter_of(moment: datetime) -> int:
    """Return year and quarter of a moment in Jakarta, 20264 for the last quarter of 2026."""
    day = local(moment)
    return day.year * 10 + (day.month + 2) // 3


def of_order(order: Any) -> _Counts:
    """Return what an order counts as it stands: an Order, or a row with the same names."""
    counts: _Counts = Counter()
    vendor: _Key = ("vendor", order.vendor_id, 0, 0)
    if order.confirmed_at is not None:
        counts[vendor, "answered"] = 1
    if order.state in {"refused", "expired"}:
        counts[vendor, order.state] = 1
    if order.arrived_at is not None:
        late = max(0, (order.arrived_at - order.deliver_at) // _MINUTE)
        counts[vendor, "delivered"] = 1
        counts[vendor, "on_time"] = int(late <= tolerance(local_day(order.deliver_at)))
        counts[vendor, "late_minutes"] = late
    if order.state != "cancelled":
        counts[("office", order.office_id, quarter_of(order.placed_at), order.vendor_id), "chosen"] = 1
    return counts


def tolerance(day: date) -> int:
    """Return how many minutes after the asked moment still count as on time (rule `order.on_time_minutes`)."""
    try:
        minutes: int = policy.rule(session, "order.on_time_minutes", day).value
    except NotFound:
        return _USUAL
    return minutes


def chosen(office_id: int, vendor_id: int, now: datetime) -> None:
    """Count an order that is placed now."""
    _add(Counter({(("office", office_id, quarter_of(now), vendor_id), "chosen"): 1}))


def follow(before: _Counts, order: Order) -> None:
    """Count the difference between what the order counted before a step and what it counts now."""
    difference = of_order(order)
    difference.subtract(before)
    _add(difference)


def _add(difference: _Counts) -> None:
    """Keep a difference until just before the commit: hot rows are taken late, once, and in order of their keys."""
    notes = current_work().notes
    if _NOTE not in notes:
        notes[_NOTE] = Counter()
        before_commit(_write)
    notes[_NOTE].update(difference)


def _write() -> None:
    for table, rows in _rows(current_work().notes.pop(_NOTE)).items():
        upsert = _upsert(session.get_bind().dialect.name, table)
        for row in rows:
            session.execute(upsert, row | {f"more_{name}": row[name] for name in _COLUMNS[table]})


def _rows(counts: _Counts) -> dict[str, list[dict[str, int]]]:
    """Return the rows to add by table, each in order of its key; those without a difference are left out."""
    by_key: dict[_Key, dict[str, int]] = {}
    for (key, column), number in counts.items():
        if number:
            by_key.setdefault(key, {})[column] = number
    found: dict[str, list[dict[str, int]]] = {}
    for key in sorted(by_key):
        table, first, second, third = key
        if table == "vendor":
            row = {"vendor_id": first, **dict.fromkeys(FIELDS, 0)}
        else:
            row = {"office_id": first, "quarter": second, "vendor_id": third}
        found.setdefault(table, []).append(row | by_key[key])
    return found


@cache
def _upsert(dialect: str, name: str) -> Any:
    """Return the statement that adds a row's numbers. None goes below 0: a record that was never built stops no order."""
    table, columns = _TABLES[name], _COLUMNS[name]
    fresh = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    values = {column: bindparam(column) for column in keys} | {
        column: _not_below(bindparam(column, type_=Integer())) for column in columns
    }
    sums = {column: _not_below(table.c[column] + bindparam(f"more_{column}", type_=Integer())) for column in columns}
    return fresh.values(values).on_conflict_do_update(index_elements=keys, set_=sums)


def _not_below(number: Any) -> Any:
    return case((number < 0, 0), else_=number)


def records(vendor_ids: Collection[int]) -> dict[int, Record]:
    """Return {producer: Record} for those that have one; one statement."""
    query = select(*_records.c).where(_records.c.vendor_id.in_(sorted(vendor_ids)))
    return {row.vendor_id: Record(*row[1:]) for row in session.execute(query)}


def choices(office_id: int, now: datetime) -> dict[int, int]:
    """Return {producer: orders this office gave it in the running quarter}; one statement."""
    query = select(_choices.c.vendor_id, _choices.c.chosen).where(
        _choices.c.office_id == office_id, _choices.c.quarter == quarter_of(now), _choices.c.chosen > 0
    )
    return dict(session.execute(query).all())


def rebuild() -> int:
    """Count everything anew from all orders, in the caller's transaction; returns how many orders were read."""
    counts, number = count_all()
    session.execute(delete(_choices))
    session.execute(delete(_records))
    rows = _rows(counts)
    for name, found in rows.items():
        session.execute(insert(_TABLES[name]), found)
    return number


def count_all() -> tuple[_Counts, int]:
    """Return what all orders count together, and how many they are; memory grows with producers, not with orders."""
    counts: _Counts = Counter()
    number = 0
    query = select(*(Order.__table__.c[name] for name in _LOOKED_AT)).execution_options(yield_per=1_000)
    for row in session.execute(query):
        counts.update(of_order(row))
        number += 1
    return counts, number


def differences() -> list[str]:
    """Return which kept numbers differ from what the orders say, in words for operators; none when the record is right."""
    counts, _number = count_all()
    held: _Counts = Counter()
    for row in session.execute(select(*_records.c)):
        held.update({(("vendor", row.vendor_id, 0, 0), name): getattr(row, name) for name in FIELDS})
    for row in session.execute(select(*_choices.c)):
        held[("office", row.office_id, row.quarter, row.vendor_id), "chosen"] += row.chosen
    return [
        f"{' '.join(map(str, where))} {name}: {held[where, name]}, not {counts[where, name]}"
        for where, name in sorted(counts.keys() | held.keys())
        if counts[where, name] != held[where, name]
    ]
