"""Reads made for one page each: the product page, a producer's public page, a producer's own list.

Every read is frozen and hashable, so that a drawn page can be kept by exactly what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BindParameter, Date, bindparam, or_, select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import NotFound
from shop.catalog import checklist, states
from shop.catalog.evidence import Paper, Standing, standing
from shop.catalog.models import Certificate, LeadTier, PriceTier, Product, ProductPhoto
from shop.db import session
from shop.vendors import places
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
class Variant:
    """Another size or taste of the same product, on sale."""

    id: int
    slug: str
    name: str
    label: str
    price: int


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
    sold_out: bool
    checked_on: date | None
    updated_at: datetime
    variant_of: int | None
    variant_label: str
    state: str
    vendor_id: int
    vendor_name: str
    vendor_slug: str
    vendor_state: str
    kecamatan_code: str
    closed_weekdays: int
    vendor_size: str
    attributes: tuple[tuple[str, Any], ...]
    allergens: tuple[str, ...]
    tiers: tuple[tuple[int, int], ...]
    leads: tuple[tuple[int, int], ...]
    variants: tuple[Variant, ...]
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
        return self.for_sale and not self.sold_out and (self.stock is None or self.stock >= self.min_order)

    @property
    def old_since(self) -> date | None:
        """The day the producer last looked at it, when that is longer ago than buyers may take for granted."""
        updated = local_day(self.updated_at)
        if not checklist.stale(self.checked_on, updated, self.day):
            return None
        return checklist.last_checked(self.checked_on, updated)

    @property
    def proof(self) -> Standing:
        """What TKDN evidence counts on `day`."""
        return standing(self.papers, self.day)


# Plain tables and prepared questions: a product page is asked for too often to go through the mapper each time.
_p, _v, _t = Product.__table__.c, Vendor.__table__.c, PriceTier.__table__.c
_c, _f, _l = Certificate.__table__.c, ProductPhoto.__table__.c, LeadTier.__table__.c
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
    _p.sold_out,
    _p.checked_on,
    _p.updated_at,
    _p.variant_of,
    _p.variant_label,
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
    select(*_PRODUCT, _p.attributes, _p.allergens, _t.min_quantity, _t.price.label("tier_price"))
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
_LEADS: Final = select(_l.min_quantity, _l.hours).where(_l.product_id == _ID).order_by(_l.min_quantity)
_ROOT: Final[BindParameter[int]] = bindparam("root")
_VARIANTS: Final = (
    select(_p.id, _p.slug, _p.name, _p.variant_label, _p.price)
    .where(or_(_p.variant_of == _ROOT, _p.id == _ROOT), _p.id != _ID, _p.state == "published")
    .order_by(_p.price, _p.id)
)
_UNSEEN: Final = {"draft", "submitted"}


def preview(actor: Actor, product_id: int, day: date) -> Facts:
    """Return a product as buyers would see it, a draft too: to its producer, and to curators of its place.

    Raises NotFound for everybody else.
    """
    facts = product_facts(product_id, day, unseen=True)
    if not may_look(actor, facts.vendor_id, facts.kecamatan_code):
        raise NotFound("Produk ini tidak ada.")
    return facts


def may_look(actor: Actor, vendor_id: int, kecamatan_code: str) -> bool:
    """Return whether somebody may see what is not public of a producer's listing."""
    if actor.vendor_id is not None:
        return actor.vendor_id == vendor_id and actor.may("catalog:product:read_own")
    return actor.may("audit:trail:read") or (actor.may(states.CURATE) and places.covers(actor, kecamatan_code))


def product_facts(product_id: int, day: date, *, unseen: bool = False) -> Facts:
    """Return one product, whatever its state; five statements. Raises NotFound for what is not there.

    Neither is what buyers have not seen yet, unless `unseen` is asked for. A product that was sold once keeps its page when it is taken off sale: orders and papers point to it.
    """
    connection, wanted = session.connection(), {"id": product_id}
    rows: Sequence[Any] = connection.execute(_FACTS, wanted | {"day": day}).all()
    if not rows or (rows[0].state in _UNSEEN and not unseen):
        raise NotFound("Produk ini tidak ada.")
    tiers = tuple((row[-2], row[-1]) for row in rows if row[-2] is not None)
    papers = tuple(Paper(*row) for row in connection.execute(_PAPERS, wanted))
    photos = tuple(Picture(*row) for row in connection.execute(_PHOTOS, wanted))
    leads = tuple((row[0], row[1]) for row in connection.execute(_LEADS, wanted))
    root = rows[0].variant_of or product_id
    variants = tuple(Variant(*row) for row in connection.execute(_VARIANTS, wanted | {"root": root}))
    told: Any = (
        *rows[0][: len(_PRODUCT)], tuple(rows[0].attributes.items()), tuple(rows[0].allergens),
        tiers, leads, variants, papers, photos, day,
    )  # fmt: skip
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
        ).where(Vendor.slug == slug, Vendor.state.in_(("active", "paused")))
    ).first()
    if row is None:
        raise NotFound("Produsen ini tidak ada.")
    return Maker(*row)


def own_slug(actor: Actor) -> str:
    """Return the slug of the actor's producer. Raises Forbidden, and NotFound for a hat without one."""
    actor.require("catalog:product:read_own")
    found = session.execute(select(Vendor.slug).where(Vendor.id == actor.vendor_id)).scalar_one_or_none()
    if found is None:
        raise NotFound("Produsen ini tidak ada.")
    return found
