"""Berita Acara Mini-Kompetisi: `negotiation` numbers it with the award; it joins the papers of each order that was won.

It lays all bids side by side, so no producer reads it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import stamp
from shop.db import session
from shop.documents.kind import Kind
from shop.negotiation import competitions, drawing
from shop.negotiation.models import Competition, CompetitionLine
from shop.orders.models import PricePromise
from shop.reference import regions

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore

_READER: Final = Actor(None, "Sistem", "system", frozenset({"negotiation:deal:read", "orders:order:read_all"}))
"""Who may read the paper was judged by its order."""


def gather(ground: Ground) -> dict[str, Any] | None:
    """Return the number and how each line was won; None for an order that was not won in a competition."""
    found = session.scalar(
        select(Competition)
        .join(PricePromise, (PricePromise.source_id == Competition.id) & (PricePromise.source == "competition"))
        .where(PricePromise.used_order_id == ground.order.id)
        .limit(1)
    )
    if found is None:
        return None
    lines = session.scalars(
        select(CompetitionLine).where(CompetitionLine.competition_id == found.id).order_by(CompetitionLine.position)
    )
    return {
        "number": found.record_number, "competition_id": found.id, "purpose": found.purpose,
        "opened_at": stamp(found.opened_at), "awarded_at": stamp(found.ended_at),
        "lines": [
            {"need": line.need, "quantity": line.quantity, "unit": line.unit, "ceiling": line.ceiling,
             "ranking": line.ranking, "won_vendor_id": line.won_vendor_id, "won_price": line.won_price,
             "reason": line.reason, "words": line.words}
            for line in lines
        ],
    }  # fmt: skip


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Have it drawn by the room it comes from."""
    found = competitions.tender(_READER, issued.content["competition_id"], issued.issued_at)
    places = {code: row.name for code, row in regions.regions(session).items()}
    return drawing.tender_pdf(found, places, found.row.ended_at or issued.issued_at, end)


KIND: Final = Kind(
    code="bak", title="Berita Acara Mini-Kompetisi", series="", gather=gather, draw=draw, for_vendor=False
)
