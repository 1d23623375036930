"""Papers that end soon, and what of the city's spending loses its evidence when nobody renews them.

What was paid per product is no kept total: keeping one would add a row to every settlement for a list that is read now and
then. It is read from the ledger through the lines of the few products whose papers end (`ix_order_line_product`, then
`ix_ledger_entry_source`), so that it is the ledger's own figure, corrections and all, and no table is walked through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, String, cast, func, literal, select

from shop.base.actor import Actor
from shop.base.money import round_half_up
from shop.catalog.evidence import Paper, standing
from shop.catalog.models import Certificate, Product
from shop.db import session
from shop.orders.models import OrderLine
from shop.p3dn.posting import ledger
from shop.vendors.models import Vendor

READ: Final = "reports:outlook:read"
HORIZONS: Final = (30, 90, 180)
LOOKBACK: Final = 365
"""Days before today whose payments say what will probably be bought again: a whole year, so that seasons even out."""
_CHUNK: Final = 5_000
_RANK: Final = {"certified": 2, "self_declared": 1, "none": 0}


@dataclass(frozen=True, slots=True)
class Ending:
    """One product whose proof ends. `paid` in the last LOOKBACK days with this level of proof, rupiah; `lost` of it ahead."""

    product_id: int
    slug: str
    product: str
    vendor: str
    vendor_slug: str
    level: str
    number: str
    tkdn_bp: int
    until: date
    falls_to: str
    """What counts the day after: another paper may stand in."""
    paid: int
    lines: int
    lost: int


@dataclass(frozen=True, slots=True)
class Impact:
    """The list, largest loss first; `offices` are (office id, lost rupiah) likewise. Rupiah."""

    horizon: int
    day: date
    end: date
    since: date
    endings: tuple[Ending, ...]
    offices: tuple[tuple[int, int], ...]
    lost: int
    paid: int


@dataclass(frozen=True, slots=True)
class _Loss:
    until: date
    level: str
    number: str
    tkdn_bp: int
    falls_to: str


def impact(actor: Actor, horizon: int, day: date) -> Impact:
    """Return what loses its proof within `horizon` days from `day` on. Three statements. Raises Forbidden.

    A product loses as much as it sold in LOOKBACK days, for the days between the end of its paper and the end of the
    horizon: no forecast of anything else. A product with another paper of the same level loses nothing.
    """
    actor.require(READ)
    end, since = day + timedelta(days=horizon), day - timedelta(days=LOOKBACK)
    losses = _losses(day, end)
    named, sold = _products(losses), _sold(losses, since, day)
    endings, offices = [], defaultdict[int, int](int)
    for product_id, loss in losses.items():
        if product_id not in named:
            continue
        paid = lines = lost = 0
        for office_id, amount, count in sold.get(product_id, ()):
            share = round_half_up(amount * (end - loss.until).days, LOOKBACK)
            paid, lines, lost = paid + amount, lines + count, lost + share
            offices[office_id] += share
        name, slug, vendor, vendor_slug = named[product_id]
        endings.append(
            Ending(product_id, slug, name, vendor, vendor_slug, loss.level, loss.number, loss.tkdn_bp, loss.until,
                   loss.falls_to, paid, lines, lost)
        )  # fmt: skip
    endings.sort(key=lambda one: (-one.lost, -one.paid, one.until, one.product_id))
    by_office = sorted(
        ((office, lost) for office, lost in offices.items() if lost), key=lambda pair: (-pair[1], pair[0])
    )
    return Impact(
        horizon, day, end, since, tuple(endings), tuple(by_office),
        sum(one.lost for one in endings), sum(one.paid for one in endings),
    )  # fmt: skip


def _losses(day: date, end: date) -> dict[int, _Loss]:
    """Return {product: what it loses} for those whose level of proof falls from `day` to `end`, the end's own day after left out."""
    ends_soon = select(Certificate.product_id).where(Certificate.valid_until.between(day, end))
    rows = session.execute(
        select(
            Certificate.product_id, Certificate.kind, Certificate.number, Certificate.tkdn_bp, Certificate.bmp_bp,
            Certificate.issued_on, Certificate.valid_until,
        ).where(Certificate.product_id.in_(ends_soon), Certificate.valid_until >= day)
    )  # fmt: skip
    papers: dict[int, list[Paper]] = {}
    for row in rows:
        papers.setdefault(row.product_id, []).append(Paper(*row[1:]))
    return {product: loss for product, held in papers.items() if (loss := _loss(held, day, end))}


def _loss(papers: Sequence[Paper], day: date, end: date) -> _Loss | None:
    """Return the first fall of the level of proof; None when it stands through."""
    before = standing(papers, day)
    for until in sorted({paper.valid_until for paper in papers if paper.valid_until < end}):
        after = standing(papers, until + timedelta(days=1))
        if _RANK[after.evidence] < _RANK[before.evidence]:
            held = standing(papers, until)
            return _Loss(until, held.evidence, held.number or "", held.tkdn_bp, after.evidence)
    return None


def _products(ids: Iterable[int]) -> dict[int, tuple[str, str, str, str]]:
    query = select(Product.id, Product.name, Product.slug, Vendor.name, Vendor.slug).join(Vendor)
    found = {}
    for some in _chunks(ids):
        rows = session.execute(query.where(Product.id.in_(some), Product.state.in_(("published", "paused"))))
        found.update({of: (name, slug, vendor, vendor_slug) for of, name, slug, vendor, vendor_slug in rows})
    return found


def _sold(losses: Mapping[int, _Loss], since: date, day: date) -> dict[int, list[tuple[int, int, int]]]:
    """Return {product: [(office, rupiah paid, lines)]} of what was paid with at least the level that is about to go."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for level, levels in (("certified", ("certified",)), ("self_declared", ("self_declared", "certified"))):
        for some in _chunks(product for product, loss in losses.items() if loss.level == level):
            for product_id, office_id, amount, lines in session.execute(_paid(some, levels, since, day)):
                if amount:
                    found.setdefault(product_id, []).append((office_id, amount, lines))
    return found


def _paid(products: Sequence[int], levels: Sequence[str], since: date, day: date) -> Any:
    return (
        select(
            OrderLine.product_id, ledger.c.office_id, cast(func.sum(ledger.c.paid_total), BigInteger),
            func.count(OrderLine.id.distinct()),
        )
        .join(ledger, (ledger.c.source == literal("order:") + cast(OrderLine.order_id, String)) & (ledger.c.line_id == OrderLine.id))
        .where(
            OrderLine.product_id.in_(products), ledger.c.evidence.in_(levels), ledger.c.day > since, ledger.c.day <= day,
            ledger.c.paid_total != 0,
        )
        .group_by(OrderLine.product_id, ledger.c.office_id)
    )  # fmt: skip


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """Yield lists short enough for one IN."""
    ordered = sorted(ids)
    return (ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK))
