"""Which cases a curator may see, at which stage the hat decides, and whose shops the person keeps out of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select, true, union_all

from shop.accounts.models import Hat
from shop.accounts.permissions import Role
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.catalog.states import CURATE
from shop.curation.models import CurationCase, CurationReview
from shop.db import session
from shop.vendors.models import ConflictOfInterest


def stage_of(actor: Actor) -> str:
    """Return the stage this hat decides: `kecamatan` or `province`. Raises Forbidden for whoever is no curator."""
    actor.require(CURATE)
    return "kecamatan" if actor.role == Role.CURATOR_KECAMATAN else "province"


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the cases this hat may look at: the own kecamatan's, or all of them for the province."""
    if stage_of(actor) == "kecamatan":
        return CurationCase.kecamatan_code == actor.region_code
    return true()


def find(actor: Actor, case_id: int) -> CurationCase:
    """Return a case. Raises NotFound when there is none or it belongs to another kecamatan."""
    case = session.scalars(select(CurationCase).where(CurationCase.id == case_id, visible(actor))).first()
    if case is None:
        raise NotFound("Kiriman ini tidak ada atau bukan untuk wilayah Anda.")
    return case


def barred_vendors(actor: Actor, day: date) -> Sequence[int]:
    """Return the producers this person may not judge on a day, as `vendors.conflicts.conflict_between` tells for one."""
    return session.scalars(
        union_all(
            select(ConflictOfInterest.vendor_id).where(ConflictOfInterest.user_id == actor.user_id),
            select(Hat.vendor_id).where(
                Hat.user_id == actor.user_id,
                Hat.vendor_id.is_not(None),
                Hat.valid_from <= day,
                or_(Hat.valid_until.is_(None), Hat.valid_until >= day),
            ),
        )
    ).all()


def judged_before(actor: Actor) -> ColumnElement[bool]:
    """Return whether this person has already decided the other stage of a case."""
    return exists().where(CurationReview.case_id == CurationCase.id, CurationReview.curator_id == actor.user_id)
