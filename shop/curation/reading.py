"""What a producer sees of curation: where each listing is and since when, and the whole story of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, tuple_

from shop.base.actor import Actor
from shop.catalog.editing import own_product
from shop.catalog.states import MANAGE
from shop.curation.casefile import Round, rounds
from shop.curation.models import CurationCase
from shop.curation.states import OPEN
from shop.db import session

MOST: Final = 999
"""Those who wait before a listing are counted up to here."""
OWN: Final = "catalog:product:read_own"


@dataclass(frozen=True, slots=True)
class Status:
    """Where the newest round of one product is: a state of `curation.states`, and since when."""

    case_id: int
    state: str
    since: datetime
    round: int
    recheck: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that happened to one product in curation. `before` counts those who wait longer, up to MOST + 1."""

    product_id: int
    name: str
    state: str
    version: int
    rounds: Sequence[Round]
    before: int | None


def status_of(actor: Actor, product_ids: Iterable[int]) -> Mapping[int, Status]:
    """Return the newest round by product, for those of the products that are the actor's own and were ever handed in.

    One statement, whatever the number of products.
    """
    actor.require(OWN)
    newest = (
        select(CurationCase.product_id, func.max(CurationCase.round).label("round"))
        .where(CurationCase.product_id.in_(list(product_ids)), CurationCase.vendor_id == actor.vendor_id)
        .group_by(CurationCase.product_id)
        .subquery()
    )
    rows = session.execute(
        select(
            CurationCase.product_id,
            CurationCase.id,
            CurationCase.state,
            func.coalesce(CurationCase.decided_at, CurationCase.waiting_since, type_=CurationCase.waiting_since.type),
            CurationCase.round,
            CurationCase.recheck,
        ).join(newest, (newest.c.product_id == CurationCase.product_id) & (newest.c.round == CurationCase.round))
    )
    return {row[0]: Status(*row[1:]) for row in rows}


def story(actor: Actor, product_id: int) -> Story:
    """Return the whole story of an own product. Raises Forbidden, NotFound for somebody else's."""
    actor.require(MANAGE)
    product = own_product(actor, product_id)
    told = rounds([product.id]).get(product.id, [])
    waiting = next((r for r in told if r.state in OPEN), None)
    return Story(
        product.id,
        product.name,
        product.state,
        product.version,
        told,
        _before(waiting.id) if waiting else None,
    )


def _before(case_id: int) -> int:
    case = session.get_one(CurationCase, case_id)
    line = select(CurationCase.id).where(
        CurationCase.state == case.state,
        tuple_(CurationCase.waiting_since, CurationCase.id) < (case.waiting_since, case.id),
    )
    if case.state == "kecamatan":
        line = line.where(CurationCase.kecamatan_code == case.kecamatan_code)
    return session.execute(select(func.count()).select_from(line.limit(MOST + 1).subquery())).scalar_one()
