"""Doors of the recap: one page, one workbook, one paper, all from the same rows."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.base.sheet import whole
from shop.growth import drawing, recap, workbook
from shop.growth.recap import Recap
from shop.growth.turnover import READ
from shop.sheets.writing import MEDIA_TYPE
from shop.web.downloads import PDF, download
from shop.web.guard import actor, requires
from shop.web.paging import page_from, year_from
from shop.web.spending import month_name

bp = Blueprint("recap", __name__)

_PAPER_ROWS = 2_000
"""A PDF of more is sixty pages and makes the server sweat; the workbook has all."""


def _asked() -> Recap:
    now = utc_now()
    year = year_from(request.args.get("tahun"), "tahun") or local_day(now).year
    office = request.args.get("kantor", "")
    office_id = (whole(office) or 0) % 2**63 if office else None
    return recap.read_recap(actor(), year, office_id, now)


@bp.get("/rekap")
@requires(READ)
def index() -> ResponseReturnValue:
    """Show a year: months, debts of the offices, and the paid orders a page at a time."""
    found = _asked()
    page = page_from(request.args.get("page"), default_size=50)
    rows = recap.paid_orders(actor(), found.year, found.office_id, offset=page.offset, limit=page.size)
    words = f"tahun={found.year}" + (f"&kantor={found.office_id}" if found.office_id is not None else "")
    return render_template(
        "growth/recap.html", found=found, rows=rows, page=page, words=words,
        name=lambda day: month_name(day.isoformat()[:7]),
    )  # fmt: skip


@bp.get("/rekap.xlsx")
@requires(READ)
def xlsx() -> ResponseReturnValue:
    """Hand out the same as a workbook."""
    found = _asked()
    rows = recap.paid_orders(actor(), found.year, found.office_id, limit=recap.MOST_ROWS)
    return download(workbook.recap_xlsx(found, rows, utc_now()), MEDIA_TYPE, f"rekap-{found.year}.xlsx")


@bp.get("/rekap.pdf")
@requires(READ)
def pdf() -> ResponseReturnValue:
    """Hand out the same as a paper."""
    found = _asked()
    rows = recap.paid_orders(actor(), found.year, found.office_id, limit=_PAPER_ROWS)
    return download(drawing.recap_pdf(found, rows, utc_now()), PDF, f"rekap-{found.year}.pdf")
