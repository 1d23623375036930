"""JSON door of the spending figures: public, and every figure opens to its lines."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local, utc_now
from shop.p3dn import labels, reading
from shop.p3dn.asking import filters_of, keys_of
from shop.p3dn.schemas import LinesOut, LinesQuery, MeasuresOut, TotalsOut, TotalsQuery, TotalsRow, asked
from shop.p3dn.totals import totals as read_totals
from shop.web import spending
from shop.web.guard import public
from shop.web.openapi import Description, described

bp = Blueprint("p3dn_api", __name__, url_prefix="/api/v1/p3dn")


@bp.get("/totals")
@public
@described(Description({200: TotalsOut}, query=TotalsQuery, problems=(404, 422)))
def totals() -> ResponseReturnValue:
    """Answer planned, committed and paid spending, and how much of it is domestic product."""
    query = asked(TotalsQuery, request.args.items(multi=True))
    filters, _office = filters_of(query)
    report = read_totals(filters, query.group_by, now=utc_now(), label=spending.label)
    codes: dict[str, str] = {}
    if query.group_by == "office":  # ids are ours alone: the public key is the code, which the filter takes as well
        codes = {str(ref.id): ref.code for ref in labels.offices(int(row.key) for row in report.rows).values()}
    answer = TotalsOut(
        system=report.system,
        as_of=local(report.as_of).isoformat(timespec="seconds"),
        basis=report.basis,
        bases=list(report.bases),
        **{"from": report.start},
        to=report.end,
        group_by=query.group_by,
        rows=[
            TotalsRow(key=codes.get(row.key, row.key), label=row.label, **spending.numbers(row.measures))
            for row in report.rows
        ],
        total=MeasuresOut(**spending.numbers(report.total)),
    )
    return jsonify(answer.model_dump(mode="json", by_alias=True))


@bp.get("/lines")
@public
@described(Description({200: LinesOut}, query=LinesQuery, problems=(404, 422)))
def lines() -> ResponseReturnValue:
    """Answer the ledger lines behind a figure; their sums equal the totals under the same filters."""
    query = asked(LinesQuery, request.args.items(multi=True))
    filters, _office = filters_of(query)
    page = reading.lines(filters, keys_of(query), cursor=query.cursor, per_page=query.per_page)
    return jsonify(LinesOut(items=spending.told(page.items), next=page.next).model_dump(mode="json"))
