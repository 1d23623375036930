"""Which cases a curator may see, at which stage the hat decides, and which the person decided before."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select, true

from shop.accounts.permissions import Role
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.catalog.states import CURATE
from shop.curation.models import CurationCase, CurationReview
from shop.db import session


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


def judged_before(actor: Actor) -> ColumnElement[bool]:
    """Return whether this person has already decided the other stage of a case."""
    return exists().where(CurationReview.case_id == CurationCase.id, CurationReview.curator_id == actor.user_id)
