"""What would raise the shares of a basket: for each weak line an equal product with better evidence, and its effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.base.money import FULL_BP, ratio_bp, share
from shop.catalog.offers import Offer, read_offers
from shop.orders.basket import Basket
from shop.orders.cart import BasketLine
from shop.search import Query, Result
from shop.vendors import reach

PRICE_BAND_BP: Final = 1_500
"""How far the price of an equal product may be from the line's: 15 % either way (our policy)."""
MAX_LINES: Final = 3
"""Weak lines that are looked at, the largest first: the others move little."""
_LOOKED_AT: Final = 24
_RANK: Final = {"none": 0, "self_declared": 1, "certified": 2}
Find = Callable[[Query], Result]


@dataclass(frozen=True, slots=True)
class Better:
    """One exchange: what comes in for which line, and what it does. Rupiah and basis points.

    `before` and `after` are the certified share of the whole basket; with a self-declared product, the share that has
    any TKDN paper.
    """

    line: BasketLine
    offer: Offer
    amount: int
    before: int | None
    after: int | None

    @property
    def certified(self) -> bool:
        """Whether the other product has a certificate."""
        return self.offer.evidence.evidence == "certified"

    @property
    def more(self) -> int:
        """What the line costs more, or less when negative."""
        return self.amount - self.line.amount


def better(basket: Basket, find: Find, kecamatan: str, day: date) -> tuple[Better, ...]:
    """Return the exchanges worth showing, one for each weak line at most; four statements, however many lines.

    `find` asks the index. Equal is: same shelf and unit, price within the band, enough on the shelf and in the kitchen,
    no longer lead time than the basket has anyway, delivered to `kecamatan`; never fewer PDN or UMK than before.
    """
    weak = [line for line in basket.sendable if line.offer and line.offer.evidence.evidence != "certified"]
    weak = sorted(weak, key=lambda line: -line.amount)[:MAX_LINES]
    mine = frozenset(line.product_id for line in basket.sendable)
    found = {line.product_id: [hit.id for hit in find(_question(line, mine)).hits] for line in weak}
    offers = read_offers({number for ids in found.values() for number in ids}, day)
    if not offers:
        return ()
    going = reach.costs({offer.vendor_id for offer in offers.values()}, {kecamatan}) if kecamatan else {}
    lead = max(line.offer.lead_at(line.quantity) for line in basket.sendable if line.offer)
    chosen = []
    for line in weak:
        fitting = [
            offers[number]
            for number in found[line.product_id]
            if number in offers
            and _is_equal(line, offers[number], lead)
            and going.get((offers[number].vendor_id, kecamatan), 0) is not None
        ]
        if fitting:
            chosen.append(_effect(basket, line, min(fitting, key=lambda offer: _order(line, offer))))
    return tuple(chosen)


def _question(line: BasketLine, mine: frozenset[int]) -> Query:
    assert line.offer is not None
    low, high = _band(line.offer.price)
    stronger = tuple(kind for kind, rank in _RANK.items() if rank > _RANK[line.offer.evidence.evidence])
    facets = {"category": (line.offer.category_code,), "evidence": stronger}
    return Query(facets=facets, ranges={"price": (low, high)}, exclude=mine, sort="-tkdn", limit=_LOOKED_AT)


def _band(price: int) -> tuple[int, int]:
    return share(price, FULL_BP - PRICE_BAND_BP), share(price, FULL_BP + PRICE_BAND_BP)


def _is_equal(line: BasketLine, other: Offer, lead: int) -> bool:
    old, pieces = line.offer, line.quantity
    assert old is not None
    low, high = _band(line.unit_price)
    return (
        other.for_sale
        and not other.sold_out
        and (other.category_code, other.unit) == (old.category_code, old.unit)
        and _RANK[other.evidence.evidence] > _RANK[old.evidence.evidence]
        and low <= other.price_at(pieces) <= high
        and other.min_order <= pieces
        and (other.stock is None or other.stock >= pieces)
        and (other.daily_capacity is None or other.daily_capacity >= pieces)
        and other.lead_at(pieces) <= lead
        and other.pdn >= old.pdn
        and other.umk >= old.umk
    )


def _order(line: BasketLine, offer: Offer) -> tuple[int, int, int, int]:
    """Better evidence first, then more TKDN, then the lower price."""
    return -_RANK[offer.evidence.evidence], -offer.evidence.tkdn_bp, offer.price_at(line.quantity), offer.id


def _effect(basket: Basket, line: BasketLine, offer: Offer) -> Better:
    amount = offer.price_at(line.quantity) * line.quantity
    total = basket.total - line.amount + amount
    if offer.evidence.evidence == "certified":
        part = basket.certified
        return Better(line, offer, amount, ratio_bp(part, basket.total), ratio_bp(part + amount, total))
    proven = basket.certified + basket.self_declared
    return Better(line, offer, amount, ratio_bp(proven, basket.total), ratio_bp(proven + amount, total))


def swapped(lines: Sequence[BasketLine], day: date) -> dict[int, Offer]:
    """Return the products that lines were put in place of, by id, so that the page can offer them back."""
    return read_offers({line.instead_of for line in lines if line.instead_of is not None}, day)
