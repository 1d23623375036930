"""The papers of an order on its page: what is there, what lacks and who fills it in, what this person may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.base.actor import Actor
from shop.db import session
from shop.documents.ground import Ground, read_ground
from shop.documents.issuing import ISSUE, gather, has_changed
from shop.documents.kind import Kind, Need
from shop.documents.reading import Issued, newest, of_order
from shop.documents.signing import may_sign
from shop.documents.table import KINDS
from shop.orders.models import Order
from shop.orders.reading import OrderView


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of paper of this order. `paper` is the version that stands, None while it is not issued."""

    kind: str
    title: str
    paper: Issued | None
    older: Sequence[Issued]
    lacking: Sequence[Need]
    blocked: bool
    """Whether something that lacks keeps it from being issued."""
    changed: bool
    """Whether a new version would say something else."""
    may_issue: bool
    may_sign: Sequence[tuple[str, str]]
    """Parties this person may sign for now: (code, label)."""


@dataclass(frozen=True, slots=True)
class Part:
    """What the page of an order shows of papers."""

    rows: Sequence[Row]


def part(actor: Actor, view: OrderView, now: datetime) -> Part | None:
    """Return the papers of an order; None while it has none. The same statements whatever the number of papers."""
    due = [kind for kind in KINDS.values() if kind.for_vendor or actor.vendor_id is None]
    papers = of_order(view.id)
    if not papers and not any(view.state in kind.states for kind in due):
        return None
    order = session.scalars(select(Order).where(Order.id == view.id).options(selectinload(Order.lines))).one()
    ground = read_ground(order, now)
    rows = [_row(actor, kind, ground, [paper for paper in papers if paper.kind == kind.code]) for kind in due]
    return Part([row for row in rows if row is not None])


def _row(actor: Actor, kind: Kind, ground: Ground, papers: list[Issued]) -> Row | None:
    standing = newest(papers).get(kind.code)
    content = gather(kind, ground) if ground.order.state in kind.states else None
    if standing is None and content is None:
        return None
    lacking = kind.missing(content) if content is not None else []
    blocked = any(need.blocks for need in lacking)
    changed = bool(content is not None and standing and has_changed(standing.content, content))
    able = actor.may(ISSUE) and actor.role in kind.by and content is not None and not blocked
    return Row(
        kind.code, kind.title, standing, [paper for paper in papers if paper is not standing], lacking, blocked, changed,
        able and (standing is None or changed), _parties(actor, kind, ground, standing),
    )  # fmt: skip


def _parties(actor: Actor, kind: Kind, ground: Ground, paper: Issued | None) -> list[tuple[str, str]]:
    if paper is None or paper.state != "valid":
        return []
    done = {signed.party for signed in paper.signatures}
    able = ((code, party) for code, party in kind.parties.items() if code not in done)
    return [(code, p.label) for code, p in able if may_sign(actor, p, ground.order, ground.package.ppk_id)]
