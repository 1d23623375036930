"""The fair-price band: quartiles of what was really paid, kept as counts per price so that nothing scans the orders.

A price is kept to four digits (18.557 counts as 18.560): the band stays true to half a per mille and the table small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, delete, func, insert, literal, select, update

from shop.base.clock import local_day
from shop.base.money import round_half_up
from shop.db import session
from shop.kept import adding
from shop.orders.models import Order, OrderLine
from shop.orders.states import PAID
from shop.sourcing.models import PaidPrice, PriceCount

LEAST: Final = 5
"""With fewer paid lines no band is shown: it would tell one office's bargain, and mean nothing."""
MONTHS: Final = 12
"""Full months before the running one."""
_DIGITS: Final = 4
_BATCH: Final = 500
CITY: Final = ""
_held: Final = cast("Table", PaidPrice.__table__)
_counts: Final = cast("Table", PriceCount.__table__)
_ALWAYS: Final = date(9999, 1, 1)
# Built once: every page of a product passes here.
_BANDS: Final = (
    select(
        _counts.c.category_code, _counts.c.unit, _counts.c.kecamatan_code, _counts.c.price, func.sum(_counts.c.lines)
    )
    .where(
        _counts.c.category_code.in_(bindparam("categories", expanding=True)),
        _counts.c.unit.in_(bindparam("units", expanding=True)),
        _counts.c.kecamatan_code.in_(bindparam("places", expanding=True)),
        _counts.c.month >= bindparam("since"),
        _counts.c.month < bindparam("before"),
    )
    .group_by(_counts.c.category_code, _counts.c.unit, _counts.c.kecamatan_code, _counts.c.price)
    .order_by(_counts.c.price)
)
_KEY: Final = ("category_code", "unit", "kecamatan_code", "month", "price")

Kind = tuple[str, str]
"""(category, unit): prices of a box and of a tray are not compared."""


@dataclass(frozen=True, slots=True)
class Band:
    """Quartiles in rupiah of `lines` paid lines since a month; `kecamatan` empty for the whole city."""

    low: int
    middle: int
    high: int
    lines: int
    kecamatan: str
    since: date

    def stands(self, price: int) -> str:
        """Return where a price stands: `below`, `inside` or `above` the middle half. A signal, never a verdict."""
        return "below" if price < self.low else "above" if price > self.high else "inside"


def first_month(day: date) -> date:
    """Return the first month that counts on a day."""
    months = day.year * 12 + day.month - 1 - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def highest_fair(kinds: Collection[Kind], day: date) -> dict[Kind, tuple[int, int]]:
    """Return {kind: (upper quartile of the city in rupiah, number of lines)} as it stood when the month of a day began.

    The running month is left out, so that whoever judges an old order again finds what was found then. One statement.
    """
    found = bands(kinds, CITY, day, before=day.replace(day=1))
    return {kind: (one.high, one.lines) for kind, one in found.items()}


def bands(kinds: Collection[Kind], kecamatan: str, day: date, *, before: date | None = None) -> dict[Kind, Band]:
    """Return the band of each kind that has one: of the kecamatan when it has enough lines, else of the city.

    `before`: a first of a month from which on nothing counts.

    One statement; it reads counts per price, of which there are a few hundred however many orders there were.
    """
    if not kinds:
        return {}
    since = first_month(day)
    asked = {
        "categories": sorted({category for category, _ in kinds}),
        "units": sorted({unit for _, unit in kinds}),
        "places": sorted({CITY, kecamatan}),
        "since": since,
        "before": before or _ALWAYS,
    }
    found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for category, unit, place, price, lines in session.execute(_BANDS, asked):
        if lines:
            found.setdefault((category, unit, place), []).append((price, int(lines)))
    shown = {}
    for kind in kinds:
        for place in (kecamatan, CITY):
            steps = found.get((*kind, place), [])
            if sum(lines for _, lines in steps) >= LEAST:
                shown[kind] = _band(steps, place, since)
                break
    return shown


def _band(steps: Sequence[tuple[int, int]], kecamatan: str, since: date) -> Band:
    lines = sum(count for _, count in steps)
    low, middle, high = (at_rank(steps, -(-lines * quarter // 4)) for quarter in (1, 2, 3))
    return Band(low, middle, high, lines, kecamatan, since)


def at_rank(steps: Iterable[tuple[int, int]], rank: int) -> int:
    """Return the price of the `rank`-th line counted from the cheapest; `steps` are (price, lines), rising."""
    passed = 0
    for price, lines in steps:
        passed += lines
        if passed >= rank:
            return price
    msg = "rank beyond the last line"
    raise ValueError(msg)


def kept(price: int) -> int:
    """Return a price to four digits, as the counts hold it.

    >>> kept(18_557), kept(9_999), kept(124_550)
    (18560, 9999, 124600)
    """
    step: int = 10 ** max(len(str(price)) - _DIGITS, 0)
    return round_half_up(price, step) * step


def on_orders(payloads: Sequence[dict[str, Any]], _now: datetime) -> None:
    """Follow the orders that something happened to (outbox kind `orders.news`, inside)."""
    settle([payload["order_id"] for payload in payloads if payload.get("event") != "placed"])


def settle(order_ids: Collection[int]) -> int:
    """Bring what these orders count as in line with what they are: wanted minus held. Returns how many lines moved.

    Doing it again changes nothing; an order that is not paid any more, or whose price was corrected, is put right.
    """
    moved = 0
    ordered = sorted(set(order_ids))
    for start in range(0, len(ordered), _BATCH):
        ids = ordered[start : start + _BATCH]
        wanted, held = _wanted(ids), _rows(select(_held).where(_held.c.order_id.in_(ids)))
        gone = {line: row for line, row in held.items() if wanted.get(line) != row}
        fresh = {line: row for line, row in wanted.items() if held.get(line) != row}
        if gone:
            session.execute(delete(_held).where(_held.c.line_id.in_(sorted(gone))))
        if fresh:
            session.execute(insert(_held), [{"line_id": line, **row} for line, row in sorted(fresh.items())])
        _count(gone.values(), fresh.values())
        moved += len(gone.keys() | fresh.keys())
    return moved


def _wanted(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows: Any = session.execute(
        select(OrderLine.id, OrderLine.order_id, OrderLine.category_code, OrderLine.unit, Order.deliver_kecamatan,
               Order.paid_at, OrderLine.unit_price)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.id.in_(ids), Order.state.in_(sorted(PAID)), Order.paid_at.is_not(None))
    )  # fmt: skip
    return {
        line: {"order_id": order, "category_code": category, "unit": unit, "kecamatan_code": place,
               "month": local_day(paid).replace(day=1), "price": kept(price)}
        for line, order, category, unit, place, paid, price in rows
    }  # fmt: skip


def _rows(query: Any) -> dict[int, dict[str, Any]]:
    return {
        row["line_id"]: {k: v for k, v in row.items() if k != "line_id"} for row in session.execute(query).mappings()
    }


def _count(gone: Iterable[Mapping[str, Any]], fresh: Iterable[Mapping[str, Any]]) -> None:
    """Move the counts of city and kecamatan, in order of key: two settlements never wait for each other in a circle."""
    change: Counter[tuple[Any, ...]] = Counter()
    for rows, by in ((gone, -1), (fresh, 1)):
        for row in rows:
            for place in (CITY, row["kecamatan_code"]):
                change[tuple(place if name == "kecamatan_code" else row[name] for name in _KEY)] += by
    moved = [(dict(zip(_KEY, key, strict=True)), by) for key, by in sorted(change.items()) if by]
    more = adding(_counts, _KEY, ("lines",))
    if all(by > 0 for _, by in moved):
        if moved:
            session.execute(more, [key | {"lines": by} for key, by in moved])
        return
    for key, by in moved:  # rare: a correction takes away here and adds there, still one key after another
        if by > 0:
            session.execute(more, key | {"lines": by})
        else:
            here = [_counts.c[name] == value for name, value in key.items()]
            session.execute(update(_counts).where(*here).values(lines=_counts.c.lines + by))


def rebuild() -> int:
    """Count everything anew from the orders, in flat memory. Returns how many lines count."""
    session.execute(delete(_counts))
    session.execute(delete(_held))
    last, counted = 0, 0
    paid = select(Order.id).where(Order.state.in_(sorted(PAID))).order_by(Order.id).limit(_BATCH)
    while ids := list(session.scalars(paid.where(Order.id > last))):
        counted += settle(ids)
        last = ids[-1]
    return counted


def differences() -> list[str]:
    """Return what differs between the kept prices and what was really paid, and between the counts and those prices.

    In flat memory but for what is wrong: a batch of orders at a time, then the counts by the database itself.
    """
    found, last = list[str](), 0
    ids = select(Order.id).order_by(Order.id).limit(_BATCH)
    while batch := list(session.scalars(ids.where(Order.id > last))):
        wanted, held = _wanted(batch), _rows(select(_held).where(_held.c.order_id.in_(batch)))
        found += [f"line {line}" for line in sorted(wanted.keys() | held.keys()) if wanted.get(line) != held.get(line)]
        last = batch[-1]
    key, place = [_held.c[name] for name in _KEY], _KEY.index("kecamatan_code")
    counted = Counter[tuple[Any, ...]]()
    for columns in (key, [literal(CITY) if n == place else column for n, column in enumerate(key)]):
        grouped = [column for n, column in enumerate(key) if n != place or columns is key]
        for *where, lines in session.execute(select(*columns, func.count()).group_by(*grouped)):
            counted[tuple(where)] += lines
    for row in session.execute(select(*(_counts.c[name] for name in _KEY), _counts.c.lines)):
        counted[tuple(row[:-1])] -= row.lines
    return found + [f"count {where}: {lines:+d}" for where, lines in sorted(counted.items()) if lines]
