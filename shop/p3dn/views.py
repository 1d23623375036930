"""Door: public pages of the spending figures, the lines behind each of them, and their download."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import NotFound
from shop.db import session
from shop.oversight import reading as proving
from shop.p3dn import labels, office_tree, reading
from shop.p3dn.asking import filters_of, keys_of, refuse_contradiction
from shop.p3dn.faces import GROUPS, TIMES, GroupBy
from shop.p3dn.figures import figures
from shop.p3dn.periods import stretch_span
from shop.p3dn.rules import MEASURES, Measures
from shop.p3dn.schemas import LinesQuery, TotalsQuery, asked
from shop.p3dn.totals import Filters, Report, Row, totals, years_with_data
from shop.reference.policy import RuleValue, rule
from shop.sheets import commas
from shop.web import dashboard, spending
from shop.web.guard import public

bp = Blueprint("p3dn", __name__)

_COLUMNS: Final = (
    "id", "day", "order", "line", "package", "office", "office_name", "account", "account_name", "kecamatan",
    "kecamatan_name", "vendor", "vendor_name", "category", "product", "evidence", "tkdn_bp", "channel",
)  # fmt: skip
_DRAWN: Final = 12
_LISTED: Final = 50


@bp.get("/p3dn")
@public
def index() -> ResponseReturnValue:
    """Show the totals of a year or a range: in one picture, or broken down one way; every figure links to its lines."""
    query = asked(TotalsQuery, request.args.items(multi=True), form=True)
    refuse_contradiction(query)
    now, years = utc_now(), _years()
    if query.year is None and query.from_ is None and query.to is None:
        query.year = years[0]
    filters, office = filters_of(query)
    names, tree = labels.offices(), office_tree.read()
    front = None if query.group_by else dashboard.front(filters, tree, office.id if office else None, now)
    report = front.report if front else totals(filters, query.group_by, now=now, label=spending.label)
    return render_template(
        "p3dn/index.html", report=report, front=front, bars=dashboard.bars(report.rows, _DRAWN),
        query=query, group_by=query.group_by, groups=GROUPS, years=years, office=office,
        offices=dashboard.office_choice(names, tree, office.id if office else None),
        accounts=labels.account_names([filters.account_code]) if filters.account_code else {},
        figures=figures(report.total), rules=_rules(), rows=report.rows[:_LISTED], rest=_rest(report),
        behind=_Behind(query, {str(ref.id): ref.code for ref in names.values()}, str(office.id) if office else ""),
        same=lambda **changes: "/p3dn" + _words(query, **changes),
        data="/api/v1/p3dn/totals" + _words(query), latest=proving.latest(),
    )  # fmt: skip


@bp.get("/p3dn/baris")
@public
def lines() -> ResponseReturnValue:
    """Show the ledger lines behind one figure, a page at a time."""
    query = asked(LinesQuery, request.args.items(multi=True), form=True)
    filters, office = filters_of(query)
    keys = keys_of(query)
    page = reading.lines(filters, keys, cursor=query.cursor, per_page=query.per_page)
    return render_template(
        "p3dn/lines.html",
        items=spending.told(page.items), query=query, office=office, total=_sum_behind(filters, keys),
        chosen=_chosen(query, keys), measures=MEASURES, as_of=utc_now(),
        next=page.next and "/p3dn/baris" + _words(query, cursor=page.next),
        first="/p3dn/baris" + _words(query, cursor=None) if query.cursor else None,
        download="/p3dn/baris.csv" + _words(query, cursor=None, per_page=None),
        back="/p3dn" + _words(query, **dict.fromkeys(("cursor", "per_page", *reading.KEYS))),
    )  # fmt: skip


@bp.get("/p3dn/baris.csv")
@public
def download() -> ResponseReturnValue:
    """Stream all lines behind one figure as CSV: UTF-8, commas, rupiah as whole numbers."""
    query = asked(LinesQuery, request.args.items(multi=True), form=True)
    filters, _office = filters_of(query)
    keys = keys_of(query)
    reading.lines(filters, keys, per_page=1)  # a wrong filter must answer as one, before anything is sent
    return Response(
        stream_with_context(_csv(filters, keys)),
        content_type=commas.MEDIA_TYPE,
        headers={"Content-Disposition": 'attachment; filename="p3dn-baris.csv"'},
    )


def _csv(filters: Filters, keys: Mapping[str, str]) -> Iterator[str]:
    heads = (*_COLUMNS, *MEASURES)
    items = (spending.told(page.items) for page in reading.every_page(filters, keys))
    told = ([item.model_dump(mode="json") for item in page] for page in items)
    return commas.written(heads, ([[row[name] for name in heads] for row in rows] for rows in told))


def _rest(report: Report) -> tuple[int, Measures] | None:
    """Return how many groups the table leaves out and what they come to, so that it still adds up."""
    left = report.rows[_LISTED:]
    return (len(left), sum((row.measures for row in left), Measures())) if left else None


def _years() -> list[int]:
    """Return the years to choose from, the newest first: this one and all with data."""
    known = years_with_data()
    this = local_day(utc_now()).year
    first, last = (min(known[0], this), max(known[1], this)) if known else (this, this)
    return (
        list(range(last, first - 1, -1))
        if last == this
        else [this, *(y for y in range(last, first - 1, -1) if y != this)]
    )


def _rules() -> dict[str, RuleValue]:
    """Return the dated rules the page names; one that does not cover today is left out."""
    today, found = local_day(utc_now()), {}
    for key in ("p3dn.value_basis", "p3dn.kpi_pdn_share_bp", "umk.share_bp"):
        try:
            found[key] = rule(session, key, today)
        except NotFound:
            continue
    return found


def _words(query: TotalsQuery | LinesQuery, **changes: Any) -> str:
    """Return the query string of a query with changes; None takes a word out, '' stays where it means something."""
    given = query.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    given |= changes
    kept = {name: value for name, value in given.items() if value is not None}
    return "?" + urlencode(kept) if kept else ""


@dataclass(frozen=True, slots=True)
class _Behind:
    """Addresses of the lines behind the figures of a page."""

    query: TotalsQuery
    codes: Mapping[str, str]
    here: str
    """Id of the office one stands at, '' in the city."""

    def __call__(self, measure: str | None = None, row: Row | None = None, group: GroupBy | None = None) -> str:
        """Return the lines behind a measure of the whole, or of one group: the page's own unless another is named."""
        group = group or self.query.group_by
        key = {} if row is None or group is None else {group: row.key}
        return self.at(measure, **key)

    def at(self, measure: str | None = None, **key: str | None) -> str:
        """Return the lines behind a measure of the group with this key: `at("paid_total", month="2026-03")`."""
        if "office" in key:
            key |= {"office": self.codes.get(str(key["office"]), key["office"]), "tree": None}  # this office alone
        return "/p3dn/baris" + _words(self.query, group_by=None, measure=measure, **key)

    def group(self, row: Row) -> str:
        """Return the lines behind one group of the page."""
        return self(None, row)

    def below(self, row: Row) -> str:
        """Return this page for an office with everything below it."""
        return "/p3dn" + _words(self.query, **self._office(row))

    def of_office(self, measure: str, row: Row) -> str:
        """Return the lines behind a measure of an office with everything below it."""
        return "/p3dn/baris" + _words(self.query, measure=measure, **self._office(row))

    def _office(self, row: Row) -> dict[str, Any]:
        """Return the words for an office with its tree; the one where one stands is meant by itself."""
        return {"office": self.codes.get(row.key, row.key), "tree": None if row.key == self.here else 1}


def _sum_behind(filters: Filters, keys: Mapping[str, str]) -> Measures | None:
    """Return what the lines add up to, from the kept totals; None for combinations that are not kept."""
    narrowing: list[GroupBy] = [group for group in GROUPS if group in keys and group not in TIMES]
    if len(narrowing) > 1:
        return None
    for name in TIMES & keys.keys():
        first, last = stretch_span(keys[name])
        filters = replace(filters, start=_later(filters.start, first), end=_earlier(filters.end, last))
    if not narrowing:
        return totals(filters, now=utc_now()).total
    rows = totals(filters, narrowing[0], now=utc_now()).rows
    return next((row.measures for row in rows if row.key == keys[narrowing[0]]), Measures())


def _later(one: date | None, two: date) -> date:
    return two if one is None else max(one, two)


def _earlier(one: date | None, two: date) -> date:
    return two if one is None else min(one, two)


def _without(name: str) -> dict[str, None]:
    """Return the changes that take a filter out: the tree goes with its office."""
    return dict.fromkeys(("office", "tree") if name == "office" else (name,))


def _chosen(query: LinesQuery, keys: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the filters that hold, in words, each with the address of the page without it."""
    given: dict[str, Any] = query.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    found = []
    for name, value in given.items():
        if name in {"cursor", "per_page", "group_by", "tree"}:
            continue
        words = str(value)
        if name in keys and name in GROUPS:
            group: GroupBy = next(group for group in GROUPS if group == name)
            words = spending.label(group, [str(value)])[str(value)]
        elif name == "office":
            words = labels.office_of(words).name
            if given.get("tree"):
                words = _("%(office)s dan semua di bawahnya", office=words)
        elif name == "account":
            words = labels.account_names([words]).get(words, words)
        found.append(
            {"name": name, "label": words, "href": "/p3dn/baris" + _words(query, cursor=None, **_without(name))}
        )
    return found
