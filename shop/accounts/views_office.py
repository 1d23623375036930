"""Door: the separation of duties in one office, relaxed and restored by its PA/KPA, openly."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts import duties, forms, offices, people
from shop.base.clock import utc_now
from shop.base.errors import Invalid
from shop.base.numbers import mask
from shop.base.sheet import whole
from shop.db import unit_of_work
from shop.web.errors import faults_told
from shop.web.formfaults import form_faults, show_faults
from shop.web.guard import actor, requires

bp = Blueprint("accounts_office", __name__)


@bp.get("/kantor/tugas")
@requires(duties.RELAX)
def office_duties() -> ResponseReturnValue:
    """Show whether this office's duties are separated, and who decided so."""
    return _office_duties(forms.RelaxForm(formdata=None), 200)


def _office_duties(form: forms.RelaxForm, status: int) -> ResponseReturnValue:
    who = actor()
    row = offices.office(who.office_id or 0)
    page = render_template(
        "accounts/office_duties.html",
        office=row,
        form=form,
        decided_by=people.names_of([row.relaxed_by] if row.relaxed_by else []).get(row.relaxed_by, ""),
        history=duties.duties_history(who),
        min_reason=duties.MIN_REASON,
        max_reason=duties.MAX_REASON,
        errors=form_faults(form),
    )
    return make_response(page, status)


@bp.post("/kantor/tugas/longgarkan")
@requires(duties.RELAX)
def relax_duties() -> ResponseReturnValue:
    """Let one person do several duties in this office, openly."""
    form, who = forms.RelaxForm(), actor()
    if not form.validate():
        return _office_duties(form, 422)
    try:
        with unit_of_work():
            duties.relax_duties(who, who.office_id or 0, form.reason.data, utc_now())
    except Invalid as error:
        show_faults(form, error)
        return _office_duties(form, 422)
    flash(_("Pemisahan tugas dilonggarkan dan tercatat."), "success")
    return redirect("/kantor/tugas")


@bp.post("/kantor/tugas/pulihkan")
@requires(duties.RELAX)
def restore_duties() -> ResponseReturnValue:
    """Hold the separation of duties in full again."""
    who = actor()
    with unit_of_work():
        duties.restore_duties(who, who.office_id or 0, utc_now())
    flash(_("Pemisahan tugas berlaku penuh kembali."), "success")
    return redirect("/kantor/tugas")


@bp.get("/kantor/identitas")
@requires(offices.DESCRIBE)
def identity() -> ResponseReturnValue:
    """Show what official papers say of this office."""
    return _identity([], 200)


def _identity(faults: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    row = offices.office(actor().office_id or 0)
    page = render_template(
        "accounts/office_identity.html",
        office=row,
        errors=faults,
        wrong=dict(faults),
        form=request.form or {**row._mapping, "pptk_nip": mask(row.pptk_nip)},  # noqa: SLF001 - SQLAlchemy's public name
    )
    return make_response(page, status)


@bp.post("/kantor/identitas")
@requires(offices.DESCRIBE)
def describe() -> ResponseReturnValue:
    """Write the office's address, NPWP and PPTK."""
    said = offices.Identity(*(request.form.get(name, "") for name in ("address", "npwp", "pptk_name", "pptk_nip")))
    try:
        with unit_of_work():
            offices.describe(actor(), said, whole(request.form.get("version", "")) or 0, utc_now())
    except Invalid as error:
        return _identity(faults_told(error), 422)
    flash(_("Identitas kantor disimpan. Dokumen yang menunggu bisa diterbitkan."), "success")
    return redirect("/kantor/identitas", 303)


@bp.get("/kantor/persetujuan")
@requires(offices.LIMIT)
def approval_limit() -> ResponseReturnValue:
    """Show above which amount this office's orders need a yes of the PPK."""
    return _approval_limit(forms.LimitForm(formdata=None), 200)


def _approval_limit(form: forms.LimitForm, status: int) -> ResponseReturnValue:
    row = offices.office(actor().office_id or 0)
    page = render_template("accounts/approval_limit.html", office=row, form=form, errors=form_faults(form))
    return make_response(page, status)


@bp.post("/kantor/persetujuan")
@requires(offices.LIMIT)
def set_approval_limit() -> ResponseReturnValue:
    """Set that amount, or take it away with an empty field."""
    form = forms.LimitForm()
    typed, seen = (form.amount.data or "").strip(), form.seen.data or ""
    # -1 is no limit anybody may set, nor one that was on a screen: the verb refuses both.
    amount = None if not typed else whole(typed) or -1
    before = None if not seen else whole(seen) or -1
    try:
        with unit_of_work():
            offices.set_approval_above(actor(), amount, before, utc_now())
    except Invalid as error:
        show_faults(form, error)
        return _approval_limit(form, 422)
    flash(_("Batas persetujuan disimpan dan berlaku mulai sekarang."), "success")
    return redirect("/kantor/persetujuan", 303)
