"""Reading what is kept: of one order, and the auditor's list, each page one statement along an index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import exists, select, tuple_

from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.errors import Invalid
from shop.db import session
from shop.orders.models import Order
from shop.orders.reading import OrderView
from shop.risk import notes
from shop.risk.models import RiskFlag, RiskNote
from shop.risk.register import RULES
from shop.risk.rules.contract import Finding

LIST: Final = "risk:flag:read"
"""The list over all offices: auditor and administration."""
SEE: Final = "risk:finding:read"
"""What the rules say of an order one may see: its own office, auditor, administration. No producer."""
SIZE: Final = 30
_EVERY: Final = 500
_PLACE: Final = tuple_(RiskFlag.order_id, RiskFlag.rule)


@dataclass(frozen=True, slots=True)
class Flag:
    """A kept finding. `superseded_at` tells since when it does not hold any more."""

    finding: Finding
    rule_from: date
    raised_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class OnOrder:
    """What the rules say of one order and what its office says to it."""

    live: Sequence[Flag]
    past: Sequence[Flag]
    notes: Sequence[Any]
    may_write: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to: a rule's code, an office, the first day of a month; None is all."""

    rule: str | None = None
    office_id: int | None = None
    month: date | None = None
    after: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the auditor's list. Rupiah."""

    finding: Finding
    order_id: int
    number: str
    office: str
    vendor_name: str
    total: int
    placed_at: datetime
    raised_at: datetime
    noted: bool


@dataclass(frozen=True, slots=True)
class FlagList:
    """One page, newest order first; `following` is where the next page begins, None on the last one."""

    rows: Sequence[Row]
    following: str | None


def on_order(actor: Actor, view: OrderView, _now: datetime) -> OnOrder | None:
    """Return the part of an order's page; None for producers, who do not see it, and when there is nothing to say."""
    if not may_see(actor, view):
        return None
    found = of_order(actor, view)
    return found if found.live or found.past or found.notes else None


def may_see(actor: Actor, view: OrderView) -> bool:
    """Tell whether this hat may read what the rules say of an order it may see."""
    return actor.may(SEE) and actor.vendor_id is None and (actor.may(LIST) or actor.office_id == view.case.office_id)


def of_order(actor: Actor, view: OrderView) -> OnOrder:
    """Return what is kept of one order; two statements. The caller has asked `may_see`."""
    flags = [
        Flag(finding_of(row.rule, row.facts), row.rule_from, row.raised_at, row.superseded_at)
        for row in session.execute(
            select(RiskFlag.rule, RiskFlag.facts, RiskFlag.rule_from, RiskFlag.raised_at, RiskFlag.superseded_at).where(
                RiskFlag.order_id == view.id
            )
        )
        if row.rule in RULES
    ]
    flags.sort(key=lambda flag: (list(RULES).index(flag.finding.code), flag.raised_at))
    return OnOrder(
        [flag for flag in flags if flag.superseded_at is None],
        [flag for flag in flags if flag.superseded_at is not None],
        notes.of_order(view.id),
        actor.may(notes.WRITE) and actor.office_id == view.case.office_id,
    )


def flags(actor: Actor, wanted: Wanted, size: int = SIZE) -> FlagList:
    """Return a page of live flags; one statement. Raises Forbidden."""
    actor.require(LIST)
    narrowed = [
        column == value
        for column, value in (
            (RiskFlag.rule, wanted.rule),
            (RiskFlag.office_id, wanted.office_id),
            (RiskFlag.month, wanted.month),
        )
        if value is not None
    ]
    if wanted.after is not None:
        narrowed.append(wanted.after > _PLACE)
    noted = exists().where(RiskNote.order_id == RiskFlag.order_id)
    rows = session.execute(
        select(
            RiskFlag.rule,
            RiskFlag.facts,
            RiskFlag.order_id,
            RiskFlag.raised_at,
            Order.number,
            Order.vendor_name,
            Order.total,
            Order.placed_at,
            Office.name.label("office"),
            noted.label("noted"),
        )
        .join(Order, Order.id == RiskFlag.order_id)
        .join(Office, Office.id == RiskFlag.office_id)
        .where(RiskFlag.superseded_at.is_(None), *narrowed)
        .order_by(RiskFlag.order_id.desc(), RiskFlag.rule.desc())
        .limit(size + 1)
    ).all()
    shown = rows[:size]
    following = f"{shown[-1].order_id}-{shown[-1].rule}" if len(rows) > size else None
    return FlagList([_row(row) for row in shown if row.rule in RULES], following)


def every_page(actor: Actor, wanted: Wanted) -> Iterator[Sequence[Row]]:
    """Yield all flags of a list in flat memory, for the download."""
    while True:
        page = flags(actor, wanted, _EVERY)
        yield page.rows
        if page.following is None:
            return
        wanted = replace(wanted, after=place_from(page.following))


def finding_of(rule: str, facts: Mapping[str, Any]) -> Finding:
    """Return a finding from what was kept of it."""
    orders = tuple((number, text) for number, text in facts["orders"])
    return Finding(rule, facts["variant"], facts["params"], orders)


def rule_from(text: str | None) -> str | None:
    """Read a rule's code; empty is all. Raises Invalid for a code there is not."""
    if not text or text in RULES:
        return text or None
    raise Invalid.at("aturan", "Aturan ini tidak ada. Pilih salah satu dari daftar.")


def place_from(text: str | None) -> tuple[int, str] | None:
    """Read where a page begins. Raises Invalid when it is no place of this list."""
    if not text:
        return None
    number, _, rule = text.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and rule in RULES):  # noqa: PLR2004 - below 2**63
        raise Invalid.at("setelah", "Buka daftar dari awal.")
    return int(number), rule


def _row(row: Any) -> Row:
    return Row(
        finding_of(row.rule, row.facts),
        row.order_id,
        row.number,
        row.office,
        row.vendor_name,
        row.total,
        row.placed_at,
        row.raised_at,
        row.noted,
    )
