"""Door: renaming an office, and making it part of another."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shop.accounts import offices, reorganising
from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.db import unit_of_work
from shop.web.errors import faults_told
from shop.web.guard import actor, requires
from shop.web.language import gettext as _

bp = Blueprint("accounts_reorganising", __name__)


@bp.get("/kantor/perubahan")
@requires(reorganising.MERGE)
def index() -> ResponseReturnValue:
    """Show what was renamed and merged, and the two forms."""
    return _page("")


@bp.post("/kantor/perubahan/nama")
@requires(reorganising.MERGE)
def rename() -> ResponseReturnValue:
    """Give an office another name."""
    return _do("rename", reorganising.rename, _("Nama kantor diganti. Nama lama tetap tercatat."))


@bp.post("/kantor/perubahan/gabung")
@requires(reorganising.MERGE)
def merge() -> ResponseReturnValue:
    """Make an office part of another."""
    return _do("merge", reorganising.merge, _("Kantor digabung. Belanja lamanya tetap atas kodenya sendiri."))


def _do(which: str, verb: Callable[..., None], done: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            verb(actor(), request.form, utc_now())
    except Invalid as error:
        return _page(which, faults_told(error), 422)
    flash(done, "success")
    return redirect("/kantor/perubahan", 303)


def _page(which: str, faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    return render_template(
        "accounts/reorganising.html",
        history=reorganising.history(),
        codes=offices.codes(),
        which=which,
        faults=faults or [],
        form=request.form,
        today=local_day(utc_now()),
    ), status
