"""What goes along with a request beside its lines: several places, papers, and the officer's own words, kept until sending."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from shop.base.errors import NotFound
from shop.orders import places
from shop.orders.attaching import KINDS, NewPaper
from shop.orders.wish import Delivery, Place

Why = tuple[str, str, str]
"""Reason of the fixed list, words, why it may be imported."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the officer wrote while choosing: to the warnings, and why this one, by product."""

    note: str = ""
    why: Mapping[int, Why] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper of a request; `number` counts from 1, `label` is a msgid."""

    number: int
    label: str
    key: str
    name: str


def of_places(wanted: Sequence[Place]) -> list[dict[str, Any]]:
    """Return places as they are kept: moments as text, shares as pairs."""
    return [asdict(place) | {"at": place.at and place.at.isoformat()} for place in wanted]


def places_for(kept: Sequence[Mapping[str, Any]], product_ids: Collection[int]) -> tuple[Place, ...]:
    """Return the kept places with what goes there of these products; those that nothing goes to are left out."""
    read = [
        Place(**{**one, "shares": tuple((of, n) for of, n in one["shares"]), "at": _moment(one["at"])}) for one in kept
    ]
    return places.for_products(read, product_ids)


def whither(main: Delivery, stops: Sequence[Place]) -> tuple[Delivery, tuple[Place, ...]]:
    """Return main delivery and places for what is left: the first place with goods is the main one, one alone needs no list."""
    if not stops:
        return main, ()
    first = stops[0]
    alone = len(stops) == 1
    return Delivery(first.address, first.kecamatan, first.at or main.at if alone else main.at), () if alone else tuple(
        stops
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def of_papers(papers: Sequence[NewPaper]) -> list[dict[str, str]]:
    """Return papers as they are kept."""
    return [asdict(paper) for paper in papers]


def papers_of(kept: Sequence[Mapping[str, str]]) -> tuple[NewPaper, ...]:
    """Return kept papers."""
    return tuple(NewPaper(**one) for one in kept)


def listed(kept: Sequence[Mapping[str, str]]) -> tuple[Kept, ...]:
    """Return kept papers as a page lists them."""
    return tuple(Kept(n, KINDS[one.kind], one.key, one.name) for n, one in enumerate(papers_of(kept), 1))


def one_of(kept: Sequence[Mapping[str, str]], number: int) -> NewPaper:
    """Return the paper of this number, from 1 on. Raises NotFound."""
    found = papers_of(kept)
    if not 1 <= number <= len(found):
        raise NotFound("Lampiran ini tidak ada.")
    return found[number - 1]


def why_of(kept: Mapping[str, Sequence[str]]) -> dict[int, Why]:
    """Return why this one, by product, as it was kept."""
    return {int(product_id): (words[0], words[1], words[2]) for product_id, words in kept.items()}
