"""The bank account an office's autodebet takes from: registered by its PA/KPA, shown masked ever after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.accounts.offices import office
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, NotFound, Stale, or_fault
from shop.base.numbers import mask
from shop.db import session
from shop.payments.models import OfficeAccount
from shop.payments.states import APPROVE
from shop.vendors.identity import clean_account

_LONGEST_BANK, _LONGEST_HOLDER, _LEAST = 60, 160, 2


def account_of(office_id: int) -> OfficeAccount | None:
    """Return the account of an office that counts now."""
    return session.scalar(
        select(OfficeAccount).where(OfficeAccount.office_id == office_id, OfficeAccount.ended_at.is_(None))
    )


def register(actor: Actor, seen: int, bank: str, number: str, holder: str, now: datetime) -> OfficeAccount:
    """Register the account of one's office; the one before ends. `seen`: id of the one on the screen, 0 for none.

    Raises Forbidden, NotFound without an office, Invalid with every wrong field, Stale when another was registered meanwhile.
    """
    office_id = _own(actor)
    faults: list[FieldFault] = []
    bank, holder = one_line(bank), one_line(holder)
    cleaned = or_fault(faults, clean_account, number)
    faults = [FieldFault("number", fault.message) for fault in faults]
    if not _LEAST <= len(bank) <= _LONGEST_BANK:
        faults.append(FieldFault("bank", "Isi nama bank, misalnya Bank DKI."))
    if not _LEAST <= len(holder) <= _LONGEST_HOLDER:
        faults.append(FieldFault("holder", "Isi nama pemilik rekening seperti tercatat di bank."))
    if faults or cleaned is None:
        raise Invalid(faults=tuple(faults))
    _end(office_id, seen, now)
    made = OfficeAccount(
        office_id=office_id, bank=bank, number=cleaned, holder=holder, set_by=actor.user_id, set_at=now
    )
    session.add(made)
    trail.record(actor, "payments.account_set", "office", office_id, now, bank=bank, number=mask(cleaned))
    return made


def withdraw(actor: Actor, seen: int, now: datetime) -> None:
    """End the account of one's office: no autodebet can be asked for any more. Raises Forbidden, NotFound, Stale."""
    office_id = _own(actor)
    if seen == 0:
        raise NotFound("Kantor ini tidak punya rekening autodebet.")
    _end(office_id, seen, now)
    trail.record(actor, "payments.account_ended", "office", office_id, now)


def history(actor: Actor) -> Sequence[Any]:
    """Return the entries of the trail about this account, newest first. Raises Forbidden, NotFound."""
    rows = trail.history("office", _own(actor))
    return [row for row in rows if row.verb.startswith("payments.account_")][::-1]


def _own(actor: Actor) -> int:
    actor.require(APPROVE)
    return int(office(actor.office_id or 0).id)


def _end(office_id: int, seen: int, now: datetime) -> None:
    query = select(OfficeAccount).where(OfficeAccount.office_id == office_id, OfficeAccount.ended_at.is_(None))
    found = session.scalar(query.with_for_update())
    if (found.id if found else 0) != seen:
        raise Stale
    if found is not None:
        found.ended_at = now
        session.flush()  # before the next one is written: only one may stand
