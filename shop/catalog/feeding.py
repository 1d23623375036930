"""The product feed that shopping platforms read: RSS 2.0 with the `g:` names, written item by item in flat memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from sqlalchemy import func, select

from shop.base.codes import one_line
from shop.catalog.cards import photo_url
from shop.catalog.categories import chain, shelves
from shop.catalog.models import Product
from shop.catalog.photos import first_photos
from shop.db import session
from shop.vendors.models import Vendor

MOST: Final = 100_000
"""Most items of a feed; platforms take no more in one file."""
_BATCH: Final = 500
_LONGEST: Final = 5_000
_p, _v = Product.__table__.c, Vendor.__table__.c


@dataclass(frozen=True, slots=True)
class Mark:
    """What a feed holds, without holding it: `tag` changes whenever an item would."""

    tag: str
    changed_at: datetime | None


def mark(vendor_id: int | None = None) -> Mark:
    """Return the mark of the feed of everything, or of one producer; one statement."""
    row = session.execute(
        _public(
            select(
                func.count(),
                func.max(_p.updated_at),
                func.sum(_p.version),
                func.sum(_v.version),
                # Orders take from the stock without a new version.
                func.sum(func.coalesce(_p.stock, -1)),
            ),
            vendor_id,
        )
    ).one()
    return Mark(hashlib.sha256(repr(tuple(row)).encode()).hexdigest()[:32], row[1])


def feed(root: str, title: str, about: str, vendor_id: int | None = None) -> Iterator[str]:
    """Yield the feed as text: published products of active producers, by id; two statements for each 500.

    `root` begins every link. At most `MOST` items.
    """
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
        f"<title>{_said(title)}</title><link>{_said(root)}/</link><description>{_said(about)}</description>\n"
    )
    query = _public(
        select(
            _p.id, _p.slug, _p.name, _p.description, _p.price, _p.stock, _p.min_order, _p.sold_out, _p.category_code,
            _v.name.label("maker"),
        ),
        vendor_id,
    )  # fmt: skip
    last, told = 0, 0
    while told < MOST and (rows := session.execute(query.where(_p.id > last).order_by(_p.id).limit(_BATCH)).all()):
        photos = first_photos([row.id for row in rows])
        yield "".join(_item(row, photos.get(row.id), root) for row in rows)
        last, told = rows[-1].id, told + len(rows)
    yield "</channel></rss>\n"


def _public(query: Any, vendor_id: int | None) -> Any:
    joined = query.select_from(Product.__table__.join(Vendor.__table__, _v.id == _p.vendor_id)).where(
        _p.state == "published", _v.state == "active"
    )
    return joined if vendor_id is None else joined.where(_p.vendor_id == vendor_id)


def _item(row: Any, photo: str | None, root: str) -> str:
    there = not row.sold_out and (row.stock is None or row.stock >= row.min_order)
    shelf = " > ".join(known.name_id for code in reversed(chain(row.category_code)) if (known := shelves().get(code)))
    values = {
        "g:id": str(row.id),
        "title": row.name,
        "description": (row.description or row.name)[:_LONGEST],
        "link": f"{root}/produk/{row.id}-{row.slug}",
        "g:image_link": root + (photo_url(photo, 1280) if photo else f"/bagikan/{row.id}.jpg"),
        "g:availability": "in_stock" if there else "out_of_stock",
        "g:price": f"{row.price} IDR",
        "g:brand": row.maker,
        "g:condition": "new",
        "g:product_type": shelf,
        "g:identifier_exists": "no",
    }
    return "<item>" + "".join(f"<{name}>{_said(text)}</{name}>" for name, text in values.items()) + "</item>\n"


def _said(text: str) -> str:
    return escape(one_line(text))
