"""The queue of one curator's hat: oldest first, along an index, the same few statements however many wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select, tuple_

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import Invalid
from shop.catalog import places
from shop.catalog.cards import photo_url
from shop.catalog.categories import shelves
from shop.curation import scope
from shop.curation.models import CurationCase
from shop.db import session
from shop.vendors import conflicts
from shop.vendors.models import Vendor

SIZE: Final = 20
MOST: Final = 999
"""Counts are told up to here; behind it stands "more than"."""
LANES: Final = {"food": "Makanan", "goods": "Barang", "service": "Jasa", "recheck": "Periksa ulang"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ORDER: Final = (CurationCase.waiting_since, CurationCase.id)
_PLACE: Final = tuple_(*_ORDER)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the queue. `days` are whole Jakarta days since it came to this stage."""

    id: int
    name: str
    maker: str
    kecamatan: str
    image: str | None
    art: str
    since: datetime
    days: int
    round: int
    recheck: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue. `count` is at most MOST + 1: more than that is not counted."""

    rows: Sequence[Waiting]
    count: int
    following: str | None
    """Where the next page begins, None on the last one."""


def read_queue(actor: Actor, lane: str | None, after: str | None, now: datetime) -> Queue:
    """Return a page of what this hat may decide now. Raises Forbidden, Invalid for a lane or place there is not."""
    rows = session.execute(
        _mine(
            actor,
            lane,
            now,
            CurationCase.id,
            CurationCase.content,
            CurationCase.waiting_since,
            CurationCase.round,
            CurationCase.recheck,
            CurationCase.kecamatan_code,
            Vendor.name.label("maker"),
        )
        .join(Vendor, Vendor.id == CurationCase.vendor_id)
        .where(*([place_from(after) < _PLACE] if after else ()))
        .order_by(*_ORDER)
        .limit(SIZE + 1)
    ).all()
    shown, more = rows[:SIZE], len(rows) > SIZE
    return Queue(
        [_waiting(row, now) for row in shown],
        count(actor, lane, now),
        place_of(shown[-1].waiting_since, shown[-1].id) if more else None,
    )


def count(actor: Actor, lane: str | None, now: datetime) -> int:
    """Return how many wait for this hat, MOST + 1 for more than MOST."""
    some = _mine(actor, lane, now, CurationCase.id).limit(MOST + 1).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def beside(actor: Actor, case: CurationCase, lane: str | None, now: datetime) -> tuple[int | None, int | None]:
    """Return the ids of the cases before and after one in this hat's queue; after the last comes the first."""
    here = (case.waiting_since, case.id)
    mine = _mine(actor, lane, now, CurationCase.id)
    before = mine.where(here > _PLACE).order_by(*(part.desc() for part in _ORDER)).limit(1)
    after = mine.where(here < _PLACE).order_by(*_ORDER).limit(1)
    first = mine.where(CurationCase.id != case.id).order_by(*_ORDER).limit(1)
    following = session.scalars(after).first() or session.scalars(first).first()
    return session.scalars(before).first(), following


def lane_from(text: str | None) -> str | None:
    """Read the lane of an address; empty means all. Raises Invalid."""
    if not text or text in LANES:
        return text or None
    raise Invalid.at("jalur", "Pilih makanan, barang, jasa, atau periksa ulang.")


def place_of(since: datetime, case_id: int) -> str:
    """Return a place in the queue as it stands in an address."""
    return f"{(since - _EPOCH) // timedelta(microseconds=1)}-{case_id}"


def place_from(text: str) -> tuple[datetime, int]:
    """Read a place back. Raises Invalid when it is none."""
    since, dash, number = text.partition("-")
    if not (dash and text.isascii() and since.isdigit() and number.isdigit()) or max(len(since), len(number)) > 16:  # noqa: PLR2004
        raise Invalid.at("setelah", "Buka antrean dari awal.")
    return _EPOCH + timedelta(microseconds=int(since)), int(number)


def _mine(actor: Actor, lane: str | None, now: datetime, *columns: Any) -> Select[Any]:
    """Select what waits at the stage of this hat, without the shops the person keeps out of and what it decided before."""
    stage = scope.stage_of(actor)
    mine = select(*columns).where(CurationCase.state == stage, scope.visible(actor))
    if lane:
        mine = mine.where(CurationCase.lane == lane)
    if actor.user_id is not None and (barred := conflicts.barred_vendors(actor.user_id, local_day(now))):
        mine = mine.where(CurationCase.vendor_id.not_in(barred))
    return mine.where(~scope.judged_before(actor)) if stage == "province" else mine


def _waiting(row: Any, now: datetime) -> Waiting:
    photos = row.content["photos"]
    shelf = shelves().get(row.content["category_code"])
    return Waiting(
        row.id,
        row.content["name"],
        row.maker,
        places.kecamatan().get(row.kecamatan_code, ""),
        photo_url(photos[0], 320) if photos else None,
        shelf.art if shelf else "umum",
        row.waiting_since,
        (local_day(now) - local_day(row.waiting_since)).days,
        row.round,
        row.recheck,
    )
