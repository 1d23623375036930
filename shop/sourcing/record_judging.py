"""Whether a choice passed something over: the first of what was ranked, or a cheaper equal among what was seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.catalog.offers import Offer, read_offers
from shop.orders import track_record
from shop.sourcing import record_trail
from shop.sourcing.record_reasons import LOWEST, SPREAD
from shop.sourcing.record_trail import Step


@dataclass(frozen=True, slots=True)
class Choice:
    """What is about to be ordered: a product, how many, and rupiah for each."""

    product_id: int
    quantity: int
    unit_price: int
    promised: bool = False
    """The price was agreed before: bargained for, won or approved. What was searched does not decide any more."""


@dataclass(frozen=True, slots=True)
class Equal:
    """A product that would have done: same category and unit, fits the quantity and the time. Rupiah at that quantity."""

    offer: Offer
    unit_price: int
    seen_price: int
    compared: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One choice beside what was seen with it; `equals` stand in the order they were shown."""

    choice: Choice
    offer: Offer
    steps: tuple[Step, ...]
    equals: tuple[Equal, ...]
    first: Equal | None
    cheapest: Equal | None
    unchosen: bool
    """Whether this office has not ordered from this producer yet in the running quarter."""

    @property
    def first_passed(self) -> bool:
        """Whether something stood before it in an order that means something."""
        return self.first is not None and self.first.offer.id != self.choice.product_id

    @property
    def cheapest_passed(self) -> bool:
        """Whether an equal that was seen costs less."""
        return self.cheapest is not None and self.cheapest.unit_price < self.choice.unit_price

    @property
    def asked(self) -> bool:
        """Whether a reason has to be given."""
        return not self.choice.promised and (self.first_passed or self.cheapest_passed)

    @property
    def suggested(self) -> str:
        """Return the reason that is a plain fact, to be chosen beforehand; empty when a person has to think."""
        if not self.asked:
            return ""
        if not self.cheapest_passed:
            return LOWEST
        return SPREAD if self.unchosen and self.first is not None and not self.first_passed else ""


def judge(actor: Actor, choices: Sequence[Choice], deliver_at: datetime | None, now: datetime) -> tuple[Judged, ...]:
    """Return the choices judged, those left out that are no product any more. Five statements whatever the number.

    For each, the latest search (or need) and the latest comparison in which it was seen count.
    """
    trail = record_trail.read(actor, now)
    steps = {choice.product_id: _steps_of(trail, choice.product_id) for choice in choices}
    ids = {choice.product_id for choice in choices}
    ids |= {pair[0] for found in steps.values() for step in found for pair in step.seen}
    offers = read_offers(ids, local_day(now))
    used = track_record.choices(actor.office_id or 0, now)
    return tuple(
        _judged(choice, offers, steps[choice.product_id], used, deliver_at, now)
        for choice in choices
        if choice.product_id in offers
    )


def _steps_of(trail: Sequence[Step], product_id: int) -> tuple[Step, ...]:
    found = []
    for kinds in ({"search", "need"}, {"compare"}):
        with_it = (s for s in trail if s.kind in kinds and any(pair[0] == product_id for pair in s.seen))
        found += [step for step in (next(with_it, None),) if step]
    return tuple(sorted(found, key=lambda step: step.at))


def _judged(
    choice: Choice,
    offers: Mapping[int, Offer],
    steps: tuple[Step, ...],
    used: Collection[int],
    at: datetime | None,
    now: datetime,
) -> Judged:
    own = offers[choice.product_id]
    equals: dict[int, Equal] = {}
    for step in steps:
        for product_id, seen_price in step.seen:
            offer = offers.get(product_id)
            if offer is None or not _equal(offer, own, choice.quantity, at, now):
                continue
            price = choice.unit_price if product_id == own.id else offer.price_at(choice.quantity)
            before = equals.get(product_id)
            compared = step.kind == "compare" or (before is not None and before.compared)
            equals[product_id] = Equal(offer, price, seen_price, compared)
    ranked = [step for step in steps if step.ranked]
    first = next((equals[pair[0]] for pair in ranked[-1].seen if pair[0] in equals), None) if ranked else None
    cheapest = min(equals.values(), key=lambda e: (e.unit_price, e.offer.id), default=None)
    return Judged(choice, own, steps, tuple(equals.values()), first, cheapest, own.vendor_id not in used)


def _equal(offer: Offer, own: Offer, quantity: int, at: datetime | None, now: datetime) -> bool:
    if offer.id == own.id:
        return True
    alike = (offer.category_code, offer.unit) == (own.category_code, own.unit) and offer.for_sale and not offer.sold_out
    enough = all(most is None or most >= quantity for most in (offer.stock, offer.daily_capacity))
    in_time = at is None or now + timedelta(hours=offer.lead_at(quantity)) <= at
    # What is not domestic is no equal of what is: passing it over needs no reason.
    return alike and enough and in_time and offer.min_order <= quantity and (offer.pdn or not own.pdn)
