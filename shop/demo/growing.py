"""Invented growth: what the demo's first producers state about their months and belongings, and one letter for a bank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Final

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.growth import declaring, letters, months
from shop.growth.declaring import MonthFigures, SizeFigures

_PRODUCERS: Final = 12
_MONTHS: Final = 22
"""From January of the year before on, whatever the day: both years have something to compare."""
_THOUSAND: Final = 1_000


def grow(owners: Mapping[str, Actor], now: datetime) -> None:
    """State months and sizes through the real verbs, and issue one letter. Runs in the caller's unit of work."""
    this = months.month_of(local_day(now))
    for number, (key, owner) in enumerate(islice(owners.items(), _PRODUCERS)):
        rng = Random(f"growth/{key}")  # noqa: S311 - made-up figures, not a secret
        base = rng.randint(3, 14) * _THOUSAND * _THOUSAND
        for back in range(_MONTHS, 0, -1):
            if (back + number) % 9 and (back > 1 or number % 3 != 1):  # some months are left out, as people do
                _month(owner, months.shifted(this, -back), base + base * (_MONTHS - back) // 40, rng, now)
        for day in (local_day(now) - timedelta(days=390), local_day(now) - timedelta(days=60)):
            _size(owner, day, base, rng, now)
    first = next(iter(owners.values()), None)
    if first is not None:
        letters.issue_letter(first, months.shifted(this, -1), 12, now)


def _month(owner: Actor, month: date, sales: int, rng: Random, now: datetime) -> None:
    sales = sales * rng.randint(80, 120) // 100 // _THOUSAND * _THOUSAND
    part = sales // 100
    figures = MonthFigures(
        outside_sales=sales,
        materials=part * rng.randint(38, 50),
        wages=part * rng.randint(10, 18),
        rent=part * rng.randint(4, 8),
        transport=part * rng.randint(2, 5),
        other_costs=part * rng.randint(0, 3),
    )
    declaring.declare_month(owner, month, 0, figures, now)


def _size(owner: Actor, day: date, base: int, rng: Random, now: datetime) -> None:
    grown = 1 if day < local_day(now) - timedelta(days=200) else 2
    base = base // 6 // _THOUSAND * _THOUSAND * 6
    figures = SizeFigures(
        on_day=day,
        workers=rng.randint(1, 3) + grown - 1,
        cash=base * grown // 2,
        stock=base * grown // 3,
        equipment=base * 3 + base * grown,
        debts=base * rng.randint(0, 2),
    )
    declaring.declare_size(owner, figures, now)
