"""Names for the keys of the ledger: offices, accounts and kecamatan from the rooms below, the rest from the door."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from shop.accounts.models import Office
from shop.accounts.reorganising import UNCHANGED, Past, past
from shop.base.errors import NotFound
from shop.db import session
from shop.p3dn.faces import GroupBy
from shop.p3dn.rules import NOT_ORDERED
from shop.reference.models import AccountCode
from shop.reference.regions import regions

UNPLACED: Final = "Belum dipesan (rencana)"
EVIDENCE_LABELS: Final = {
    "certified": "Bersertifikat TKDN",
    "self_declared": "Pernyataan mandiri",
    "none": "Tanpa bukti TKDN",
    NOT_ORDERED: UNPLACED,
}
"""msgids; the door translates."""
CHANNEL_LABELS: Final = {
    "basket": "Keranjang",
    "approval": "Keranjang, disetujui PPK",
    "negotiation": "Tawar harga",
    "competition": "Kompetisi",
    "api": "Sistem lain (API)",
    "": "Tidak tercatat, atau masih rencana",
}
"""How an order was placed, as msgids."""
_MAX_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class OfficeRef:
    """An office as reports name it: the code is public and stable, the id is not shown."""

    id: int
    code: str
    name: str
    past: Past = UNCHANGED

    def name_on(self, day: date) -> str:
        """Return the name it carried on a Jakarta day."""
        return self.past.name_on(day, self.name)


def offices(ids: Iterable[int] | None = None) -> dict[int, OfficeRef]:
    """Return offices by id; all of them, in order of name, without `ids`."""
    query = select(Office.id, Office.code, Office.name).order_by(Office.name)
    if ids is not None:
        query = query.where(Office.id.in_(sorted(ids)))
    rows = session.execute(query).all()
    known = past(row.id for row in rows)
    return {row.id: OfficeRef(row.id, row.code, row.name, known.get(row.id, UNCHANGED)) for row in rows}


def office_of(text: str) -> OfficeRef:
    """Return the office with this code, or else this id. Raises NotFound."""
    columns = (Office.id, Office.code, Office.name)
    row = session.execute(select(*columns).where(Office.code == text)).first()
    if row is None and text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        row = session.execute(select(*columns).where(Office.id == int(text))).first()
    if row is None:
        raise NotFound("Kantor %(office)s tidak ada.", office=text)
    return OfficeRef(row.id, row.code, row.name)


def account_names(codes: Collection[str]) -> dict[str, str]:
    """Return names of account codes; unknown codes are left out."""
    rows = session.execute(select(AccountCode.code, AccountCode.name).where(AccountCode.code.in_(sorted(codes))))
    return {row.code: row.name for row in rows}


def kecamatan_names(codes: Collection[str]) -> dict[str, str]:
    """Return names of kecamatan, `''` being what is not ordered yet."""
    known = regions(session)
    return {code: known[code].name for code in codes if code in known}


def labels(group_by: GroupBy, keys: Collection[str]) -> dict[str, str]:
    """Return a label for each key of a breakdown, as msgids where they are words of ours.

    A name that is gone leaves its key standing. Vendors and categories live above this room, and stretches of time are
    the language's: the doors name those (shop/web/spending.py).
    """
    found: dict[str, str] = {}
    if group_by == "evidence":
        found = EVIDENCE_LABELS
    elif group_by == "channel":
        found = CHANNEL_LABELS
    elif group_by == "office":
        found = {str(ref.id): ref.name for ref in offices(int(key) for key in keys).values()}
    elif group_by == "account":
        found = account_names(keys)
    elif group_by == "kecamatan":
        found = kecamatan_names(keys)
    return {key: found.get(key, key or UNPLACED) for key in keys}
