"""From product rows to search documents, in bulk; and keeping the index right as days pass.

Four statements per batch whatever its size: products with their producers, TKDN papers, halal papers, first photos.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from shop.base.clock import local_day
from shop.catalog import places
from shop.catalog.bands import band
from shop.catalog.cards import pack, photo_url
from shop.catalog.categories import chain, shelves
from shop.catalog.evidence import Paper, Standing, standing
from shop.catalog.models import Certificate, Product, ProductPhoto
from shop.db import session
from shop.outbox.posting import post
from shop.search import Document, Engine, Query
from shop.vendors.models import UMK_SIZES, Vendor
from shop.vendors.papers import counts, halal_spans

KIND: Final = "catalog.index"
BATCH: Final = 1_000
UNLIMITED: Final = 1_000_000_000
"""Capacity of what is neither on a shelf nor limited by day."""
_POST: Final = 500

_ROWS = (
    select(
        Product.id,
        Product.vendor_id,
        Product.category_code,
        Product.name,
        Product.slug,
        Product.description,
        Product.ingredients,
        Product.price,
        Product.unit,
        Product.min_order,
        Product.serves,
        Product.stock,
        Product.sold_out,
        Product.daily_capacity,
        Product.sold_out,
        Product.lead_time_hours,
        Product.halal,
        Product.pdn,
        Product.created_at,
        Vendor.name.label("vendor_name"),
        Vendor.kecamatan_code,
        Vendor.closed_weekdays,
        Vendor.size.in_(UMK_SIZES).label("umk"),
    )
    .join(Vendor, Vendor.id == Product.vendor_id)
    .where(Product.state == "published", Vendor.state == "active")
    .order_by(Product.id)
)


def post_index(ids: Sequence[int], now: datetime) -> None:
    """Ask for these products to be indexed anew once the running transaction is durable."""
    for start in range(0, len(ids), _POST):
        post(KIND, {"ids": list(ids[start : start + _POST])}, now)


def index_products(engine: Engine, payloads: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Handle outbox messages `catalog.index`: put what is for sale, drop what is not. Raises SearchBusy."""
    refresh(engine, {int(number) for payload in payloads for number in payload["ids"]}, now)


def index_vendors(payloads: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Handle outbox messages `vendors.changed`: ask for the published products of these producers to be indexed anew."""
    for vendor_id in sorted({int(payload["vendor_id"]) for payload in payloads}):
        mine = select(Product.id).where(Product.vendor_id == vendor_id, Product.state == "published")
        post_index(session.scalars(mine.order_by(Product.id)).all(), now)


def refresh(engine: Engine, ids: set[int], now: datetime) -> int:
    """Bring these products in line with the database, in one write to the index. Returns how many are for sale."""
    wanted = sorted(ids)
    found: list[Document] = []
    for start in range(0, len(wanted), BATCH):
        found += _documents(Product.id.in_(wanted[start : start + BATCH]), local_day(now))
    gone = ids.difference(doc.id for doc in found)
    if found:
        engine.put(found)
    if gone:
        engine.drop(gone)
    return len(found)


def rebuild(engine: Engine, now: datetime) -> int:
    """Write the whole index anew in flat memory, the old one serving meanwhile. Returns how many products."""
    return engine.rebuild(everything(local_day(now)))


def everything(day: date) -> Iterator[Document]:
    """Yield every product for sale in order of id, reading a batch at a time."""
    last = 0
    while batch := _documents((Product.id > last), day, limit=BATCH):
        yield from batch
        last = batch[-1].id


def refresh_evidence(engine: Engine, now: datetime) -> int:
    """Index anew the products whose papers started or stopped counting by the turn of a day; returns how many.

    Each document carries the first day on which it will be wrong (`turn`), so nothing need be remembered
    elsewhere, and days on which nobody swept are caught up with. Costs one question when there is nothing to do.
    """
    stale = Query(ranges={"turn": (None, local_day(now).toordinal())}, limit=BATCH)
    done = 0
    while hits := engine.find(stale).hits:
        refresh(engine, {hit.id for hit in hits}, now)
        done += len(hits)
    return done


def _documents(which: ColumnElement[bool], day: date, limit: int | None = None) -> list[Document]:
    rows = session.execute(_ROWS.where(which).limit(limit)).all()
    if not rows:
        return []
    low, high = rows[0].id, rows[-1].id
    ids = None if limit else [row.id for row in rows]
    papers = _papers(low, high, ids, day)
    photos = _first_photos(low, high, ids)
    halal = halal_spans({row.vendor_id for row in rows if row.halal})
    return [
        document(
            row, papers.get(row.id, ()), halal.get(row.vendor_id, ()) if row.halal else (), photos.get(row.id), day
        )
        for row in rows
    ]


def _papers(low: int, high: int, ids: list[int] | None, day: date) -> dict[int, list[Paper]]:
    query = select(
        Certificate.product_id,
        Certificate.kind,
        Certificate.number,
        Certificate.tkdn_bp,
        Certificate.bmp_bp,
        Certificate.issued_on,
        Certificate.valid_until,
    ).where(Certificate.product_id.between(low, high), Certificate.valid_until >= day)
    found: dict[int, list[Paper]] = {}
    for row in session.execute(query if ids is None else query.where(Certificate.product_id.in_(ids))):
        found.setdefault(row[0], []).append(Paper(*row[1:]))
    return found


def _first_photos(low: int, high: int, ids: list[int] | None) -> dict[int, str]:
    query = (
        select(ProductPhoto.product_id, ProductPhoto.key)
        .where(ProductPhoto.product_id.between(low, high))
        .order_by(ProductPhoto.position.desc(), ProductPhoto.id.desc())
    )
    rows = session.execute(query if ids is None else query.where(ProductPhoto.product_id.in_(ids)))
    return {product_id: key for product_id, key in rows}  # noqa: C416 - the first photo is written last and stays


Span = tuple[date, date | None]
"""First and last day of a halal paper; None for one without an end."""


def document(row: Any, papers: Sequence[Paper], halal: Sequence[Span], photo: str | None, day: date) -> Document:
    """Return what the index keeps of one product on one day; `halal` are its producer's papers, none without a claim."""
    proof = standing(papers, day)
    is_halal = any(counts(*span, day) for span in halal)
    codes = chain(row.category_code)
    return Document(
        id=row.id,
        name=row.name,
        body="\n".join(filter(None, (row.vendor_name, *_shelf_words(codes), row.description, row.ingredients))),
        facets=_facets(row, codes, proof, is_halal=is_halal),
        numbers={
            "price": row.price,
            "tkdn": proof.tkdn_bp,
            "bmp": proof.bmp_bp,
            "created": int(row.created_at.timestamp()),
            "capacity": feeds(row),
            "lead": row.lead_time_hours,
            "turn": _turn([(p.issued_on, p.valid_until) for p in papers] + [*halal], day),
        },
        card=pack(_item(row, proof, photo, is_halal=is_halal)),
    )


def feeds(row: Any) -> int:
    """Return for how many people one day's making, or the shelf, is enough. A tumpeng for 20 counts 20."""
    limits = [limit for limit in (row.stock, row.daily_capacity) if limit is not None]
    return min(min(limits) * max(row.serves or 1, 1), UNLIMITED) if limits else UNLIMITED


def _shelf_words(codes: Sequence[str]) -> Iterator[str]:
    for code in codes:
        if shelf := shelves().get(code):
            yield shelf.name_id
            yield shelf.name_en


def _facets(row: Any, codes: tuple[str, ...], proof: Standing, *, is_halal: bool) -> dict[str, tuple[str, ...]]:
    return {
        "category": codes,
        "kecamatan": (row.kecamatan_code,),
        "evidence": (proof.evidence,),
        "tkdn_band": (band(proof.tkdn_bp, proof.bmp_bp),),
        "pdn": ("1" if row.pdn else "0",),
        "umk": ("1" if row.umk else "0",),
        "halal": ("1" if is_halal else "0",),
        # What is sold out serves on no day, whatever the weekday.
        "open": tuple(
            str(weekday) for weekday in range(7) if not row.sold_out and not row.closed_weekdays >> weekday & 1
        ),
        "vendor": (str(row.vendor_id),),
    }


def _item(row: Any, proof: Standing, photo: str | None, *, is_halal: bool) -> dict[str, Any]:
    shelf = shelves().get(row.category_code)
    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "price": row.price,
        "unit": row.unit,
        "vendor": {
            "id": row.vendor_id,
            "name": row.vendor_name,
            "kecamatan": places.kecamatan().get(row.kecamatan_code, ""),
        },
        "category": row.category_code,
        "tkdn_bp": proof.tkdn_bp,
        "bmp_bp": proof.bmp_bp,
        "evidence": proof.evidence,
        "pdn": row.pdn,
        "umk": row.umk,
        "halal": is_halal,
        "image": photo_url(photo, 320) if photo else None,
        "art": shelf.art if shelf else "umum",
        "available": not row.sold_out and (row.stock is None or row.stock >= row.min_order),
    }


def _turn(spans: Sequence[Span], day: date) -> int:
    """First day, as an ordinal, on which a paper starts or has stopped counting; far away when none will."""
    days = [first for first, _ in spans if first > day]
    days += [last + timedelta(days=1) for _, last in spans if last is not None and day <= last < date.max]
    return min(days, default=date.max).toordinal()
