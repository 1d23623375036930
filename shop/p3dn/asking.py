"""From the words of a query to filters of this room: the one road for the page, the download and the JSON door."""

from __future__ import annotations

from shop.base.errors import Invalid
from shop.p3dn import office_tree
from shop.p3dn.labels import OfficeRef, office_of
from shop.p3dn.reading import KEYS
from shop.p3dn.schemas import LinesQuery, TotalsQuery
from shop.p3dn.totals import Filters
from shop.reference.accounts import normalise


def filters_of(query: TotalsQuery | LinesQuery) -> tuple[Filters, OfficeRef | None]:
    """Return the filters, and the office they name. Raises NotFound for an unknown office, Invalid for the account."""
    office = office_of(query.office) if query.office else None
    tree = office is not None and query.tree == 1
    return (
        Filters(
            year=query.year,
            office_id=office.id if office and not tree else None,
            office_ids=office_tree.with_all_below(office.id) if office and tree else None,
            account_code=_account(query.account),
            start=query.from_,
            end=query.to,
        ),
        office,
    )


def keys_of(query: LinesQuery) -> dict[str, str]:
    """Return the group keys that narrow the lines."""
    given = {name: getattr(query, name) for name in sorted(KEYS)}
    return {name: value for name, value in given.items() if value is not None}


def _account(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return normalise(text).code
    except Invalid as fault:  # named as the caller wrote it
        raise Invalid.at("account", fault.message, **fault.params) from None


def refuse_contradiction(query: TotalsQuery | LinesQuery) -> None:
    """Raise Invalid when the days exclude each other: a person made a slip, where a program gets zeroes."""
    if query.from_ and query.to and query.from_ > query.to:
        raise Invalid.at("to", "Tanggal akhir mendahului tanggal awal.")
    outside = query.year and (
        (query.from_ and query.from_.year > query.year) or (query.to and query.to.year < query.year)
    )
    if outside:
        raise Invalid.at("year", "Tanggal yang diminta berada di luar tahun ini.")
