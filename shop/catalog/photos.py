"""Photos of a product: drawn anew by us, kept by the hash of their content, the first one on every card."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, Invalid, NotFound
from shop.catalog.editing import begin, refuse_while_judged, touch
from shop.catalog.models import Product, ProductPhoto
from shop.db import session
from shop.storage.files import FileStore
from shop.storage.uploads import read_photo

MAX_PHOTOS: Final = 8
_WIDEST: Final = 1280


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that lies in the store at every width; `key` is the hash of the widest."""

    key: str
    width: int
    height: int


def first_photos(product_ids: Collection[int]) -> dict[int, str]:
    """Return {product: key of its first photo} for those that have one; one statement."""
    rows = session.execute(
        select(ProductPhoto.product_id, ProductPhoto.key)
        .where(ProductPhoto.product_id.in_(product_ids))
        .order_by(ProductPhoto.position.desc(), ProductPhoto.id.desc())
    )
    return dict(rows.all())  # the first photo is written last and stays


def keep_photo(content: bytes, files: FileStore) -> KeptPhoto:
    """Decode a photo, draw it anew at each width and store it. Raises Invalid (field `photo`).

    Apart from `add_photo` because decoding takes a while and needs no transaction: nobody waits for it.
    """
    photo = read_photo(content)
    key = hashlib.sha256(photo.sizes[_WIDEST]).hexdigest()
    for width, drawn in photo.sizes.items():
        files.put(drawn, "webp", key=f"{key}-{width}.webp")
    shown = min(photo.width, _WIDEST)
    return KeptPhoto(key, shown, max(1, photo.height * shown // photo.width))


def add_photo(actor: Actor, product_id: int, kept: KeptPhoto, alt: str, now: datetime) -> None:
    """Put a kept photo behind the others of an own product. Raises Invalid, NotFound, Conflict `too-many-photos`."""
    product = _changing(actor, product_id)
    photos = _photos(product_id)
    if len(photos) >= MAX_PHOTOS:
        raise Conflict("Satu produk paling banyak 8 foto. Hapus satu dahulu.", kind="too-many-photos")
    if any(photo.key == kept.key for photo in photos):
        raise Invalid.at("photo", "Foto ini sudah ada.")
    position = max((photo.position for photo in photos), default=-1) + 1
    session.add(
        ProductPhoto(
            product_id=product_id,
            key=kept.key,
            alt=one_line(alt)[:200],
            width=kept.width,
            height=kept.height,
            position=position,
            added_at=now,
        )
    )
    touch(actor, product, "add_photo", now, key=kept.key)


def first_photo(actor: Actor, product_id: int, photo_id: int, now: datetime) -> None:
    """Make a photo the one on the card; the others keep their order. Raises NotFound."""
    product = _changing(actor, product_id)
    photos = _photos(product_id)
    chosen = _one(photos, photo_id)
    for position, photo in enumerate([chosen, *(photo for photo in photos if photo is not chosen)]):
        photo.position = position
    touch(actor, product, "order_photos", now, first=chosen.key)


def remove_photo(actor: Actor, product_id: int, photo_id: int, now: datetime) -> None:
    """Take a photo off a product; its file stays, since a printed paper may show it. Raises NotFound."""
    product = _changing(actor, product_id)
    photo = _one(_photos(product_id), photo_id)
    session.delete(photo)
    touch(actor, product, "remove_photo", now, key=photo.key)


def describe_photo(actor: Actor, product_id: int, photo_id: int, alt: str, now: datetime) -> None:
    """Say what a photo shows, for whoever does not see it. Raises NotFound."""
    product = begin(actor, product_id)
    photo = _one(_photos(product_id), photo_id)
    photo.alt = one_line(alt)[:200]
    touch(actor, product, "describe_photo", now, key=photo.key)


def _changing(actor: Actor, product_id: int) -> Product:
    product = begin(actor, product_id)
    refuse_while_judged(product)
    return product


def _photos(product_id: int) -> list[ProductPhoto]:
    return list(
        session.scalars(
            select(ProductPhoto)
            .where(ProductPhoto.product_id == product_id)
            .order_by(ProductPhoto.position, ProductPhoto.id)
        )
    )


def _one(photos: list[ProductPhoto], photo_id: int) -> ProductPhoto:
    found = next((photo for photo in photos if photo.id == photo_id), None)
    if found is None:
        raise NotFound("Foto ini tidak ada.")
    return found
