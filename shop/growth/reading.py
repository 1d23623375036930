"""Naik kelas on one page: omzet, assets and workers of a year beside the year before, and how near a limit is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.db import session
from shop.growth import months, rules, turnover
from shop.growth.declaring import SizeFigures, stated_sizes
from shop.growth.rules import Limit, Standing
from shop.growth.turnover import MonthSales, Unpaid
from shop.orders import taxing
from shop.reference import policy
from shop.reference.policy import RuleValue
from shop.vendors.models import Vendor

INDIVIDUAL: Final = "individual"
_CLASSES_SINCE, _UNTAXED_SINCE = date(2021, 2, 2), date(2022, 12, 20)
"""Years before a rule began are looked at with its first words: the reader asks where the business stands by it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The turnover of the finished months of a year, and of the same months of the year before. Rupiah."""

    months: int
    before: int
    after: int

    @property
    def change_bp(self) -> int | None:
        """Change in basis points; None when nothing was sold before."""
        return rules.change_bp(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Growth:
    """One producer's year. `counter` is None for who is not an individual: the untaxed limit is theirs only."""

    year: int
    today: date
    vendor_name: str
    registered_size: str
    months: Sequence[MonthSales]
    unpaid: Unpaid
    compared: Compared
    by_turnover: Standing | None
    by_assets: Standing | None
    size: SizeFigures | None
    size_before: SizeFigures | None
    counter: Limit | None
    has_statement: bool
    class_rule: RuleValue
    limit_rule: RuleValue

    @property
    def total(self) -> int:
        """Turnover of the year so far, all known sources."""
        return sum(month.total for month in self.months)

    @property
    def orders(self) -> int:
        """The part ordered here and paid."""
        return sum(month.orders for month in self.months)

    @property
    def declared(self) -> int:
        """The part the owner stated."""
        return sum(month.declared or 0 for month in self.months)

    @property
    def kiosk(self) -> int | None:
        """The part sold at kiosks; None while there are none."""
        sold = [month.kiosk for month in self.months if month.kiosk is not None]
        return sum(sold) if sold else None


def read_growth(actor: Actor, year: int, now: datetime) -> Growth:
    """Return the figures of a year; seven statements, and the rules, whatever the number of orders."""
    today = local_day(now)
    vendor_id = turnover.vendor_of(actor)
    name, registered, form, paper, paper_year = session.execute(
        select(Vendor.name, Vendor.size, Vendor.legal_form, Vendor.tax_paper, Vendor.tax_paper_year).where(
            Vendor.id == vendor_id
        )
    ).one()
    shown = months.of_year(year, today)
    both = turnover.sales(actor, date(year - 1, 1, 1), shown[-1])
    this_year = both[12:]
    day = min(today, date(year, 12, 31))
    latest = stated_sizes(actor, day)
    earlier = stated_sizes(actor, date(year - 1, 12, 31))
    classes = policy.rule(session, "umk.classes", max(day, _CLASSES_SINCE))
    untaxed = policy.rule(session, "tax.pph_final_umkm", max(day, _UNTAXED_SINCE))
    total = sum(month.total for month in this_year)
    return Growth(
        year=year,
        today=today,
        vendor_name=name,
        registered_size=registered,
        months=this_year,
        unpaid=turnover.unpaid(actor),
        compared=_compared(both, today),
        by_turnover=rules.standing(total, classes.value["turnover"]) if total else None,
        by_assets=rules.standing(latest[0].assets, classes.value["capital"]) if latest else None,
        size=latest[0] if latest else None,
        size_before=earlier[0] if earlier else None,
        counter=_counter(vendor_id, this_year, untaxed, day)
        if form == INDIVIDUAL and untaxed.value["individual_exempt"]
        else None,
        has_statement=paper == "decl_500m" and paper_year == year,
        class_rule=classes,
        limit_rule=untaxed,
    )


def _compared(both: Sequence[MonthSales], today: date) -> Compared:
    """A month that still runs would look like a loss: only finished ones are compared."""
    finished = [month for month in both[12:] if months.end_of(month.month) < today]
    count = len(finished)
    return Compared(count, sum(m.total for m in both[:count]), sum(m.total for m in finished))


def _counter(vendor_id: int, year: Sequence[MonthSales], untaxed: RuleValue, day: date) -> Limit:
    """What was paid here comes from the counter that decides what treasurers withhold; both must tell one number."""
    here = taxing.turnover(vendor_id, day.year)
    amount = here + sum((month.kiosk or 0) + (month.declared or 0) for month in year)
    warn_at: int = policy.rule(session, "tax.pph_final_umkm.warn_at", max(day, _UNTAXED_SINCE)).value
    return Limit(amount, untaxed.value["individual_exempt"], warn_at, here)
