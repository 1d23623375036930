"""What was bought without a TKDN certificate although a producer with a valid one stands on the shelf today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from shop.base.actor import Actor
from shop.catalog import categories
from shop.catalog.models import Certificate, Product
from shop.db import session
from shop.p3dn.rules import Measures
from shop.p3dn.totals import Filters, Report, Row, totals
from shop.reports.expiring import READ
from shop.vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is on sale today with a valid certificate. `prices`: {unit: (lowest, highest) list price in rupiah}."""

    products: int
    vendors: frozenset[int]
    prices: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Chance:
    """A category or account: what was paid without a certificate, rupiah, and who could deliver with one."""

    key: str
    paid: int
    stake: int
    lines: int
    products: int
    vendors: int
    prices: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Chances:
    """Both lists, largest first. `total` is all that was paid without a certificate, whether or not there is a chance."""

    report: Report
    categories: tuple[Chance, ...]
    accounts: tuple[Chance, ...]
    total: int

    @property
    def stake(self) -> int:
        """What the categories of the list come to."""
        return sum(one.stake for one in self.categories)


def chances(actor: Actor, filters: Filters, day: date, *, now: datetime) -> Chances:
    """Return the chances under `filters` by the shelf of `day`. Raises Forbidden.

    Two kept totals, and one look at the valid certificates: they are as many as the shelf holds, however much is bought.

    Without a certificate is what was paid less what was paid as domestic with a certificate valid on the order's day: a
    producer's own declaration is not a certificate, so it is within.
    """
    actor.require(READ)
    shelf, sold = _shelf(day), totals(filters, "category", now=now)
    by_account = totals(filters, "account", now=now)
    usual = defaultdict[str, list[Shelf]](list)
    for category, codes in categories.accounts().items():
        for code in codes if category in shelf else ():
            usual[code].append(shelf[category])
    return Chances(
        sold,
        _found(sold.rows, {key: [one] for key, one in shelf.items()}),
        _found(by_account.rows, usual),
        _without(sold.total),
    )


def _without(measures: Measures) -> int:
    return measures.paid_total - measures.pdn_certified


def _found(rows: tuple[Row, ...], shelves: Mapping[str, list[Shelf]]) -> tuple[Chance, ...]:
    found = []
    for row in rows:
        stake, held = _without(row.measures), shelves.get(row.key, [])
        if stake > 0 and held:
            vendors = frozenset[int]().union(*(one.vendors for one in held))
            prices = held[0].prices if len(held) == 1 else {}
            products = sum(one.products for one in held)
            found.append(
                Chance(row.key, row.measures.paid_total, stake, row.measures.lines, products, len(vendors), prices)
            )
    return tuple(sorted(found, key=lambda one: (-one.stake, one.key)))


def _shelf(day: date) -> dict[str, Shelf]:
    """Return {category: what can be had with a valid certificate}.

    Every producer here works in Jakarta or delivers there: registration takes no other. Who pauses or is sold out is left out.
    """
    counts: defaultdict[str, int] = defaultdict(int)
    vendors: defaultdict[str, set[int]] = defaultdict(set)
    prices: dict[str, dict[str, tuple[int, int]]] = {}
    for category, vendor_id, unit, number, low, high in session.execute(_certified(day)):
        counts[category] += number
        vendors[category].add(vendor_id)
        known = prices.setdefault(category, {}).get(unit, (low, high))
        prices[category][unit] = min(known[0], low), max(known[1], high)
    return {code: Shelf(counts[code], frozenset(vendors[code]), prices[code]) for code in counts}


def _certified(day: date) -> Any:
    held = (
        select(Certificate.product_id)
        .where(Certificate.valid_until >= day, Certificate.issued_on <= day, Certificate.kind == "certified")
        .distinct()
    )
    return (
        select(Product.category_code, Product.vendor_id, Product.unit, func.count(), func.min(Product.price), func.max(Product.price))
        .join(Vendor, Vendor.id == Product.vendor_id)
        .where(
            Product.id.in_(held), Product.state == "published", Product.pdn, Product.sold_out.is_(False), Vendor.state == "active"
        )
        .group_by(Product.category_code, Product.vendor_id, Product.unit)
    )  # fmt: skip
