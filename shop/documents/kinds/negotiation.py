"""Berita Acara Negosiasi: `negotiation` numbers it when both sides agree; it joins the papers with the order it led to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import stamp
from shop.db import session
from shop.documents.kind import Kind
from shop.negotiation import drawing, reading
from shop.negotiation.models import Negotiation, NegotiationOffer
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
    """Return the number and every version that lay on the table; None for an order at list prices."""
    found = session.execute(
        select(Negotiation)
        .join(PricePromise, (PricePromise.source_id == Negotiation.id) & (PricePromise.source == "negotiation"))
        .where(PricePromise.used_order_id == ground.order.id)
        .limit(1)
    ).scalar()
    if found is None:
        return None
    offers = session.scalars(
        select(NegotiationOffer).where(NegotiationOffer.negotiation_id == found.id).order_by(NegotiationOffer.number)
    ).all()
    versions = [
        {"number": offer.number, "side": offer.side, "by": offer.made_by_name, "at": stamp(offer.made_at),
         "lines": offer.lines, "total": offer.total, "words": offer.words}
        for offer in offers
    ]  # fmt: skip
    return {
        "number": found.record_number, "negotiation_id": found.id, "vendor": found.vendor_name, "purpose": found.purpose,
        "agreed_at": stamp(found.ended_at), "versions": versions, "total": offers[-1].total,
    }  # fmt: skip


def draw(issued: Issued, files: FileStore, end: End) -> bytes:  # noqa: ARG001 - as every kind
    """Have it drawn by the room it comes from."""
    talk = reading.talk(_READER, issued.content["negotiation_id"])
    places = {code: row.name for code, row in regions.regions(session).items()}
    return drawing.talk_pdf(talk, places, talk.ended_at or issued.issued_at, end)


KIND: Final = Kind(code="ban", title="Berita Acara Negosiasi", series="", gather=gather, draw=draw, early=True)
