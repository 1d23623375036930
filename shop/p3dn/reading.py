"""Reading the ledger itself: the lines behind a figure, page by page, in the order (day, id)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Date, func, literal, select, tuple_

from shop.base.errors import Invalid
from shop.db import session
from shop.p3dn.periods import MONTH, month_span
from shop.p3dn.posting import ledger
from shop.p3dn.rules import EVIDENCE, MEASURES, Measures
from shop.p3dn.totals import Filters, span

KEYS: Final = frozenset({"vendor", "kecamatan", "evidence", "month", "measure"})
"""Group keys that narrow the lines to those behind one figure; '' means "belum dipesan (rencana)"."""
MAX_PAGE: Final = 100
_CURSOR: Final = re.compile(r"([0-9]{1,7})\.([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_FIELDS: Final = (
    "id",
    "source",
    "key",
    "day",
    "at",
    "order_id",
    "line_id",
    "package_id",
    "office_id",
    "account_code",
    "kecamatan_code",
    "vendor_id",
    "category_code",
    "evidence",
    "tkdn_bp",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One ledger entry: a difference on a day, with the dimensions it was photographed with."""

    id: int
    source: str
    key: str
    day: date
    at: datetime
    order_id: int | None
    line_id: int | None
    package_id: int
    office_id: int
    account_code: str
    kecamatan_code: str
    vendor_id: int | None
    category_code: str
    evidence: str
    tkdn_bp: int
    measures: Measures

    @property
    def month(self) -> str:
        """The month it counts in, 'YYYY-MM'."""
        return self.day.isoformat()[:7]


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of lines; `next` is the cursor of the following page, None at the end."""

    items: tuple[Line, ...]
    next: str | None


def lines(
    filters: Filters, keys: Mapping[str, str] | None = None, *, cursor: str | None = None, per_page: int = 50
) -> LinePage:
    """Return one page of ledger lines. All pages together sum exactly to the totals under the same filters.

    `keys` narrows to one group: vendor, kecamatan, evidence or month as the totals name them, or `measure`: only
    lines where that measure is not zero. The first page fixes how far the ledger is read, so that postings made
    while somebody pages do not tear the sum. Raises Invalid for a key, cursor or page size that cannot be.
    """
    if per_page < 1:
        raise Invalid.at("per_page", "Jumlah baris per halaman minimal 1.")
    conditions = _conditions(filters, keys or {})
    if conditions is None:
        return LinePage((), None)
    if cursor is None:
        top = session.execute(select(func.max(ledger.c.id))).scalar() or 0
    else:
        day, last, top = _parse(cursor)
        here = tuple_(literal(day, Date()), literal(last, BigInteger()))
        conditions.append(tuple_(ledger.c.day, ledger.c.id) > here)
    rows = session.execute(
        select(*(ledger.c[name] for name in (*_FIELDS, *MEASURES)))
        .where(*conditions, ledger.c.id <= top)
        .order_by(ledger.c.day, ledger.c.id)
        .limit(per_page + 1)
    ).all()
    items = tuple(_line(row) for row in rows[:per_page])
    follows = len(rows) > per_page
    return LinePage(items, f"{items[-1].day.toordinal()}.{items[-1].id}.{top}" if follows else None)


def every_page(filters: Filters, keys: Mapping[str, str] | None = None, *, per_page: int = 500) -> Iterator[LinePage]:
    """Walk all pages, for downloads: memory stays flat however long the ledger is."""
    cursor: str | None = None
    while True:
        page = lines(filters, keys, cursor=cursor, per_page=per_page)
        yield page
        if page.next is None:
            return
        cursor = page.next


def _line(row: Any) -> Line:
    fields = dict(zip(_FIELDS, row, strict=False))
    return Line(**fields, measures=Measures(*row[len(_FIELDS) :]))


def _parse(cursor: str) -> tuple[date, int, int]:
    """Read day (counted from the year 1), entry and how far the ledger is read."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Invalid.at("cursor", "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.")
    day = min(max(int(found[1]), date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(day), int(found[2]), int(found[3])


def _conditions(filters: Filters, keys: Mapping[str, str]) -> list[ColumnElement[bool]] | None:
    """Return the WHERE of these filters; None when no day can match."""
    days = _days(filters, keys.get("month"))
    if days is None:
        return None
    found: list[ColumnElement[bool]] = [ledger.c.day.between(*days)]
    if filters.office_id is not None:
        found.append(ledger.c.office_id == filters.office_id)
    if filters.account_code is not None:
        found.append(ledger.c.account_code == filters.account_code)
    for name, value in keys.items():
        found += _key_condition(name, value)
    return found


def _days(filters: Filters, month: str | None) -> tuple[date, date] | None:
    days = span(filters)
    if days is None or month is None:
        return days
    if MONTH.fullmatch(month) is None:
        raise Invalid.at("month", "Tulis bulan sebagai TTTT-BB, misalnya 2026-03.")
    first, last = month_span(month)
    start, end = max(days[0], first), min(days[1], last)
    return (start, end) if start <= end else None


def _key_condition(name: str, value: str) -> Collection[ColumnElement[bool]]:
    if name == "month":
        return ()
    if name == "vendor":
        if value == "":
            return (ledger.c.vendor_id.is_(None),)
        if _NUMBER.fullmatch(value) is None:
            raise Invalid.at("vendor", "Kode produsen berupa angka.")
        return (ledger.c.vendor_id == int(value),)
    if name == "kecamatan":
        return (ledger.c.kecamatan_code == value,)
    if name == "evidence" and value in EVIDENCE:
        return (ledger.c.evidence == value,)
    if name == "measure" and value in MEASURES:
        return (ledger.c[value] != 0,)
    raise Invalid.at(name, "Pilihan ini tidak dikenal.")
