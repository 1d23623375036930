"""Doors of the documents wallet."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.base.sheet import whole
from shop.db import unit_of_work
from shop.storage.files import FileStore, mimetype
from shop.storage.uploads import read_paper
from shop.vendors import forms, papers
from shop.web.errors import faults_told
from shop.web.guard import actor, requires, signed_in

bp = Blueprint("wallet", __name__)


@bp.get("/usaha/dokumen")
@requires("vendors:vendor:read")
def wallet() -> ResponseReturnValue:
    """The papers of the own business, each with what it counts for today in words."""
    return _wallet([], 200)


def _wallet(faults: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    who, today = actor(), local_day(utc_now())
    page = render_template(
        "vendors/wallet.html",
        papers=papers.papers_of(who.vendor_id or 0),
        labels=papers.LABELS,
        today=today,
        faults=faults,
        faults_of=dict(faults),
        errors=bool(faults),
        values=request.form,
        replaces=whole(request.values.get("replaces", "")),
        kind=request.values.get("kind", ""),
        may_change=who.may("vendors:vendor:manage"),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/usaha/dokumen")
@requires("vendors:vendor:manage")
def add() -> ResponseReturnValue:
    """Put a paper into the wallet, alone or in place of another."""
    sent, now = request.form, utc_now()
    try:
        paper = forms.read_paper(sent)
        papers.check(paper, local_day(now))
        given = request.files.get("file")
        if given is not None and given.filename:
            content, suffix = read_paper(given.read(), "file")
            key = cast("FileStore", current_app.extensions["files"]).put(content, suffix)
            paper = forms.read_paper(sent, key, given.filename)
        with unit_of_work():
            papers.add_paper(actor(), paper, now, replaces=_row(sent.get("replaces", "")))
    except Invalid as error:
        return _wallet(faults_told(error), 422)
    flash(_("Dokumen tersimpan."), "ok")
    return redirect("/usaha/dokumen", 303)


def _row(text: str) -> int | None:
    """Return the number of a row, never a larger one than a database takes."""
    found = whole(text)
    return None if found is None else min(found, 2**63 - 1)


@bp.post("/usaha/dokumen/<int:paper_id>/keluarkan")
@requires("vendors:vendor:manage")
def withdraw(paper_id: int) -> ResponseReturnValue:
    """Take a paper out: it stops counting at once."""
    with unit_of_work():
        papers.withdraw_paper(actor(), paper_id, utc_now())
    flash(_("Dokumen dikeluarkan dan tidak dihitung lagi."), "ok")
    return redirect("/usaha/dokumen", 303)


@bp.get("/dokumen-usaha/<int:paper_id>")
@signed_in
def download(paper_id: int) -> ResponseReturnValue:
    """The file of a paper, for its producer, curators of the place and the programme."""
    key, _name = papers.paper_file(actor(), paper_id)
    path = cast("FileStore", current_app.extensions["files"]).path(key)
    suffix = key.rsplit(".", 1)[-1]
    response = send_file(path, mimetype(key), as_attachment=True, download_name=f"dokumen-{paper_id}.{suffix}")
    response.headers["Cache-Control"] = "no-store"
    return response
