"""The demo city as a pure function of its size and a day: the same arguments give the same city, byte for byte."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from shop.demo import goods, offices, plans, producers
from shop.demo.shapes import DemoCategory, DemoCity
from shop.reference import files

if TYPE_CHECKING:
    from datetime import date

    from shop.demo.shapes import Size

SEED: Final = 20_200_213
_COUNTS: Final = {"small": (12, 130, 40), "city": (1_200, 6_000, 3_000)}
"""Producers, offers and orders by size."""


def categories() -> tuple[DemoCategory, ...]:
    """Return the real category tree in the shape of the demo."""
    return tuple(
        DemoCategory(
            row.code,
            row.parent_code,
            row.name_id,
            row.name_en,
            row.kind,
            row.industrial,
            row.art,
            row.account_codes,
        )
        for row in files.categories()
    )


def city(size: Size, today: date) -> DemoCity:
    """Return the demo city of `size` as it stands on `today`, with two budget years behind it.

    Each part draws from a chance of its own, so a change in one does not shuffle the others.
    """
    sellers, offers, ordered = _COUNTS[size]
    tree = categories()
    by_code = {c.code: c for c in tree}
    vendors = producers.vendors(_chance(size, "producers"), sellers, files.regions(), today)
    products = goods.products(_chance(size, "goods"), offers, vendors, by_code, today)
    seats = offices.offices(_chance(size, "offices"), size, files.offices())
    packages = offices.packages(_chance(size, "packages"), seats, (today.year - 1, today.year))
    holidays = frozenset(row.day for row in files.holidays())
    orders, stocked = plans.orders(
        _chance(size, "orders"), ordered, seats, packages, vendors, products, by_code, holidays, today
    )
    return DemoCity(size, today, tree, vendors, stocked, seats, packages, orders)


def _chance(size: Size, part: str) -> Random:
    return Random(f"{SEED}/{size}/{part}")  # noqa: S311 - made-up content, not a secret
