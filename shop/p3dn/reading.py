"""Reading the ledger itself: the lines behind a figure, page by page, in the order (day, id)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Date, Select, cast, func, literal, select, true, tuple_

from shop.base.errors import Invalid
from shop.db import session
from shop.p3dn.faces import TIMES
from shop.p3dn.periods import quarter_of, semester_of, stretch_span
from shop.p3dn.posting import ledger
from shop.p3dn.rules import CHANNELS, EVIDENCE, MEASURES, NOT_ORDERED, Measures
from shop.p3dn.totals import Filters, span

KEYS: Final = frozenset(
    {"vendor", "kecamatan", "evidence", "category", "channel", "month", "quarter", "semester", "measure"}
)
"""Group keys that narrow the lines to those behind one figure; '' means "belum dipesan (rencana)"."""
MAX_PAGE: Final = 100
_FEW: Final = 20
_MANY: Final = 400
"""Offices walked one by one: up to the first number always, up to the second when nothing else narrows."""
_CURSOR: Final = re.compile(r"([0-9]{1,7})\.([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_COLUMN: Final = {
    "vendor": "vendor_id",
    "kecamatan": "kecamatan_code",
    "category": "category_code",
    "channel": "channel",
    "evidence": "evidence",
}
_KNOWN: Final[Mapping[str, Collection[str]]] = {"evidence": EVIDENCE, "channel": CHANNELS}
_NARROWEST_FIRST: Final = (
    "vendor_id",
    "office_id",
    "category_code",
    "kecamatan_code",
    "account_code",
    "channel",
    "evidence",
)
_IMPLIED: Final = {"planned": NOT_ORDERED, "pdn_certified": "certified"}
"""The evidence of every line on which a measure is not zero."""
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
    "channel",
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
    channel: str
    measures: Measures

    @property
    def month(self) -> str:
        """The month it counts in, 'YYYY-MM'."""
        return self.day.isoformat()[:7]

    @property
    def quarter(self) -> str:
        """The quarter it counts in, 'YYYY-Qn'."""
        return quarter_of(self.month)

    @property
    def semester(self) -> str:
        """The half-year it counts in, 'YYYY-Sn'."""
        return semester_of(self.month)


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of lines; `next` is the cursor of the following page, None at the end."""

    items: tuple[Line, ...]
    next: str | None


def lines(
    filters: Filters, keys: Mapping[str, str] | None = None, *, cursor: str | None = None, per_page: int = 50
) -> LinePage:
    """Return one page of ledger lines. All pages together sum exactly to the totals under the same filters.

    `keys` narrows to one group: a key of KEYS as the totals name it, or `measure`: only lines where that measure is not
    zero. The first page fixes how far the ledger is read, so that postings made while somebody pages do not tear the sum. Raises Invalid for a key, cursor or page size that cannot be.
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
    conditions.append(ledger.c.id <= top)
    if under := _under(filters, keys or {}):
        conditions = [ledger.c.id.in_(_nearest(under, conditions, per_page + 1))]
    elif filters.offices is not None and len(filters.offices) != 1:
        conditions.append(ledger.c.office_id.in_(filters.offices))
    rows = session.execute(
        select(*(ledger.c[name] for name in (*_FIELDS, *MEASURES)))
        .where(*conditions)
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


def _under(filters: Filters, keys: Mapping[str, str]) -> tuple[int, ...]:
    """Return the offices to be walked one by one: several, and nothing given that finds fewer lines than they have."""
    offices = filters.offices or ()
    narrower = bool(keys.get("vendor")) or (
        len(offices) > _FEW and (bool({"category", "kecamatan"} & keys.keys()) or filters.account_code is not None)
    )
    return () if narrower or not 1 < len(offices) <= _MANY else offices


def _nearest(offices: Collection[int], conditions: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    """Select the next entries of several offices: the next of each by its index, then the nearest of those.

    Asked for all at once, the database would sort every line they ever had.
    """
    order, sqlite = (ledger.c.day, ledger.c.id), session.get_bind().dialect.name == "sqlite"
    if sqlite:
        office = func.json_each(json.dumps(list(offices))).table_valued("value")
    else:
        office = func.unnest(cast(list(offices), ARRAY(BigInteger))).table_valued("value").render_derived()
    each = select(*order).where(ledger.c.office_id == office.c.value, *conditions).order_by(*order).limit(limit)
    if sqlite:  # which knows no LATERAL, and PostgreSQL would try every entry with every office here
        near: Any = ledger.alias()
        joined = near.c.id.in_(each.with_only_columns(ledger.c.id).correlate(office))
    else:
        near, joined = each.lateral(), true()
    query = select(near.c.id).select_from(office).join(near, joined)
    return query.order_by(near.c.day, near.c.id).limit(limit)


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
    equal = {_COLUMN[name]: _value(name, value) for name, value in keys.items() if name in _COLUMN}
    measure = keys.get("measure")
    if measure is not None and measure not in MEASURES:
        raise Invalid.at("measure", "Pilihan ini tidak dikenal.")
    days = _days(filters, keys)
    if days is None:
        return None
    found: list[ColumnElement[bool]] = [ledger.c.day.between(*days)]
    if measure is not None:
        found.append(ledger.c[measure] != 0)
        if measure in _IMPLIED:  # what is nowhere else: its index finds the few lines among millions
            equal.setdefault("evidence", _IMPLIED[measure])
    if filters.account_code is not None:
        equal["account_code"] = filters.account_code
    if filters.offices is not None and len(filters.offices) == 1:
        equal["office_id"] = filters.offices[0]
    return found + _equal(equal, alone=not _under(filters, keys))


def _equal(equal: Mapping[str, Any], *, alone: bool) -> list[ColumnElement[bool]]:
    """Let the narrowest filter lead: SQLite counts nothing, and takes the index of a filter that half the city passes.

    A column that stands in an expression is not looked for in an index of its own, only passed over in the one that leads.
    Not `alone`: an office leads, which is said elsewhere.
    """
    given = [name for name in _NARROWEST_FIRST if name in equal]
    aside = set(given[1 if alone else 0 :]) if session.get_bind().dialect.name == "sqlite" else set()
    aside -= {name for name in aside if equal[name] is None}  # nothing added to nothing would be true of every line
    return [
        (ledger.c[name] + type(equal[name])() if name in aside else ledger.c[name]) == equal[name] for name in given
    ]


def _days(filters: Filters, keys: Mapping[str, str]) -> tuple[date, date] | None:
    days = span(filters)
    for name in sorted(TIMES & keys.keys()):
        try:
            first, last = stretch_span(keys[name])
        except ValueError:
            raise Invalid.at(name, "Tulis bulan sebagai TTTT-BB, misalnya 2026-03.") from None
        days = days and (max(days[0], first), min(days[1], last))
    return days if days and days[0] <= days[1] else None


def _value(name: str, value: str) -> Any:
    """Return what a column must hold. Raises Invalid for a key that cannot be."""
    if name == "vendor":
        if value and _NUMBER.fullmatch(value) is None:
            raise Invalid.at("vendor", "Kode produsen berupa angka.")
        return int(value) if value else None
    if value not in _KNOWN.get(name, {value}):
        raise Invalid.at(name, "Pilihan ini tidak dikenal.")
    return value
