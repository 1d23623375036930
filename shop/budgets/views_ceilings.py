"""Door: unit price ceilings by year."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Invalid
from shop.base.sheet import day, whole
from shop.budgets import ceilings
from shop.catalog.categories import shelves
from shop.db import unit_of_work
from shop.web.errors import faults_told
from shop.web.guard import actor, requires, signed_in
from shop.web.language import gettext as _
from shop.web.language import language

bp = Blueprint("ceilings", __name__)


@bp.get("/pagu-satuan")
@signed_in
def index() -> ResponseReturnValue:
    """Show which ceilings count today, which come, and which counted before."""
    return _page([], 200)


@bp.post("/pagu-satuan")
@requires(ceilings.MAINTAIN)
def put() -> ResponseReturnValue:
    """Set a ceiling from a day on."""
    form = request.form
    new = ceilings.NewCeiling(
        one_line(form.get("subject", "")),
        form.get("per", ""),
        whole(form.get("amount", "")),
        day(form.get("from_day", "")),
        form.get("source", ""),
        form.get("confidence", ""),
        form.get("reason", ""),
    )
    try:
        with unit_of_work():
            ceilings.put(actor(), new, shelves().keys(), utc_now())
    except Invalid as error:
        return _page(faults_told(error), 422)
    flash(_("Pagu satuan disimpan."), "ok")
    return redirect("/pagu-satuan", 303)


def _page(faults: list[tuple[str, str]], status: int) -> tuple[str, int]:
    today, seen = local_day(utc_now()), set[str]()
    rows = []
    for row in ceilings.history():
        state = "coming" if row.from_day > today else "past" if row.subject in seen else "now"
        if state == "now":
            seen.add(row.subject)
        rows.append((row, state, _name(row.subject)))
    leaves = [(s.code, s.name(language())) for s in shelves().values() if s.parent_code]
    kinds = [(code, _(label)) for code, label in ceilings.KINDS.items()]
    return render_template(
        "budgets/ceilings.html", rows=rows, subjects=[*kinds, *leaves], faults=faults, form=request.form, today=today
    ), status


def _name(subject: str) -> str:
    if subject in ceilings.KINDS:
        return _(ceilings.KINDS[subject])
    shelf = shelves().get(subject)
    return shelf.name(language()) if shelf else subject
