"""Whose money somebody may read: an office its own, a producer its own, who reads all orders any office and the city.

The city's sums are for auditors and the programme's administration, not for everybody: what the city bought is public
already (P3DN), and so is how punctually each office pays; what an office owes today is between it, its producers and
those who audit it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from shop.accounts.models import Office
from shop.base.actor import Actor
from shop.base.errors import NotFound
from shop.books.reading import Party
from shop.db import session
from shop.vendors.models import Vendor

READ: Final = "treasury:money:read"


@dataclass(frozen=True, slots=True)
class Purse:
    """One party of the books. The city has id 0 and no name."""

    party: Party
    party_id: int
    name: str


def purse_of(actor: Actor, office_id: int | None = None) -> Purse:
    """Return the purse an actor looks into; `office_id` chooses one for those who read all. One statement at most.

    Raises Forbidden, NotFound for an office that is not there or not the actor's.
    """
    actor.require(READ)
    if actor.vendor_id is not None:
        return Purse("vendor", actor.vendor_id, _found(select(Vendor.name).where(Vendor.id == actor.vendor_id)))
    mine = office_id if actor.may("orders:order:read_all") else actor.office_id
    if mine is None and actor.may("orders:order:read_all"):
        return Purse("city", 0, "")
    if mine is None or office_id not in {None, mine}:
        raise NotFound("Kantor ini tidak ada.")
    return Purse("office", mine, _found(select(Office.name).where(Office.id == mine)))


def _found(query: object) -> str:
    name: str | None = session.scalar(query)  # type: ignore[call-overload]
    if name is None:
        raise NotFound("Kantor ini tidak ada.")
    return name
