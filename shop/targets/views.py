"""Door: targets of offices, their forecast to the year's end, ranking and alerts."""

from __future__ import annotations

import io
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid, NotFound
from shop.base.fields import Fields
from shop.base.money import FULL_BP, ratio_bp, rupiah
from shop.base.sheet import basis_points, whole
from shop.db import unit_of_work
from shop.p3dn.labels import offices
from shop.p3dn.totals import Report, years_with_data
from shop.reference.policy import RuleValue
from shop.sheets import commas
from shop.sheets.writing import MEDIA_TYPE
from shop.targets import alerting, goals, sheets, standings
from shop.targets.alert_rules import AMOUNTS, SENTENCES, SHARES, TITLES, pdn_end
from shop.targets.course import Course, course
from shop.targets.forecasting import Forecast, gap, need
from shop.targets.ranking import ENOUGH, By, Kind, Ranking
from shop.web import charts
from shop.web.downloads import download
from shop.web.errors import spoken
from shop.web.guard import actor, public, requires
from shop.web.language import gettext as _
from shop.web.language import persen
from shop.web.paging import FIRST_YEAR, page_from, year_from
from shop.web.spending import month_name, office_name

bp = Blueprint("targets", __name__)
_LONGEST_CODE: Final = 40
_PER_PAGE: Final = 50
_CHOICES: Final[dict[str, tuple[str, ...]]] = {"jenis": ("pdn", "umk"), "urut": ("bagian", "selisih")}
KINDS: Final = {"pdn": "Produk dalam negeri (PDN)", "umk": "Usaha mikro dan kecil (UMK)"}


@bp.get("/target")
@public
def index() -> ResponseReturnValue:
    """Rank the offices of a year by their target, in classes of size; who has too little to be ranked stands apart."""
    found, report, bands, asked = _ranking()
    page = page_from(request.args.get("page"), default_size=_PER_PAGE)
    return render_template(
        "targets/index.html",
        ranking=found, shown=found.part(page.offset, page.size), page=page.number, last=page.last(found.total), report=report, bands=bands, asked=asked, kinds=KINDS, years=_years(asked["tahun"]), enough=ENOUGH,
        behind=_behind, same=lambda **changes: "/target?" + urlencode({**asked, **changes}), words=urlencode(asked),
    )  # fmt: skip


@bp.get("/target.csv")
@public
def as_csv() -> ResponseReturnValue:
    """Answer the ranking as CSV: whole rupiah, shares in basis points."""
    found, report, _bands, asked = _ranking()
    rows = sheets.rows(found, report, asked["jenis"], asked["tahun"])
    return download(commas.written(sheets.HEADS, [rows]), commas.MEDIA_TYPE, f"sasaran-{asked['tahun']}.csv")


@bp.get("/target.xlsx")
@public
def as_book() -> ResponseReturnValue:
    """Answer the ranking as a workbook."""
    found, report, _bands, asked = _ranking()
    out = io.BytesIO()
    sheets.write(out, sheets.rows(found, report, asked["jenis"], asked["tahun"]), report.as_of)
    return download(out.getvalue(), MEDIA_TYPE, f"sasaran-{asked['tahun']}.xlsx")


@bp.get("/target/<code>")
@public
def office(code: str) -> ResponseReturnValue:
    """Show one office in one year: what it promised, how far it is, where the year will end, and what to do."""
    return _page(_office(code), _year(request.args.get("tahun"), "tahun"))


@bp.post("/target/<code>")
@requires(goals.SET)
def put(code: str) -> ResponseReturnValue:
    """Set the target of an office and year."""
    found, form = _office(code), request.form
    if not goals.may_set(actor(), found.id):
        raise NotFound("Kantor ini tidak ada.")
    year = _year(form.get("year"), "year")
    try:
        with unit_of_work():
            goals.put(actor(), found.id, year, _version(form.get("version", "")), _typed(), utc_now())
    except (Invalid, Conflict) as error:
        return _page(found, year, *spoken(error))
    flash(_("Sasaran disimpan dan berlaku mulai sekarang."), "ok")
    return redirect(f"/target/{quote(found.code)}?tahun={year}", 303)


@bp.post("/target-peringatan/<int:alert_id>")
@requires(alerting.ANSWER)
def answer(alert_id: int) -> ResponseReturnValue:
    """Note what the own office does about an alert."""
    code, year = alerting.place_of(actor(), alert_id)
    try:
        with unit_of_work():
            alerting.acknowledge(actor(), alert_id, request.form.get("note", ""), utc_now())
    except (Invalid, Conflict) as error:
        return _page(_office(code), year, *spoken(error), answered=alert_id)
    flash(_("Jawaban disimpan."), "ok")
    return redirect(f"/target/{quote(code)}?tahun={year}#peringatan", 303)


def _ranking() -> tuple[Ranking, Report, RuleValue, dict[str, Any]]:
    fields = Fields(request.args)
    asked: dict[str, Any] = {}
    for name, choices in _CHOICES.items():
        asked[name] = fields.typed(name) or choices[0]
        if asked[name] not in choices:
            fields.fault(name, "Pilih salah satu dari daftar.")
    fields.check()
    asked["tahun"] = _year(request.args.get("tahun"), "tahun")
    kind: Kind = "pdn" if asked["jenis"] == "pdn" else "umk"
    by: By = "share" if asked["urut"] == "bagian" else "gap"
    found, report, bands = standings.ranking(asked["tahun"], kind, by, utc_now())
    return found, report, bands, asked


def _office(code: str) -> Any:
    """Return the office of a code. Raises NotFound, for what no code can be without asking the database."""
    if not code.isprintable() or len(code) > _LONGEST_CODE:
        raise NotFound("Kantor ini tidak ada.")
    return goals.office_of(code)


def _page(
    found: Any, year: int, faults: list[tuple[str, str]] | None = None, status: int = 200, answered: int = 0
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    today = local_day(now)
    goal, seen = goals.goal(found.id, year, today), course(found.id, year, now)
    return render_template(
        "targets/office.html",
        office=found, year=year, goal=goal, rules=goals.rules_on(year, today), course=seen, total=seen.report.total,
        parts=_parts(goal, seen), years=_years(year), history=goals.history(found.id, year), month_name=month_name,
        pdn_end=pdn_end, may_set=found.active and year >= today.year and goals.may_set(who, found.id),
        alerts=[_told(row) for row in alerting.of_office(who, found.id, year)], alerts_shown=alerting.may_read(who, found.id),
        may_answer=who.may(alerting.ANSWER) and who.office_id == found.id, answered=answered, faults=faults or [],
        form=request.form, enough=ENOUGH,
        past_name="" if found.active else office_name(offices([found.id])[found.id]), ratio=ratio_bp, plots=_plots(goal, seen),
        behind=lambda measure=None, month=None: _behind(found.code, year, measure, month),
    ), status  # fmt: skip


def _parts(goal: goals.Goal, seen: Course) -> list[dict[str, Any]]:
    """Return both targets as the page tells them: share, both its sides, gap, and what the rest of the year has to bring."""
    total, end = seen.report.total, seen.forecast
    ends = end.expected if isinstance(end, Forecast) and end.method != "actual" else None
    parts = []
    for kind, measure, target in (("pdn", "pdn_value", goal.pdn_bp), ("umk", "umk_value", goal.umk_bp)):
        counted, paid = getattr(total, measure), total.paid_total
        parts.append({
            "kind": kind, "measure": measure, "label": KINDS[kind], "counted": counted, "target": target,
            "share": getattr(seen.report.shares, kind),
            "missing": None if target is None else gap(counted, paid, target),
            "need": need(counted, paid, ends, target) if ends is not None and target is not None else None,
        })  # fmt: skip
    return parts


def _plots(goal: goals.Goal, seen: Course) -> dict[str, charts.Plot]:
    """Return the drawings of both shares from January on, beside the target."""
    names = [month_name(m.key)[:3] for m in seen.months]
    drawn = {}
    for kind, target in (("pdn", goal.pdn_bp), ("umk", goal.umk_bp)):
        shares = [getattr(m, f"{kind}_bp") for m in seen.months]
        series = [shares] if target is None else [shares, [target] * len(names)]
        drawn[kind] = charts.plot(names, *series, goal=FULL_BP)
    return drawn


def _told(row: Any) -> dict[str, Any]:
    """Return an alert in the reader's words."""
    facts = {
        name: rupiah(value) if name in AMOUNTS else persen(value) if name in SHARES else value
        for name, value in row.facts.items()
    }
    known = row.rule in SENTENCES
    title, sentence = (TITLES[row.rule], SENTENCES[row.rule]) if known else (row.rule, "")
    return {"row": row, "title": _(title), "sentence": _(sentence, **facts) if known else "", "month": month_name(row.month.isoformat()[:7])}  # fmt: skip


def _typed() -> goals.NewGoal:
    form = request.form
    amount = form.get("commitment", "").strip()
    read = whole(amount)
    return goals.NewGoal(
        basis_points(form.get("pdn", "")),
        basis_points(form.get("umk", "")),
        (-1 if read is None else read) if amount else None,
        form.get("source", ""),
        form.get("reason", ""),
    )


def _version(text: str) -> int:
    found = whole(text)
    return -1 if found is None else found


def _year(text: str | None, field: str) -> int:
    return year_from(text, field) or local_day(utc_now()).year


def _years(shown: int) -> list[int]:
    """Return the years to choose from, the newest first: with data, this one, the next, and the one that is shown."""
    this, known = local_day(utc_now()).year, years_with_data()
    first, last = known or (this, this)
    return sorted({*range(max(first, FIRST_YEAR), max(last, this) + 2), this, shown}, reverse=True)


def _behind(code: str, year: int, measure: str | None = None, month: str | None = None) -> str:
    """Return the address of the lines behind a figure of one office."""
    words = {"year": str(year), "office": code, "measure": measure, "month": month}
    return "/p3dn/baris?" + urlencode({name: value for name, value in words.items() if value})
