"""Doors of the programme to producers: who they are, holds with reason and end, conflicts of interest."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts.people import find_user
from shop.audit import trail
from shop.base.clock import local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Conflict, Invalid, NotFound
from shop.base.sheet import day, whole
from shop.db import session, unit_of_work
from shop.reference import regions
from shop.vendors import conflicts, holds, papers, places, reading, states, taxpaying
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("holds", __name__)


@bp.get("/produsen-program")
@requires(reading.READ_ALL)
def index() -> ResponseReturnValue:
    """Producers of the own place: searched, filtered, a bounded page at a time."""
    who, asked = actor(), request.args
    state = asked.get("keadaan", "")
    words, place = asked.get("cari", ""), asked.get("kecamatan", "")
    here = {row.code: row.name for row in places.kecamatan(who)}
    rows, onward = reading.producers(
        who,
        words=words,
        kecamatan=place if place in here else "",
        state=state if state in states.LABELS else "",
        after=_row(asked.get("sesudah", "")),
    )
    return render_template(
        "vendors/index.html",
        rows=rows,
        onward=onward,
        places=here,
        states=states.LABELS,
        asked={"cari": words, "kecamatan": place, "keadaan": state},
    )


def _row(text: str) -> int | None:
    found = whole(text)
    return found if found is not None and 0 < found < 2**63 else None


@bp.get("/produsen-program/<int:vendor_id>")
@requires(reading.READ_ALL)
def show(vendor_id: int) -> ResponseReturnValue:
    """One producer with masked numbers, papers, holds, conflicts and trail."""
    return _show(vendor_id, [], 200)


def _show(vendor_id: int, faults: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    who = actor()
    sheet = reading.producer(who, vendor_id)
    page = render_template(
        "vendors/show.html",
        vendor=sheet,
        place=regions.region(session, sheet.kecamatan_code).name,
        papers=papers.papers_of(vendor_id),
        paper_labels=papers.LABELS,
        holds=holds.holds_of(vendor_id),
        conflicts=conflicts.conflicts(vendor_id),
        history=list(reversed(trail.history("vendor", vendor_id)))[:20],
        today=local_day(utc_now()),
        states=states.LABELS,
        kinds=_pairs(holds.KINDS),
        reasons=_pairs(holds.REASONS),
        reason_words=holds.REASONS,
        kind_words=holds.KINDS,
        tax=taxpaying,
        values=request.form,
        faults=faults,
        faults_of=dict(faults),
        errors=bool(faults),
        may_hold=who.may(states.HOLD),
        may_tell=who.may(conflicts.TELL),
        may_manage=who.may(conflicts.MANAGE),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _pairs(labels: dict[str, str]) -> list[tuple[str, Any]]:
    return [(key, _(label)) for key, label in labels.items()]


@bp.post("/produsen-program/<int:vendor_id>/tahan")
@requires(states.HOLD)
def hold(vendor_id: int) -> ResponseReturnValue:
    """Pause or suspend a producer until a day."""
    who, sent = actor(), request.form
    reading.producer(who, vendor_id)
    try:
        with unit_of_work():
            holds.hold(
                who,
                vendor_id,
                sent.get("kind", ""),
                sent.get("reason", ""),
                sent.get("words", ""),
                day(sent.get("until_day", "")),
                utc_now(),
            )
    except Invalid as error:
        return _show(vendor_id, faults_told(error), 422)
    except Conflict as error:
        return _show(vendor_id, [("", told(error))], 409)
    flash(_("Tercatat dan diberitahukan kepada produsen."), "ok")
    return redirect(f"/produsen-program/{vendor_id}", 303)


@bp.post("/produsen-program/tahan/<int:hold_id>/akhiri")
@requires(states.HOLD)
def lift(hold_id: int) -> ResponseReturnValue:
    """End a hold before its day."""
    try:
        with unit_of_work():
            holds.lift(actor(), hold_id, request.form.get("note", ""), utc_now())
    except Invalid as error:
        flash(told(error), "bad")
    else:
        flash(_("Produsen aktif lagi."), "ok")
    return redirect(f"/produsen-program/{_row(request.form.get('vendor_id', '')) or ''}".rstrip("/"), 303)


@bp.post("/produsen-program/<int:vendor_id>/benturan")
@requires(conflicts.TELL)
def tell(vendor_id: int) -> ResponseReturnValue:
    """Tell a conflict of interest: one's own, or another person's for the administration."""
    who, sent = actor(), request.form
    reading.producer(who, vendor_id)
    try:
        person = one_line(sent.get("person", ""))
        try:
            user_id = find_user(person) if person and who.may(conflicts.MANAGE) else who.user_id or 0
        except NotFound:
            raise Invalid.at("person", "Tidak ada akun dengan e-mail atau NRK itu.") from None
        with unit_of_work():
            conflicts.tell_conflict(who, user_id, vendor_id, sent.get("relation", ""), utc_now())
    except Invalid as error:
        return _show(vendor_id, faults_told(error), 422)
    except Conflict as error:
        return _show(vendor_id, [("relation", told(error))], 409)
    flash(_("Benturan kepentingan tercatat."), "ok")
    return redirect(f"/produsen-program/{vendor_id}", 303)


@bp.get("/benturan-kepentingan")
@requires(conflicts.MANAGE)
def conflict_list() -> ResponseReturnValue:
    """Every told conflict, newest first."""
    return render_template("vendors/conflicts.html", conflicts=conflicts.conflicts())


@bp.post("/benturan-kepentingan/<int:conflict_id>/hapus")
@requires(conflicts.MANAGE)
def remove(conflict_id: int) -> ResponseReturnValue:
    """Take a told conflict away; the trail keeps it."""
    with unit_of_work():
        conflicts.remove_conflict(actor(), conflict_id, utc_now())
    flash(_("Benturan kepentingan dihapus."), "ok")
    return redirect("/benturan-kepentingan", 303)
