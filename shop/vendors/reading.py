"""Who producers are: the programme's search and page, whose numbers come masked, and the people who work for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from shop.accounts import hats
from shop.accounts.permissions import VENDOR_ROLES
from shop.base.actor import Actor
from shop.base.codes import one_line
from shop.base.errors import NotFound
from shop.base.numbers import mask
from shop.db import session
from shop.vendors import places
from shop.vendors.models import Vendor

READ_ALL: Final = "vendors:vendor:read_all"
PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One producer in the programme's list."""

    id: int
    name: str
    owner_name: str
    kecamatan_code: str
    kind: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """One producer as the programme sees it: identity, tax, bank and phone numbers are masked here already."""

    id: int
    name: str
    slug: str
    kind: str
    size: str
    state: str
    legal_form: str
    owner_name: str
    kecamatan_code: str
    address: str
    phone: str
    nib: str
    nik: str
    npwp: str
    bank_name: str
    bank_account: str
    qris_nmid: str
    kbli_code: str | None
    turnover_class: str
    tax_paper: str
    tax_paper_number: str
    created_at: datetime
    registered_at: datetime | None


_MASKED: Final = ("phone", "nib", "nik", "npwp", "bank_account", "qris_nmid", "tax_paper_number")


def producers(
    actor: Actor, *, words: str = "", kecamatan: str = "", state: str = "", after: int | None = None
) -> tuple[Sequence[Row], int | None]:
    """Return up to 30 producers, newest first, and the id to go on after (None at the end); one statement.

    Who stands for one kecamatan sees only that one. Raises Forbidden.
    """
    actor.require(READ_ALL)
    query = select(
        Vendor.id,
        Vendor.name,
        Vendor.owner_name,
        Vendor.kecamatan_code,
        Vendor.kind,
        Vendor.state,
        Vendor.created_at,
    ).where(places.within(actor))
    if kecamatan:
        query = query.where(Vendor.kecamatan_code == kecamatan)
    if state:
        query = query.where(Vendor.state == state)
    query = query.where(*named(words))
    if after is not None:
        query = query.where(Vendor.id < after)
    rows = [Row(*row) for row in session.execute(query.order_by(Vendor.id.desc()).limit(PAGE + 1))]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def named(words: str) -> list[ColumnElement[bool]]:
    """Return the conditions on Vendor that every word stands in the name of the business or of its owner."""
    return [
        Vendor.name.icontains(word, autoescape=True) | Vendor.owner_name.icontains(word, autoescape=True)
        for word in one_line(words)[:80].split()
    ]


def people_of(vendor_id: int, day: date) -> list[int]:
    """Return the ids of the people who work for a producer on a day."""
    return sorted({user for role in VENDOR_ROLES for user, _ in hats.holders(role, day, vendor_id=vendor_id)})


def producer(actor: Actor, vendor_id: int) -> Sheet:
    """Return one producer, masked. Raises Forbidden, NotFound also for a producer of another place."""
    actor.require(READ_ALL)
    names = tuple(Sheet.__dataclass_fields__)
    query = select(*(getattr(Vendor, name) for name in names)).where(Vendor.id == vendor_id, places.within(actor))
    row = session.execute(query).first()
    if row is None:
        raise NotFound("Produsen ini tidak ada.")
    values: dict[str, Any] = dict(zip(names, row, strict=True))
    return Sheet(**values | {name: mask(values[name]) for name in _MASKED})
