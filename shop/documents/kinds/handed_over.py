"""BAP and BAST: `handover` issues, numbers and signs them; here they stand in the list of papers with all others."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from shop.accounts.models import UserAccount
from shop.db import session
from shop.documents.kind import Kind, Signed
from shop.handover import drawing, papers
from shop.handover.models import HandoverPaper, Signing
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
    return Kind(
        code=code.lower(),
        title=papers.KINDS[code],
        series="",
        gather=gather,
        draw=draw,
        states=received,
        signed=_signed,
    )


def _signed(order_ids: Collection[int]) -> dict[int, list[Signed]]:
    """Return who signed the two papers of each order; silence that counted as a yes has no name."""
    office, vendor = aliased(UserAccount), aliased(UserAccount)
    rows = session.execute(
        select(Signing, office.name.label("office_name"), vendor.name.label("vendor_name"))
        .outerjoin(office, office.id == Signing.signed_by)
        .outerjoin(vendor, vendor.id == Signing.answered_by)
        .where(Signing.order_id.in_(order_ids))
    )
    found: dict[int, list[Signed]] = {}
    for signing, office_name, vendor_name in rows:
        hands = [
            ("ppk", "PPK", office_name, signing.signed_at),
            ("seller", "Penyedia", vendor_name, signing.answered_at),
        ]
        found[signing.order_id] = [
            Signed(code, label, name or "", "", "step" if name else "silence", at)
            for code, label, name, at in hands
            if at
        ]
    return found
