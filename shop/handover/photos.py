"""Photos of a delivery: of the kitchen or courier, of what was refused, of what a complaint is about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Conflict, NotFound, WrongState
from shop.catalog.photos import KeptPhoto
from shop.db import session
from shop.handover.models import HandoverPhoto
from shop.orders.loading import lock_order
from shop.storage.files import FileStore
from shop.storage.uploads import read_photo

MOST: Final = 6
"""Photos a producer may add to one delivery."""
WIDTH: Final = 1280
SMALL: Final = 640
"""Pixels across on a screen, and on a paper."""
MOMENTS: Final = ("confirmed", "ready", "on_the_way", "arrived")


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo that lies in the store already, and the order line it shows, if one."""

    photo: KeptPhoto
    line_id: int | None = None


def draw(content: bytes, files: FileStore, field: str, line_id: int | None = None) -> Shot:
    """Draw an upload anew and store it, before any lock is taken. Raises Invalid at `field` for what is no photo.

    Under names of their own: photos of goods are everybody's at `/foto/`, these are the order's alone.
    """
    photo = read_photo(content, field)
    stem = hashlib.sha256(photo.sizes[WIDTH]).hexdigest()
    for width in (WIDTH, SMALL):
        files.put(photo.sizes[width], "webp", key=stored(stem, width))
    shown = min(photo.width, WIDTH)
    return Shot(KeptPhoto(stem, shown, max(1, photo.height * shown // photo.width)), line_id)


def add(actor: Actor, order_id: int, shot: Shot, now: datetime) -> None:
    """Add a photo of the delivery as its producer. Raises WrongState before and after the delivery, Conflict after six."""
    actor.require("handover:photo:add")
    order = lock_order(actor, order_id)
    if order.state not in MOMENTS:
        raise WrongState("Foto kiriman ditambahkan sejak pesanan diterima sampai barang diperiksa.")
    count = session.scalar(
        select(func.count()).where(HandoverPhoto.order_id == order_id, HandoverPhoto.moment == "delivery")
    )
    if (count or 0) >= MOST:
        raise Conflict("Satu pesanan paling banyak 6 foto kiriman.", kind="too-many-photos")
    keep(actor, order_id, "delivery", shot, now)
    trail.record(actor, "photo_added", "order", order_id, now)


def keep(
    actor: Actor,
    order_id: int,
    moment: str,
    shot: Shot,
    now: datetime,
    *,
    receipt_id: int | None = None,
    complaint_id: int | None = None,
) -> None:
    """Hang a stored photo on an order; the same photo twice is one."""
    known = select(HandoverPhoto.id).where(HandoverPhoto.order_id == order_id, HandoverPhoto.key == shot.photo.key)
    if session.execute(known).first():
        return
    session.add(
        HandoverPhoto(
            order_id=order_id, key=shot.photo.key, moment=moment, receipt_id=receipt_id, complaint_id=complaint_id,
            line_id=shot.line_id, width=shot.photo.width, height=shot.photo.height, by=actor.user_id, at=now,
        )
    )  # fmt: skip
    session.flush()


def file_key(order_id: int, key: str, complaint_id: int | None = None) -> str:
    """Return the file of an order's photo (of one complaint only, if given). Raises NotFound: a key alone opens nothing."""
    stem = key.removesuffix(".webp")
    if len(stem) != 64 or not stem.isalnum() or not stem.isascii():  # noqa: PLR2004 - hex digits of a SHA-256
        raise NotFound("Foto ini tidak ada.")
    query = select(HandoverPhoto.id).where(HandoverPhoto.order_id == order_id, HandoverPhoto.key == stem)
    if complaint_id is not None:
        query = query.where(HandoverPhoto.complaint_id == complaint_id)
    if session.execute(query).first() is None:
        raise NotFound("Foto ini tidak ada.")
    return stored(stem, WIDTH)


def stored(key: str, width: int) -> str:
    """Return the file of a photo at one width; the `p` keeps it away from the public door of the goods' photos."""
    return f"{key}-p{width}.webp"
