"""The funnel: how many producers of each kecamatan reached what in a span, and where they get stuck.

The facilities are a set and not a ladder: a share may be larger than the one before it. Only Jakpreneur are counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, String, case, cast, func, select

from shop.base.actor import Actor
from shop.base.errors import Invalid
from shop.base.money import ratio_bp
from shop.db import session
from shop.p3dn.models import P3dnTotal
from shop.p3dn.periods import cover
from shop.programme import reach
from shop.programme.models import FACILITIES, FacilityRecord, FunnelTarget, Guidance
from shop.programme.periods import Span
from shop.programme.rules import STUCK_DAYS
from shop.vendors.models import Vendor

READ: Final = "programme:funnel:read"
STAGES: Final[Mapping[str, str]] = {
    "P1": "Terdaftar",
    "P2": "Dilatih",
    "P3": "Didampingi",
    "P4": "Berizin",
    "P5": "Dipasarkan",
    "first": "Pesanan pertama",
    "repeat": "Pesanan berulang",
    "P6": "Melapor keuangan",
    "P7": "Mendapat modal",
}
_ROAD: Final = ("P1", "P2", "P3", "P4", "P5", "first", "repeat")
"""What is compared for the largest drop: the way to a repeated order. P6 and P7 are taken by need, beside it."""
STUCK: Final = "stuck"
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage: producers that reached it in the span, of those registered by its end, and the target of the year."""

    key: str
    label: str
    producers: int
    registered: int
    target: int | None

    @property
    def share_bp(self) -> int | None:
        """Share of the registered in basis points; None while nobody is."""
        return ratio_bp(self.producers, self.registered)

    @property
    def target_bp(self) -> int | None:
        """How much of the target is reached, in basis points."""
        return None if self.target is None else ratio_bp(self.producers, self.target)


@dataclass(frozen=True, slots=True)
class Drop:
    """The largest drop on the way to a repeated order: how many of the stage before are not in the one after."""

    before: str
    after: str
    lost: int
    of: int

    @property
    def share_bp(self) -> int:
        """The drop as a share of the stage before, in basis points."""
        return ratio_bp(self.lost, self.of) or 0


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One kecamatan: its counts, its largest drop, and how many are licensed but not marketed for too long."""

    code: str
    name: str
    registered: int
    counts: Counts
    drop: Drop | None
    stuck: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """The funnel of a span, in all and by kecamatan."""

    stages: Sequence[StageRow]
    places: Sequence[PlaceRow]
    """Those with anybody registered, the most stuck first."""
    empty: int
    """How many kecamatan have nobody yet."""
    stuck: int


def read(actor: Actor, span: Span, kecamatan_code: str, today: date) -> Funnel:
    """Return the funnel within this hat's reach; five statements, however many producers there are."""
    actor.require(READ)
    scope = _scope(actor, kecamatan_code)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STAGES, 0))
    for place, facility, producers in session.execute(_facilities(scope, span)):
        counts[place][facility] = producers
    for place, first, repeat in session.execute(_orders(scope, span)):
        counts[place] |= {"first": int(first), "repeat": int(repeat)}
    registered: dict[str, int] = dict(session.execute(_registered(scope, span)).all())
    stuck: dict[str, int] = dict(session.execute(_stuck_by_place(scope, today)).all())
    goals = targets(span.whole_year, kecamatan_code) if span.whole_year else {}
    places = [
        PlaceRow(row.code, row.name, registered.get(row.code, 0), counts[row.code], largest_drop(counts[row.code]),
                 stuck.get(row.code, 0))
        for row in reach.kecamatan(actor)
        if kecamatan_code in {"", row.code}
    ]  # fmt: skip
    shown = sorted((p for p in places if p.registered), key=lambda p: (-p.stuck, -(p.drop.share_bp if p.drop else 0)))
    everybody = sum(registered.values())
    stages = [
        StageRow(key, label, sum(c[key] for c in counts.values()), everybody, goals.get(key))
        for key, label in STAGES.items()
    ]
    return Funnel(stages, shown, len(places) - len(shown), sum(stuck.values()))


def largest_drop(counts: Counts) -> Drop | None:
    """Return the largest share lost between two neighbours on the way to a repeated order, None when nothing is lost.

    >>> largest_drop({"P1": 100, "P2": 62, "P3": 55, "P4": 52, "P5": 16, "first": 16, "repeat": 20}).after
    'P5'
    """
    pairs = [Drop(a, b, counts[a] - counts[b], counts[a]) for a, b in pairwise(_ROAD)]
    return max((drop for drop in pairs if drop.lost > 0), key=lambda drop: (drop.share_bp, drop.lost), default=None)


def targets(year: int, kecamatan_code: str) -> dict[str, int]:
    """Return {facility: producers wanted} of a year, for a kecamatan or (empty) the city."""
    rows = session.execute(
        select(FunnelTarget.facility, FunnelTarget.producers).where(
            FunnelTarget.year == year, FunnelTarget.kecamatan_code == kecamatan_code
        )
    )
    return dict(rows.all())


def _scope(actor: Actor, kecamatan_code: str) -> list[ColumnElement[bool]]:
    scope = [reach.within(actor), Vendor.kind == "jakpreneur", Vendor.state != "registering"]
    return [*scope, Vendor.kecamatan_code == kecamatan_code] if kecamatan_code else scope


def _facilities(scope: Sequence[ColumnElement[bool]], span: Span) -> Any:
    """Along ix_facility_record_funnel: facility, day, producer."""
    return (
        select(Vendor.kecamatan_code, FacilityRecord.facility, func.count(FacilityRecord.vendor_id.distinct()))
        .join(Vendor, Vendor.id == FacilityRecord.vendor_id)
        .where(FacilityRecord.facility.in_(FACILITIES), FacilityRecord.from_day.between(span.start, span.end), *scope)
        .group_by(Vendor.kecamatan_code, FacilityRecord.facility)
    )


def _registered(scope: Sequence[ColumnElement[bool]], span: Span) -> Any:
    return (
        select(Vendor.kecamatan_code, func.count(FacilityRecord.vendor_id.distinct()))
        .join(Vendor, Vendor.id == FacilityRecord.vendor_id)
        .where(FacilityRecord.facility == "P1", FacilityRecord.from_day <= span.end, *scope)
        .group_by(Vendor.kecamatan_code)
    )


def _ordered(span: Span) -> Any:
    """Return (vendor key, accepted orders) from the kept totals: the orders themselves grow without end."""
    return (
        select(P3dnTotal.key, func.sum(P3dnTotal.orders).label("orders"))
        .where(
            P3dnTotal.period.in_(cover(span.start, span.end)),
            P3dnTotal.dim == "vendor",
            P3dnTotal.office_id == 0,
            P3dnTotal.account_code == "",
        )
        .group_by(P3dnTotal.key)
        .subquery()
    )


def _orders(scope: Sequence[ColumnElement[bool]], span: Span) -> Any:
    ordered = _ordered(span)
    return (
        select(Vendor.kecamatan_code, func.count(), func.sum(case((ordered.c.orders > 1, 1), else_=0)))
        .join(ordered, ordered.c.key == cast(Vendor.id, String))
        .where(ordered.c.orders > 0, *scope)
        .group_by(Vendor.kecamatan_code)
    )


def _is_stuck(today: date) -> ColumnElement[bool]:
    """Licensed for more than STUCK_DAYS, and never marketed."""
    licensed = select(FacilityRecord.id).where(
        FacilityRecord.vendor_id == Vendor.id,
        FacilityRecord.facility == "P4",
        FacilityRecord.from_day < today - timedelta(days=STUCK_DAYS),
    )
    marketed = select(FacilityRecord.id).where(FacilityRecord.vendor_id == Vendor.id, FacilityRecord.facility == "P5")
    return licensed.exists() & ~marketed.exists()


def _stuck_by_place(scope: Sequence[ColumnElement[bool]], today: date) -> Any:
    return select(Vendor.kecamatan_code, func.count()).where(_is_stuck(today), *scope).group_by(Vendor.kecamatan_code)


@dataclass(frozen=True, slots=True)
class Behind:
    """One producer behind a number: who, where, since which day, and with whom."""

    id: int
    name: str
    kecamatan_code: str
    since: date | None
    guided: bool


def behind(
    actor: Actor, stage: str, span: Span, kecamatan_code: str, today: date, *, offset: int, limit: int
) -> tuple[list[Behind], int]:
    """Return a page of the producers behind a number, by name, and how many; two statements. Raises Invalid for no stage."""
    actor.require(READ)
    scope = _scope(actor, kecamatan_code)
    facility = "P4" if stage == STUCK else stage
    if stage == STUCK:
        wanted = _is_stuck(today)
    elif stage in FACILITIES:
        wanted = (
            select(FacilityRecord.id)
            .where(
                FacilityRecord.vendor_id == Vendor.id,
                FacilityRecord.facility == stage,
                FacilityRecord.from_day.between(span.start, span.end),
            )
            .exists()
        )
    elif stage in STAGES:
        ordered = _ordered(span)
        least = 1 if stage == "first" else 2
        wanted = cast(Vendor.id, String).in_(select(ordered.c.key).where(ordered.c.orders >= least))
    else:
        raise Invalid.at("tahap", "Pilih tahap dari tabel corong.")
    since = (
        select(func.min(FacilityRecord.from_day))
        .where(FacilityRecord.vendor_id == Vendor.id, FacilityRecord.facility == facility)
        .scalar_subquery()
    )
    total = session.execute(select(func.count()).select_from(Vendor).where(wanted, *scope)).scalar_one()
    rows = session.execute(
        select(Vendor.id, Vendor.name, Vendor.kecamatan_code, since, Guidance.vendor_id.is_not(None))
        .outerjoin(Guidance, Guidance.vendor_id == Vendor.id)
        .where(wanted, *scope)
        .order_by(Vendor.name, Vendor.id)
        .offset(offset)
        .limit(limit)
    )
    return [Behind(*row) for row in rows], total
