"""Opened bids side by side: line by line from the cheapest up, with what does not count any more at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.base.clock import local_day
from shop.base.errors import Forbidden
from shop.catalog.offers import read_offers
from shop.db import session
from shop.negotiation.bidding import lines_of, seal_of
from shop.negotiation.models import Competition, CompetitionBid, CompetitionInvite
from shop.vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Entry:
    """One bid for one line. Rupiah for one unit; `rank` from 1 among those that count, 0 for one that is out."""

    vendor_id: int
    vendor_name: str
    product_id: int
    name: str
    unit_price: int
    list_price: int
    note: str
    why: str
    evidence: str
    tkdn_bp: int
    rank: int
    out: str
    """Why it does not count: a key of `reasons.OUT`, or empty."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One producer's bid as a whole: when it came, its seal, and whether the content still gives that seal."""

    vendor_id: int
    vendor_name: str
    number: int
    at: datetime
    seal: str
    intact: bool
    lines: Sequence[dict[str, Any]]


def envelopes(tender: Competition) -> Sequence[Envelope]:
    """Return the bids that count, in the order they came. Raises Forbidden while the competition is sealed."""
    if tender.opened_at is None:
        raise Forbidden("Penawaran masih disegel sampai batas waktunya.")
    rows = session.execute(
        select(CompetitionBid, CompetitionInvite.vendor_name)
        .join(
            CompetitionInvite,
            (CompetitionInvite.competition_id == CompetitionBid.competition_id)
            & (CompetitionInvite.vendor_id == CompetitionBid.vendor_id),
        )
        .where(CompetitionBid.competition_id == tender.id)
        .order_by(CompetitionBid.number)
    ).all()
    newest = {row.CompetitionBid.vendor_id: row for row in rows}
    found = [(row.CompetitionBid, row.vendor_name) for row in newest.values() if not row.CompetitionBid.withdrawn]
    return [
        Envelope(
            made.vendor_id,
            name,
            made.number,
            made.made_at,
            made.seal,
            seal_of(tender.id, made.vendor_id, made.number, made.lines, made.salt) == made.seal,
            made.lines,
        )
        for made, name in sorted(found, key=lambda pair: (pair[0].made_at, pair[0].id))
    ]


def side_by_side(tender: Competition, bids: Sequence[Envelope], now: datetime) -> dict[int, list[Entry]]:
    """Return {line id: entries, the cheapest first}; bids of a held business or of a product off sale come last, without rank.

    Of equal prices the earlier bid stands first, and both have the same rank.
    """
    goods = read_offers([line["product_id"] for bid in bids for line in bid.lines], local_day(now))
    active = set(
        session.scalars(
            select(Vendor.id).where(Vendor.id.in_([bid.vendor_id for bid in bids]), Vendor.state == "active")
        )
    )
    table: dict[int, list[Entry]] = {}
    for need in lines_of(tender.id):
        found = [
            _entry(bid, line, _out(bid.vendor_id in active, goods.get(line["product_id"])))
            for bid in bids
            for line in bid.lines
            if line["line"] == need.id
        ]
        table[need.id] = _ranked(found)
    return table


def _out(active: bool, offer: Any) -> str:  # noqa: FBT001 - a fact, not a switch
    if not active:
        return "vendor"
    return "" if offer is not None and offer.for_sale and not offer.sold_out else "product"


def _entry(bid: Envelope, line: Mapping[str, Any], out: str) -> Entry:
    kept = {
        name: line[name]
        for name in ("product_id", "name", "unit_price", "list_price", "note", "why", "evidence", "tkdn_bp")
    }
    return Entry(vendor_id=bid.vendor_id, vendor_name=bid.vendor_name, rank=0, out=out, **kept)


def _ranked(found: Sequence[Entry]) -> list[Entry]:
    valid = sorted((x for x in found if not x.out), key=lambda x: x.unit_price)
    prices = [x.unit_price for x in valid]
    placed = [Entry(**{**asdict(x), "rank": prices.index(x.unit_price) + 1}) for x in valid]
    return [*placed, *(x for x in found if x.out)]
