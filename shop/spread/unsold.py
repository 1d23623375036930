"""Producers that never sold, for those who help them: since when, how often seen beside others, and what may be in the way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import exists, func, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Invalid, NotFound
from shop.catalog.categories import shelves
from shop.catalog.models import Product, ProductPhoto
from shop.db import session
from shop.spread.models import UnsoldProducer
from shop.vendors import papers, places
from shop.vendors.models import Vendor

READ: Final = "spread:producer:read"
REASONS: Final = {
    "no_photo": "Ada produk tanpa foto",
    "no_halal": "Menjual makanan tanpa sertifikat halal yang berlaku",
    "no_qris": "Belum memasang kode QRIS",
    "no_story": "Belum menulis cerita usaha",
    "all_sold_out": "Semua produk ditandai habis",
    "few": "Hanya satu produk yang dijual",
}
"""What may keep buyers away, from what the producer has not done yet: msgids, the weightiest first."""
_NUMBER_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Row:
    """One producer. `reasons` are keys of REASONS; none when nothing of these is missing."""

    id: int
    name: str
    kecamatan: str
    since: date
    products: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the list: each '' for all. `after` is the producer behind which it goes on."""

    kecamatan: str = ""
    category: str = ""
    after: int = 0


def asked(actor: Actor, kecamatan: str, category: str, after: str) -> Asked:
    """Read what was asked. Raises NotFound for a kecamatan out of reach, Invalid for an unknown category or cursor."""
    if kecamatan and kecamatan not in {row.code for row in places.kecamatan(actor)}:
        raise NotFound("Kecamatan ini tidak ada.")
    if category and category not in shelves():
        raise Invalid.at("kategori", "Pilih kategori dari daftar.")
    if after and not (after.isascii() and after.isdigit() and len(after) <= _NUMBER_DIGITS):
        raise Invalid.at("sesudah", "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.")
    return Asked(kecamatan, category, int(after or 0))


def page(actor: Actor, wanted: Asked, now: datetime, *, per_page: int = 30) -> tuple[list[Row], int | None]:
    """Return one page in order of registration, and the cursor of the next. Four statements. Raises Forbidden."""
    actor.require(READ)
    here = [UnsoldProducer.vendor_id > wanted.after, Vendor.state == "active", places.within(actor)]
    if wanted.kecamatan:
        here.append(UnsoldProducer.kecamatan_code == wanted.kecamatan)
    if wanted.category:
        here.append(exists().where(Product.vendor_id == UnsoldProducer.vendor_id, Product.state == "published",
                                   Product.category_code == wanted.category))  # fmt: skip
    found = session.execute(
        select(Vendor.id, Vendor.name, Vendor.qris, Vendor.story, UnsoldProducer.kecamatan_code, UnsoldProducer.since)
        .join(UnsoldProducer, UnsoldProducer.vendor_id == Vendor.id)
        .where(*here)
        .order_by(UnsoldProducer.vendor_id)
        .limit(per_page + 1)
    ).all()
    rows = found[:per_page]
    goods, halal = _goods([row.id for row in rows]), papers.halal_spans([row.id for row in rows])
    today = local_day(now)
    items = []
    for row in rows:
        certified = any(papers.counts(*span, today) for span in halal.get(row.id, ()))
        own = goods.get(row.id, ())
        items.append(
            Row(row.id, row.name, row.kecamatan_code, row.since, len(own), _reasons(row, own, certified=certified))
        )
    return items, rows[-1].id if len(found) > per_page else None


def every_page(actor: Actor, wanted: Asked, now: datetime) -> Iterator[list[Row]]:
    """Walk all pages, for the download."""
    after: int | None = wanted.after
    while after is not None:
        rows, after = page(actor, Asked(wanted.kecamatan, wanted.category, after), now, per_page=200)
        yield rows


def note_export(actor: Actor, wanted: Asked, now: datetime) -> None:
    """Write into the trail who took the list out, and which part of it. Raises Forbidden."""
    actor.require(READ)
    trail.record(actor, "export_unsold", "spread", 0, now, kecamatan=wanted.kecamatan, category=wanted.category)


def _goods(vendor_ids: Collection[int]) -> dict[int, Sequence[Any]]:
    """Return the products on sale of these producers: category, whether sold out, how many photos. One statement."""
    photos = select(func.count()).where(ProductPhoto.product_id == Product.id).scalar_subquery().label("photos")
    query = select(Product.vendor_id, Product.category_code, Product.sold_out, photos).where(
        Product.vendor_id.in_(sorted(vendor_ids)), Product.state == "published"
    )
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.vendor_id, []).append(row)
    return dict(found)


def _reasons(vendor: Any, goods: Sequence[Any], *, certified: bool) -> tuple[str, ...]:
    food = any(shelves()[row.category_code].kind == "food" for row in goods if row.category_code in shelves())
    holds = {
        "no_photo": any(not row.photos for row in goods),
        "no_halal": food and not certified,
        "no_qris": not vendor.qris,
        "no_story": not vendor.story.strip(),
        "all_sold_out": bool(goods) and all(row.sold_out for row in goods),
        "few": len(goods) == 1,
    }
    return tuple(key for key in REASONS if holds[key])
