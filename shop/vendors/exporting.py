"""A producer's own papers as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import or_, select

from shop.base.actor import Actor
from shop.db import session
from shop.sheets.writing import Cell, Column
from shop.vendors.models import VendorPaper

_MOST: Final = 1_000
_SHOWN: Final = 4
_NAMES: Final = {
    "nib": "NIB", "halal": "Sertifikat halal", "pirt": "PIRT", "bpom": "Izin BPOM", "sni": "SNI", "haki": "HAKI", "tkdn": "TKDN",
}  # fmt: skip
PAPERS: Final = (
    Column("Dokumen", 20), Column("Nomor", 28), Column("Penerbit", 28), Column("Terbit", 14, "date"),
    Column("Berlaku sampai", 16, "date"), Column("Berkas", 30), Column("Dikeluarkan dari dompet", 22),
)  # fmt: skip


def own_papers(actor: Actor) -> Iterator[list[Cell]]:
    """Yield the papers of the actor's producer, newest first. The NIB is an identity number: its last four digits."""
    actor.require("vendors:vendor:read")
    for paper in session.scalars(
        select(VendorPaper)
        .where(VendorPaper.vendor_id == (actor.vendor_id or 0))
        .order_by(VendorPaper.id.desc())
        .limit(_MOST)
    ):
        number = "•" * 9 + paper.number[-_SHOWN:] if paper.kind == "nib" else paper.number
        gone = "ya" if paper.withdrawn_at else ""
        yield [_NAMES[paper.kind], number, paper.issuer, paper.issued_on, paper.valid_until, paper.file_name, gone]


def halal_number(vendor_id: int, day: date) -> str:
    """Return the number of a halal certificate that counts on `day`, or nothing."""
    return (
        session.scalars(
            select(VendorPaper.number)
            .where(
                VendorPaper.vendor_id == vendor_id,
                VendorPaper.kind == "halal",
                VendorPaper.issued_on <= day,
                or_(VendorPaper.valid_until.is_(None), VendorPaper.valid_until >= day),
                VendorPaper.withdrawn_at.is_(None),
            )
            .order_by(VendorPaper.issued_on.desc())
            .limit(1)
        ).first()
        or ""
    )
