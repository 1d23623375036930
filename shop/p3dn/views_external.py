"""Door: figures of other systems, kept beside ours and never mixed with them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from shop.base.clock import utc_now
from shop.base.errors import Invalid
from shop.db import unit_of_work
from shop.p3dn import external
from shop.p3dn.totals import Filters, totals
from shop.web.errors import faults_told, say
from shop.web.guard import actor, public, requires
from shop.web.language import gettext as _
from shop.web.paging import year_from

bp = Blueprint("p3dn_external", __name__)


@bp.get("/p3dn/sistem-lain")
@public
def index() -> ResponseReturnValue:
    """Show a year's figures of other systems beside ours, each with its system, basis and day."""
    years, now = external.years(), utc_now()
    year = year_from(request.args.get("tahun"), "tahun") or (years[0] if years else now.year)
    return render_template(
        "p3dn/external.html",
        year=year,
        years=years,
        figures=external.latest(year),
        report=totals(Filters(year=year), now=now),
    )


@bp.get("/p3dn/sistem-lain/isi")
@requires(external.IMPORT)
def form() -> ResponseReturnValue:
    """Where a published figure is entered, or a file of them."""
    return _page()


@bp.post("/p3dn/sistem-lain/isi")
@requires(external.IMPORT)
def enter() -> ResponseReturnValue:
    """Keep one figure."""
    try:
        with unit_of_work():
            figure = external.read(request.form, utc_now())
            external.enter(actor(), [figure], utc_now())
    except Invalid as error:
        return _page(faults_told(error), status=422)
    flash(_("Angka disimpan dengan sistem dan sumbernya."), "success")
    return redirect(f"/p3dn/sistem-lain?tahun={figure.year}", 303)


@bp.post("/p3dn/sistem-lain/berkas")
@requires(external.IMPORT)
def bring() -> ResponseReturnValue:
    """Keep the figures of a CSV: all or none, each wrong cell named."""
    sent = request.files.get("file")
    try:
        with unit_of_work():
            count, faults = external.import_csv(actor(), sent.read() if sent else b"", utc_now())
    except Invalid as error:
        return _page(faults_told(error), status=422)
    if faults:
        rows = [{"row": f.row, "column": f.column, "why": say(f.message, dict(f.params))} for f in faults[:200]]
        return _page(rows=rows, status=422)
    flash(ngettext("%(num)s angka baru disimpan.", "%(num)s angka baru disimpan.", count), "success")
    return redirect("/p3dn/sistem-lain", 303)


def _page(
    faults: list[tuple[str, str]] | None = None, *, rows: list[dict[str, object]] | None = None, status: int = 200
) -> tuple[str, int]:
    page = render_template(
        "p3dn/external_form.html", faults=faults or [], rows=rows or [], form=request.form, city=external.CITY
    )
    return page, status
