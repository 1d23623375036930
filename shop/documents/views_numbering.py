"""Door: how an office numbers its papers, set by its PA/KPA."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts import offices
from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.base.fields import Fields
from shop.db import unit_of_work
from shop.documents import numbering
from shop.documents.table import SERIES
from shop.web.errors import faults_told
from shop.web.guard import actor, requires

bp = Blueprint("documents_numbering", __name__)


@bp.get("/kantor/penomoran")
@requires(numbering.SET)
def index() -> ResponseReturnValue:
    """Show each sequence with its next number."""
    return _page([], 200)


@bp.post("/kantor/penomoran")
@requires(numbering.SET)
def save() -> ResponseReturnValue:
    """Set the template of one sequence from a day on."""
    who, form = actor(), request.form
    try:
        with unit_of_work():
            day = Fields(form).day("valid_from")
            number = numbering.set_template(who, form.get("series", ""), form.get("template", ""), day, utc_now())
    except Invalid as error:
        return _page(faults_told(error), 422)
    flash(_("Pola disimpan. Nomor pertamanya: %(number)s", number=number), "ok")
    return redirect("/kantor/penomoran", 303)


def _page(faults: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    who, now = actor(), utc_now()
    office = offices.office(who.office_id or 0)
    page = render_template(
        "documents/numbering.html", patterns=numbering.patterns(who, now), office=office, faults=faults,
        options=[(series, _(title)) for series, title in SERIES.items()], wrong=dict(faults), form=request.form, today=local_day(now),
    )  # fmt: skip
    return page, status
