"""A producer's own products as sheets: one that can be filled in and sent again, one in English for buyers abroad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.catalog import sheet_columns, states
from shop.catalog.cards import photo_url
from shop.catalog.categories import shelves
from shop.catalog.evidence import Paper, standing
from shop.catalog.import_write import OWN
from shop.catalog.models import Certificate, LeadTier, PriceTier, Product, ProductPhoto, SheetUpload
from shop.db import session
from shop.sheets.writing import Cell, Column

_BATCH: Final = 500
COLUMNS: Final = (
    *sheet_columns.COLUMNS.values(),
    Column("Stok saat diunduh", 18, "whole", note="Jangan diubah: dari sini diketahui stok mana yang Anda ubah."),
    Column("Keadaan", 16),
    Column("TKDN", 34),
)
"""Of the first sheet of the export; what the template does not have is read past when it comes back."""
ENGLISH: Final = (
    Column("Product", 34, note="As typed by the producer."),
    Column("Description", 50),
    Column("Ingredients", 40),
    Column("Allergens", 24),
    Column("HS code", 12),
    Column("Category", 26),
    Column("Unit", 12),
    Column("Weight, gram", 12, "whole"),
    Column("Price, IDR", 14, "whole"),
    Column("Minimum order", 14, "whole"),
    Column("Capacity per day", 16, "whole"),
    Column("Lead time, hours", 16, "whole"),
    Column("Halal certificate", 26),
    Column("Photos", 60),
    Column("Still to translate", 36),
)
UPLOADS: Final = (
    Column("Dikirim", 20), Column("Berkas", 40), Column("Tahap", 16), Column("Baris", 10, "whole"),
    Column("Baru", 10, "whole"), Column("Berubah", 10, "whole"), Column("Tetap", 10, "whole"), Column("Salah", 10, "whole"),
)  # fmt: skip
_TRANSLATED: Final = {
    "buah": "piece", "kotak": "box", "porsi": "portion", "pak": "pack", "dus": "carton", "paket": "package", "lusin": "dozen",
    "kg": "kg", "gram": "gram", "liter": "litre", "botol": "bottle", "toples": "jar", "loyang": "tray", "lembar": "sheet",
    "meter": "metre", "set": "set", "rim": "ream", "jam": "hour", "hari": "day", "kegiatan": "event", "pcs": "piece",
}  # fmt: skip
_p = Product.__table__.c


def own_rows(actor: Actor, day: date) -> Iterator[list[Cell]]:
    """Yield the actor's own products as cells of COLUMNS, archived ones left out; five statements for each 500."""
    for rows in _own(actor):
        ids = [row.id for row in rows]
        tiers, leads = _steps(PriceTier, "price", ids), _steps(LeadTier, "hours", ids)
        papers = _papers(ids)
        for row in rows:
            proof = standing(papers.get(row.id, ()), day)
            ref = row.source_ref.partition(":")[2] if row.source == OWN else f"ID-{row.id}"
            cells = sheet_columns.product_cells(
                row, ref, {"tiers": tiers.get(row.id, ()), "lead_tiers": leads.get(row.id, ())}
            )
            said = f"{proof.tkdn_bp // 100},{proof.tkdn_bp % 100:02d} %, {proof.number}" if proof.number else ""
            yield [*cells, row.stock, states.LABELS[row.state], said]


def english_rows(actor: Actor, root: str, halal: str) -> Iterator[list[Cell]]:
    """Yield published products for buyers abroad. `root` begins every photo's link; `halal` is the valid certificate's number.

    Names of shelves and common units are in English; what only the producer can translate is named in the last column.
    """
    for rows in _own(actor, "published"):
        photos = _photos([row.id for row in rows])
        for row in rows:
            shelf, unit = shelves().get(row.category_code), _TRANSLATED.get(row.unit.casefold())
            texts = {"Product": row.name, "Description": row.description, "Ingredients": row.ingredients}
            left = [head for head, text in texts.items() if text] + ([] if unit else ["Unit"])
            yield [
                *texts.values(),
                ", ".join(row.allergens or ()),
                str((row.attributes or {}).get("hs_code", "")),
                shelf.name_en if shelf else row.category_code,
                unit or row.unit,
                row.weight_gram,
                row.price,
                row.min_order,
                row.daily_capacity,
                row.lead_time_hours,
                (halal or "certificate to be shown") if row.halal else "",
                " ".join(root + photo_url(key, 1280) for key in photos.get(row.id, ())),
                ", ".join(left),
            ]


def upload_rows(actor: Actor) -> Iterator[list[Cell]]:
    """Yield the actor's uploads, newest first."""
    actor.require(states.MANAGE)
    for row in session.execute(
        select(
            SheetUpload.sent_at,
            SheetUpload.file_name,
            SheetUpload.stage,
            SheetUpload.rows,
            SheetUpload.created,
            SheetUpload.updated,
            SheetUpload.unchanged,
            SheetUpload.bad,
        )
        .where(SheetUpload.vendor_id == actor.vendor_id)
        .order_by(SheetUpload.id.desc())
        .limit(1_000)
    ):
        yield [row[0].isoformat(" ", "minutes"), *row[1:]]


def _own(actor: Actor, *only: str) -> Iterator[Sequence[Any]]:
    """Yield the own products in batches by id."""
    actor.require(states.MANAGE)
    query = select(*_p).where(_p.vendor_id == actor.vendor_id).order_by(_p.id).limit(_BATCH)
    query = query.where(_p.state.in_(only)) if only else query.where(_p.state != "archived")
    last = 0
    while rows := session.execute(query.where(_p.id > last)).all():
        yield rows
        last = rows[-1].id


def _steps(table: type[PriceTier | LeadTier], what: str, ids: Sequence[int]) -> Mapping[int, Sequence[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    query = select(table.product_id, table.min_quantity, getattr(table, what)).where(table.product_id.in_(ids))
    for number, least, value in session.execute(query.order_by(table.product_id, table.min_quantity)):
        found.setdefault(number, []).append((least, value))
    return found


def _papers(ids: Sequence[int]) -> Mapping[int, Sequence[Paper]]:
    found: dict[int, list[Paper]] = {}
    c = Certificate.__table__.c
    query = select(c.product_id, c.kind, c.number, c.tkdn_bp, c.bmp_bp, c.issued_on, c.valid_until)
    for row in session.execute(query.where(c.product_id.in_(ids))):
        found.setdefault(row[0], []).append(Paper(*row[1:]))
    return found


def _photos(ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = {}
    query = select(ProductPhoto.product_id, ProductPhoto.key).where(ProductPhoto.product_id.in_(ids))
    for number, key in session.execute(query.order_by(ProductPhoto.position, ProductPhoto.id)):
        found.setdefault(number, []).append(key)
    return found
