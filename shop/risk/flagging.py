"""Keeping what the rules notice about an order: judged in the background, compared with what is kept, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import insert, select, update

from shop.base.clock import at_local, local_day
from shop.budgets.models import Package
from shop.db import session
from shop.orders.models import Order, OrderLine
from shop.outbox import posting as outbox
from shop.risk.gathering import Draft, Piece, purchases
from shop.risk.models import RiskFlag
from shop.risk.register import Judged, judge

KIND: Final = "risk.judge"
LOOKED_AT: Final = frozenset({"placed", "proposal_accepted", "addendum", "arrived", "received", "paid", "cancelled"})
"""News of an order after which its findings may be others than before."""


@dataclass(frozen=True, slots=True)
class Change:
    """What judging did to the kept flags: how many are new, and how many do not hold any more."""

    raised: int = 0
    superseded: int = 0

    def __add__(self, other: Change) -> Change:
        """Add up what judging several orders did."""
        return Change(self.raised + other.raised, self.superseded + other.superseded)


def on_orders(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `orders.news`: leave word that these orders are to be judged.

    In a message of its own, so that a rule that fails holds up nobody's mail.
    """
    for order_id in sorted({payload["order_id"] for payload in payloads if payload["event"] in LOOKED_AT}):
        outbox.post(KIND, {"order_id": order_id}, now)


def handle(payloads: Sequence[dict[str, Any]], now: datetime) -> None:
    """Handle outbox messages `risk.judge`: judge each order once."""
    for order_id in sorted({payload["order_id"] for payload in payloads}):
        judge_order(order_id, now)


def judge_order(order_id: int, now: datetime) -> Change:
    """Judge one order by the rules of the day it was placed, and bring its flags in line with what is found.

    A flag whose facts changed is superseded and raised anew; one that does not hold any more is superseded. Judging
    again changes nothing. An order that is not there is passed over.
    """
    draft = _draft(order_id)
    if draft is None:
        return Change()
    found = {judged.finding.code: judged for judged in judge(purchases([draft])[0])}
    live = {
        row.rule: row
        for row in session.execute(
            select(RiskFlag.id, RiskFlag.rule, RiskFlag.rule_from, RiskFlag.facts).where(
                RiskFlag.order_id == order_id, RiskFlag.superseded_at.is_(None)
            )
        )
    }
    gone = [row.id for rule, row in live.items() if rule not in found or _differs(row, found[rule])]
    fresh = [judged for rule, judged in found.items() if rule not in live or _differs(live[rule], judged)]
    if gone:
        session.execute(update(RiskFlag).where(RiskFlag.id.in_(gone)).values(superseded_at=now))
    if fresh:
        session.execute(insert(RiskFlag), [_row(draft, judged, now) for judged in fresh])
    return Change(len(fresh), len(gone))


def order_ids(since: date | None, after: int, limit: int = 200) -> Sequence[int]:
    """Return the next orders to judge again, by id: all, or those placed on a Jakarta day or later."""
    query = select(Order.id).where(Order.id > after).order_by(Order.id).limit(limit)
    if since is not None:
        query = query.where(Order.placed_at >= at_local(since, time.min))
    return session.scalars(query).all()


def facts_of(judged: Judged) -> dict[str, Any]:
    """Return a finding as it is kept."""
    finding = judged.finding
    return {
        "variant": finding.variant,
        "params": dict(finding.params),
        "orders": [list(order) for order in finding.orders],
    }


def _differs(row: Any, judged: Judged) -> bool:
    return bool(row.facts != facts_of(judged) or row.rule_from != judged.rule_from)


def _row(draft: Draft, judged: Judged, now: datetime) -> Mapping[str, Any]:
    return {
        "order_id": draft.order_id,
        "office_id": draft.office_id,
        "month": local_day(draft.placed_at).replace(day=1),
        "rule": judged.finding.code,
        "rule_from": judged.rule_from,
        "facts": facts_of(judged),
        "raised_at": now,
    }


def _draft(order_id: int) -> Draft | None:
    row: Any = session.execute(
        select(
            Order.id.label("order_id"),
            Order.office_id,
            Order.package_id,
            Order.account_code,
            Order.vendor_id,
            Order.vendor_name,
            Order.purpose,
            Order.total,
            Order.headcount,
            Order.placed_at,
            Order.deliver_at,
            Order.placed_by,
            Package.ppk_id,
            Order.arrived_at,
            Order.relaxed,
        )
        .join(Package, Package.id == Order.package_id)
        .where(Order.id == order_id)
    ).first()
    if row is None:
        return None
    known = dict(row._mapping)  # noqa: SLF001 - Row's public mapping
    return Draft(**known | {"relaxed": bool(row.relaxed), "pieces": _pieces(order_id)})


def _pieces(order_id: int) -> tuple[Piece, ...]:
    rows: Iterable[Any] = session.execute(
        select(
            OrderLine.product_id,
            OrderLine.product_name,
            OrderLine.category_code,
            OrderLine.unit,
            OrderLine.quantity,
            OrderLine.unit_price,
            OrderLine.list_price,
        )
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    )
    return tuple(Piece(*row) for row in rows)
