"""Door: how punctually offices pay, open to everybody."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.db import session
from shop.orders import punctuality
from shop.reference import policy
from shop.web.guard import public
from shop.web.paging import page_from, year_from

bp = Blueprint("punctuality", __name__)
_PER_PAGE = 50


@bp.get("/ketepatan-bayar")
@public
def index() -> ResponseReturnValue:
    """List the offices with enough payments in a year: how many in time, how fast, what is late now."""
    now = utc_now()
    years = punctuality.years()
    year = year_from(request.args.get("tahun"), "tahun") or (years[0] if years else local_day(now).year)
    page = page_from(request.args.get("page"), default_size=_PER_PAGE)
    rows, total, hidden = punctuality.offices(year, now, offset=page.offset, limit=page.size)
    return render_template(
        "orders/punctuality.html",
        rows=rows,
        total=total,
        hidden=hidden,
        year=year,
        years=years or [year],
        page=page.number,
        last=page.last(total),
        least=punctuality.LEAST_SHOWN,
        rule=policy.rule(session, "payment.due_working_days", local_day(now)),
    )
