"""What a price is held against: the band of paid prices, the ceiling of the day, and the step of preference."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, case, func, or_, select

from shop.base.errors import NotFound
from shop.budgets import ceilings
from shop.budgets.ceilings import Ceiling
from shop.catalog.categories import shelves
from shop.catalog.models import Certificate, Product
from shop.db import session
from shop.p3dn import ladder
from shop.p3dn.ladder import Candidate, Evidence, Tier
from shop.reference import policy
from shop.reference.policy import RuleValue
from shop.sourcing import band
from shop.sourcing.band import Band

TIERS: Final = "pdn.tiers"
INDUSTRY: Final = "pdn.industrial_only"
_p: Final = cast("Table", Product.__table__).c
_c: Final = cast("Table", Certificate.__table__).c
_SERVES: Final = select(_p.id, _p.serves).where(_p.id.in_(bindparam("ids", expanding=True)))


def _standings() -> Any:
    paper = _c.kind == "certified"
    each = (
        select(
            _p.category_code,
            func.coalesce(_p.stock, _p.daily_capacity).label("volume"),
            or_(_p.stock.is_not(None), _p.daily_capacity.is_not(None)).label("bounded"),
            func.max(case((paper, _c.tkdn_bp + _c.bmp_bp), else_=0)).label("total"),
            func.max(case((paper, _c.tkdn_bp), else_=0)).label("tkdn"),
            func.max(case((paper, 0), else_=1)).label("declared"),
        )
        .join_from(Product.__table__, Certificate.__table__, _c.product_id == _p.id)
        .where(
            _p.category_code.in_(bindparam("codes", expanding=True)), _p.state == "published", _p.pdn,
            _c.issued_on <= bindparam("day"), _c.valid_until >= bindparam("day"),
        )
        .group_by(_p.id)
        .subquery()
    )  # fmt: skip
    first = (each.c.total >= bindparam("need_sum")) & (each.c.tkdn > 0)
    return select(
        each.c.category_code,
        func.sum(case((first, 1), else_=0)),
        func.sum(case((first & each.c.bounded, each.c.volume), else_=0)),
        func.sum(case((first & ~each.c.bounded, 1), else_=0)),
        func.sum(case((each.c.tkdn >= bindparam("need_tkdn"), 1), else_=0)),
        func.sum(case((each.c.tkdn > 0, 1), else_=0)),
        func.sum(each.c.declared),
    ).group_by(each.c.category_code)


_STANDINGS: Final = _standings()  # built once: every page of a product of industry passes here


@dataclass(frozen=True, slots=True)
class Good:
    """What is weighed: a product at a price for a quantity. Rupiah, basis points."""

    product_id: int
    category_code: str
    unit: str
    unit_price: int
    quantity: int
    serves: int | None
    pdn: bool
    evidence: Evidence
    tkdn_bp: int
    bmp_bp: int


@dataclass(frozen=True, slots=True)
class Preference:
    """Which step of the order of preference applies to a product, by which rule; `industrial` False: none does."""

    industrial: bool
    tier: Tier | None
    permitted: bool
    source: str
    confidence: str

    @property
    def is_unsure(self) -> bool:
        """Tell whether the screen has to say so."""
        return self.confidence == "L"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A price beside its band and its ceiling (None where there is none), and the step of preference."""

    good: Good
    band: Band | None
    ceiling: Ceiling | None
    preference: Preference | None

    @property
    def per_head(self) -> int | None:
        """Rupiah to hold against the ceiling."""
        return self.ceiling.price_per(self.good.unit_price, self.good.serves) if self.ceiling else None

    @property
    def over(self) -> bool:
        """Whether it lies above the ceiling."""
        return self.ceiling is not None and self.ceiling.exceeded(self.good.unit_price, self.good.serves)


def weigh(goods: Sequence[Good], kecamatan: str, day: date) -> dict[int, Weighed]:
    """Return {product id: Weighed}; at most four statements whatever the number."""
    if not goods:
        return {}
    found = band.bands({(g.category_code, g.unit) for g in goods}, kecamatan, day)
    tops = ceilings.ceilings_for({g.category_code for g in goods}, day)
    steps, basis = rule_of(TIERS, day), rule_of(INDUSTRY, day)
    industrial = {g.category_code for g in goods if is_industrial(g.category_code)}
    have = standings(industrial, steps, day) if steps and industrial else {}
    return {
        g.product_id: Weighed(
            g,
            found.get((g.category_code, g.unit)),
            tops.get(g.category_code),
            _preference(g, have.get(g.category_code, ladder.Standing()), steps, basis),
        )
        for g in goods
    }


def is_industrial(category_code: str) -> bool:
    """Tell whether a category holds products of industry; what nobody knows is not held against anybody."""
    shelf = shelves().get(category_code)
    return shelf is not None and shelf.industrial and shelf.kind != "service"


def _preference(
    good: Good, have: ladder.Standing, steps: RuleValue | None, basis: RuleValue | None
) -> Preference | None:
    if not is_industrial(good.category_code):
        # Cooked food is no product of industry: a missing TKDN never blocks it. Import still needs its reason.
        return (
            Preference(
                industrial=False, tier=None, permitted=good.pdn, source=basis.source, confidence=basis.confidence
            )
            if basis
            else None
        )
    if steps is None:
        return None
    step = ladder.tier_of(have, good.quantity, steps.value)
    mine = Candidate(good.evidence, good.tkdn_bp, good.bmp_bp, pdn=good.pdn)
    return Preference(
        industrial=True, tier=step, permitted=step.permits(mine), source=steps.source, confidence=steps.confidence
    )


def rule_of(key: str, day: date) -> RuleValue | None:
    """Return a dated rule, None where none is loaded for the day."""
    try:
        return policy.rule(session, key, day)
    except NotFound:
        return None


def standings(codes: Collection[str], steps: RuleValue, day: date) -> dict[str, ladder.Standing]:
    """Return what each category has on sale for the steps of preference; one statement along the category's index."""
    need_sum, need_tkdn = ladder.bounds(steps.value)
    asked = {"codes": sorted(codes), "day": day, "need_sum": need_sum, "need_tkdn": need_tkdn}
    rows: Any = session.execute(_STANDINGS, asked)
    return {
        code: ladder.Standing(int(top), None if free else int(volume or 0), int(second), int(papers), int(declared))
        for code, top, volume, free, second, papers, declared in rows
    }


def offer_good(offer: Any, quantity: int, serves: int | None, unit_price: int | None = None) -> Good:
    """Return an offer of the catalogue as what is weighed, at its price for the quantity unless another was agreed."""
    return Good(
        offer.id, offer.category_code, offer.unit, offer.price_at(quantity) if unit_price is None else unit_price,
        quantity, serves, offer.pdn, offer.evidence.evidence, offer.evidence.tkdn_bp, offer.evidence.bmp_bp,
    )  # fmt: skip


def serves_of(product_ids: Collection[int]) -> dict[int, int | None]:
    """Return {product id: people one unit feeds}; one statement."""
    if not product_ids:
        return {}
    rows = session.execute(_SERVES, {"ids": sorted(product_ids)})
    return {row.id: row.serves for row in rows}
