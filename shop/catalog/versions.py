"""Every version that buyers saw: photographed whenever a listing is published or changed while it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

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
    tiers = session.execute(
        select(PriceTier.min_quantity, PriceTier.price)
        .where(PriceTier.product_id == product.id)
        .order_by(PriceTier.min_quantity)
    )
    leads = session.execute(
        select(LeadTier.min_quantity, LeadTier.hours)
        .where(LeadTier.product_id == product.id)
        .order_by(LeadTier.min_quantity)
    )
    photos = session.scalars(
        select(ProductPhoto.key)
        .where(ProductPhoto.product_id == product.id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
    )
    return {name: getattr(product, name) for name in _FIELDS} | {
        "tiers": [list(row) for row in tiers],
        "lead_tiers": [list(row) for row in leads],
        "photos": list(photos),
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
    content = content_of(product)
    last = session.scalars(
        select(ProductVersion).where(ProductVersion.product_id == product.id).order_by(ProductVersion.version.desc())
    ).first()
    if last is not None and last.content == content:
        return
    session.add(
        ProductVersion(
            product_id=product.id, version=product.version, content=content, kept_at=now, kept_by=actor.user_id
        )
    )
    session.flush()


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
    before: list[Any] = [*(row.content for row in rows[1:]), None]
    shown = [
        Kept(row.version, row.kept_at, row.name or "", changes(old, row.content) if old is not None else {})
        for row, old in zip(rows, before, strict=True)
    ]
    return shown[:limit], total
