"""Everything a curator has in hand about one case: the listing as it was handed in, papers, rounds, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from shop.accounts.models import UserAccount
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.errors import ShopError
from shop.catalog import versions, wording
from shop.catalog.categories import Shelf, shelves
from shop.catalog.evidence import Paper, Standing, standing
from shop.catalog.models import Certificate
from shop.curation import criteria, reviewing, scope
from shop.curation.models import CurationCase, CurationReview
from shop.db import session
from shop.vendors import papers
from shop.vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What one curator said; `scores` in the order of the criteria."""

    stage: str
    curator: str
    decision: str
    scores: Sequence[tuple[str, int]]
    reasons: Sequence[str]
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """One submission of the same product, with what was said of it."""

    id: int
    round: int
    state: str
    recheck: bool
    submitted_at: datetime
    waiting_since: datetime
    decided_at: datetime | None
    reviews: Sequence[ReviewView]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case as a curator's page shows it on a Jakarta day. `changes` is None when nobody decided an earlier round.

    `papers` are those of the producer's wallet, `has_halal` whether one of them counts as halal on that day.
    """

    case: CurationCase
    shelf: Shelf
    maker: str
    maker_slug: str
    papers: Sequence[Any]
    has_halal: bool
    day: date
    tkdn: Standing
    rounds: Sequence[Round]
    changes: Mapping[str, tuple[Any, Any]] | None
    criteria: Sequence[str]
    obstacle: ShopError | None

    @property
    def content(self) -> Mapping[str, Any]:
        """The listing as it was handed in."""
        return self.case.content


def open_file(actor: Actor, case_id: int, now: datetime) -> CaseFile:
    """Return one case in full; a fixed number of statements. Raises Forbidden, NotFound for another kecamatan's."""
    case, day = scope.find(actor, case_id), local_day(now)
    shelf = shelves()[case.content["category_code"]]
    wallet = papers.papers_of(case.vendor_id)
    maker = session.execute(select(Vendor.name, Vendor.slug).where(Vendor.id == case.vendor_id)).one()
    return CaseFile(
        case,
        shelf,
        maker.name,
        maker.slug,
        wallet,
        any(p.kind == "halal" and papers.counts(p.issued_on, p.valid_until, day) for p in wallet),
        day,
        _tkdn(case.product_id, day),
        rounds([case.product_id])[case.product_id],
        _changes(case),
        criteria.of_kind(shelf.kind),
        reviewing.obstacle(actor, case, now),
    )


def rounds(product_ids: Iterable[int]) -> dict[int, list[Round]]:
    """Return all rounds of these products, the newest first; two statements."""
    cases = session.execute(
        select(
            CurationCase.id,
            CurationCase.product_id,
            CurationCase.round,
            CurationCase.state,
            CurationCase.recheck,
            CurationCase.submitted_at,
            CurationCase.waiting_since,
            CurationCase.decided_at,
        )
        .where(CurationCase.product_id.in_(list(product_ids)))
        .order_by(CurationCase.product_id, CurationCase.round.desc())
    ).all()
    said = _reviews([case.id for case in cases])
    found: dict[int, list[Round]] = {}
    for case in cases:
        found.setdefault(case.product_id, []).append(Round(case.id, *case[2:], said.get(case.id, [])))
    return found


def _reviews(case_ids: list[int]) -> dict[int, list[ReviewView]]:
    rows = session.execute(
        select(CurationReview, UserAccount.name)
        .join(UserAccount, UserAccount.id == CurationReview.curator_id)
        .where(CurationReview.case_id.in_(case_ids))
        .order_by(CurationReview.id)
    )
    found: dict[int, list[ReviewView]] = {}
    for row, name in rows:
        scores = [(key, getattr(row, key)) for key in criteria.LABELS if getattr(row, key) is not None]
        found.setdefault(row.case_id, []).append(
            ReviewView(row.stage, name, row.decision, scores, row.reasons, row.words, row.at)
        )
    return found


def _tkdn(product_id: int, day: date) -> Standing:
    rows = session.execute(
        select(
            Certificate.kind,
            Certificate.number,
            Certificate.tkdn_bp,
            Certificate.bmp_bp,
            Certificate.issued_on,
            Certificate.valid_until,
        ).where(Certificate.product_id == product_id, Certificate.valid_until >= day)
    )
    return standing((Paper(*row) for row in rows), day)


def _changes(case: CurationCase) -> Mapping[str, tuple[Any, Any]] | None:
    """Return what differs from the last earlier round that somebody decided: a withdrawn one was never judged."""
    before = session.scalars(
        select(CurationCase.content)
        .where(
            CurationCase.product_id == case.product_id,
            CurationCase.round < case.round,
            CurationCase.state.in_(("accepted", "refused")),
        )
        .order_by(CurationCase.round.desc())
        .limit(1)
    ).first()
    if before is None:
        return None
    found = versions.changes(before, case.content)
    return {name: found[name] for name in wording.FIELDS if name in found}
