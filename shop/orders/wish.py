"""What a buyer asks for, before anything is checked, locked or written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WantedLine:
    """One product and how many. `note` is a wish to the producer."""

    product_id: int
    quantity: int
    note: str = ""
    promise_id: int | None = None
    """A price that was promised to this office for exactly this product and quantity (orders/promises.py)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where and when: an address in one of the 44 kecamatan, a UTC moment."""

    address: str
    kecamatan: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One of several places: what goes there, as (product id, pieces) without zeros. `at` in UTC; None: with the order."""

    address: str
    kecamatan: str
    shares: tuple[tuple[int, int], ...]
    contact: str = ""
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Everything the buyer asks for, and the total he saw (rupiah)."""

    package_id: int
    purpose: str
    delivery: Delivery
    lines: tuple[WantedLine, ...]
    shown_total: int
    headcount: int | None = None
    one_vendor: bool = False
    """The JSON door makes exactly one order; the basket makes one per producer."""
    places: tuple[Place, ...] = ()
    """Empty when everything goes to `delivery`; else all places, `delivery` being the first of them."""
