"""What the two doors of the spending figures share: names out of rooms above the ledger, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from shop.budgets.models import Package
from shop.catalog import categories
from shop.db import session
from shop.orders.models import Order, OrderLine
from shop.p3dn import labels
from shop.p3dn.faces import GroupBy
from shop.p3dn.reading import Line
from shop.p3dn.rules import MEASURES, NOT_ORDERED, Measures
from shop.p3dn.schemas import LineOut
from shop.vendors.models import Vendor

_CHUNK: Final = 5000


@dataclass(frozen=True, slots=True)
class Photograph:
    """What an order line says about itself, as frozen when it was ordered."""

    order_number: str
    product_name: str
    vendor_name: str


def numbers(measures: Measures) -> dict[str, int]:
    """Return the nine measures by name."""
    return dict(zip(MEASURES, measures.as_tuple(), strict=True))


def month_name(month: str) -> str:
    """Return 'Maret 2026' for '2026-03'."""
    return str(format_date(date.fromisoformat(f"{month}-01"), "MMMM y", rebase=False))


def stretch_name(key: str) -> str:
    """Return 'Triwulan 1 2026' for '2026-Q1', 'Semester 2 2026' for '2026-S2'."""
    year, part = key.split("-")
    if part[0] == "Q":
        return str(_("Triwulan %(number)s %(year)s", number=part[1], year=year))
    return str(_("Semester %(number)s %(year)s", number=part[1], year=year))


def category_names(codes: Collection[str]) -> dict[str, str]:
    """Return the names of shelves in the reader's language; a code that is gone stands for itself."""
    names = {code: shelf.name(str(get_locale())) for code, shelf in categories.shelves().items()}
    return {code: names.get(code, code or _(labels.UNPLACED)) for code in codes}


def label(group_by: GroupBy, keys: Collection[str]) -> dict[str, str]:
    """Return a label for each key of a breakdown: the hook that totals() takes."""
    if group_by == "month":
        return {key: month_name(key) for key in keys}
    if group_by in {"quarter", "semester"}:
        return {key: stretch_name(key) for key in keys}
    if group_by == "category":
        return category_names(keys)
    if group_by == "vendor":
        names = vendor_names([int(key) for key in keys if key])
        return {key: names.get(int(key), key) if key else _(labels.UNPLACED) for key in keys}
    if group_by == "office":
        return {str(ref.id): office_name(ref) for ref in labels.offices(int(key) for key in keys).values()}
    return {key: _(text) if key == NOT_ORDERED or group_by in {"evidence", "channel"} else text
            for key, text in labels.labels(group_by, keys).items()}  # fmt: skip


def office_name(ref: labels.OfficeRef) -> str:
    """Return an office's name of today, with the note that it became part of another."""
    if ref.past.merged_on is None:
        return ref.name
    day = format_date(ref.past.merged_on, "d MMMM y", rebase=False)
    return str(_("%(name)s (digabung ke %(into)s sejak %(day)s)", name=ref.name, into=ref.past.into, day=day))


def _was(office: labels.OfficeRef, day: date) -> str:
    """Return the name an office carried on a day where it is another today."""
    name = office.name_on(day)
    return name if name != office.name else ""


def vendor_names(ids: Collection[int]) -> dict[int, str]:
    """Return the present names of producers by id."""
    found: dict[int, str] = {}
    for some in _in_chunks(ids):
        rows = session.execute(select(Vendor.id, Vendor.name).where(Vendor.id.in_(some)))
        found.update((row.id, row.name) for row in rows)
    return found


def photographs(line_ids: Collection[int]) -> dict[int, Photograph]:
    """Return the photographs of order lines by line id."""
    found: dict[int, Photograph] = {}
    for some in _in_chunks(line_ids):
        rows = session.execute(
            select(OrderLine.id, Order.number, OrderLine.product_name, Order.vendor_name)
            .join(Order, Order.id == OrderLine.order_id)
            .where(OrderLine.id.in_(some))
        )
        found.update((row.id, Photograph(row.number, row.product_name, row.vendor_name)) for row in rows)
    return found


def rup_codes(package_ids: Collection[int]) -> dict[int, str]:
    """Return RUP codes of budget packages by id."""
    found: dict[int, str] = {}
    for some in _in_chunks(package_ids):
        rows = session.execute(select(Package.id, Package.rup_code).where(Package.id.in_(some)))
        found.update((row.id, row.rup_code) for row in rows)
    return found


def named(where: str) -> str:
    """Return the place of a difference that verification found as people know it: number of the order and product.

    `where` is `order:12 line:31`, `package:5 package:5` or the key of a kept sum, which stays as it is.
    """
    number = re.fullmatch(r"(order|package):\d+ (?:line|package):(\d+)", where)
    if number is None:
        return where
    found = int(number[2])
    if number[1] == "package":
        return f"RUP {rup_codes([found]).get(found, found)}"
    photo = photographs([found]).get(found)
    return f"{photo.order_number} ({photo.product_name}, {where})" if photo else where


def told(items: Collection[Line]) -> list[LineOut]:
    """Return ledger lines with names beside their keys. Five queries a page, whatever its length."""
    offices = labels.offices({line.office_id for line in items})
    accounts = labels.account_names({line.account_code for line in items})
    kecamatan = labels.kecamatan_names({line.kecamatan_code for line in items})
    photos = photographs([line.line_id for line in items if line.line_id is not None])
    packages = rup_codes([line.package_id for line in items])
    unknown = Photograph("", "", "")
    return [
        LineOut(
            id=line.id, day=line.day, month=line.month,
            order=photo.order_number or None, order_id=line.order_id, line=line.line_id,
            package=packages.get(line.package_id, str(line.package_id)),
            office=office.code, office_name=office.name, office_was=_was(office, line.day),
            account=line.account_code, account_name=accounts.get(line.account_code, ""),
            kecamatan=line.kecamatan_code, kecamatan_name=kecamatan.get(line.kecamatan_code, ""),
            vendor="" if line.vendor_id is None else str(line.vendor_id), vendor_name=photo.vendor_name,
            category=line.category_code, product=photo.product_name or None,
            evidence=line.evidence, tkdn_bp=line.tkdn_bp, channel=line.channel,
            quarter=line.quarter, semester=line.semester, **numbers(line.measures),
        )
        for line in items
        for photo in (photos.get(line.line_id or 0, unknown),)
        for office in (offices.get(line.office_id) or labels.OfficeRef(line.office_id, str(line.office_id), ""),)
    ]  # fmt: skip


def _in_chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Yield lists short enough for one IN: both databases limit their number of parameters."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
