"""What a picture is made of, read once a night: the ledger's sums by producer, the shelf, and who sold in earlier years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, Table, cast, func, select

from shop.base.clock import local_day
from shop.base.money import ratio_bp
from shop.catalog.models import Product
from shop.db import session
from shop.orders.models import VendorRecord
from shop.orders.track_record import FIELDS
from shop.p3dn.faces import ALL_ACCOUNTS, ALL_OFFICES
from shop.p3dn.models import LedgerEntry, P3dnTotal
from shop.p3dn.periods import stretch_span, year_span
from shop.spread.groups import CATEGORY, CITY, KECAMATAN, PART, Sale, Stand
from shop.spread.measuring import ENOUGH
from shop.vendors.models import Vendor

_ledger: Final[Table] = LedgerEntry.__table__  # type: ignore[assignment]


def days_of(period: str) -> tuple[date, date]:
    """Return first and last day of '2026' or '2026-Q3'."""
    return year_span(int(period)) if period.isdigit() else stretch_span(period)


def quarters_of(year: int) -> list[str]:
    """Return the quarters of a year: '2026-Q1' to '2026-Q4'."""
    return [f"{year}-Q{number}" for number in range(1, 5)]


def sales(period: str) -> list[Sale]:
    """Return what each producer sold in a period, by category and kecamatan as photographed at ordering. One statement."""
    keys = (_ledger.c.vendor_id, _ledger.c.category_code, _ledger.c.kecamatan_code)
    names = ("paid_total", "committed", "orders", "lines")
    sums = (cast(func.sum(_ledger.c[name]), BigInteger) for name in names)
    query = select(*keys, *sums).where(_ledger.c.day.between(*days_of(period)), _ledger.c.vendor_id.is_not(None))
    return [Sale(*row) for row in session.execute(query.group_by(*keys))]


def shelf() -> list[tuple[Stand, date]]:
    """Return who stands on which shelf now, and the Jakarta day on which the oldest product of it on sale was made."""
    query = (
        select(Vendor.id, Product.category_code, Vendor.kecamatan_code, func.min(Product.created_at))
        .join(Product, Product.vendor_id == Vendor.id)
        .where(Vendor.state == "active", Product.state == "published")
        .group_by(Vendor.id, Product.category_code, Vendor.kecamatan_code)
    )
    return [(Stand(*row[:3]), local_day(row[3])) for row in session.execute(query)]


def sold_in(years: Iterable[int]) -> set[int]:
    """Return the producers with an accepted order in any of these years, from the kept totals."""
    query = select(P3dnTotal.key).distinct().where(
        P3dnTotal.period.in_([str(year) for year in years]), P3dnTotal.dim == "vendor", P3dnTotal.key != "",
        P3dnTotal.office_id == ALL_OFFICES, P3dnTotal.account_code == ALL_ACCOUNTS, P3dnTotal.committed > 0,
    )  # fmt: skip
    return {int(key) for key in session.scalars(query)}


def ledger_end() -> int:
    """Return the number of the last entry."""
    return session.scalar(select(func.max(_ledger.c.id))) or 0


def grew(year: int, since: int) -> bool:
    """Tell whether a year got entries after this one; looks at those entries only."""
    query = select(_ledger.c.id).where(_ledger.c.id > since, _ledger.c.day.between(*days_of(str(year)))).limit(1)
    return session.scalar(query) is not None


@dataclass(frozen=True, slots=True)
class Manners:
    """How punctual the producers of one market are together, over all years. Orders, except `producers`."""

    key: str
    producers: int
    answered: int
    refused: int
    expired: int
    delivered: int
    on_time: int
    late_minutes: int

    @property
    def tells(self) -> bool:
        """Whether so many producers stand behind it that nobody is shamed by it."""
        return self.producers >= ENOUGH

    @property
    def asked(self) -> int:
        """Orders that came to an answer or to the deadline."""
        return self.answered + self.refused + self.expired

    @property
    def on_time_bp(self) -> int | None:
        """Share of deliveries on time."""
        return ratio_bp(self.on_time, self.delivered) if self.tells and self.delivered >= ENOUGH else None

    @property
    def not_taken_bp(self) -> int | None:
        """Share of orders that were refused or left without an answer."""
        return ratio_bp(self.refused + self.expired, self.asked) if self.tells and self.asked >= ENOUGH else None


def manners(stands: Iterable[Stand]) -> dict[str, list[dict[str, Any]]]:
    """Return the records of producers by breakdown as plain values: theirs all of it, whatever category it came from."""
    shelves: dict[int, set[str]] = defaultdict(set)
    for stand in stands:
        shelves[stand.vendor_id].add(stand.category)
    record = [getattr(VendorRecord, name) for name in FIELDS]
    sums: dict[str, dict[str, list[int]]] = {dim: {} for dim in (CITY, PART, KECAMATAN, CATEGORY)}
    rows = session.execute(select(Vendor.id, Vendor.kecamatan_code, *record).join(VendorRecord))
    for vendor, kecamatan, *numbers in rows:
        places = [(CITY, ""), (PART, kecamatan[:5]), (KECAMATAN, kecamatan), *((CATEGORY, c) for c in shelves[vendor])]
        for dim, key in places:
            held = sums[dim].setdefault(key, [0] * (1 + len(FIELDS)))
            for place, number in enumerate((1, *numbers)):
                held[place] += number
    return {dim: [asdict(Manners(key, *held)) for key, held in found.items()] for dim, found in sums.items()}


def manners_of(content: dict[str, Any], dim: str) -> list[Manners]:
    """Return the records of one breakdown out of a picture, the most producers first."""
    names = [field.name for field in fields(Manners)]
    found = (Manners(*(row[name] for name in names)) for row in content["manners"][dim])
    return sorted(found, key=lambda row: (-row.producers, row.key))
