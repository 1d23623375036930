"""Shapes of the JSON door: what may be asked, what is answered. The page asks in the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shop.base.errors import FieldFault, Invalid
from shop.p3dn.faces import GroupBy

_OFFICE: Final = r"^[^\x00-\x1f\x7f]{1,40}$"
_ACCOUNT: Final = r"^([0-9]{1,4}\.){0,12}5\.[1-4]\.[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,4}\.?$"
"""Every shape that reference.accounts.normalise() takes without blanks: short segments, and a MAK before it."""
_CURSOR: Final = r"^[0-9]{1,7}\.[0-9]{1,18}\.[0-9]{1,18}$"
_DIGITS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _whole(value: Any) -> Any:
    """Take plain digits only: pydantic would also read `2_026` and ` 2026 `."""
    if isinstance(value, str) and _DIGITS.fullmatch(value) is None:
        raise ValueError("Isi dengan bilangan bulat.")
    return value


def _flag(value: Any) -> Any:
    """Take the digits 0 and 1."""
    return {"0": 0, "1": 1}.get(value, value) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """Take an ISO day only: pydantic would read bare digits as seconds since 1970."""
    if isinstance(value, str) and _DAY.fullmatch(value) is None:
        raise ValueError("Tulis tanggal sebagai TTTT-BB-HH, misalnya 2026-03-31.")
    return value


Year = Annotated[int, Field(ge=2000, le=2100), BeforeValidator(_whole)]
PageSize = Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)]
Tree = Annotated[Literal[0, 1], BeforeValidator(_flag)]
Day = Annotated[date, BeforeValidator(_day)]


class TotalsQuery(BaseModel):
    """Filters of the totals; all optional. Days are Jakarta days, both ends included.

    Filters that exclude each other (from after to, days outside the year) select nothing: zeroes, not an error.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    year: Year | None = Field(default=None, description="Fiscal year = calendar year")
    office: str | None = Field(default=None, pattern=_OFFICE, description="Code of the office, or its id")
    tree: Tree | None = Field(default=None, description="1: the office with every office below it")
    account: str | None = Field(default=None, pattern=_ACCOUNT, description="Account code, e.g. 5.1.02.01.01.0052")
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    group_by: GroupBy | None = None


class LinesQuery(BaseModel):
    """Filters of the totals, the key of one group, and the page.

    An empty vendor, kecamatan, category or evidence means "belum dipesan (rencana)", as in the totals; an empty channel
    also what was ordered before the channel was noted.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    year: Year | None = None
    office: str | None = Field(default=None, pattern=_OFFICE)
    tree: Tree | None = Field(default=None, description="1: the office with every office below it")
    account: str | None = Field(default=None, pattern=_ACCOUNT)
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    group_by: GroupBy | None = Field(
        default=None, description="Accepted and without effect, so that a totals address fits"
    )
    vendor: str | None = Field(default=None, pattern=r"^[0-9]{0,18}$")
    kecamatan: str | None = Field(default=None, pattern=r"^[0-9.]{0,13}$")
    evidence: Literal["certified", "self_declared", "none", ""] | None = None
    category: str | None = Field(default=None, pattern=r"^[a-z0-9-]{0,40}$")
    channel: Literal["basket", "approval", "negotiation", "competition", "api", ""] | None = None
    month: str | None = Field(default=None, pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")
    quarter: str | None = Field(default=None, pattern=r"^(19|20|21)[0-9]{2}-Q[1-4]$")
    semester: str | None = Field(default=None, pattern=r"^(19|20|21)[0-9]{2}-S[12]$")
    measure: Literal[
        "planned", "committed", "paid_total", "pdn_value", "pdn_certified", "tkdn_weighted", "umk_value", "orders", "lines"
    ] | None = Field(default=None, description="Only lines where this measure is not zero")  # fmt: skip
    cursor: str | None = Field(default=None, pattern=_CURSOR)
    per_page: PageSize = 50


class MeasuresOut(BaseModel):
    """Seven amounts in whole rupiah and two counts; negative on lines that take back."""

    planned: int
    committed: int
    paid_total: int
    pdn_value: int
    pdn_certified: int
    tkdn_weighted: int
    umk_value: int
    orders: int
    lines: int


class TotalsRow(MeasuresOut):
    """One group of the totals."""

    key: str
    label: str


class TotalsOut(BaseModel):
    """Totals with what must be named beside them: the system, the moment and the basis of the values."""

    system: str
    as_of: str
    basis: str
    bases: list[str] = Field(description="Every basis lines of these days may count on, by the day of their order")
    from_: date | None = Field(alias="from", serialization_alias="from")
    to: date | None
    group_by: GroupBy | None
    rows: list[TotalsRow]
    total: MeasuresOut


class LineOut(MeasuresOut):
    """One ledger line. Its keys are those of the totals; texts are as photographed when it was ordered."""

    id: int
    day: date
    month: str
    order: str | None
    order_id: int | None
    line: int | None
    package: str
    office: str
    office_name: str
    office_was: str = Field(description="The name it carried on the day of the line, where that is another today")
    account: str
    account_name: str
    kecamatan: str
    kecamatan_name: str
    vendor: str
    vendor_name: str
    category: str
    product: str | None
    evidence: str
    tkdn_bp: int
    channel: str = Field(description="How the order was placed; empty for plans, and for orders before this was noted")
    quarter: str
    semester: str


class LinesOut(BaseModel):
    """One page of lines; `next` is the cursor of the following page, null at the end."""

    items: list[LineOut]
    next: str | None


Query = TypeVar("Query", TotalsQuery, LinesQuery)
_MAY_BE_EMPTY: Final = frozenset({"vendor", "kecamatan", "evidence", "category", "channel"})
_NOT_OURS: Final = frozenset({"lang"})
_MESSAGES: Final = {
    "extra_forbidden": "Parameter ini tidak dikenal.",
    "literal_error": "Pilihan ini tidak dikenal.",
    "greater_than_equal": "Angka ini terlalu kecil.",
    "less_than_equal": "Angka ini terlalu besar.",
    "string_too_long": "Isian ini terlalu panjang.",
}


def asked(model: type[Query], pairs: Iterable[tuple[str, str]], *, form: bool = False) -> Query:
    """Read a query string. Raises Invalid naming every parameter that is unknown, repeated or not readable.

    With `form`, fields a person left empty count as not given; programs leave them out.
    """
    given: dict[str, str] = {}
    faults: list[FieldFault] = []
    for name, value in pairs:
        if name in given:
            faults.append(FieldFault(name, "Tulis parameter ini sekali saja."))
        elif name not in _NOT_OURS and (value or not form or name in _MAY_BE_EMPTY):
            given[name] = value
    try:
        found = model.model_validate(given)
    except ValidationError as fault:
        faults += (FieldFault(str(e["loc"][0]), _told(e)) for e in fault.errors())
    else:
        if not faults:
            return found
    raise Invalid(faults=tuple(faults))


def _told(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _MESSAGES.get(error["type"], "Isian ini tidak dapat dibaca.")
