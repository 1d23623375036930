"""The documents wallet, and the one place that says whether a producer's paper counts on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, false, or_, select

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Invalid, NotFound
from shop.db import session
from shop.outbox.posting import post
from shop.vendors import identity, places
from shop.vendors.models import PAPER_KINDS, Vendor, VendorPaper

CHANGED: Final = "vendors.changed"
"""Outbox kind: what buyers are told of this producer changed, so its products are indexed anew."""
LABELS: Final = {
    "nib": "NIB",
    "halal": "Sertifikat halal",
    "pirt": "SPP-IRT",
    "bpom": "Izin edar BPOM",
    "sni": "Sertifikat SNI",
    "haki": "Merek atau hak cipta (HAKI)",
    "tkdn": "TKDN perusahaan",
}
_p: Final = VendorPaper.__table__.c


def counts(issued_on: date, valid_until: date | None, day: date) -> bool:
    """Tell whether a paper counts on a Jakarta day: from its issue to its last day, and never the day after."""
    return issued_on <= day and (valid_until is None or day <= valid_until)


def holds_paper(kind: str, vendor_id: ColumnElement[int], day: Any) -> ColumnElement[bool]:
    """Return the same law in SQL: whether the producer has a paper of this kind, not withdrawn, that counts on `day`."""
    return exists().where(
        _p.vendor_id == vendor_id,
        _p.kind == kind,
        _p.withdrawn_at.is_(None),
        _p.issued_on <= day,
        or_(_p.valid_until.is_(None), _p.valid_until >= day),
    )


def halal_spans(vendor_ids: Collection[int]) -> dict[int, list[tuple[date, date | None]]]:
    """Return {producer: [(first, last day)]} of halal papers in the wallets; one statement, none for nobody."""
    if not vendor_ids:
        return {}
    found: dict[int, list[tuple[date, date | None]]] = {}
    query = select(_p.vendor_id, _p.issued_on, _p.valid_until).where(
        _p.vendor_id.in_(sorted(vendor_ids)), _p.kind == "halal", _p.withdrawn_at.is_(None)
    )
    for vendor_id, issued_on, valid_until in session.execute(query):
        found.setdefault(vendor_id, []).append((issued_on, valid_until))
    return found


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper as it was typed; `file_key` is empty without a file."""

    kind: str
    number: str
    issuer: str
    issued_on: date | None
    valid_until: date | None
    file_key: str = ""
    file_name: str = ""


def check(paper: NewPaper, today: date) -> None:
    """Raise Invalid with every fault of a paper: kind, number, dates in a wrong order or in the future."""
    faults: list[FieldFault] = []
    if paper.kind not in PAPER_KINDS:
        faults.append(FieldFault("kind", "Pilih jenis dokumen."))
    number = one_line(paper.number)
    if not number or len(number) > 80:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("number", "Isi nomor dokumen, paling panjang 80 karakter."))
    elif paper.kind == "nib":
        try:
            identity.clean_nib(number)
        except Invalid as fault:
            faults.append(FieldFault("number", str(fault.message)))
    if len(one_line(paper.issuer)) > 160:  # noqa: PLR2004 - the column's width
        faults.append(FieldFault("issuer", "Nama penerbit paling panjang 160 karakter."))
    if paper.issued_on is None:
        faults.append(FieldFault("issued_on", "Isi tanggal terbit."))
    elif paper.issued_on > today:
        faults.append(FieldFault("issued_on", "Tanggal terbit belum tiba. Tambahkan dokumen ini setelah terbit."))
    elif paper.valid_until is not None and paper.valid_until < paper.issued_on:
        faults.append(FieldFault("valid_until", "Dokumen ini berakhir sebelum terbit. Periksa kedua tanggalnya."))
    if faults:
        raise Invalid(faults=tuple(faults))


def add_paper(actor: Actor, paper: NewPaper, now: datetime, *, replaces: int | None = None) -> int:
    """Put a paper into the own wallet, in place of another when `replaces` names one; return its id.

    Raises Forbidden, Invalid, NotFound when the replaced one is not in the own wallet.
    """
    vendor_id = _own(actor)
    check(paper, local_day(now))
    old = _mine(vendor_id, replaces) if replaces is not None else None
    row = VendorPaper(
        vendor_id=vendor_id,
        kind=paper.kind,
        number=one_line(paper.number),
        issuer=one_line(paper.issuer),
        issued_on=paper.issued_on,
        valid_until=paper.valid_until,
        file_key=paper.file_key,
        file_name=one_line(paper.file_name)[:200],
        added_by=actor.user_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    if old is not None:
        old.withdrawn_at = now
    trail.record(actor, "vendors.paper_added", "vendor", vendor_id, now, kind=paper.kind, replaces=replaces)
    _news(vendor_id, now)
    return row.id


def withdraw_paper(actor: Actor, paper_id: int, now: datetime) -> None:
    """Take a paper out of the own wallet: it stops counting at once. Raises Forbidden, NotFound."""
    vendor_id = _own(actor)
    row = _mine(vendor_id, paper_id)
    row.withdrawn_at = now
    trail.record(actor, "vendors.paper_withdrawn", "vendor", vendor_id, now, kind=row.kind)
    _news(vendor_id, now)


def _news(vendor_id: int, now: datetime) -> None:
    post(CHANGED, {"vendor_id": vendor_id}, now)


def _own(actor: Actor) -> int:
    actor.require("vendors:vendor:manage")
    if actor.vendor_id is None:
        raise NotFound
    return actor.vendor_id


def _mine(vendor_id: int, paper_id: int) -> VendorPaper:
    row = session.get(VendorPaper, paper_id, with_for_update=True)
    if row is None or row.vendor_id != vendor_id or row.withdrawn_at is not None:
        raise NotFound
    return row


def papers_of(vendor_id: int) -> Sequence[Any]:
    """Return the papers in a wallet, by kind and last day, as rows with the columns of VendorPaper; one statement."""
    return session.execute(
        select(*VendorPaper.__table__.columns)
        .where(_p.vendor_id == vendor_id, _p.withdrawn_at.is_(None))
        .order_by(_p.kind, _p.valid_until.desc(), _p.id.desc())
    ).all()


def paper_file(actor: Actor, paper_id: int) -> tuple[str, str]:
    """Return (file key, file name) of a paper, to its producer and to whoever may see every producer of the place.

    Raises NotFound for everybody else.
    """
    may: list[ColumnElement[bool]] = []
    if actor.may("vendors:vendor:read"):
        may.append(VendorPaper.vendor_id == (actor.vendor_id or 0))
    if actor.may("vendors:vendor:read_all"):
        may.append(places.within(actor))
    row = session.execute(
        select(VendorPaper.file_key, VendorPaper.file_name)
        .join(Vendor, Vendor.id == VendorPaper.vendor_id)
        .where(VendorPaper.id == paper_id, or_(false(), *may))
    ).first()
    if row is None or not row.file_key:
        raise NotFound
    return row.file_key, row.file_name
