"""Door: packages, their documents, and handing them on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.audit import trail
from shop.base.clock import local, local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound
from shop.base.sheet import whole
from shop.budgets import assigning, disposing, importing, reading, states
from shop.budgets.forms import DocumentForm, HandOnForm, ImportForm
from shop.db import unit_of_work
from shop.documents import pieces
from shop.growth.months import written
from shop.storage import uploads
from shop.storage.files import mimetype
from shop.web.errors import faults_told, say
from shop.web.guard import actor, requires
from shop.web.paging import page_from, year_from

bp = Blueprint("budgets", __name__)


@bp.get("/paket")
@requires("budgets:package:read")
def index() -> ResponseReturnValue:
    """Packages of the year, those in this person's hands first on request."""
    page = page_from(request.args.get("page"))
    year = year_from(request.args.get("tahun"), "tahun") or local(utc_now()).year
    mine = request.args.get("saya", "") == "1"
    text = one_line(request.args.get("q", "")[:100])
    rows, total = reading.packages(actor(), year, mine=mine, text=text, offset=page.offset, limit=page.size)
    return render_template(
        "budgets/index.html", rows=rows, total=total, page=page, year=year, mine=mine, q=text, labels=states.LABELS
    )


@bp.get("/paket/<int:package_id>")
@requires("budgets:package:read")
def show(package_id: int) -> ResponseReturnValue:
    """One package: money, documents, who has it, what happened."""
    return _page(package_id)


def _page(package_id: int, faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    who, package = actor(), reading.package(actor(), package_id)
    role = "ppk" if who.may("budgets:package:assign_ppk") else "pp"
    may_hand_on = (role == "ppk" and who.office_id == package.office_id) or (
        who.may("budgets:package:assign_pp") and who.acts_for(package.ppk_id)
    )
    colleagues = assigning.colleagues(package.office_id, role, local_day(utc_now())) if may_hand_on else ()
    context: dict[str, Any] = {
        "package": package,
        "documents": reading.documents(package_id),
        "labels": states.LABELS,
        "kinds": assigning.DOCUMENT_KINDS,
        "history": _told(package_id),
        "spj": [
            (f"{month:%Y-%m}", written(month), -(-count // pieces.MOST_ORDERS), count)
            for month, count in pieces.months(package_id)
        ],
        "faults": faults or [],
        "may_hand_on": may_hand_on,
        "may_attach": who.may("budgets:package:document") and who.acts_for(package.ppk_id),
        "colleague_options": [(str(c.user_id), c.name) for c in colleagues],
        "role": role,
        "form": request.form,
        "hps_above": assigning.hps_above(local_day(utc_now())),
        "faults_of": dict(faults or ()),
    }
    return render_template("budgets/show.html", **context), status


def _told(package_id: int) -> list[dict[str, Any]]:
    """Return the package's history, newest first, in sentences."""
    said = {
        "assign_ppk": lambda d: _("Diserahkan kepada PPK %(name)s", name=d.get("ppk")),
        "assign_pp": lambda d: _("Diserahkan kepada Pejabat Pengadaan %(name)s", name=d.get("pp")),
        "attach": lambda d: _("Dokumen dilampirkan: %(title)s", title=d.get("title")),
    }
    return [
        {"when": entry.at, "label": said[entry.verb](entry.data), "who": entry.actor, "note": _in_place_of(entry)}
        for entry in reversed(trail.history("package", package_id))
        if entry.verb in said
    ]


def _in_place_of(entry: Any) -> str:
    name = entry.data.get("for_name")
    return _("%(who)s menggantikan %(name)s.", who=entry.actor, name=name) if name else ""


@bp.post("/paket/<int:package_id>/serahkan")
@requires("budgets:package:read")
def hand_on(package_id: int) -> ResponseReturnValue:
    """Hand a package on: PA/KPA to a PPK, PPK to a Pejabat Pengadaan."""
    form, who = HandOnForm(), actor()
    verb = assigning.assign_ppk if who.may("budgets:package:assign_ppk") else assigning.assign_pp
    try:
        with unit_of_work():
            verb(who, package_id, form.user_id.data or 0, form.version.data or 0, utc_now())
    except Invalid as error:
        told = faults_told(error)  # the page has one field for both roles
        return _page(
            package_id, [("user_id" if name in {"ppk_id", "pp_id"} else name, words) for name, words in told], 422
        )
    flash(_("Paket sudah diserahkan."), "success")
    return redirect(f"/paket/{package_id}", 303)


@bp.post("/paket/<int:package_id>/dokumen")
@requires("budgets:package:document")
def attach(package_id: int) -> ResponseReturnValue:
    """Attach a document: a PDF, or a photo of paper which is drawn anew."""
    form = DocumentForm()
    assigning.check_own(actor(), package_id)  # before a stranger's upload is decoded and kept
    try:
        key, name = _kept(form.file.data)
        paper = assigning.Paper(form.kind.data or "", form.title.data or "", key, name, whole(form.amount.data or ""))
        with unit_of_work():
            assigning.attach(actor(), package_id, paper, utc_now())
    except Invalid as error:
        return _page(package_id, faults_told(error), 422)
    flash(_("Dokumen sudah dilampirkan."), "success")
    return redirect(f"/paket/{package_id}", 303)


def _kept(upload: Any) -> tuple[str | None, str]:
    if not upload:
        return None, ""
    content, suffix = uploads.read_paper(upload.read(), "file")
    return current_app.extensions["files"].put(content, suffix), upload.filename or ""


@bp.get("/paket/<int:package_id>/dokumen/<int:document_id>")
@requires("budgets:package:read")
def document(package_id: int, document_id: int) -> ResponseReturnValue:
    """Hand out a document, as a download only: what people upload is never shown inside our own page."""
    reading.package(actor(), package_id)
    for held in reading.documents(package_id):
        if held.id == document_id and held.file_key:
            return send_file(
                current_app.extensions["files"].path(held.file_key),
                mimetype=mimetype(held.file_key),
                as_attachment=True,
                download_name=f"{held.kind}-{held.id}.{held.file_key.rsplit('.', 1)[-1]}",
            )
    raise NotFound


@bp.get("/paket/disposisi")
@requires("budgets:package:read")
def disposition() -> ResponseReturnValue:
    """Many packages on one screen, to be handed to one person."""
    return _disposition()


def _disposition(
    faults: list[tuple[str, str]] | None = None,
    status: int = 200,
    outcome: disposing.Outcome | None = None,
    picked: Collection[str] = (),
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    year = year_from(request.values.get("tahun"), "tahun") or local(now).year
    account = request.values.get("rekening", "")
    rows, total, accounts = disposing.rows(who, year, account, now)
    _verb, role = disposing.step_of(who)
    return render_template(
        "budgets/disposition.html",
        rows=rows,
        total=total,
        year=year,
        account=account,
        accounts=[(code, f"{code} {name}") for code, name in accounts],
        role=role,
        people=[(c.user_id, c.name) for c in assigning.colleagues(who.office_id or 0, role, local_day(now))],
        everything=request.values.get("semua") == "1",
        picked=picked,
        outcome=outcome,
        say=say,
        faults=faults or [],
        form=request.form,
    ), status


@bp.post("/paket/disposisi")
@requires("budgets:package:read")
def dispose() -> ResponseReturnValue:
    """Hand the ticked packages on and tell which went and which stayed, and why."""
    ticked = request.form.getlist("pick")
    year_from(request.values.get("tahun"), "tahun")  # before anything changes: a year that is none is told first
    try:
        with unit_of_work():
            outcome = disposing.hand_on(actor(), _picked(ticked), _row_id(request.form.get("user_id", "")), utc_now())
    except Invalid as error:
        return _disposition(faults_told(error), 422, picked=ticked)
    return _disposition(outcome=outcome)


def _picked(ticked: Sequence[str]) -> dict[int, int]:
    """Read `id:version` of each tick; what is none counts as a package that is not there."""
    pairs = (text.partition(":") for text in ticked)
    return {_row_id(number): min(_row_id(version), 2**31 - 1) for number, _colon, version in pairs}


def _row_id(text: str) -> int:
    """Return a row's number as typed; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004 - below 2**63


@bp.get("/paket/impor")
@requires("budgets:package:import")
def import_form() -> ResponseReturnValue:
    """Where a file of RUP packages is handed in."""
    return render_template("budgets/import.html", report=None, rows=[], faults=[])


@bp.post("/paket/impor")
@requires("budgets:package:import")
def import_file() -> ResponseReturnValue:
    """Read the file: everything or nothing, each wrong cell named."""
    form = ImportForm()
    content = form.file.data.read() if form.file.data else b""
    try:
        with unit_of_work():
            report = importing.import_packages(
                actor(), content, utc_now(), complete=request.form.get("complete") == "1"
            )
    except Invalid as error:
        return render_template("budgets/import.html", report=None, rows=[], faults=faults_told(error)), 422
    if report.faults:
        rows = [{"row": f.row, "column": f.column, "why": say(f.message, dict(f.params))} for f in report.faults[:200]]
        return render_template("budgets/import.html", report=report, rows=rows, faults=[]), 422
    return render_template("budgets/import.html", report=report, rows=[], faults=[])
