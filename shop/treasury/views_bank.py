"""Door: bank statements and what they match."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid, NotFound, ShopError
from shop.base.sheet import decoded, whole
from shop.db import unit_of_work
from shop.treasury import accepting, matching, statement_reading, statements
from shop.treasury.rights import MATCH
from shop.treasury.statement_reading import COLUMNS, ORDERS, SHOWN, Shape
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("treasury_bank", __name__)
_AT: Final = "/bendahara/rekening"
_MOST_AT_ONCE: Final = 50
_PLACES: Final = 30


@bp.get(_AT)
@requires(MATCH)
def index() -> ResponseReturnValue:
    """Show the open movements with what they may be, or with `?status=cocok` those that are settled."""
    return _page()


def _page(faults: list[tuple[str, str]] | None = None, title: str = "", status: int = 200) -> ResponseReturnValue:
    who, args = actor(), request.args
    settled = args.get("status") == "cocok"
    rows, before = statements.rows(who, matched=settled, before=_number(args.get("sebelum")))
    total, sure = statements.counts(who)
    return render_template(
        "treasury/bank.html", rows=rows, before=before, settled=settled, total=total, sure=min(sure, _MOST_AT_ONCE),
        most=matching.MOST_ROWS, reasons=matching.REASONS, faults=faults or [], fault_title=title,
    ), status  # fmt: skip


def _number(text: str | None) -> int | None:
    found = whole(text or "")
    return found if found is not None and found < 2**63 else None


@bp.post(_AT)
@requires(MATCH)
def load() -> ResponseReturnValue:
    """Take a statement in; ask which column is what when its heads do not say it."""
    who, now, sent = actor(), utc_now(), request.files.get("file")
    typed = request.form.get("content", "")
    name = sent.filename if sent is not None and sent.filename else request.form.get("file_name", "mutasi.csv")
    content = sent.read(statement_reading.MAX_BYTES + 1) if sent is not None and sent.filename else typed.encode()
    try:
        if not content:
            raise Invalid.at("file", "Pilih berkas mutasi rekening (CSV).")
        delimiter, lines = statement_reading.cells_of(content)
        shape = _told_shape(delimiter) if "head" in request.form else statement_reading.recognise(delimiter, lines)
        if shape is None:
            return _ask(lines, content, name or "")
        statement = statement_reading.read(lines, shape)
        with unit_of_work():
            loaded = statements.load(who, name or "", statement, now)
        if loaded.kept:
            _propose(who, now)
    except Invalid as error:
        if "head" in request.form and not any(f.field == "file" for f in error.faults):
            return _ask(lines, content, name or "", _faults(error))
        return _page(_faults(error), told(error), 422)
    flash(ngettext("%(num)s mutasi baru disimpan.", "%(num)s mutasi baru disimpan.", loaded.kept), "ok")
    if loaded.read > loaded.kept:
        flash(_("%(count)s mutasi sudah ada dari berkas sebelumnya dan tidak disimpan lagi.", count=loaded.read - loaded.kept), "info")  # fmt: skip
    if loaded.odd:
        flash(_("%(count)s baris bersen (biasanya bunga atau pajak bank) dilewati.", count=loaded.odd), "info")
    return redirect(_AT, 303)


def _faults(error: Invalid) -> list[tuple[str, str]]:
    """Return the faults; those of a line begin with its number and point at no field."""
    found = []
    for name, sentence in faults_told(error):
        kind, _colon, line = name.partition(":")
        found.append(("", _("Baris %(line)s: %(sentence)s", line=line, sentence=sentence)) if kind == "line" else (name, sentence))  # fmt: skip
    return found


def _told_shape(delimiter: str) -> Shape:
    form = request.form
    places = {name: _number(form.get(f"k-{name}")) for name in COLUMNS}
    head = (_number(form.get("head")) or 0) - 1
    order = form.get("order", "dmy")
    if not -1 <= head < SHOWN or order not in ORDERS:
        raise Invalid.at("head", "Pilih baris judul yang ada.")
    columns = {name: place for name, place in places.items() if place is not None and place < _PLACES}
    if "amount" in columns:  # one column of money is enough, and three would contradict each other
        columns = {name: place for name, place in columns.items() if name not in {"debit", "credit"}}
    return Shape(delimiter, head, columns, order)


def _ask(
    lines: list[list[str]], content: bytes, name: str, faults: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    shown = lines[:SHOWN]
    width = min(max((len(line) for line in shown), default=0), _PLACES)
    text, _encoding = decoded(content)
    data: dict[str, Any] = {"shown": shown, "width": width, "content": text, "name": name, "columns": COLUMNS}
    page = render_template("treasury/columns.html", **data, orders=ORDERS, form=request.form, faults=faults or [])
    return page, 422


def _propose(who: Actor, now: datetime) -> int:
    made = matching.judge(who, now)  # before the unit of work: nobody waits for it to be worked out
    with unit_of_work():
        return matching.keep(made)


@bp.post(f"{_AT}/cari")
@requires(MATCH)
def look_again() -> ResponseReturnValue:
    """Work the proposals out anew, after orders were received or paid meanwhile."""
    found = _propose(actor(), utc_now())
    flash(ngettext("%(num)s mutasi punya usulan.", "%(num)s mutasi punya usulan.", found), "ok")
    return redirect(_AT, 303)


@bp.post(f"{_AT}/<int:row_id>/cocok")
@requires(MATCH)
def accept(row_id: int) -> ResponseReturnValue:
    """Take one movement for what was proposed."""
    kind, target = request.form.get("kind", ""), _number(request.form.get("target"))
    if kind not in accepting.SUBJECTS or target is None:
        raise NotFound
    try:
        with unit_of_work():
            accepting.accept(actor(), row_id, kind, target, utc_now())
    except Invalid as error:
        return _page(_faults(error), told(error), 422)
    except Conflict as error:
        return _page([("", told(error))], "", 409)
    flash(_("Dicocokkan. Pembayarannya tercatat.") if kind == "order" else _("Dicocokkan."), "ok")
    return redirect(_AT, 303)


@bp.post(f"{_AT}/cocok-semua")
@requires(MATCH)
def accept_sure() -> ResponseReturnValue:
    """Take every sure proposal, each in a unit of work of its own: one that fails holds up nobody."""
    who, done, failed = actor(), 0, []
    for row_id, kind, target in statements.sure(who, _MOST_AT_ONCE):
        try:
            with unit_of_work():
                accepting.accept(who, row_id, kind, target, utc_now())
            done += 1
        except ShopError as error:
            failed.append(told(error))
    if done:
        flash(ngettext("%(num)s mutasi dicocokkan.", "%(num)s mutasi dicocokkan.", done), "ok")
    if failed:
        flash(_("%(count)s tidak dicocokkan. Yang pertama: %(why)s", count=len(failed), why=failed[0]), "bad")
    return redirect(_AT, 303)


@bp.post(f"{_AT}/<int:row_id>/lepas")
@requires(MATCH)
def undo(row_id: int) -> ResponseReturnValue:
    """Untie a movement from what it was taken for, with a reason."""
    match_id = _number(request.form.get("match"))
    try:
        with unit_of_work():
            accepting.undo(actor(), row_id, match_id or 0, request.form.get("note", ""), utc_now())
        _propose(actor(), utc_now())
    except Invalid as error:
        return _page(_faults(error), told(error), 422)
    except Conflict as error:
        return _page([("", told(error))], "", 409)
    flash(_("Pencocokan dilepas. Mutasinya terbuka lagi."), "ok")
    return redirect(_AT, 303)
