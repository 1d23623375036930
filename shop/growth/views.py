"""Doors of naik kelas: the figures of a year, what the owner states, and the monthly statement."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid, NotFound, Stale
from shop.db import unit_of_work
from shop.growth import declaring, drawing, forms, months, reading, statement
from shop.growth.turnover import READ
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.paging import page_from, year_from
from shop.web.spending import month_name

bp = Blueprint("growth", __name__)

_PAGE = 12


def _today() -> date:
    return local_day(utc_now())


def _written(month: date) -> str:
    return month_name(month.isoformat()[:7])


@bp.get("/perkembangan")
@requires(READ)
def index() -> ResponseReturnValue:
    """Show omzet, assets and workers of a year beside the year before."""
    year = year_from(request.args.get("tahun"), "tahun") or _today().year
    if year > _today().year:
        raise NotFound("Tahun ini belum dimulai.")
    found = reading.read_growth(actor(), year, utc_now())
    most = max([month.total for month in found.months], default=0)
    return render_template(
        "growth/index.html", found=found, most=max(most, 1), written=_written, first=months.FIRST_YEAR,
        can_declare=actor().may(declaring.DECLARE),
    )  # fmt: skip


@bp.get("/perkembangan/bulan/<month>")
@requires(declaring.DECLARE)
def month_form(month: str) -> ResponseReturnValue:
    """Show the form of a month: sales elsewhere and costs."""
    return _month_form(months.month_from(month, _today()))


def _month_form(
    month: date, faults: list[tuple[str, str]] | None = None, status: int = 200, *, stale: bool = False
) -> ResponseReturnValue:
    stated, version = declaring.stated_month(actor(), month)
    kept = request.form if faults else {}
    values = {name: kept.get(name, "") for name in forms.MONTH_FIELDS} if faults else asdict(stated) if stated else {}
    return render_template(
        "growth/month.html", month=month, name=_written(month), values=values, faults=faults or [],
        faults_of=dict(faults or ()), errors=bool(faults), labels=declaring.COST_LABELS, is_stated=stated is not None,
        # After a 409 the next saving is meant to go over what the other person wrote, which is shown above the form.
        version=version if stale else kept.get("version", version), newer=stated if stale else None,
    ), status  # fmt: skip


@bp.post("/perkembangan/bulan/<month>")
@requires(declaring.DECLARE)
def declare_month(month: str) -> ResponseReturnValue:
    """Save the figures of a month; input is kept when something is wrong or somebody was first."""
    chosen = months.month_from(month, _today())
    try:
        figures = forms.read_month(request.form)
        with unit_of_work():
            declaring.declare_month(actor(), chosen, forms.version_of(request.form), figures, utc_now())
    except Invalid as error:
        return _month_form(chosen, faults_told(error), 422)
    except Stale as error:
        return _month_form(chosen, [("", told(error))], 409, stale=True)
    flash(_("Catatan %(month)s disimpan.", month=_written(chosen)), "ok")
    return redirect(f"/perkembangan/laporan/{month}", 303)


@bp.get("/perkembangan/ukuran")
@requires(declaring.DECLARE)
def size_form() -> ResponseReturnValue:
    """Show the form of assets, debts and workers, and what was stated before."""
    return _size_form()


def _size_form(faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    page = page_from(request.args.get("page"), default_size=_PAGE)
    found = declaring.stated_sizes(actor(), _today(), offset=page.offset, limit=page.size + 1)
    latest = asdict(found[0]) if found and page.number == 1 else {}
    values = dict(request.form) if faults else latest | {"on_day": _today().isoformat()}
    return render_template(
        "growth/size.html", values=values, faults=faults or [], faults_of=dict(faults or ()), errors=bool(faults),
        rows=found[: page.size], page=page.number, more=len(found) > page.size, today=_today(),
    ), status  # fmt: skip


@bp.post("/perkembangan/ukuran")
@requires(declaring.DECLARE)
def declare_size() -> ResponseReturnValue:
    """Save assets, debts and workers of a day."""
    try:
        figures = forms.read_size(request.form)
        with unit_of_work():
            declaring.declare_size(actor(), figures, utc_now())
    except Invalid as error:
        return _size_form(faults_told(error), 422)
    flash(_("Aset, utang, dan jumlah pekerja disimpan."), "ok")
    return redirect("/perkembangan", 303)


@bp.get("/perkembangan/laporan/<month>")
@requires(READ)
def show_statement(month: str) -> ResponseReturnValue:
    """Show the statement of a month, made to be printed too."""
    chosen = months.month_from(month, _today())
    earlier = months.shifted(chosen, -1)
    later = months.shifted(chosen, 1)
    return render_template(
        "growth/statement.html", found=statement.read_statement(actor(), chosen, utc_now()), name=_written(chosen),
        key=month, labels=declaring.COST_LABELS, can_declare=actor().may(declaring.DECLARE),
        earlier=earlier.isoformat()[:7] if earlier.year >= months.FIRST_YEAR else "",
        later=later.isoformat()[:7] if later <= _today() else "",
    )  # fmt: skip


@bp.post("/perkembangan/laporan/<month>/cetak")
@requires(READ)
def print_statement(month: str) -> ResponseReturnValue:
    """Note that the statement is printed (the first complete one is facility P6), and go to its PDF."""
    chosen, now = months.month_from(month, _today()), utc_now()
    with unit_of_work():
        statement.note_printed(actor(), statement.read_statement(actor(), chosen, now), now)
    return redirect(f"/perkembangan/laporan/{month}/pdf", 303)


@bp.get("/perkembangan/laporan/<month>/pdf")
@requires(READ)
def statement_pdf(month: str) -> ResponseReturnValue:
    """Hand out the statement as PDF."""
    chosen, now = months.month_from(month, _today()), utc_now()
    found = statement.read_statement(actor(), chosen, now)
    return download(drawing.statement_pdf(found, now), PDF, f"laporan-{month}.pdf")
