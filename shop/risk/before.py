"""Warnings before sending: the same rules, asked about the basket. They never stand in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.budgets.reading import PackageView
from shop.orders.cart import BasketLine
from shop.risk.gathering import Draft, Piece, purchases
from shop.risk.register import judge
from shop.risk.rules.contract import Finding


@dataclass(frozen=True, slots=True)
class Asked:
    """What is typed in the checkout so far; nothing of it has to be there."""

    purpose: str = ""
    headcount: int | None = None
    deliver_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """What the rules would say about the order to one producer."""

    vendor_id: int
    vendor_name: str
    findings: Sequence[Finding]


def warnings(
    actor: Actor, package: PackageView, lines: Sequence[BasketLine], asked: Asked, now: datetime
) -> list[Warned]:
    """Return what an auditor would ask about each order this basket would become, producers without findings left out.

    Earlier orders of the office count, so that a basket that only crosses a limit together with them is warned of too.
    """
    drafts = _drafts(actor, package, lines, asked, now)
    warned = []
    for draft, purchase in zip(drafts, purchases(drafts), strict=True):
        findings = [judged.finding for judged in judge(purchase)]
        if findings:
            warned.append(Warned(draft.vendor_id, draft.vendor_name, findings))
    return warned


def _drafts(
    actor: Actor, package: PackageView, lines: Sequence[BasketLine], asked: Asked, now: datetime
) -> list[Draft]:
    groups: dict[tuple[int, str], list[Piece]] = defaultdict(list)
    for line in lines:
        offer = line.offer
        if offer is not None and not line.fault:
            piece = Piece(
                offer.id, offer.name, offer.category_code, offer.unit, line.quantity, line.unit_price, offer.price
            )
            groups[offer.vendor_id, offer.vendor_name].append(piece)
    return [
        Draft(
            order_id=None,
            office_id=package.office_id,
            package_id=package.id,
            account_code=package.account_code,
            vendor_id=vendor_id,
            vendor_name=name,
            purpose=one_line(asked.purpose),
            total=sum(piece.quantity * piece.unit_price for piece in pieces),
            headcount=asked.headcount,
            placed_at=now,
            deliver_at=asked.deliver_at,
            placed_by=actor.user_id,
            ppk_id=package.ppk_id,
            pieces=tuple(pieces),
        )
        for (vendor_id, name), pieces in groups.items()
    ]
