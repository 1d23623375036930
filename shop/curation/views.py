"""Doors of the curators: queue, one case, verdict."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid
from shop.catalog import places, wording
from shop.catalog.forms import version_of
from shop.curation import casefile, criteria, differing, figures, queue, reviewing, scope, states
from shop.curation.forms import read_verdict
from shop.curation.reasons import REASONS
from shop.db import unit_of_work
from shop.vendors import papers
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.language import language

bp = Blueprint("curation", __name__)


@bp.get("/kurasi")
@requires("catalog:product:curate")
def index() -> ResponseReturnValue:
    """Show what waits for this hat, oldest first; by kind or only what is looked at again."""
    lane, after = queue.lane_from(request.args.get("jalur")), request.args.get("setelah")
    found = queue.read_queue(actor(), lane, after, utc_now())
    return render_template(
        "curation/index.html", queue=found, lane=lane, lanes=queue.LANES, most=queue.MOST, after=after
    )


@bp.get("/kurasi/angka")
@requires(figures.READ)
def numbers() -> ResponseReturnValue:
    """Show per kecamatan how long listings wait and how many pass."""
    return render_template(
        "curation/figures.html", rows=figures.read_figures(actor(), utc_now()), newest=figures.NEWEST
    )


@bp.get("/kurasi/<int:case_id>")
@requires("catalog:product:curate")
def show(case_id: int) -> ResponseReturnValue:
    """Show one case with everything needed to judge it, and the form."""
    return _page(case_id)


def _page(case_id: int, faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    who, lane, now = actor(), queue.lane_from(request.args.get("jalur")), utc_now()
    file = casefile.open_file(who, case_id, now)
    before, following = queue.beside(who, file.case, lane, now)
    return render_template(
        "curation/case.html",
        file=file,
        case=file.case,
        obstacle=told(file.obstacle) if file.obstacle else None,
        before=before,
        following=following,
        lane=lane,
        query=f"?jalur={lane}" if lane else "",
        fields=wording.FIELDS,
        paper_labels=papers.LABELS,
        labels=criteria.LABELS,
        hints=criteria.HINTS,
        words=criteria.WORDS,
        not_scored=criteria.NOT_SCORED,
        reasons=REASONS,
        states=states.LABELS,
        faults=faults or [],
        errors=bool(faults),
        kept=request.form,
        marked=differing.marked,
        kecamatan_name=lambda code: places.kecamatan().get(code, ""),
        **wording.words_for(file.shelf.code, language()),
    ), status


@bp.post("/kurasi/<int:case_id>")
@requires("catalog:product:curate")
def decide(case_id: int) -> ResponseReturnValue:
    """Keep a verdict and open the next case at once; what was ticked is kept when something is wrong."""
    who, lane, now = actor(), queue.lane_from(request.args.get("jalur")), utc_now()
    case = scope.find(who, case_id)
    name, (_before, following) = case.content["name"], queue.beside(who, case, lane, now)
    try:
        with unit_of_work():
            state = reviewing.decide(who, case_id, version_of(request.form), read_verdict(request.form), now)
    except Invalid as error:
        return _page(case_id, faults_told(error), 422)
    except Conflict as error:
        return _page(case_id, [("", told(error))], 409)
    flash(_("%(name)s: %(state)s.", name=name, state=_(states.LABELS[state])), "ok")
    return redirect(_onward(following, lane), 303)


@bp.post("/kurasi/<int:case_id>/benturan")
@requires("vendors:conflict:tell")
def step_aside(case_id: int) -> ResponseReturnValue:
    """Hand the cases of a producer the curator is close to back to the others."""
    who, lane, now = actor(), queue.lane_from(request.args.get("jalur")), utc_now()
    following = queue.beside(who, scope.find(who, case_id), lane, now)[1]
    try:
        with unit_of_work():
            reviewing.step_aside(who, case_id, request.form.get("note", ""), now)
    except Invalid as error:
        return _page(case_id, [("", message) for _field, message in faults_told(error)], 422)
    flash(_("Tercatat. Produk usaha ini dinilai kurator lain."), "ok")
    return redirect(_onward(following, lane), 303)


def _onward(following: int | None, lane: str | None) -> str:
    """Return the address of the next case, or of the queue when none is left."""
    place = "/kurasi" if following is None else f"/kurasi/{following}"
    return f"{place}?jalur={lane}" if lane else place
