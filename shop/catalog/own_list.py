"""A producer's own products, one page at a time, each with what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Invalid
from shop.catalog import checklist, states
from shop.catalog.models import Product, ProductPhoto
from shop.db import session

FILTERS: Final = ("draft", "submitted", "published", "paused")
_NEXT: Final = {
    "draft": "Lengkapi, lalu kirim ke kurator.",
    "submitted": "Tunggu kurator. Anda diberi tahu bila ada putusan.",
    "paused": "Jual lagi bila Anda siap menerima pesanan.",
}


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One product in its producer's list. Rupiah; `photo` is the key of the one on the card."""

    id: int
    version: int
    name: str
    slug: str
    price: int
    unit: str
    stock: int | None
    sold_out: bool
    state: str
    checked_on: date | None
    updated_at: datetime
    photo: str | None

    def old(self, today: date) -> bool:
        """Return whether buyers are told that it was not looked at for long."""
        return self.state == "published" and checklist.stale(self.checked_on, local_day(self.updated_at), today)

    def next(self, today: date) -> str:
        """Return what the producer does now, a msgid; empty when there is nothing to do."""
        if self.state != "published":
            return _NEXT.get(self.state, "")
        if self.sold_out:
            return "Ditandai habis. Buka lagi bila sudah ada."
        if self.old(today):
            return "Sudah lama tidak diperiksa. Masih sama semuanya?"
        return "" if self.photo else "Pasang foto: produk dengan foto lebih sering dipilih."


def own_products(
    actor: Actor, state: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[OwnRow], Mapping[str, int]]:
    """Return one page of the actor's own products, newest first, and how many there are of each state; two statements.

    Raises Invalid for a state there is not.
    """
    actor.require("catalog:product:read_own")
    if state and state not in FILTERS:
        raise Invalid.at("status", "Pilihan %(value)s tidak dikenal.", value=state[:40])
    mine: Any = Product.vendor_id == actor.vendor_id
    photo = (
        select(ProductPhoto.key)
        .where(ProductPhoto.product_id == Product.id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Product.id, Product.version, Product.name, Product.slug, Product.price, Product.unit, Product.stock,
            Product.sold_out, Product.state, Product.checked_on, Product.updated_at, photo,
        )
        .where(mine, Product.state == state if state else Product.state != "archived")
        .order_by(Product.id.desc())
        .offset(offset)
        .limit(limit)
    )  # fmt: skip
    counts = session.execute(
        select(Product.state, func.count()).where(mine, Product.state != "archived").group_by(Product.state)
    )
    return [OwnRow(*row) for row in rows], {row[0]: row[1] for row in counts}


def labels() -> list[tuple[str, str]]:
    """Return the states to filter by with their words."""
    return [(state, states.LABELS[state]) for state in FILTERS]
