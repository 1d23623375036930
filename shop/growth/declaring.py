"""What the owner states about the own business: sales elsewhere and costs of a month, assets and workers on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import FieldFault, Invalid, Stale
from shop.base.money import MAX_RUPIAH
from shop.db import session
from shop.growth import months
from shop.growth.models import DeclaredMonth, DeclaredSize
from shop.growth.turnover import vendor_of

DECLARE: Final = "growth:figures:declare"
COST_LABELS: Final = {
    "materials": "Bahan baku dan kemasan",
    "wages": "Upah",
    "rent": "Sewa, listrik, air, gas, internet",
    "transport": "Ongkos kirim dan transportasi",
    "other_costs": "Biaya lain",
}
"""msgids, for the screen and the papers."""
MAX_WORKERS: Final = 10_000


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month as the owner states it, rupiah. Sales through the shop are not in it: those are known."""

    outside_sales: int = 0
    materials: int = 0
    wages: int = 0
    rent: int = 0
    transport: int = 0
    other_costs: int = 0

    @property
    def costs(self) -> int:
        """All costs of the month."""
        return sum(getattr(self, name) for name in COST_LABELS)


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """What the business has and owes on a day, rupiah, and how many people work in it, the owner included."""

    on_day: date
    workers: int
    cash: int = 0
    stock: int = 0
    equipment: int = 0
    debts: int = 0

    @property
    def assets(self) -> int:
        """What the business has; land and buildings are not asked for (PP 7/2021 art. 35 leaves them out)."""
        return self.cash + self.stock + self.equipment

    @property
    def equity(self) -> int:
        """What remains for the owner when all debts are paid; negative when there are more debts than assets."""
        return self.assets - self.debts


def declare_month(actor: Actor, month: date, version: int, figures: MonthFigures, now: datetime) -> None:
    """State a month, or correct it: the figures before stay in the trail.

    `version` is that of the figures on the screen, 0 when none were stated. Raises NotFound for a month that has not
    begun, Invalid for an amount out of range, Stale when somebody else stated or corrected it meanwhile.
    """
    actor.require(DECLARE)
    vendor_id = vendor_of(actor)
    months.month_from(month.isoformat()[:7], local_day(now))
    _check(asdict(figures))
    row = session.get(DeclaredMonth, (vendor_id, month), with_for_update=True)
    if version != (row.version if row else 0):
        raise Stale
    before = asdict(_month_of(row)) if row else None
    if row is None:
        row = DeclaredMonth(vendor_id=vendor_id, month=month)
        session.add(row)
    for name, value in asdict(figures).items():
        setattr(row, name, value)
    row.declared_by, row.declared_at = actor.user_id or 0, now
    trail.record(
        actor, "declare", "declared_month", vendor_id, now, month=month.isoformat()[:7], before=before,
        after=asdict(figures),
    )  # fmt: skip


def declare_size(actor: Actor, figures: SizeFigures, now: datetime) -> None:
    """State assets, debts and workers on a day. A second statement about the same day replaces the first.

    Raises Invalid for a day that lies ahead or before 2019, and for an amount out of range.
    """
    actor.require(DECLARE)
    vendor_id = vendor_of(actor)
    plain = asdict(figures)
    del plain["on_day"]
    _check(plain, _size_faults(figures, local_day(now)))
    row = session.scalars(
        select(DeclaredSize)
        .where(DeclaredSize.vendor_id == vendor_id, DeclaredSize.on_day == figures.on_day)
        .with_for_update()
    ).first()
    before = {name: getattr(row, name) for name in plain} if row else None
    if row is None:
        row = DeclaredSize(vendor_id=vendor_id, on_day=figures.on_day)
        session.add(row)
    for name, value in plain.items():
        setattr(row, name, value)
    row.declared_by, row.declared_at = actor.user_id or 0, now
    trail.record(
        actor, "declare", "declared_size", vendor_id, now, day=figures.on_day.isoformat(), before=before, after=plain
    )


def stated_month(actor: Actor, month: date) -> tuple[MonthFigures | None, int]:
    """Return what was stated about a month with its version, or (None, 0); one statement."""
    row = session.get(DeclaredMonth, (vendor_of(actor), month), populate_existing=True)
    return (_month_of(row), row.version) if row else (None, 0)


def stated_sizes(actor: Actor, until: date, *, offset: int = 0, limit: int = 1) -> tuple[SizeFigures, ...]:
    """Return what was stated about days up to `until`, the latest first; one statement."""
    columns = (
        DeclaredSize.on_day, DeclaredSize.workers, DeclaredSize.cash, DeclaredSize.stock, DeclaredSize.equipment,
        DeclaredSize.debts,
    )  # fmt: skip
    mine = (DeclaredSize.vendor_id == vendor_of(actor), DeclaredSize.on_day <= until)
    rows = session.execute(
        select(*columns).where(*mine).order_by(DeclaredSize.on_day.desc()).offset(offset).limit(limit)
    )
    return tuple(SizeFigures(*row) for row in rows)


def _month_of(row: DeclaredMonth) -> MonthFigures:
    return MonthFigures(row.outside_sales, row.materials, row.wages, row.rent, row.transport, row.other_costs)


def _check(figures: Mapping[str, int], faults: list[FieldFault] | None = None) -> None:
    faults = faults or []
    faults += [
        FieldFault(name, "Isi dengan rupiah utuh, 0 atau lebih, misalnya 250000 atau 250.000.")
        for name, value in figures.items()
        if name != "workers" and not 0 <= value <= MAX_RUPIAH
    ]
    if faults:
        raise Invalid(faults=tuple(faults))


def _size_faults(figures: SizeFigures, today: date) -> list[FieldFault]:
    faults = []
    if not date(months.FIRST_YEAR, 1, 1) <= figures.on_day <= today:
        faults.append(FieldFault("on_day", "Pilih tanggal hari ini atau sebelumnya, paling awal 1 Januari 2019."))
    if not 1 <= figures.workers <= MAX_WORKERS:
        faults.append(FieldFault("workers", "Isi jumlah orang yang bekerja, termasuk Anda: 1 sampai 10.000."))
    return faults
