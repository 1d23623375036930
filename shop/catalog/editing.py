"""The one way into and out of a change of an own product. Somebody else's product does not exist here."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.errors import Invalid, NotFound, Stale, WrongState
from shop.catalog import states
from shop.catalog.indexing import post_index
from shop.catalog.models import Product
from shop.catalog.versions import keep_version
from shop.db import session

CHOICES: Final = ("published", "paused", "draft", "archived")
"""States a producer may ask for; from a draft the only way on is to hand it in."""


def own_product(actor: Actor, product_id: int, *, lock: bool = False) -> Product:
    """Return one of the actor's own products. Raises Forbidden without the permission, NotFound for any other product."""
    actor.require(states.MANAGE)
    query = select(Product).where(
        Product.id == product_id, Product.vendor_id == actor.vendor_id, Product.state != "archived"
    )
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("Produk ini tidak ada.")
    return found


def begin(actor: Actor, product_id: int, version: int | None = None) -> Product:
    """Return an own product, locked, for a change. Raises Forbidden, NotFound, Stale when `version` is an older one.

    A listing that came on sale without a photograph (by import) gets its first one here, before it changes.
    """
    product = own_product(actor, product_id, lock=True)
    if version is not None and product.version != version:
        raise Stale
    if product.state == "published":
        keep_version(SYSTEM, product, product.updated_at)
    return product


def refuse_while_judged(product: Product) -> None:
    """Raise WrongState while curators look at the listing: what they judge must not change under their eyes."""
    if product.state == "submitted":
        raise WrongState("Produk ini sedang diperiksa kurator. Tarik kembali dahulu untuk mengubahnya.")


def set_sold_out(actor: Actor, product_id: int, sold_out: bool, now: datetime) -> None:  # noqa: FBT001 - what is said
    """Say in one tap that nothing is left, or that there is again; saying it twice changes nothing. Raises NotFound."""
    product = own_product(actor, product_id, lock=True)
    if product.sold_out != sold_out:
        product.sold_out = sold_out
        touch(actor, product, "sold_out" if sold_out else "back_on_sale", now)


def touch(actor: Actor, product: Product, verb: str, now: datetime, **data: object) -> None:
    """End a change: a new version, a line in the trail, the index asked for, and what buyers see from now on kept."""
    product.updated_at = now
    session.flush()
    if product.state == "published":
        keep_version(actor, product, now)
    trail.record(actor, verb, "product", product.id, now, price=product.price, state=product.state, **data)
    post_index([product.id], now)


def change_state(actor: Actor, product_id: int, version: int, state: str, now: datetime) -> None:
    """Pause a product, sell it again, take it back to draft, or put it away for good, in one tap.

    Raises Invalid for what is no state, NotFound, Stale, and WrongState or Forbidden where the table has no such step.
    """
    product = begin(actor, product_id, version)
    if state not in CHOICES:
        raise Invalid.at("state", "Pilih dijual, jeda, konsep, atau arsip.")
    before = {"state": product.state}
    if product.state == "draft" and state == "published":
        raise WrongState("Kirim produk ini ke kurator dahulu. Setelah diterima, produk langsung dijual.")
    states.move_to(actor, product, state)
    touch(actor, product, "change_product", now, before=before)


def confirm_fresh(actor: Actor, product_id: int, version: int, now: datetime) -> None:
    """Note that the producer looked and everything is still so. Raises NotFound, Stale."""
    product = begin(actor, product_id, version)
    product.checked_on = local_day(now)
    touch(actor, product, "confirm_fresh", now)
