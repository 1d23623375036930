"""What is asked: addresses drawn from what a scratch installation holds, the same in every run, none of them twice."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from urllib.parse import urlencode

AHEAD = 10
"""Days from now to the first day of delivery."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A Pejabat Pengadaan with a package in his hands."""

    email: str
    user_id: int
    package_id: int
    rup_code: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """Two lines of one producer, wanted on a day it works: product, quantity, and what they come to in rupiah."""

    lines: tuple[tuple[int, int], ...]
    total: int
    at: str


class Stock:
    """What lies in one scratch installation, read beside the server."""

    def __init__(self, var: Path, seed: str = "questions") -> None:
        self._db = sqlite3.connect(f"file:{var / 'shop.sqlite3'}?mode=ro", uri=True)
        self._chance = Random(seed)
        self._above = dict(self.rows("SELECT code, coalesce(parent_code, code) FROM category"))
        self._places = [
            code for (code,) in self.rows("SELECT code FROM region WHERE level = 'kecamatan' ORDER BY code")
        ]

    def rows(self, statement: str, *values: object) -> list[tuple]:
        """Return the answer to one question to the database as it stands now."""
        try:
            return self._db.execute(statement, values).fetchall()
        finally:
            self._db.rollback()

    def searches(self, path: str) -> Iterator[str]:
        """Yield addresses of searches: two words of a name, shelf, PDN, a price limit; every third in six kecamatan."""
        asked: set[str] = set()
        offers = self.rows(
            "SELECT p.name, p.category_code, v.kecamatan_code, p.price FROM product p JOIN vendor v ON v.id = p.vendor_id"
            " ORDER BY p.id"
        )
        while True:
            name, category, place, price = self._chance.choice(offers)
            words = [word for word in name.split() if word.isalpha()][:2]
            pairs = [("q", " ".join(words).lower()), ("category", self._above[category]), ("pdn", "1")]
            if len(asked) % 3 == 0:
                pairs += (("kecamatan", code) for code in {place, *self._chance.sample(self._places, 5)})
            pairs.append(("price_max", str(price * self._chance.randint(2, 9))))
            address = f"{path}?{urlencode(sorted(pairs))}"
            if len(words) == 2 and address not in asked:
                asked.add(address)
                yield address

    def products(self) -> Iterator[str]:
        """Yield addresses of product pages in no order, each once."""
        found = self.rows("SELECT id, slug FROM product ORDER BY id")
        self._chance.shuffle(found)
        for number, slug in found:
            yield f"/produk/{number}-{slug}"

    def buyers(self, count: int) -> list[Buyer]:
        """Return people of different offices who may order."""
        found = self.rows(
            "SELECT u.email, u.id, min(b.id), b.rup_code FROM budget_package b JOIN user_account u ON u.id = b.pp_id"
            " WHERE b.state = 'with_pp' AND (SELECT count(*) FROM hat WHERE hat.user_id = u.id) = 1"
            " GROUP BY u.id ORDER BY u.id"
        )
        return [Buyer(*row) for row in islice(found, count)]

    def purchases(self, now: datetime) -> Iterator[Purchase]:
        """Yield what may be ordered: each producer's two first offers, each used once a day of delivery, by earlier runs too."""
        for ahead in range(AHEAD, AHEAD + 7):
            day = now + timedelta(days=ahead)
            pairs: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
            for vendor, *line in self.rows(
                "SELECT p.vendor_id, p.id, p.min_order, p.price FROM product p JOIN vendor v ON v.id = p.vendor_id"
                " WHERE v.closed_weekdays & ? = 0 AND p.lead_time_hours < 200 AND p.daily_capacity >= 2 * p.min_order"
                " AND coalesce(p.stock, 1000000000) >= 20 * p.min_order"
                " AND NOT EXISTS (SELECT 1 FROM capacity_day c WHERE c.product_id = p.id AND c.day = ?) ORDER BY p.id",
                1 << day.weekday(),
                f"{day:%Y-%m-%d}",
            ):
                pairs[vendor].append((line[0], line[1], line[2]))
            for offers in pairs.values():
                if len(offers) >= 2:
                    lines = tuple((product, least) for product, least, _ in offers[:2])
                    yield Purchase(lines, sum(n * price for _, n, price in offers[:2]), f"{day:%Y-%m-%d}T11:00")
