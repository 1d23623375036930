"""Reading of help: open needs with the offers that fit them, offers with the places left, and the producer's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from shop.base.actor import Actor
from shop.catalog.models import Category, Product
from shop.db import session
from shop.programme import in_sight
from shop.programme.models import Collaborator, HelpMatch, HelpNeed, HelpOffer
from shop.programme.rules import Fit, Needed, Offered, fit
from shop.vendors.models import Vendor

_OFFERS_WEIGHED: Final = 300
_BEST: Final = 3


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer, who makes it, and how many places are left. Rupiah."""

    id: int
    kind: str
    title: str
    detail: str
    amount: int | None
    by: str
    kecamatan_code: str | None
    category_kind: str
    places: int
    places_left: int
    until_day: date
    closed: bool

    @property
    def offered(self) -> Offered:
        """What matching looks at."""
        return Offered(self.kind, self.kecamatan_code, self.category_kind, self.amount, self.places_left)


@dataclass(frozen=True, slots=True)
class MatchView:
    """An offer brought to a need, and what the producer answered ('' while it waits)."""

    id: int
    need_id: int
    offer_id: int
    title: str
    detail: str
    by: str
    amount: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class NeedView:
    """One need, who asks, the best offers for it, and what was matched so far. Rupiah."""

    id: int
    vendor_id: int
    vendor: str
    kecamatan_code: str
    kind: str
    title: str
    detail: str
    amount: int | None
    asked_at: datetime
    fits: Sequence[tuple[OfferView, Fit]]
    matches: Sequence[MatchView]


def held(offer_ids: Collection[int]) -> dict[int, int]:
    """Return {offer: places given away}: taken, or waiting for an answer; one statement."""
    rows = session.execute(
        select(HelpMatch.offer_id, func.count())
        .where(HelpMatch.offer_id.in_(offer_ids), HelpMatch.answer != "declined")
        .group_by(HelpMatch.offer_id)
    )
    return dict(rows.all())


def as_needed(needs: Sequence[Any]) -> dict[int, Needed]:
    """Return {need: what matching looks at}; two statements. The kinds are those of what the producer lists."""
    vendor_ids = {need.vendor_id for need in needs}
    homes = dict(session.execute(select(Vendor.id, Vendor.kecamatan_code).where(Vendor.id.in_(vendor_ids))).all())
    kinds: dict[int, set[str]] = defaultdict(set)
    for vendor_id, kind in session.execute(
        select(Product.vendor_id, Category.kind)
        .join(Category, Category.code == Product.category_code)
        .where(Product.vendor_id.in_(vendor_ids), Product.state != "archived")
        .distinct()
    ):
        kinds[vendor_id].add(kind)
    return {n.id: Needed(n.kind, homes[n.vendor_id], frozenset(kinds[n.vendor_id]), n.amount) for n in needs}


def offers(today: date, *, offset: int = 0, limit: int = _OFFERS_WEIGHED, only_open: bool = False) -> list[OfferView]:
    """Return offers, the open ones and the nearest to their end first; two statements."""
    query = select(
        HelpOffer.id, HelpOffer.kind, HelpOffer.title, HelpOffer.detail, HelpOffer.amount, Collaborator.name,
        HelpOffer.kecamatan_code, HelpOffer.category_kind, HelpOffer.places, HelpOffer.until_day, HelpOffer.closed_at,
    ).outerjoin(Collaborator, Collaborator.id == HelpOffer.collaborator_id)  # fmt: skip
    if only_open:
        query = query.where(HelpOffer.closed_at.is_(None), HelpOffer.until_day >= today)
    query = query.order_by(HelpOffer.closed_at.is_not(None), HelpOffer.until_day.desc(), HelpOffer.id)
    rows = session.execute(query.offset(offset).limit(limit)).all()
    given = held([row.id for row in rows])
    return [
        OfferView(
            row.id, row.kind, row.title, row.detail, row.amount, row.name or "", row.kecamatan_code, row.category_kind,
            row.places, max(0, row.places - given.get(row.id, 0)), row.until_day,
            row.closed_at is not None or row.until_day < today,
        )
        for row in rows
    ]  # fmt: skip


def count_offers() -> int:
    """Return how many offers there are."""
    return session.execute(select(func.count()).select_from(HelpOffer)).scalar_one()


def open_needs(actor: Actor, today: date, *, offset: int, limit: int) -> tuple[list[NeedView], int]:
    """Return a page of open needs within reach, the oldest first, and how many; six statements, whatever the length."""
    wanted = (HelpNeed.closed_at.is_(None), in_sight.within(actor))
    total = session.execute(
        select(func.count()).select_from(HelpNeed).join(Vendor, Vendor.id == HelpNeed.vendor_id).where(*wanted)
    ).scalar_one()
    rows = session.execute(
        select(*HelpNeed.__table__.c, Vendor.name.label("vendor"), Vendor.kecamatan_code)
        .join(Vendor, Vendor.id == HelpNeed.vendor_id)
        .where(*wanted)
        .order_by(HelpNeed.asked_at, HelpNeed.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return _weighed(rows, offers(today, only_open=True)), total


def own_needs(vendor_id: int) -> list[Any]:
    """Return the producer's open needs, the newest first; one statement."""
    return list(
        session.execute(
            select(HelpNeed.id, HelpNeed.kind, HelpNeed.title, HelpNeed.detail, HelpNeed.amount, HelpNeed.asked_at)
            .where(HelpNeed.vendor_id == vendor_id, HelpNeed.closed_at.is_(None))
            .order_by(HelpNeed.id.desc())
        )
    )


def own_matches(vendor_id: int, *, limit: int = 20) -> list[MatchView]:
    """Return what was offered to the producer, unanswered first; one statement."""
    query = _MATCH.join(HelpNeed, HelpNeed.id == HelpMatch.need_id).where(HelpNeed.vendor_id == vendor_id)
    rows = session.execute(query.order_by(HelpMatch.answer != "", HelpMatch.id.desc()).limit(limit))
    return [MatchView(*row) for row in rows]


_MATCH: Final[Any] = (
    select(
        HelpMatch.id, HelpMatch.need_id, HelpMatch.offer_id, HelpOffer.title, HelpOffer.detail,
        func.coalesce(Collaborator.name, ""), HelpOffer.amount, HelpMatch.answer,
    )
    .select_from(HelpMatch)
    .join(HelpOffer, HelpOffer.id == HelpMatch.offer_id)
    .outerjoin(Collaborator, Collaborator.id == HelpOffer.collaborator_id)
)  # fmt: skip


def _weighed(rows: Sequence[Any], on_offer: Sequence[OfferView]) -> list[NeedView]:
    needed = as_needed(rows)
    matches: dict[int, list[MatchView]] = defaultdict(list)
    for row in session.execute(_MATCH.where(HelpMatch.need_id.in_(needed)).order_by(HelpMatch.id)):
        matches[row.need_id].append(MatchView(*row))
    return [
        NeedView(
            row.id, row.vendor_id, row.vendor, row.kecamatan_code, row.kind, row.title, row.detail, row.amount,
            row.asked_at, _best(needed[row.id], on_offer, matches[row.id]), matches[row.id],
        )
        for row in rows
    ]  # fmt: skip


def _best(need: Needed, on_offer: Sequence[OfferView], tried: Sequence[MatchView]) -> list[tuple[OfferView, Fit]]:
    known: Mapping[int, str] = {match.offer_id: match.answer for match in tried}
    found = [(view, fit(view.offered, need)) for view in on_offer if view.id not in known]
    fitting = [(view, how) for view, how in found if how is not None]
    return sorted(fitting, key=lambda pair: (-pair[1].score, pair[0].until_day, pair[0].id))[:_BEST]
