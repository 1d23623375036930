"""A curator's verdict, and stepping aside from a shop one is close to. Locks: the product's row, then the case.

Kecamatan first, then the province. What follows for the listing happens here in the same transaction: on sale with its
version kept, or back to draft, and the producer is told in either case.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from shop.base.actor import SYSTEM, Actor
from shop.base.clock import local_day
from shop.base.errors import Forbidden, SeparationOfDuties, ShopError, Stale, WrongState
from shop.catalog import states as listing
from shop.catalog import versions
from shop.catalog.categories import shelves
from shop.catalog.indexing import post_index
from shop.catalog.models import Product
from shop.curation import criteria, mailing, scope, states
from shop.curation.criteria import Verdict
from shop.curation.models import CurationCase, CurationReview
from shop.db import session
from shop.reference import policy
from shop.vendors import conflicts
from shop.vendors.registering import notice

TWO_PEOPLE = "curation.two_people"
_CHANGED = (
    "Kiriman ini sudah berubah sejak Anda membukanya: kurator lain memutuskannya, atau produsen mengubahnya."
    " Penilaian Anda belum disimpan. Muat ulang lalu periksa lagi."
)


def decide(actor: Actor, case_id: int, version: int, verdict: Verdict, now: datetime) -> str:
    """Keep a verdict at the stage of the actor's hat and let the case and its listing follow. Returns the new state.

    A listing that is a draft by now is not judged: its case ends as withdrawn, whatever the verdict was.

    Raises NotFound for a case of another kecamatan, Stale when somebody else was first, Forbidden for whoever is too
    close to the producer or decided the other stage, WrongState, and Invalid with every fault of the verdict.
    """
    product_id = scope.find(actor, case_id).product_id
    product = session.get_one(Product, product_id, with_for_update=True, populate_existing=True)
    case = session.get_one(CurationCase, case_id, with_for_update=True, populate_existing=True)
    if case.version != version:
        raise Stale(_CHANGED)
    if (fault := obstacle(actor, case, now)) is not None:
        raise fault
    if product.state in {"draft", "archived"}:
        states.move(SYSTEM, case, "drop", now)
        return case.state
    verdict = criteria.checked(verdict, shelves()[case.content["category_code"]].kind)
    session.add(
        CurationReview(
            case_id=case.id,
            stage=case.state,
            curator_id=actor.user_id,
            **verdict.scores,
            decision=verdict.decision,
            reasons=list(verdict.reasons),
            words=verdict.words,
            at=now,
        )
    )
    stage = case.state
    states.move(actor, case, verdict.decision, now, scores=dict(verdict.scores), reasons=list(verdict.reasons))
    if case.state not in states.OPEN:
        _follow(actor, product, verdict.decision, now)
    mailing.tell(case, stage, verdict, now)
    return case.state


def obstacle(actor: Actor, case: CurationCase, now: datetime) -> ShopError | None:
    """Return why this person may not decide this case now, None when nothing stands against it."""
    stage = scope.stage_of(actor)
    if case.state not in states.OPEN:
        return WrongState("Kiriman ini sudah diputuskan.")
    if case.state != stage:
        return WrongState(
            "Kiriman ini sedang menunggu kurator kecamatan."
            if stage == "province"
            else "Kiriman ini sedang menunggu kurator provinsi."
        )
    if case.submitted_by == actor.user_id or _is_close(actor, case.vendor_id, now):
        return Forbidden(
            "Anda punya hubungan dengan usaha ini, jadi kurator lain yang menilainya.", kind="conflict-of-interest"
        )
    if policy.rule(session, TWO_PEOPLE, local_day(now)).value and _decided(actor, case):
        return SeparationOfDuties(
            "Anda sudah menilai produk ini di kecamatan, jadi orang lain yang menilai di provinsi."
        )
    return None


def step_aside(actor: Actor, case_id: int, relation: str, now: datetime) -> None:
    """Tell that the actor is close to the producer of a case: from now on others judge this producer.

    Telling it twice changes nothing. Raises Forbidden, NotFound, Invalid at `relation`.
    """
    vendor_id = scope.find(actor, case_id).vendor_id
    if actor.user_id is not None and not _is_close(actor, vendor_id, now):
        conflicts.tell_conflict(actor, actor.user_id, vendor_id, relation, now)


def _is_close(actor: Actor, vendor_id: int, now: datetime) -> bool:
    who = actor.user_id
    return who is not None and conflicts.conflict_between(who, vendor_id, local_day(now)) is not None


def _decided(actor: Actor, case: CurationCase) -> bool:
    judged = select(CurationReview.id).where(
        CurationReview.case_id == case.id, CurationReview.curator_id == actor.user_id
    )
    return session.scalars(judged.limit(1)).first() is not None


def _follow(actor: Actor, product: Product, verb: str, now: datetime) -> None:
    """Bring the listing where the verdict puts it. What was accepted while on sale stays there."""
    fresh = product.state == "submitted"
    if any(step.verb == verb for step in listing.MACHINE.steps_from(product.state)):
        listing.move(actor, product, verb)
    product.updated_at = now
    if product.state == "published":
        product.checked_on = local_day(now)
        versions.keep_version(actor, product, now)
        if fresh:  # on sale for the first time: facility P5, marketing, which the programme keeps once
            notice(product.vendor_id, "P5", now)
    post_index([product.id], now)
