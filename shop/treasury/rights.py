"""Who may see and do what in the treasurer's room."""

from __future__ import annotations

from typing import Final

from shop.base.actor import Actor
from shop.base.errors import NotFound

MATCH: Final = "treasury:bank:match"
RECORD: Final = "treasury:deposit:record"
READ: Final = "treasury:tax:read"
READ_ALL: Final = "treasury:tax:read_all"
"""All offices: the programme and auditors."""


def office_of(actor: Actor) -> int:
    """Return the office of this hat. Raises NotFound for a hat of no office."""
    if actor.office_id is None:
        raise NotFound
    return actor.office_id


def office_to_read(actor: Actor, asked: int | None) -> int | None:
    """Return the office whose taxes are read; None for all of them. Somebody else's office is not there (NotFound)."""
    actor.require(READ)
    if actor.may(READ_ALL):
        return asked
    own = office_of(actor)
    if asked is not None and asked != own:
        raise NotFound
    return own
