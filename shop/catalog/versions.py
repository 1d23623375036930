"""Every version that buyers saw: photographed whenever a listing is published or changed while it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select

from shop.accounts.models import UserAccount
from shop.base.actor import Actor
from shop.catalog.models import LeadTier, PriceTier, Product, ProductPhoto, ProductVersion
from shop.db import session

_FIELDS: Final = (
    "name", "category_code", "description", "ingredients", "allergens", "attributes", "price", "unit", "min_order", "serves",
    "weight_gram", "daily_capacity", "lead_time_hours", "halal", "pdn", "variant_of", "variant_label",
)  # fmt: skip
CURATED: Final = (
    "name", "category_code", "description", "ingredients", "allergens", "attributes", "unit", "serves", "halal", "pdn",
    "variant_label", "photos",
)  # fmt: skip
"""What curators judge. Prices, stock, capacity and lead times change without them."""


def content_of(product: Product) -> dict[str, Any]:
    """Return everything a listing says, as plain values: price tiers, lead times and photos included. Three statements."""
    return contents_of([product])[product.id]


def contents_of(products: Sequence[Product]) -> dict[int, dict[str, Any]]:
    """Return `content_of` each product by its id, in three statements whatever their number."""
    ids = [product.id for product in products]
    tiers, leads, photos = (
        defaultdict[int, list[Any]](list),
        defaultdict[int, list[Any]](list),
        defaultdict[int, list[Any]](list),
    )
    for number, *step in session.execute(
        select(PriceTier.product_id, PriceTier.min_quantity, PriceTier.price)
        .where(PriceTier.product_id.in_(ids))
        .order_by(PriceTier.min_quantity)
    ):
        tiers[number].append(step)
    for number, *step in session.execute(
        select(LeadTier.product_id, LeadTier.min_quantity, LeadTier.hours)
        .where(LeadTier.product_id.in_(ids))
        .order_by(LeadTier.min_quantity)
    ):
        leads[number].append(step)
    for number, key in session.execute(
        select(ProductPhoto.product_id, ProductPhoto.key)
        .where(ProductPhoto.product_id.in_(ids))
        .order_by(ProductPhoto.position, ProductPhoto.id)
    ):
        photos[number].append(key)
    return {
        product.id: {name: getattr(product, name) for name in _FIELDS}
        | {"tiers": tiers[product.id], "lead_tiers": leads[product.id], "photos": photos[product.id]}
        for product in products
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return {field: (before, after)} of what differs between two contents, in the order of the fields."""
    names = dict.fromkeys((*before, *after))
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def keep_version(actor: Actor, product: Product, now: datetime) -> None:
    """Photograph a published product as buyers see it from now on. Call once in a unit of work, after every change.

    The same content again keeps no second photograph.
    """
    session.flush()
    keep_versions(actor, [product.id], now)


def keep_versions(actor: Actor, ids: Sequence[int], now: datetime) -> None:
    """Do what `keep_version` does for many products (at most a few hundred at once), in six statements."""
    if not ids:
        return
    products = session.scalars(select(Product).where(Product.id.in_(ids))).all()
    newest = (
        select(ProductVersion.product_id, func.max(ProductVersion.version).label("version"))
        .where(ProductVersion.product_id.in_(ids))
        .group_by(ProductVersion.product_id)
        .subquery()
    )
    last: dict[int, Any] = dict(
        iter(
            session.execute(
                select(ProductVersion.product_id, ProductVersion.content).join(
                    newest,
                    (newest.c.product_id == ProductVersion.product_id) & (newest.c.version == ProductVersion.version),
                )
            )
        )
    )
    contents = contents_of(products)
    fresh = [
        {
            "product_id": product.id,
            "version": product.version,
            "content": contents[product.id],
            "kept_at": now,
            "kept_by": actor.user_id,
        }
        for product in products
        if last.get(product.id) != contents[product.id]
    ]
    if fresh:
        session.execute(insert(ProductVersion), fresh)


@dataclass(frozen=True, slots=True)
class Kept:
    """One version in the history: since when, who kept it, and {field: (before, after)}; the first has nothing before."""

    version: int
    kept_at: datetime
    by: str
    changes: dict[str, tuple[Any, Any]]


def history(product_id: int, offset: int = 0, limit: int = 20) -> tuple[list[Kept], int]:
    """Return one page of what buyers saw, newest first, and how many versions there are; two statements."""
    rows = session.execute(
        select(ProductVersion.version, ProductVersion.content, ProductVersion.kept_at, UserAccount.name)
        .outerjoin(UserAccount, UserAccount.id == ProductVersion.kept_by)
        .where(ProductVersion.product_id == product_id)
        .order_by(ProductVersion.version.desc())
        .offset(offset)
        .limit(limit + 1)  # the one before the last shown is what that is compared with
    ).all()
    total = session.execute(
        select(func.count()).select_from(ProductVersion).where(ProductVersion.product_id == product_id)
    ).scalar_one()
    before: list[Any] = [*(row.content for row in rows[1:]), None][: len(rows)]
    shown = [
        Kept(row.version, row.kept_at, row.name or "", changes(old, row.content) if old is not None else {})
        for row, old in zip(rows, before, strict=True)
    ]
    return shown[:limit], total
