"""Numbers of papers: one sequence per office, kind and year, gap-free because it rolls back with its paper.

How a number is written is the office's own template, from a day on. Templates are taken apart here and never handed to
`str.format`, which would let one read whatever the program holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, Final, cast

from sqlalchemy import Date, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from shop.accounts.models import Office
from shop.base.codes import ROMAN_MONTHS
from shop.base.errors import Invalid
from shop.db import session
from shop.orders.models_numbering import NumberingTemplate
from shop.orders.models_placing import NumberSequence

DEFAULT: Final = "{seq:04d}/{kind}/{opd_code}/{roman_month}/{year}"
"""E.g. `0412/SP/OPD-0031/XI/2026` (the domain's suggestion, confidence L: no letter rule of Jakarta was found)."""
TOKENS: Final = ("seq", "kind", "opd_code", "roman_month", "month", "year")
NEEDED: Final = ("seq", "opd_code", "year")
"""Without the office's code two offices would give one number; without the year, one office twice."""
LONGEST: Final = 60
"""Letters of a number: the width of the columns it is kept in."""
_PART: Final = re.compile(r"\{([a-z_]+)(?::0([1-9])d)?\}|([^{}]+)|([{}])")
_PLAIN: Final = re.compile(r"[A-Za-z0-9/.\- ]+")
_MOST: Final = 999_999
_sequence: Final = cast("Table", NumberSequence.__table__)
_templates: Final = cast("Table", NumberingTemplate.__table__).c
_office: Final = cast("Table", Office.__table__).c

Part = tuple[str, str, int]
"""A token with its width, or ("", literal text, 0)."""


def take_number(office_id: int, kind: str, day: date, year: int | None = None) -> str:
    """Raise the sequence and return the number as the office writes it that day. The row is locked until the commit.

    `year`: of the budget where it differs from the day's; both count one sequence of that year.
    """
    year = year or day.year
    given = {"office_id": office_id, "kind": kind, "year": year, "last": 1, "office": office_id, "of": kind, "on": day}
    last, code, template = session.execute(_raise(session.get_bind().dialect.name), given).one()
    return compose(template or DEFAULT, last, kind, code, day, year)


def compose(template: str, sequence: int, kind: str, office_code: str, day: date, year: int) -> str:
    """Return a number written by a template that `check_template` has accepted.

    >>> compose(DEFAULT, 412, "SP", "OPD-0031", date(2026, 11, 3), 2026)
    '0412/SP/OPD-0031/XI/2026'
    """
    values = {
        "seq": str(sequence), "kind": kind, "opd_code": office_code, "roman_month": ROMAN_MONTHS[day.month - 1],
        "month": f"{day.month:02d}", "year": str(year),
    }  # fmt: skip
    return "".join(text if not token else values[token].zfill(width) for token, text, width in _parts(template))


def check_template(template: str, kind: str, office_code: str) -> None:
    """Raise Invalid at `template` for one that could give the same number twice, or that says what it may not."""
    parts = list(_parts(template))
    tokens = [token for token, _, _ in parts if token]
    wrong = [token for token in tokens if token not in TOKENS]
    if wrong or any(not token and not _PLAIN.fullmatch(text) for token, text, _ in parts):
        raise Invalid.at(
            "template",
            "Pakai hanya huruf, angka, spasi, / . - dan bagian {seq:04d}, {kind}, {opd_code}, {roman_month}, {month}, {year}.",
        )
    if any(tokens.count(token) != 1 for token in NEEDED):
        raise Invalid.at("template", "Pola harus memuat {seq}, {opd_code}, dan {year}, masing-masing satu kali.")
    if not _apart(parts):
        raise Invalid.at(
            "template", "Pisahkan setiap bagian dengan / . - atau spasi, supaya nomor tidak bisa tertukar."
        )
    if (
        template != template.strip()
        or len(compose(template, _MOST, kind, office_code, date(2026, 8, 1), 2026)) > LONGEST
    ):
        raise Invalid.at("template", "Nomor menjadi lebih dari %(most)s huruf. Pendekkan polanya.", most=LONGEST)


def template_on(office_id: int, kind: str, day: date) -> str:
    """Return the template an office writes a kind's numbers by on a day."""
    found = session.scalar(_TEMPLATE, {"office": office_id, "of": kind, "on": day})
    return found or DEFAULT


def last_number(office_id: int, kind: str, year: int) -> int:
    """Return the last number given in a year; 0 before the first."""
    where = (_sequence.c.office_id == office_id, _sequence.c.kind == kind, _sequence.c.year == year)
    return session.scalar(select(_sequence.c.last).where(*where)) or 0


def _parts(template: str) -> Iterator[Part]:
    for name, width, text, brace in _PART.findall(template):
        known = not brace and (name == "seq" or not width)
        yield (name if known else "?"), text, int(width or 0)


def _apart(parts: list[Part]) -> bool:
    """Tell whether something that is neither letter nor digit stands between each two tokens and what is beside them."""
    for left, right in pairwise(parts):
        ends = (left[1][-1:], right[1][:1])
        if (left[0] and right[0]) or any(letter.isalnum() for letter in ends if letter and (left[0] or right[0])):
            return False
    return True


_TEMPLATE: Final = (
    select(_templates.template)
    .where(
        _templates.office_id == bindparam("office"),
        _templates.kind == bindparam("of"),
        _templates.valid_from <= bindparam("on", type_=Date()),
    )
    .order_by(_templates.valid_from.desc())
    .limit(1)
)


@cache
def _raise(dialect: str) -> Any:
    """Return the statement of a database, assembled once: placing an order passes here."""
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(_sequence)
    code = select(_office.code).where(_office.id == bindparam("office")).scalar_subquery()
    return insert.on_conflict_do_update(
        index_elements=["office_id", "kind", "year"], set_={"last": _sequence.c.last + 1}
    ).returning(_sequence.c.last, code, _TEMPLATE.scalar_subquery())
