"""Reads made for one page each: the product page, a producer's public page, a producer's own list.

Every read is frozen and hashable, so that a drawn page can be kept by exactly what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.catalog.evidence import Paper, Standing, standing
from shop.catalog.models import Certificate, PriceTier, Product, ProductPhoto
from shop.db import session
from shop.vendors.models import Vendor


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
    vendor_kind: str
    kecamatan_code: str
    closed_weekdays: int
    umk: bool
    tiers: tuple[tuple[int, int], ...]
    papers: tuple[Paper, ...]
    photos: tuple[Picture, ...]
    day: date

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


_PRODUCT: Final = (
    Product.id, Product.version, Product.slug, Product.name, Product.category_code, Product.description,
    Product.ingredients, Product.price, Product.unit, Product.min_order, Product.serves, Product.weight_gram,
    Product.stock, Product.daily_capacity, Product.lead_time_hours, Product.halal, Product.pdn, Product.state,
    Product.vendor_id, Vendor.name.label("vendor_name"), Vendor.slug.label("vendor_slug"),
    Vendor.state.label("vendor_state"), Vendor.kind.label("vendor_kind"), Vendor.kecamatan_code,
    Vendor.closed_weekdays, Vendor.size.in_(("mikro", "kecil")).label("umk"),
)
_FACTS: Final = (
    select(*_PRODUCT, PriceTier.min_quantity, PriceTier.price.label("tier_price"))
    .join(Vendor, Vendor.id == Product.vendor_id)
    .outerjoin(PriceTier, PriceTier.product_id == Product.id)
    .order_by(PriceTier.min_quantity)
)
_PAPERS: Final = select(
    Certificate.kind, Certificate.number, Certificate.tkdn_bp, Certificate.bmp_bp, Certificate.issued_on,
    Certificate.valid_until,
).order_by(Certificate.valid_until.desc(), Certificate.id)
_PHOTOS: Final = select(
    ProductPhoto.id, ProductPhoto.key, ProductPhoto.alt, ProductPhoto.width, ProductPhoto.height
).order_by(ProductPhoto.position, ProductPhoto.id)


def product_facts(product_id: int, day: date) -> Facts:
    """Return one product, whatever its state; three statements. Raises NotFound for a draft and for what never was.

    A product that was sold once keeps its page when it is taken off sale: orders and papers point to it.
    """
    rows = session.execute(_FACTS.where(Product.id == product_id)).all()
    if not rows or rows[0].state == "draft":
        raise NotFound("Produk ini tidak ada.")
    papers = session.execute(_PAPERS.where(Certificate.product_id == product_id)).all()
    photos = session.execute(_PHOTOS.where(ProductPhoto.product_id == product_id)).all()
    return Facts(
        *rows[0][: len(_PRODUCT)],
        tiers=tuple((row[-2], row[-1]) for row in rows if row[-2] is not None),
        papers=tuple(Paper(*row) for row in papers),
        photos=tuple(Picture(*row) for row in photos),
        day=day,
    )


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
    row = session.execute(
        select(Vendor.id, Vendor.name, Vendor.slug, Vendor.kind, Vendor.size, Vendor.kecamatan_code, Vendor.story,
               Vendor.closed_weekdays, Vendor.state).where(Vendor.slug == slug, Vendor.state != "suspended")
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
        select(Product.id, Product.version, Product.name, Product.slug, Product.price, Product.unit, Product.stock,
               Product.state, photos)
        .where(mine, Product.state != "archived").order_by(Product.id.desc()).offset(offset).limit(limit)
    )
    total = session.execute(
        select(func.count()).select_from(Product).where(mine, Product.state != "archived")
    ).scalar_one()
    return [OwnRow(*row) for row in rows], total
