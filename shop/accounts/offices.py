"""Offices: loaded from reference data, looked up by screens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, select

from shop.accounts.models import Office
from shop.accounts.models_office import OfficeName
from shop.audit.trail import record
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, NotFound, Stale, or_fault
from shop.base.money import MAX_RUPIAH
from shop.base.numbers import clean_nip, mask, only_digits
from shop.db import session
from shop.reference.files import OfficeRow
from shop.reference.loading import TableCount

LIMIT: Final = "accounts:office:limit"
DESCRIBE: Final = "accounts:office:describe"
# Built once and on the table: placing an order passes here.
_o: Final = cast("Table", Office.__table__).c
_ABOVE: Final = select(_o.approval_above).where(_o.id == bindparam("office"))


def approval_above(office_id: int) -> int | None:
    """Return above how many rupiah an order of this office needs a yes of its PPK; None when none does."""
    found: int | None = session.execute(_ABOVE, {"office": office_id}).scalar()
    return found


def set_approval_above(actor: Actor, amount: int | None, seen: int | None, now: datetime) -> None:
    """Set that limit in rupiah, or take it away with None. Only by the office's PA/KPA.

    `seen`: the limit on the screen; Stale when another PA/KPA changed it meanwhile. Raises Forbidden, Invalid.
    """
    actor.require(LIMIT)
    found = session.get(Office, actor.office_id or 0, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if amount is not None and not 1 <= amount <= MAX_RUPIAH:
        raise Invalid.at("amount", "Isi batas dalam rupiah, misalnya 10.000.000, atau kosongkan.")
    if found.approval_above != seen:
        raise Stale
    if amount != seen:
        found.approval_above = amount
        record(actor, "accounts.approval_limit_set", "office", found.id, now, amount=amount, before=seen)


@dataclass(frozen=True, slots=True)
class Identity:
    """What official papers say of an office; NPWP of 15 or 16 digits, NIP of the PPTK of 18, dots and spaces allowed."""

    address: str
    npwp: str
    pptk_name: str
    pptk_nip: str


def describe(actor: Actor, said: Identity, seen: int, now: datetime) -> None:
    """Write what papers say of the actor's office. Only by its PA/KPA.

    `seen`: the version on the screen. Raises Forbidden, Invalid with every fault, Stale when somebody was first.
    """
    actor.require(DESCRIBE)
    found = session.get(Office, actor.office_id or 0, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    faults: list[FieldFault] = []
    npwp, nip = only_digits(said.npwp), or_fault(faults, _nip, said.pptk_nip, found.pptk_nip)
    address, name = one_line(said.address), one_line(said.pptk_name)
    if not 10 <= len(address) <= 300:  # noqa: PLR2004
        faults.append(FieldFault("address", "Isi alamat lengkap kantor, 10 sampai 300 huruf."))
    if npwp and not (npwp.isascii() and npwp.isdigit() and len(npwp) in (15, 16)):
        faults.append(FieldFault("npwp", "NPWP terdiri dari 15 atau 16 angka."))
    if len(name) > 200:  # noqa: PLR2004
        faults.append(FieldFault("pptk_name", "Nama paling panjang 200 huruf."))
    if faults:
        raise Invalid(faults=tuple(faults))
    if found.version != seen:
        raise Stale
    found.address, found.npwp, found.pptk_name, found.pptk_nip = address, npwp or None, name, nip or ""
    record(actor, "accounts.office_described", "office", found.id, now)


def _nip(typed: str, kept: str) -> str:
    """Return the NIP as typed; the kept one when it came back masked, as screens show it."""
    return kept if kept and typed.strip() == mask(kept) else clean_nip(typed, "pptk_nip")


def load_offices(rows: Iterable[OfficeRow]) -> TableCount:
    """Add what is new, change what differs, and count both: loading twice changes nothing.

    Offices that are missing from `rows` stay: orders name them. One that was renamed by decree keeps its new name where
    the file still has the former. Raises Invalid for an unknown parent code, and for a code that stands twice.
    """
    wanted = list(rows)
    for code, times in Counter(row.code.casefold() for row in wanted).items():
        if times > 1:
            raise Invalid(
                "Kode kantor %(code)s ada %(times)s kali. Satu kode untuk satu kantor.", code=code, times=times
            )
    former = set(
        session.execute(select(Office.code, OfficeName.name).join(OfficeName, OfficeName.office_id == Office.id))
    )
    known = {office.code: office for office in session.scalars(select(Office))}
    fresh, changed = set[str](), set[str]()
    for row in wanted:
        office = known.get(row.code)
        name = office.name if office is not None and (row.code, row.name) in former else row.name
        values = (name, row.kind, row.region_code or None)
        if office is None:
            known[row.code] = office = Office(code=row.code)
            session.add(office)
            fresh.add(row.code)
        elif (office.name, office.kind, office.region_code) != values:
            changed.add(row.code)
        office.name, office.kind, office.region_code = values
    session.flush()  # ids exist from here on, whatever the order of the rows
    changed |= {row.code for row in wanted if _set_parent(known, row)} - fresh
    session.flush()
    return TableCount("office", len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))


def _set_parent(known: dict[str, Office], row: OfficeRow) -> bool:
    if row.parent and row.parent not in known:
        raise Invalid("Kantor %(code)s menunjuk induk %(parent)s yang tidak ada.", code=row.code, parent=row.parent)
    parent_id = known[row.parent].id if row.parent else None
    office = known[row.code]
    if office.parent_id == parent_id:
        return False
    office.parent_id = parent_id
    return True


_OFFICE: Final = select(
    _o.id, _o.code, _o.name, _o.kind, _o.region_code, _o.relaxed_duties, _o.relaxed_reason, _o.relaxed_at, _o.relaxed_by,
    _o.approval_above, _o.npwp, _o.address, _o.pptk_name, _o.pptk_nip, _o.version,
).where(_o.id == bindparam("office"))  # fmt: skip


def office(office_id: int) -> Any:
    """Return the row (id, code, name, kind, region_code, relaxed_*) of an office. Raises NotFound."""
    row = session.execute(_OFFICE, {"office": office_id}).first()
    if row is None:
        raise NotFound
    return row


def office_by_code(code: str) -> Any:
    """Return the same row by the office's code. Raises NotFound."""
    found = session.execute(select(Office.id).where(Office.code == code.strip())).scalar()
    if found is None:
        raise NotFound("Tidak ada kantor dengan kode itu.")
    return office(found)


def codes() -> list[tuple[str, str]]:
    """Return (code, name) of every office, by name: what a form offers."""
    rows = session.execute(select(Office.code, Office.name).order_by(Office.name, Office.code))
    return [(row.code, f"{row.name} ({row.code})") for row in rows]


def office_names(office_ids: Iterable[int]) -> dict[int, str]:
    """Return {id: name} in one statement."""
    ids = set(office_ids)
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(select(Office.id, Office.name).where(Office.id.in_(ids)))}
