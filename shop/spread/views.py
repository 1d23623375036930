"""Door: how orders are spread over producers, and how punctual offices and producers are. Open to everybody, in counts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.catalog.categories import shelves
from shop.db import session
from shop.orders import punctuality
from shop.p3dn.rules import BASIS, SYSTEM
from shop.p3dn.totals import Filters, totals
from shop.reference.regions import regions
from shop.sheets import commas
from shop.sheets.writing import MEDIA_TYPE, Book, Column
from shop.spread import gathering, picturing
from shop.spread.groups import CATEGORY, CITY, DIMS, KECAMATAN, PART, Group, groups
from shop.spread.measuring import ENOUGH
from shop.web import charts
from shop.web.downloads import download
from shop.web.guard import public
from shop.web.paging import year_from

bp = Blueprint("spread", __name__)
_OFFICES: Final = 50
_COLUMNS: Final = (
    "shelf", "sold", "never", "fresh", "paid", "negative", "orders", "lines", "total", "positive", "top", "top_sum",
    "gini", "gini_shelf", "hhi", "median",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which period and which market."""

    year: int
    quarter: str
    dim: str
    key: str

    @property
    def period(self) -> str:
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)

    def words(self, **changes: object) -> str:
        """Return the query string of the same question with changes."""
        given: dict[str, object] = {"tahun": self.year, "triwulan": self.quarter}
        given |= {"kategori": self.key} if self.dim == CATEGORY else {}
        given |= {"kecamatan": self.key} if self.dim == KECAMATAN else {}
        return "?" + urlencode({name: value for name, value in (given | changes).items() if value})


@bp.get("/pemerataan")
@public
def index() -> ResponseReturnValue:
    """Show how the orders of a year or quarter are spread, for the city, a kecamatan or a category."""
    ask, now = _asked(), utc_now()
    found = picturing.pictures(ask.year)
    here, trend = found.get(ask.period), _trend(found, ask)
    first, last = gathering.days_of(ask.period)
    live = totals(Filters(start=first, end=last), now=now).total.paid_total
    return render_template(
        "spread/index.html",
        ask=ask, picture=here, first=first, last=last, live=live, system=SYSTEM, basis=BASIS, enough=ENOUGH,
        years=sorted({*picturing.years(), local_day(now).year, ask.year}, reverse=True),
        group=_group(here, ask) if here else None, name=_name(ask.dim, ask.key), name_of=_name, gini=_gini,
        tables={dim: groups(here.content, dim) for dim in (PART, KECAMATAN, CATEGORY)} if here else {},
        curve=charts.lorenz(here.content["curve"]) if here and ask.dim == CITY else None,
        trend=trend, quarters=_quarters(trend), lines=_lines, tenths=_tenths,
        categories=_choices(CATEGORY), kecamatan=_choices(KECAMATAN),
    )  # fmt: skip


@bp.get("/pemerataan.csv")
@public
def as_csv() -> ResponseReturnValue:
    """Give all numbers of a period as CSV: rupiah whole, shares in basis points, empty where they are not shown."""
    ask = _asked()
    content = commas.written(("period", "as_of", "breakdown", "key", "name", *_COLUMNS), [list(_rows(ask))])
    return download(content, commas.MEDIA_TYPE, f"pemerataan-{ask.period}.csv")


@bp.get("/pemerataan.xlsx")
@public
def as_workbook() -> ResponseReturnValue:
    """Give the same as a workbook."""
    ask = _asked()
    heads = [Column(head, 22) for head in ("period", "as_of", "breakdown", "key", "name")]
    with tempfile.TemporaryFile() as out:
        with Book(out, f"Pemerataan {ask.period}", utc_now()) as book:
            book.sheet(ask.period, [*heads, *(Column(name, 14, "whole") for name in _COLUMNS)], _rows(ask))
        out.seek(0)
        return download(out.read(), MEDIA_TYPE, f"pemerataan-{ask.period}.xlsx")


@bp.get("/pemerataan/ketepatan")
@public
def manners() -> ResponseReturnValue:
    """Show how punctual both sides are: offices by name, producers together by place and category."""
    now = utc_now()
    year = year_from(request.args.get("tahun"), "tahun") or local_day(now).year
    found = picturing.pictures(local_day(now).year).get(str(local_day(now).year))
    offices, total, hidden = punctuality.offices(year, now, offset=0, limit=_OFFICES)
    return render_template(
        "spread/manners.html",
        year=year, years=sorted({*punctuality.years(), year}, reverse=True), offices=offices, total=total,
        hidden=hidden, enough=ENOUGH, picture=found, system=SYSTEM, now=now, name_of=_name,
        tables={dim: gathering.manners_of(found.content, dim) for dim in DIMS} if found else {},
    )  # fmt: skip


def _asked() -> _Asked:
    """Read the question. Raises Invalid for a year, quarter, category or kecamatan that cannot be."""
    args = request.args
    year = year_from(args.get("tahun"), "tahun") or local_day(utc_now()).year
    quarter, category, place = (args.get(name, "") for name in ("triwulan", "kategori", "kecamatan"))
    if quarter not in {"", "1", "2", "3", "4"}:
        raise Invalid.at("triwulan", "Pilih triwulan 1 sampai 4.")
    if category and category not in shelves():
        raise Invalid.at("kategori", "Pilih kategori dari daftar.")
    if place and place not in dict(_choices(KECAMATAN)):
        raise Invalid.at("kecamatan", "Pilih kecamatan dari daftar.")
    if category and place:
        raise Invalid.at("kategori", "Pilih kategori atau kecamatan, tidak keduanya.")
    return _Asked(year, quarter, CATEGORY if category else KECAMATAN if place else CITY, category or place)


def _group(picture: picturing.Picture, ask: _Asked) -> Group | None:
    return next((group for group in groups(picture.content, ask.dim) if group.key == ask.key), None)


def _trend(found: dict[str, picturing.Picture], ask: _Asked) -> list[tuple[str, Group | None]]:
    """Return the market in each quarter of the year that has begun."""
    quarters = gathering.quarters_of(ask.year)
    return [(quarter[-1], _group(found[quarter], ask)) for quarter in quarters if quarter in found]


def _quarters(trend: list[tuple[str, Group | None]]) -> charts.Plot:
    """Lay out who sold and who did so for the first time."""
    groups_of = [group for _quarter, group in trend]
    counts = ([getattr(group, name) if group else 0 for group in groups_of] for name in ("sold", "fresh"))
    return charts.plot([quarter for quarter, _group in trend], *counts)


def _choices(dim: str) -> list[tuple[str, str]]:
    if dim == CATEGORY:
        return [(code, shelf.name(_lang())) for code, shelf in shelves().items()]
    return [(row.code, row.name) for row in regions(session).values() if len(row.code) == len("31.71.01")]


def _lang() -> str:
    return str(getattr(get_locale(), "language", "id"))


def _name(dim: str, key: str) -> str:
    """Return the name of a market; one that is gone leaves its key standing."""
    if dim == CITY:
        return str(_("Seluruh kota"))
    if dim == CATEGORY:
        return shelves()[key].name(_lang()) if key in shelves() else key or str(_("Tanpa kategori"))
    known = regions(session).get(key)
    return known.name if known else key or str(_("Tanpa kecamatan"))


def _gini(basis_points: int | None) -> str:
    """Return 4512 as 0,45; a dash for what is not shown."""
    return "–" if basis_points is None else str(format_decimal(Decimal(basis_points).scaleb(-4), "0.00"))


def _tenths(number: int | None) -> str:
    return "–" if number is None else str(format_decimal(Decimal(number).scaleb(-1), "0.0"))


def _lines(ask: _Asked, dim: str, key: str) -> str:
    """Return the address of the ledger lines behind a market's paid sum."""
    first, last = gathering.days_of(ask.period)
    words = {"from": first.isoformat(), "to": last.isoformat(), "measure": "paid_total"}
    if dim == PART:  # the ledger knows kecamatan, not their cities
        return "/p3dn?" + urlencode({"from": words["from"], "to": words["to"], "group_by": "kecamatan"})
    return "/p3dn/baris?" + urlencode(words | ({} if dim == CITY else {dim: key}))


def _rows(ask: _Asked) -> Iterator[list[Any]]:
    """Yield every market of the period; none before its first night."""
    here = picturing.pictures(ask.year).get(ask.period)
    if here is None:
        return
    for dim in DIMS:
        for group in groups(here.content, dim):
            numbers = (getattr(group, name) for name in _COLUMNS)
            yield [ask.period, here.as_of.isoformat(), dim, group.key, _name(dim, group.key), *numbers]
