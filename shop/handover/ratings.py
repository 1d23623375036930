"""Ratings on facts: punctuality from the stamp, the rest as yes or no. Counts are kept, and shown from five on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Table, delete, insert, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, WrongState
from shop.budgets import pagu
from shop.db import session
from shop.handover.models import Rating, RatingCount
from shop.kept import adding
from shop.orders.loading import lock_order
from shop.orders.models import OrderLine

RATE: Final = "handover:order:rate"
LEAST: Final = 5
"""Ratings below which nothing is shown: two opinions are not a record (our policy)."""
MAX_WORDS: Final = 300
RATED: Final = ("received", "paid", "closed")
_counts: Final[Table] = RatingCount.__table__  # type: ignore[assignment]
_SUMS: Final = ("ratings", "stamped", "on_time", "as_ordered", "packed", "tasted", "tasty")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an office says: was it as ordered, well packed, and (for food) good? None: not asked or not tasted."""

    as_ordered: bool | None
    packed: bool | None
    tasty: bool | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Kept counts of one producer or product: how many of how many."""

    ratings: int
    stamped: int
    on_time: int
    as_ordered: int
    packed: int
    tasted: int
    tasty: int


NOTHING: Final = Shown(0, 0, 0, 0, 0, 0, 0)
"""Counts of what nobody has rated."""


def rate(actor: Actor, order_id: int, opinion: Opinion, now: datetime) -> Rating:
    """Rate a received order once, as its buyer or PPK. Raises Invalid, Forbidden, WrongState, Conflict `rated`."""
    order = lock_order(actor, order_id)
    actor.require(RATE)
    if not (actor.acts_for(order.placed_by) or actor.acts_for(pagu.read_package(order.package_id).ppk_id)):
        raise Forbidden("Hanya pemesan atau PPK paket ini yang boleh menilai.")
    if order.state not in RATED:
        raise WrongState("Penilaian dibuka setelah barang diterima.")
    words = one_line(opinion.words)
    faults = [
        fault
        for name, value in (("as_ordered", opinion.as_ordered), ("packed", opinion.packed))
        if value is None
        for fault in Invalid.at(name, "Pilih ya atau tidak.").faults
    ]
    if len(words) > MAX_WORDS:
        faults += Invalid.at("words", "Paling panjang 300 huruf.").faults
    if faults:
        raise Invalid(faults=tuple(faults))
    if session.get(Rating, order_id) is not None:
        raise Conflict("Pesanan ini sudah dinilai.", kind="rated")
    rating = Rating(
        order_id=order_id, vendor_id=order.vendor_id, minutes_late=_minutes_late(order_id),
        as_ordered=bool(opinion.as_ordered), packed=bool(opinion.packed), tasty=opinion.tasty, words=words,
        by=actor.user_id, at=now,
    )  # fmt: skip
    session.add(rating)
    session.flush()
    _count(rating, {line.product_id for line in order.lines})
    trail.record(
        actor, "rate", "order", order_id, now, as_ordered=rating.as_ordered, packed=rating.packed, tasty=rating.tasty
    )
    return rating


def shown(subject: str, subject_id: int) -> Shown | None:
    """Return the counts of a `vendor` or `product`, None below five ratings; one statement along the key."""
    return some_shown(subject, (subject_id,)).get(subject_id)


def some_shown(subject: str, subject_ids: Collection[int]) -> Mapping[int, Shown]:
    """Return {id: counts} of those that have at least five ratings; one statement."""
    query = select(_counts.c.subject_id, *(_counts.c[name] for name in _SUMS)).where(
        _counts.c.subject == subject, _counts.c.subject_id.in_(subject_ids), _counts.c.ratings >= LEAST
    )
    return {row.subject_id: Shown(*row[1:]) for row in session.execute(query)}


def differences() -> list[tuple[str, int]]:
    """Return (subject, id) of kept counts that are not what the ratings say; reads all ratings."""
    wanted = _from_ratings()
    kept = {
        (row.subject, row.subject_id): tuple(getattr(row, name) for name in _SUMS)
        for row in session.execute(select(_counts))
    }
    return sorted(key for key in wanted.keys() | kept.keys() if wanted.get(key) != kept.get(key))


def rebuild() -> int:
    """Make the kept counts anew from the ratings and return how many there are."""
    wanted = _from_ratings()
    session.execute(delete(_counts))
    rows = [
        {"subject": subject, "subject_id": number} | dict(zip(_SUMS, sums, strict=True))
        for (subject, number), sums in wanted.items()
    ]
    if rows:
        session.execute(insert(_counts), rows)
    return len(rows)


def _from_ratings() -> dict[tuple[str, int], tuple[int, ...]]:
    found: dict[tuple[str, int], tuple[int, ...]] = {}
    query = select(Rating, OrderLine.product_id).join(OrderLine, OrderLine.order_id == Rating.order_id)
    seen: set[tuple[int, str, int]] = set()
    for rating, product_id in session.execute(query.execution_options(yield_per=500)):
        for key in (("vendor", rating.vendor_id), ("product", product_id)):
            if (rating.order_id, *key) not in seen:
                seen.add((rating.order_id, *key))
                found[key] = tuple(map(sum, zip(found.get(key, (0,) * len(_SUMS)), _sums(rating), strict=True)))
    return found


def _sums(rating: Rating) -> tuple[int, ...]:
    stamped, tasted = rating.minutes_late is not None, rating.tasty is not None
    return (
        1, int(stamped), int(rating.minutes_late == 0), int(rating.as_ordered), int(rating.packed), int(tasted),
        int(bool(rating.tasty)),
    )  # fmt: skip


def _count(rating: Rating, product_ids: Collection[int]) -> None:
    sums = dict(zip(_SUMS, _sums(rating), strict=True))
    keys = [("product", product_id) for product_id in sorted(product_ids)] + [("vendor", rating.vendor_id)]
    rows = [{"subject": subject, "subject_id": number} | sums for subject, number in keys]
    session.execute(adding(_counts, ("subject", "subject_id"), _SUMS), rows)


def _minutes_late(order_id: int) -> int | None:
    """Return the minutes stamped at the first arrival: what came again later does not make it worse or better."""
    stamps = [row.data.get("minutes_late") for row in trail.history("order", order_id) if row.verb == "arrive"]
    return stamps[0] if stamps and isinstance(stamps[0], int) else None
