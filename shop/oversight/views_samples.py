"""Door: samples: drawn from a search, judged order by order, taken along as PDF or workbook."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid
from shop.db import unit_of_work
from shop.oversight import asking, sample_papers, samples
from shop.oversight.drawing import METHODS
from shop.oversight.exports import Taken
from shop.oversight.samples import DRAW, SampleView
from shop.oversight.search import READ
from shop.sheets import writing
from shop.web import exported
from shop.web.asked_orders import number_from, told, words_of
from shop.web.downloads import PDF
from shop.web.errors import faults_told, say, spoken
from shop.web.guard import actor, requires

bp = Blueprint("oversight_samples", __name__)
_ID = "/audit/sampel/<int:sample_id>"


@bp.get("/audit/sampel")
@requires(READ)
def index() -> ResponseReturnValue:
    """Show all samples, the newest first, with how far they are."""
    before = number_from(request.args.get("sebelum"))
    rows = samples.samples(actor(), before)
    last = rows[samples.PAGE - 1].id if len(rows) > samples.PAGE else None
    return render_template(
        "oversight/samples.html", rows=rows[: samples.PAGE], next=last, first=before, methods=METHODS
    )


@bp.get("/audit/sampel/baru")
@requires(DRAW)
def form() -> ResponseReturnValue:
    """Show what the sample would be drawn from, and ask how."""
    return _form([])


@bp.post("/audit/sampel/baru")
@requires(DRAW)
def draw() -> ResponseReturnValue:
    """Draw a sample from the search in the address and freeze it."""
    now = utc_now()
    try:
        wanted = asking.wanted(request.args, asking.offices(), local_day(now))
        name, plan = samples.plan_from(request.form)
        with unit_of_work():
            sample_id = samples.draw_sample(actor(), name, plan, wanted, now)
    except (Invalid, Conflict) as error:
        return _form(*spoken(error))
    flash(_("Sampel ditarik dan dibekukan."), "ok")
    return redirect(f"/audit/sampel/{sample_id}", 303)


@bp.get(_ID)
@requires(READ)
def show(sample_id: int) -> ResponseReturnValue:
    """Show a sample: how it was drawn, what is judged, and what it says about all."""
    return _page(samples.sample(actor(), sample_id))


@bp.get(f"{_ID}/ulang")
@requires(DRAW)
def again(sample_id: int) -> ResponseReturnValue:
    """Draw it again with the same seed from what the search finds now, and tell whether it is the same."""
    who, now = actor(), utc_now()
    view = samples.sample(who, sample_id)
    wanted = asking.wanted(view.sample.wanted, asking.offices(), local_day(now))
    return _page(view, again=samples.again(who, view.sample, wanted, now))


@bp.post(f"{_ID}/<int:order_id>")
@requires(DRAW)
def judge(sample_id: int, order_id: int) -> ResponseReturnValue:
    """Keep a verdict on one order of the sample."""
    who = actor()
    view = samples.sample(who, sample_id)
    try:
        with unit_of_work():
            samples.judge(who, sample_id, order_id, request.form, utc_now())
    except Invalid as error:
        return _page(view, faults=faults_told(error), wrong=order_id, status=422)
    flash(_("Putusan disimpan."), "ok")
    return redirect(f"/audit/sampel/{sample_id}#pesanan-{order_id}", 303)


@bp.get(f"{_ID}.pdf")
@requires(READ)
def as_pdf(sample_id: int) -> ResponseReturnValue:
    """Hand the sample out as a paper, with a record of it."""
    view = samples.sample(actor(), sample_id)
    content = sample_papers.pdf(view, words_of(view.sample.wanted), utc_now())
    return exported.whole(_taken(view, "pdf"), content, len(view.rows), PDF)


@bp.get(f"{_ID}.xlsx")
@requires(READ)
def as_xlsx(sample_id: int) -> ResponseReturnValue:
    """Hand the sample out as a workbook, with a record of it."""
    view = samples.sample(actor(), sample_id)
    content = sample_papers.workbook(view, words_of(view.sample.wanted), utc_now())
    return exported.whole(_taken(view, "xlsx"), content, len(view.rows), writing.MEDIA_TYPE)


def _taken(view: SampleView, kind: str) -> Taken:
    number = view.sample.id
    return exported.taken("sample", f"sampel-{number}.{kind}", {"sampel": str(number)}, view.sample.name)


def _form(faults: list[tuple[str, str]], status: int = 200) -> tuple[str, int]:
    asked: dict[str, str] = {}
    try:
        asked = dict(asking.wanted(request.args, asking.offices(), local_day(utc_now())).asked)
    except Invalid as error:
        faults, status = [*faults_told(error), *(f for f in faults if f not in faults_told(error))], 422
    methods = [(code, say(label, {})) for code, label in METHODS.items()]
    return render_template(
        "oversight/sample_new.html", asked=told(asked), query=urlencode(asked), methods=methods, faults=faults,
        sent=request.form, most=samples.MOST,
    ), status  # fmt: skip


def _page(
    view: SampleView,
    *,
    faults: list[tuple[str, str]] | None = None,
    wrong: int = 0,
    again: object = None,
    status: int = 200,
) -> tuple[str, int]:
    return render_template(
        "oversight/sample.html", view=view, sample=view.sample, end=view.conclusion, asked=told(view.sample.wanted),
        query=urlencode(view.sample.wanted), methods=METHODS, verdicts=[(c, say(v, {})) for c, v in samples.VERDICTS.items()],
        faults=faults or [], wrong=wrong, sent=request.form, again=again,
    ), status  # fmt: skip
