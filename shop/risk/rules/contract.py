"""What a rule says of itself, the purchase it looks at, and what it finds. Plain values, no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from shop.base.clock import local_day

Kind = Literal["rp", "bp", "on", "category", "at"]
Limits = Mapping[str, Any]
"""The dated numbers of a rule as reference/policy.py keeps them."""

DEAD: Final = frozenset({"refused", "expired", "cancelled"})
"""Ends of an order in which nothing was bought."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in plain words. All texts are msgids.

    `says` has a sentence for each variant of what it can find, `limits` the thresholds with the names of the dated numbers
    as placeholders, `kinds` how a number is written: rupiah, basis points, a day. `confidence` is that of `basis`; the
    numbers have a source and a confidence of their own under `key`.
    """

    code: str
    title: str
    why: str
    basis: str
    confidence: Literal["H", "M", "L"]
    since: date
    limits: str
    says: Mapping[str, str]
    advice: str
    until: date | None = None
    numbers: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name of its dated numbers among the rules with dates."""
        return self.numbers or f"risk.{self.code}"

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is in force on a Jakarta day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule noticed. `params` fill the sentence of the variant; `orders` are (id, number) of other orders behind it."""

    code: str
    variant: str
    params: Mapping[str, Any]
    orders: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Top:
    """A ceiling of the day and what is held against it, in rupiah."""

    amount: int
    held: int
    per_person: bool


@dataclass(frozen=True, slots=True)
class Goods:
    """One line. Rupiah. `prices` are (since when, list price) as buyers saw them, oldest first."""

    product_id: int
    name: str
    category: str
    unit: str
    quantity: int
    unit_price: int
    list_price: int
    food: bool = False
    serves: int | None = None
    first_seen: datetime | None = None
    prices: tuple[tuple[datetime, int], ...] = ()
    band_high: int | None = None
    """Upper quartile of what offices really paid for the like, None when too few did."""
    band_count: int = 0
    top: Top | None = None
    """None when the category has no ceiling, or the unit says nothing about people while the ceiling is for one person."""

    @property
    def portions(self) -> int:
        """How many people it feeds when its unit is a portion; 0 when the unit says nothing about people."""
        return self.quantity * (self.serves or 1) if self.food and self.unit.casefold() in PORTIONS else 0


PORTIONS: Final = frozenset({"kotak", "porsi", "box", "dus", "pax", "orang"})
"""Units that are meant for one person each, unless the product says how many it serves."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another order of the same office, placed before this one. Rupiah."""

    id: int
    number: str
    state: str
    vendor_id: int
    account_code: str
    package_id: int
    purpose: str
    total: int
    placed_at: datetime

    @property
    def stands(self) -> bool:
        """Whether it was not refused, cancelled or left unanswered."""
        return self.state not in DEAD


@dataclass(frozen=True, slots=True)
class Share:
    """What an office bought in one category this year before this order, all told and from this producer. Rupiah."""

    office_amount: int
    vendor_amount: int
    vendor_orders: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order, or one that is about to be sent, with everything any rule looks at. Moments in UTC, rupiah."""

    vendor_id: int
    vendor_name: str
    account_code: str
    package_id: int
    purpose: str
    total: int
    headcount: int | None
    placed_at: datetime
    deliver_at: datetime | None
    goods: tuple[Goods, ...]
    arrived_at: datetime | None = None
    earlier: tuple[Earlier, ...] = ()
    shares: Mapping[str, Share] = field(default_factory=dict)
    ties: tuple[str, ...] = ()
    """Which of the people of this order told (or wear a hat that tells) of a tie to the producer: `pp`, `ppk`."""
    one_hand: Literal["", "ppk", "relaxed"] = ""
    """How one person holds two duties in it: as buyer and `ppk`, or by the office's `relaxed` separation; empty when not."""
    closed: Collection[date] = frozenset()
    """Public holidays and days of joint leave."""
    year_spent: int = 0
    december_spent: int = 0

    @property
    def day(self) -> date:
        """The Jakarta day it was placed."""
        return local_day(self.placed_at)

    def within(self, days: int) -> tuple[Earlier, ...]:
        """Return the earlier orders of the office that were placed at most so many days before this one."""
        start = self.placed_at - timedelta(days=days)
        return tuple(order for order in self.earlier if order.placed_at >= start)


def passed_together(
    purchase: Purchase, before: Collection[Earlier], thresholds: Collection[int]
) -> dict[str, int] | None:
    """Return `sum` and the highest `limit` an order passes only with those before it; None when it passes none. Rupiah."""
    held = sum(order.total for order in before)
    crossed = [limit for limit in thresholds if max(held, purchase.total) <= limit < held + purchase.total]
    return {"sum": held + purchase.total, "limit": max(crossed)} if crossed else None


def named(orders: Collection[Earlier], most: int = 10) -> tuple[tuple[int, str], ...]:
    """Return (id, number) of orders as a finding keeps them, the newest first."""
    return tuple((order.id, order.number) for order in sorted(orders, key=lambda o: -o.id)[:most])
