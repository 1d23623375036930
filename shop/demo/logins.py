"""Who may sign in to a demo: printed at the start and offered on the sign-in page, of a demo only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from shop.accounts.models import Hat, Office, UserAccount
from shop.accounts.permissions import LABELS, VENDOR_ROLES, Role
from shop.db import session
from shop.vendors.models import Vendor

PASSWORD: Final = "kue-rangi-hangat"  # noqa: S105 - not a secret: every demo prints it
DOMAIN: Final = "@demo.test"
_PLACES_SHOWN: Final = 2


@dataclass(frozen=True, slots=True)
class Login:
    """One demo person: the roles as people read them, the place, and what to type."""

    label: str
    place: str
    identifier: str
    password: str = PASSWORD


def logins() -> Sequence[Login]:
    """Return the people of the first two offices and producers, and those of the programme."""
    found = session.execute(
        select(UserAccount.email, Hat.role, func.coalesce(Office.name, Vendor.name, "").label("place"))
        .join(Hat, Hat.user_id == UserAccount.id)
        .outerjoin(Office, Office.id == Hat.office_id)
        .outerjoin(Vendor, Vendor.id == Hat.vendor_id)
        .where(UserAccount.email.endswith(DOMAIN), Hat.for_user_id.is_(None))
        .order_by(Hat.id)
    )
    roles: dict[tuple[str, str], list[str]] = {}
    places: dict[bool, list[str]] = {True: [], False: []}
    for email, role, place in found:
        known = places[role in VENDOR_ROLES]
        if place and place not in known:
            known.append(place)
        if not place or place in known[:_PLACES_SHOWN]:
            roles.setdefault((email, place), []).append(LABELS[Role(role)])
    return [Login(", ".join(worn), place, email) for (email, place), worn in roles.items()]
