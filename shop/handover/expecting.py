"""What is still to come of an order, place by place; an order to one place is one place without a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from shop.base.errors import WrongState
from shop.db import session
from shop.handover import states
from shop.handover.models import Receipt, ReceiptLine
from shop.orders import places
from shop.orders.places import Stop

_NOT_THERE: Final = "Tempat ini tidak menunggu pemeriksaan. Muat ulang halaman."


@dataclass(frozen=True, slots=True)
class Expected:
    """A line that has not been received in full: how many pieces of it are still to come."""

    line_id: int
    name: str
    unit: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Awaited:
    """One place and what is still to come there. `stop` is None for an order to one place; `looked`: since it arrived."""

    stop: Stop | None
    lines: Sequence[Expected]
    looked: bool

    @property
    def number(self) -> int | None:
        """The place's number in its order."""
        return self.stop.number if self.stop else None

    @property
    def pending(self) -> bool:
        """Whether somebody still has to look here."""
        return bool(self.lines) and not self.looked

    @property
    def short(self) -> bool:
        """Whether somebody looked and not everything was there."""
        return bool(self.lines) and self.looked


def received_before(order_id: int, counting: Sequence[str] = states.COUNTING) -> dict[int, int]:
    """Return {line id: pieces received by all receipts that count}; one statement."""
    found: dict[int, int] = {}
    for (line_id, _), pieces in received_at(order_id, counting).items():
        found[line_id] = found.get(line_id, 0) + pieces
    return found


def received_at(order_id: int, counting: Sequence[str] = states.COUNTING) -> dict[tuple[int, int | None], int]:
    """Return {(line id, place number): pieces received there by all receipts that count}; one statement."""
    rows = session.execute(
        select(ReceiptLine.line_id, Receipt.place_number, func.sum(ReceiptLine.received))
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.order_id == order_id, Receipt.state.in_(counting))
        .group_by(ReceiptLine.line_id, Receipt.place_number)
    )
    return {(line_id, place): int(pieces) for line_id, place, pieces in rows}


def awaited(order_id: int, lines: Iterable[tuple[int, str, str, int]], arrived_at: datetime | None) -> list[Awaited]:
    """Return the places of an order with what is still to come to each; `lines` are (id, name, unit, pieces).

    At most four statements. The places together never wait for more than is left of a line: where an addendum took
    pieces from a place that had them already, the last place waits for less.
    """
    before, stops = received_at(order_id), places.of_order(order_id)
    left = {line: pieces - sum(n for (of, _), n in before.items() if of == line) for line, _, _, pieces in lines}
    named = [(line, name, unit) for line, name, unit, _ in lines]
    if not stops:
        return [Awaited(None, _expected(named, left), looked=False)]
    looked = set(
        session.scalars(
            select(Receipt.place_number).where(
                Receipt.order_id == order_id, Receipt.state.in_(states.COUNTING), Receipt.at >= arrived_at
            )
        )
        if arrived_at
        else ()
    )
    found = []
    for stop in stops:
        here = {line: _there(stop, line, before, left) for line, _, _ in named}
        left = {line: left[line] - here[line] for line in left}
        found.append(Awaited(stop, _expected(named, here), stop.number in looked))
    return found


def _there(stop: Stop, line_id: int, before: Mapping[tuple[int, int | None], int], left: Mapping[int, int]) -> int:
    return min(max(0, stop.shares.get(line_id, 0) - before.get((line_id, stop.number), 0)), left[line_id])


def _expected(named: Sequence[tuple[int, str, str]], pieces: Mapping[int, int]) -> list[Expected]:
    return [Expected(line, name, unit, pieces[line]) for line, name, unit in named if pieces[line] > 0]


def of_order(order: Any) -> list[Awaited]:
    """Return the same for a locked order whose lines are loaded."""
    lines = [(line.id, line.product_name, line.unit, line.quantity) for line in order.lines]
    return awaited(order.id, lines, order.arrived_at)


def of_view(view: Any) -> list[Awaited]:
    """Return the same for an order as it is read for a page."""
    lines = [(line.id, line.name, line.unit, line.quantity) for line in view.lines]
    return awaited(view.id, lines, view.arrived_at)


def whole(found: Sequence[Awaited]) -> Awaited:
    """Return what is still to come anywhere, as if the order had one place."""
    lines: dict[int, Expected] = {}
    for line in (line for place in found for line in place.lines):
        before = lines.get(line.line_id)
        lines[line.line_id] = replace(line, pieces=line.pieces + (before.pieces if before else 0))
    return Awaited(None, list(lines.values()), looked=False)


def at(found: Sequence[Awaited], number: int | None) -> Awaited:
    """Return the place of this number. Raises WrongState when nothing is waited for there, or there is no such place."""
    for place in found:
        if place.number == number and place.lines:
            return place
    raise WrongState(_NOT_THERE)
