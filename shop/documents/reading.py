"""Reading papers as they were issued: of an order for those who take part in it, by code or number for anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from shop.accounts.models import Office
from shop.base.codes import fingerprint, one_line
from shop.base.errors import NotFound
from shop.db import session
from shop.documents.kind import Signed
from shop.documents.models import IssuedDocument, Signature
from shop.documents.table import KINDS
from shop.orders import states
from shop.orders.models import Order
from shop.vendors.models import Vendor

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 letters nobody mistakes for another: ten of them are 50 bits, asked for thirty times a minute at most."""
HALF: Final = 5
UNKNOWN: Final = (
    "Tidak ada dokumen dengan kode atau nomor ini. Periksa huruf demi huruf pada dokumen: kode periksa terdiri dari "
    "dua kelompok berisi lima huruf atau angka; nomor ditulis lengkap dengan garis miringnya."
)
_d: Final = IssuedDocument
_newer: Final = aliased(IssuedDocument)


@dataclass(frozen=True, slots=True)
class Issued:
    """One version of a paper. `state`: `valid`, `superseded` or `cancelled` (its order ended unpaid)."""

    id: int
    kind: str
    order_id: int | None
    office_id: int
    vendor_id: int | None
    number: str
    version: int
    content: Mapping[str, Any]
    fingerprint: str
    check_code: str
    issued_at: datetime
    reason: str
    state: str
    newer_code: str
    """Check code of the version in its place, empty when there is none."""
    signatures: tuple[Signed, ...]

    @property
    def intact(self) -> bool:
        """Whether nobody has changed the content behind the application's back."""
        return fingerprint(self.content) == self.fingerprint

    @property
    def title(self) -> str:
        """Name of the kind, a msgid."""
        return KINDS[self.kind].title

    @property
    def total(self) -> int | None:
        """Rupiah the paper is about, None when it names none."""
        return self.content.get("total")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public page shows of a paper beside itself."""

    paper: Issued
    office_name: str
    vendor_name: str
    by_code: bool
    """Whether the code was known. Numbers can be guessed: who has only a number is not told the code a forger would print."""


_COLUMNS: Final = (
    _d.id, _d.kind, _d.order_id, _d.office_id, _d.vendor_id, _d.number, _d.version, _d.content, _d.fingerprint,
    _d.check_code, _d.issued_at, _d.reason, _newer.check_code.label("newer_code"), Order.state.label("order_state"),
)  # fmt: skip


def of_order(order_id: int) -> list[Issued]:
    """Return all papers of an order with their signatures, oldest first; two statements."""
    return _papers(_d.order_id == order_id)


def paper_of(order_id: int, document_id: int) -> Issued:
    """Return one paper of an order that the caller may see. Raises NotFound."""
    found = _papers(_d.order_id == order_id, _d.id == document_id)
    if not found:
        raise NotFound("Dokumen ini tidak ada.")
    return found[0]


def numbers_of(order_ids: Any, kinds: Iterable[str]) -> Mapping[int, Mapping[str, str]]:
    """Return {order: {kind: number}} of papers issued for these orders (ids, or a statement that selects them); one statement."""
    found = defaultdict[int, dict[str, str]](dict)
    where = (_d.order_id.in_(order_ids), _d.kind.in_(kinds))
    rows: Any = session.execute(select(_d.order_id, _d.kind, _d.number).where(*where))
    for order_id, kind, number in rows:
        found[order_id][kind] = number  # every version bears the same
    return found


def newest(papers: Iterable[Issued]) -> dict[str, Issued]:
    """Return the version of each kind that stands."""
    return {paper.kind: paper for paper in sorted(papers, key=lambda paper: paper.version)}


def check_paper(text: str) -> Checked:
    """Return the paper with a check code or a number, as somebody typed it; of a number the newest version.

    Raises NotFound in one and the same way for what never was and for what is neither.
    """
    code = plain_code(text)
    number = one_line(text)[:60]
    where = _d.check_code == code if code else _d.number == number
    row: Any = session.execute(
        select(_d.id, Office.name.label("office"), Vendor.name.label("vendor"))
        .join(Office, Office.id == _d.office_id)
        .outerjoin(Vendor, Vendor.id == _d.vendor_id)
        .where(where)
        .order_by(_d.version.desc(), _d.id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound(UNKNOWN)
    return Checked(_papers(_d.id == row.id)[0], row.office, row.vendor or "", bool(code))


def plain_code(text: str) -> str:
    """Return a typed code as papers write it, `ABCDE-FGHJK`; empty for what cannot be one.

    >>> plain_code(" abcde fghjk "), plain_code("0412/SP/OPD-0031/XI/2026")
    ('ABCDE-FGHJK', '')
    """
    letters = "".join(text[:40].upper().split()).replace("-", "")
    if len(letters) != 2 * HALF or any(letter not in ALPHABET for letter in letters):
        return ""
    return f"{letters[:HALF]}-{letters[HALF:]}"


def _papers(*where: Any) -> list[Issued]:
    rows: Sequence[Any] = session.execute(
        select(*_COLUMNS)
        .outerjoin(_newer, _newer.supersedes_id == _d.id)
        .outerjoin(Order, Order.id == _d.order_id)
        .where(*where)
        .order_by(_d.id)
    ).all()
    signed = _signatures({row.id: row.kind for row in rows})
    for elsewhere in {of for row in rows if (of := KINDS[row.kind].signed)}:
        mine = {row.id: row.order_id for row in rows if KINDS[row.kind].signed is elsewhere}
        found = elsewhere(set(mine.values()))
        signed |= {paper_id: [*found.get(order_id, ())] for paper_id, order_id in mine.items()}
    return [_issued(row, tuple(signed.get(row.id, ()))) for row in rows]


def _issued(row: Any, signatures: tuple[Signed, ...]) -> Issued:
    said = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    state = _state(said["newer_code"], said.pop("order_state"))
    return Issued(**said | {"newer_code": said["newer_code"] or "", "state": state, "signatures": signatures})


def _state(newer_code: str | None, order_state: str | None) -> str:
    if newer_code:
        return "superseded"
    return "cancelled" if order_state in states.UNPAID_END else "valid"


def _signatures(kinds: Mapping[int, str]) -> dict[int, list[Signed]]:
    found = defaultdict[int, list[Signed]](list)
    if not kinds:
        return found
    for row in session.scalars(
        select(Signature).where(Signature.document_id.in_(kinds)).order_by(Signature.at, Signature.id)
    ):
        party = KINDS[kinds[row.document_id]].parties.get(row.party)
        label = party.label if party else row.party
        found[row.document_id].append(Signed(row.party, label, row.name, row.for_name, row.how, row.at))
    return found
