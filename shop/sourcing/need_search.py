"""The answer to a need: producers who can, in a fair and explained order; when they are few, why and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.catalog.offers import Offer
from shop.db import session
from shop.orders import track_record
from shop.orders.track_record import Record
from shop.reference import regions
from shop.sourcing.able import REASONS, Judged
from shop.sourcing.need import CHEAP, FAIR, NEAR, PUNCTUAL, Need
from shop.sourcing.need_helping import Change, Part, changes, together
from shop.sourcing.shelf_walk import look

PER_PAGE: Final = 12
FEW: Final = 3
"""Below so many producers the page says why the others fell out and what would help."""
_EVIDENCE: Final = {"certified": 0, "self_declared": 1}
_UNKNOWN_BP: Final = 9_000
"""A producer without enough deliveries stands among those of nine in ten: a newcomer is neither best nor worst."""
_THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """A producer who can, with its best offer for this need. Rupiah."""

    offer: Offer
    pieces: int
    unit_price: int
    shipping: int
    total: int
    per_head: int
    kecamatan: str
    far: str
    """`kecamatan`, `kota`, or `lain`: how far from the place of delivery."""
    city: str
    record: Record
    chosen: int
    """Orders your office gave this producer in the running quarter."""
    others: int
    """Other offers of the same producer that would do as well."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of producers who can, and what was seen on the way."""

    found: Sequence[Found]
    producers: int
    page: int
    last: int
    seen: int
    whole: bool
    """Whether the shelf was looked through to its end; otherwise there may be more who can."""
    fallen: Sequence[tuple[str, int]]
    """(why as a msgid, how many products), the most frequent first."""
    changes: Sequence[Change]
    together: Sequence[Part]
    together_people: int
    """How many people they could serve together; below the headcount `together` is empty."""


def find(actor: Actor, need: Need, now: datetime, page: int = 1) -> Answer:
    """Return who can. The number of statements is bounded, whatever the size of the catalogue.

    Raises Forbidden, NotFound for a hat without an office.
    """
    actor.require("orders:cart:edit")
    if actor.office_id is None:
        raise NotFound
    chosen = track_record.choices(actor.office_id, now)
    # Only the fair order looks beyond those already chosen: the others want the cheapest, whoever that is.
    spent = frozenset(chosen) if need.order == FAIR else frozenset()
    seen = look(need, actor.office_id, now, spent=spent)
    best = _best(seen.able, need)
    records = track_record.records(best)
    rows = sorted(
        (_found(offers, need, records, chosen) for offers in best.values()),
        key=_key(need, {x.offer.id: x for x in seen.able}),
    )
    last = max(1, -(-len(rows) // PER_PAGE))
    page = min(page, last)
    few = len(rows) < FEW
    parts, people = together(need, seen, now) if few else ((), 0)
    return Answer(
        found=rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        producers=len(rows),
        page=page,
        last=last,
        seen=seen.seen,
        whole=seen.whole,
        fallen=[(REASONS[reason], number) for reason, number in seen.fallen.most_common()],
        changes=changes(need, seen, actor.office_id, now) if few else (),
        together=parts,
        together_people=people,
    )


def _best(able: Sequence[Judged], need: Need) -> dict[int, list[Judged]]:
    """Return each producer's offers, the best one first: one card a producer, however many things it sells."""
    by_vendor: dict[int, list[Judged]] = {}
    for judged in able:
        by_vendor.setdefault(judged.offer.vendor_id, []).append(judged)
    for offers in by_vendor.values():
        if need.order == CHEAP:
            offers.sort(key=lambda x: (x.total, x.place))
        else:
            offers.sort(key=lambda x: (_evidence(x), x.total, x.place))
    return by_vendor


def _evidence(judged: Judged) -> int:
    return _EVIDENCE.get(judged.offer.evidence.evidence, 2)


def _found(offers: Sequence[Judged], need: Need, records: Mapping[int, Record], chosen: Mapping[int, int]) -> Found:
    first = offers[0]
    known = regions.regions(session)
    place, here = known.get(first.offer.vendor_kecamatan), known.get(need.kecamatan)
    city = known.get(place.parent_code or "") if place else None
    far = "lain"
    if place and here:
        far = "kecamatan" if place.code == here.code else "kota" if place.parent_code == here.parent_code else "lain"
    return Found(
        offer=first.offer,
        pieces=first.pieces,
        unit_price=first.unit_price,
        shipping=first.shipping,
        total=first.total,
        per_head=need.per_head(first.total),
        kecamatan=place.name if place else "",
        far=far,
        city=city.name if city else "",
        record=records.get(first.offer.vendor_id, Record()),
        chosen=chosen.get(first.offer.vendor_id, 0),
        others=len(offers) - 1,
    )


def _key(need: Need, judged: Mapping[int, Judged]) -> Any:
    """Return by what rows are ordered; the last word always has today's wheel."""

    def fair(row: Found) -> tuple[Any, ...]:
        known = row.record.on_time_bp
        punctual = -(_UNKNOWN_BP if known is None else known)
        return row.chosen, _evidence(judged[row.offer.id]), row.per_head // _THOUSAND, punctual, _place(row)

    def cheap(row: Found) -> tuple[Any, ...]:
        return row.total, _place(row)

    def punctual(row: Found) -> tuple[Any, ...]:
        known = row.record.on_time_bp
        return known is None, -(known or 0), -row.record.delivered, fair(row)

    def near(row: Found) -> tuple[Any, ...]:
        return ("kecamatan", "kota", "lain").index(row.far), fair(row)

    def _place(row: Found) -> int:
        return judged[row.offer.id].place

    return {CHEAP: cheap, PUNCTUAL: punctual, NEAR: near}.get(need.order, fair)
