"""BAP and BAST: `handover` issues, numbers and signs them; here they stand in the list of papers with all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from shop.db import session
from shop.documents.kind import Kind
from shop.handover import drawing, papers
from shop.handover.models import HandoverPaper
from shop.orders import states

if TYPE_CHECKING:
    from shop.documents.ground import Ground
    from shop.documents.reading import Issued
    from shop.papers.pdf import End
    from shop.storage.files import FileStore


def handed_over(code: str) -> Kind:
    """Return the kind of one of the two papers (`BAP` or `BAST`): its number and content are those of `handover`."""

    def gather(ground: Ground) -> dict[str, Any] | None:
        mine = (HandoverPaper.order_id == ground.order.id, HandoverPaper.kind == code)
        return session.scalar(select(HandoverPaper.content).where(*mine))

    def draw(issued: Issued, files: FileStore, end: End) -> bytes:
        return drawing.draw(papers.read_paper(issued.order_id or 0, code), files, end)

    received = frozenset({"received"}) | states.PAID
    return Kind(code=code.lower(), title=papers.KINDS[code], series="", gather=gather, draw=draw, states=received)
