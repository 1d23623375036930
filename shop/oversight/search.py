"""The search across the orders of all offices: one statement a page along (placed, id), bounded to a year at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from operator import ge, le, lt
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, exists, func, literal, or_, select, tuple_

from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.clock import at_local, local_day
from shop.base.errors import Invalid
from shop.db import UtcDateTime, session
from shop.orders import punctuality
from shop.orders.models import Order, OrderLine, Payment
from shop.risk.models import RiskFlag

READ: Final = "oversight:room:read"
SIZE: Final = 30
_BATCH: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_TICK: Final = 4_102_444_800 * 10**6
_PLACE: Final = tuple_(Order.placed_at, Order.id)
_PAID: Final = ("paid", "closed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None and empty are all. Days are Jakarta days, both ends counted; rupiah."""

    first: date
    last: date
    """The placing. Always bounded, so that what is not answered from an index walks a year and not the whole city."""
    order_id: int | None = None
    """Found by its whole number: then nothing else narrows."""
    number: str = ""
    """The beginning of a number."""
    office_ids: tuple[int, ...] = ()
    vendor_ids: tuple[int, ...] | None = None
    product: str = ""
    categories: tuple[str, ...] = ()
    """A shelf and everything below it."""
    account: str = ""
    least: int | None = None
    most: int | None = None
    paid_first: date | None = None
    paid_last: date | None = None
    state: str = ""
    channel: str | None = None
    """How it was placed; empty is unknown, None is all."""
    corrected: bool | None = None
    """Whether a line of it was corrected after it was placed."""
    evidence: str = ""
    risk: str = ""
    """A rule's code, `ada` for any, `tidak` for none."""
    late: bool = False
    asked: Mapping[str, str] = field(default_factory=dict)
    """The same as an address says it, with the days filled in: what samples and exports freeze."""


@dataclass(frozen=True, slots=True)
class Found:
    """One order of the list. `flags` are codes of risk rules that speak now."""

    id: int
    number: str
    office_id: int
    office: str
    vendor_id: int
    vendor: str
    total: int
    placed_at: datetime
    state: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page, newest first; `following` is where the next begins, None on the last."""

    rows: Sequence[Found]
    following: str | None


def page(actor: Actor, wanted: Wanted, now: datetime, after: str = "", size: int = SIZE) -> FoundPage:
    """Return a page of orders; two statements (a few more where lateness is counted). Raises Forbidden, Invalid."""
    actor.require(READ)
    rows: list[Any] = []
    for row in _walk(wanted, now, place_from(after), size + 1):
        rows.append(row)
        if len(rows) > size:
            break
    shown = rows[:size]
    return FoundPage(_with_flags(shown), _place_of(shown[-1]) if len(rows) > size else None)


def every(actor: Actor, wanted: Wanted, now: datetime) -> Iterator[Sequence[Found]]:
    """Yield all that is found in flat memory, for downloads."""
    after: str | None = ""
    while after is not None:
        found = page(actor, wanted, now, after, _BATCH)
        yield found.rows
        after = found.following


def population(actor: Actor, wanted: Wanted, now: datetime) -> Iterator[tuple[int, int, int]]:
    """Yield (order id, rupiah, office id) of all that is found: what a sample is drawn from. Raises Forbidden."""
    actor.require(READ)
    for row in _walk(wanted, now, None, _BATCH):
        yield row.id, row.total, row.office_id


def place_from(text: str | None) -> tuple[datetime, int] | None:
    """Read where a page begins. Raises Invalid for what is no place of this list."""
    if not text:
        return None
    tick, _, number = text.partition("-")
    if all(part.isascii() and part.isdigit() and len(part) < 19 for part in (tick, number)) and int(tick) < _LAST_TICK:  # noqa: PLR2004 - below 2**63
        return _EPOCH + timedelta(microseconds=int(tick)), int(number)
    raise Invalid.at("setelah", "Buka daftar dari awal.")


def tree_of(office_id: int, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """Return an office and everything below it, from {office: its parent}."""
    found, new = {office_id}, {office_id}
    while new := {child for child, parent in parents.items() if parent in new} - found:
        found |= new
    return tuple(sorted(found))


def _place_of(row: Any) -> str:
    return f"{(row.placed_at - _EPOCH) // timedelta(microseconds=1)}-{row.id}"


def _walk(wanted: Wanted, now: datetime, after: tuple[datetime, int] | None, batch: int) -> Iterator[Any]:
    """Yield rows from a place on, `batch` a statement; lateness counts working days and is judged here, row by row."""
    conditions = _conditions(wanted, now)
    query = (
        select(
            Order.id, Order.number, Order.office_id, Office.name.label("office"), Order.vendor_id, Order.vendor_name,
            Order.total, Order.placed_at, Order.state, Order.received_at, Order.due_at,
        )
        .join(Office, Office.id == Order.office_id)
        .order_by(Order.placed_at.desc(), Order.id.desc())
    )  # fmt: skip
    if wanted.late:
        query = query.add_columns(Payment.paid_on).outerjoin(Payment, Payment.order_id == Order.id)
    while True:
        here = [_literal(after) > _PLACE] if after else []
        rows = session.execute(query.where(*conditions, *here).limit(batch)).all()
        yield from (row for row in rows if not wanted.late or _is_late(row, now))
        if len(rows) < batch:
            return
        after = rows[-1].placed_at, rows[-1].id
        batch = _BATCH


def _literal(place: tuple[datetime, int]) -> Any:
    return tuple_(literal(place[0], UtcDateTime()), literal(place[1], BigInteger()))


def _is_late(row: Any, now: datetime) -> bool:
    if row.received_at is None:
        return False
    if row.paid_on is None:
        return row.due_at is not None and row.due_at < now
    return not punctuality.judge(local_day(row.received_at), row.paid_on)[0]


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    if wanted.order_id is not None:
        return [Order.id == wanted.order_id]
    found = [Order.placed_at >= _from(wanted.first), Order.placed_at < _after(wanted.last)]
    if wanted.number:
        found.append(Order.number.startswith(wanted.number, autoescape=True))
    if wanted.office_ids:
        found.append(Order.office_id.in_(wanted.office_ids))
    if wanted.vendor_ids is not None:
        found.append(Order.vendor_id.in_(wanted.vendor_ids))
    if wanted.account:
        found.append(Order.account_code.startswith(wanted.account, autoescape=True))
    if wanted.state:
        found.append(Order.state == wanted.state)
    if wanted.channel is not None:
        found.append(Order.channel == wanted.channel)
    if wanted.corrected is not None:
        found.append(Order.corrected.is_(wanted.corrected))
    found += [
        compared(column, bound)
        for bound, compared, column in (
            (wanted.least, ge, Order.total),
            (wanted.most, le, Order.total),
            (wanted.paid_first and _from(wanted.paid_first), ge, Order.paid_at),
            (wanted.paid_last and _after(wanted.paid_last), lt, Order.paid_at),
        )
        if bound is not None
    ]
    return [*found, *_of_lines(wanted), *_of_risk(wanted), *_of_lateness(wanted, now)]


def _of_lines(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Ask for one line that is all of it: this product, of this category, with this evidence."""
    asked: list[ColumnElement[bool]] = []
    if wanted.product:
        asked.append(func.lower(OrderLine.product_name).contains(wanted.product.lower(), autoescape=True))
    if wanted.categories:
        asked.append(OrderLine.category_code.in_(wanted.categories))
    if wanted.evidence:
        asked.append(OrderLine.evidence == wanted.evidence)
    return [exists().where(OrderLine.order_id == Order.id, *asked)] if asked else []


def _of_risk(wanted: Wanted) -> list[ColumnElement[bool]]:
    if not wanted.risk:
        return []
    live = and_(RiskFlag.order_id == Order.id, RiskFlag.superseded_at.is_(None))
    if wanted.risk == "tidak":
        return [~exists().where(live)]
    return [exists().where(live) if wanted.risk == "ada" else exists().where(live, RiskFlag.rule == wanted.risk)]


def _of_lateness(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """Narrow to what may be late; whether a paid one was is counted in working days afterwards."""
    if not wanted.late:
        return []
    return [or_(Order.state.in_(_PAID), and_(Order.state == "received", Order.due_at < now))]


def _from(day: date) -> datetime:
    return at_local(day, time.min)


def _after(day: date) -> datetime:
    return at_local(day + timedelta(days=1), time.min)


def _with_flags(rows: Sequence[Any]) -> list[Found]:
    flags: dict[int, list[str]] = {}
    if rows:
        live = select(RiskFlag.order_id, RiskFlag.rule).where(
            RiskFlag.order_id.in_([row.id for row in rows]), RiskFlag.superseded_at.is_(None)
        )
        for order_id, rule in session.execute(live.order_by(RiskFlag.rule)):
            flags.setdefault(order_id, []).append(rule)
    return [
        Found(row.id, row.number, row.office_id, row.office, row.vendor_id, row.vendor_name, row.total, row.placed_at,
              row.state, tuple(flags.get(row.id, ())))
        for row in rows
    ]  # fmt: skip
