"""Door: the funnel per kecamatan and span, the producers behind each number, targets, and the download."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.base.money import ratio_bp
from shop.db import session, unit_of_work
from shop.programme import forms, funnel, in_sight, targeting
from shop.programme.periods import Span, choices, span_of
from shop.programme.rules import FACILITY, FUNNEL_2021, STUCK_DAYS
from shop.reference import regions
from shop.sheets import commas
from shop.web.errors import faults_told
from shop.web.guard import actor, requires
from shop.web.paging import page_from

bp = Blueprint("programme_funnel", __name__)
_HEADS: Final = ("from", "until", "kecamatan", "kecamatan_name", "stage", "producers", "registered", "share_bp")


def _asked() -> tuple[Span, str]:
    today = local_day(utc_now())
    return span_of(request.args.get("periode", ""), today), in_sight.chosen(actor(), request.args.get("kecamatan", ""))


@bp.get("/program/corong")
@requires(funnel.READ)
def index() -> ResponseReturnValue:
    """Show the funnel: each stage with number, share and target, and where people get stuck."""
    return _page()


def _page(faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    who, today = actor(), local_day(utc_now())
    span, place = _asked()
    year = span.whole_year or today.year
    first = FUNNEL_2021[0][1]
    context: dict[str, Any] = {
        "funnel": funnel.read(who, span, place, today),
        "span": span,
        "kecamatan": place,
        "place": regions.region(session, place).name if place else "",
        "places": in_sight.kecamatan(who),
        "choices": choices(today),
        "labels": funnel.STAGES,
        "facility": FACILITY,
        "stuck_days": STUCK_DAYS,
        "past": [(key, funnel.STAGES[key], n, ratio_bp(n, first)) for key, n in FUNNEL_2021],
        "year": year,
        "targets": funnel.targets(year, place),
        "form": forms.typed(request.form),
        "faults": faults or [],
        "faults_of": dict(faults or ()),
        "today": today,
    }
    return render_template("programme/funnel.html", **context), status


@bp.post("/program/sasaran")
@requires(targeting.SET)
def set_targets() -> ResponseReturnValue:
    """Set the targets of a year for the city or a kecamatan."""
    try:
        year, place, wanted = forms.targets(request.form)
        with unit_of_work():
            targeting.set_targets(actor(), year, place, wanted, utc_now())
    except Invalid as error:
        return _page(faults_told(error), 422)
    flash(_("Sasaran disimpan."), "success")
    return redirect(f"/program/corong?periode={year}&kecamatan={place}", 303)


@bp.get("/program/corong/produsen")
@requires(funnel.READ)
def behind() -> ResponseReturnValue:
    """List the producers behind one number."""
    who, today = actor(), local_day(utc_now())
    span, place = _asked()
    stage = request.args.get("tahap", funnel.STUCK)
    page = page_from(request.args.get("page"), default_size=30)
    rows, total = funnel.behind(who, stage, span, place, today, offset=page.offset, limit=page.size)
    return render_template(
        "programme/behind.html",
        rows=rows,
        total=total,
        page=page,
        stage=stage,
        label=funnel.STAGES.get(stage),
        span=span,
        kecamatan=place,
        names=regions.regions(session),
        stuck_days=STUCK_DAYS,
    )


@bp.get("/program/corong.csv")
@requires(funnel.READ)
def download() -> ResponseReturnValue:
    """Hand out the funnel as CSV: one line for each kecamatan and stage; shares in basis points."""
    span, place = _asked()
    found = funnel.read(actor(), span, place, local_day(utc_now()))
    rows = [
        (
            span.start, span.end, row.code, row.name, stage, row.counts[stage], row.registered,
            ratio_bp(row.counts[stage], row.registered),
        )
        for row in found.places for stage in funnel.STAGES  # those with anybody registered
    ]  # fmt: skip
    return Response(
        commas.written(_HEADS, [rows]),
        content_type=commas.MEDIA_TYPE,
        headers={"Content-Disposition": 'attachment; filename="corong.csv"'},
    )
