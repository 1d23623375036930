"""Reads made for one page each: the product page, a producer's public page, a producer's own list.

Every read is frozen and hashable, so that a drawn page can be kept by exactly what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import BindParameter, Date, bindparam, func, select

from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.catalog.evidence import Paper, Standing, standing
from shop.catalog.models import Certificate, PriceTier, Product, ProductPhoto
from shop.db import session
from shop.vendors.models import UMK_SIZES, Vendor
from shop.vendors.papers import holds_paper


@dataclass(frozen=True, slots=True)
class Picture:
    """One photo of a product; `key` without width and suffix."""

    id: int
    key: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a product page says. Rupiah, basis points, hours, UTC."""

    id: int
    version: int
    slug: str
    name: str
    category_code: str
    description: str
    ingredients: str
    price: int
    unit: str
    min_order: int
    serves: int | None
    weight_gram: int | None
    stock: int | None
    daily_capacity: int | None
    lead_time_hours: int
    halal: bool
    pdn: bool
    state: str
    vendor_id: int
    vendor_name: str
    vendor_slug: str
    vendor_state: str
    kecamatan_code: str
    closed_weekdays: int
    vendor_size: str
    tiers: tuple[tuple[int, int], ...]
    papers: tuple[Paper, ...]
    photos: tuple[Picture, ...]
    day: date

    @property
    def umk(self) -> bool:
        """Whether buying it counts as UMK spending."""
        return self.vendor_size in UMK_SIZES

    @property
    def for_sale(self) -> bool:
        """Whether it may be ordered at all."""
        return self.state == "published" and self.vendor_state == "active"

    @property
    def available(self) -> bool:
        """Whether the smallest order can be met from the shelf, or is made to order."""
        return self.for_sale and (self.stock is None or self.stock >= self.min_order)

    @property
    def proof(self) -> Standing:
        """What TKDN evidence counts on `day`."""
        return standing(self.papers, self.day)


# Plain tables and prepared questions: a product page is asked for too often to go through the mapper each time.
_p, _v, _t = Product.__table__.c, Vendor.__table__.c, PriceTier.__table__.c
_c, _f = Certificate.__table__.c, ProductPhoto.__table__.c
_PRODUCT: Final = (
    _p.id,
    _p.version,
    _p.slug,
    _p.name,
    _p.category_code,
    _p.description,
    _p.ingredients,
    _p.price,
    _p.unit,
    _p.min_order,
    _p.serves,
    _p.weight_gram,
    _p.stock,
    _p.daily_capacity,
    _p.lead_time_hours,
    (_p.halal & holds_paper("halal", _v.id, bindparam("day", type_=Date))).label("halal"),
    _p.pdn,
    _p.state,
    _p.vendor_id,
    _v.name.label("vendor_name"),
    _v.slug.label("vendor_slug"),
    _v.state.label("vendor_state"),
    _v.kecamatan_code,
    _v.closed_weekdays,
    _v.size.label("vendor_size"),
)
_SLUG: Final = re.compile("[a-z0-9-]{1,100}")
_ID: Final[BindParameter[int]] = bindparam("id")
_FACTS: Final = (
    select(*_PRODUCT, _t.min_quantity, _t.price.label("tier_price"))
    .select_from(
        Product.__table__.join(Vendor.__table__, _v.id == _p.vendor_id).outerjoin(
            PriceTier.__table__, _t.product_id == _p.id
        )
    )
    .where(_p.id == _ID)
    .order_by(_t.min_quantity)
)
_PAPERS: Final = (
    select(_c.kind, _c.number, _c.tkdn_bp, _c.bmp_bp, _c.issued_on, _c.valid_until)
    .where(_c.product_id == _ID)
    .order_by(_c.valid_until.desc(), _c.id)
)
_PHOTOS: Final = (
    select(_f.id, _f.key, _f.alt, _f.width, _f.height).where(_f.product_id == _ID).order_by(_f.position, _f.id)
)


def product_facts(product_id: int, day: date) -> Facts:
    """Return one product, whatever its state; three statements. Raises NotFound for a draft and for what never was.

    A product that was sold once keeps its page when it is taken off sale: orders and papers point to it.
    """
    connection, wanted = session.connection(), {"id": product_id}
    rows: Sequence[Any] = connection.execute(_FACTS, wanted | {"day": day}).all()
    if not rows or rows[0].state == "draft":
        raise NotFound("Produk ini tidak ada.")
    tiers = tuple((row[-2], row[-1]) for row in rows if row[-2] is not None)
    papers = tuple(Paper(*row) for row in connection.execute(_PAPERS, wanted))
    photos = tuple(Picture(*row) for row in connection.execute(_PHOTOS, wanted))
    told: Any = (*rows[0][: len(_PRODUCT)], tiers, papers, photos, day)
    return Facts(*told)


def photos_of(product_id: int) -> tuple[Picture, ...]:
    """Return the photos of a product in their order."""
    return tuple(Picture(*row) for row in session.execute(_PHOTOS, {"id": product_id}))


@dataclass(frozen=True, slots=True)
class Maker:
    """A producer as the public sees it: nothing of identity numbers, bank or address."""

    id: int
    name: str
    slug: str
    kind: str
    size: str
    kecamatan_code: str
    story: str
    closed_weekdays: int
    state: str


def maker(slug: str) -> Maker:
    """Return an active or paused producer by slug. Raises NotFound."""
    if not _SLUG.fullmatch(slug):
        raise NotFound("Produsen ini tidak ada.")
    row = session.execute(
        select(
            Vendor.id,
            Vendor.name,
            Vendor.slug,
            Vendor.kind,
            Vendor.size,
            Vendor.kecamatan_code,
            Vendor.story,
            Vendor.closed_weekdays,
            Vendor.state,
        ).where(Vendor.slug == slug, Vendor.state != "suspended")
    ).first()
    if row is None:
        raise NotFound("Produsen ini tidak ada.")
    return Maker(*row)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One product in its producer's list."""

    id: int
    version: int
    name: str
    slug: str
    price: int
    unit: str
    stock: int | None
    state: str
    photos: int


def own_products(actor: Actor, offset: int = 0, limit: int = 50) -> tuple[Sequence[OwnRow], int]:
    """Return one page of the actor's own products, newest first, and how many there are; two statements."""
    actor.require("catalog:product:read_own")
    mine: Any = Product.vendor_id == actor.vendor_id
    photos = (
        select(func.count()).select_from(ProductPhoto).where(ProductPhoto.product_id == Product.id).scalar_subquery()
    )
    rows = session.execute(
        select(
            Product.id,
            Product.version,
            Product.name,
            Product.slug,
            Product.price,
            Product.unit,
            Product.stock,
            Product.state,
            photos,
        )
        .where(mine, Product.state != "archived")
        .order_by(Product.id.desc())
        .offset(offset)
        .limit(limit)
    )
    total = session.execute(
        select(func.count()).select_from(Product).where(mine, Product.state != "archived")
    ).scalar_one()
    return [OwnRow(*row) for row in rows], total
