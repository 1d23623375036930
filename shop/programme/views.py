"""Door: the programme's people at the producers: who they are, which facilities they had, who looks after them."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.base.clock import local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Invalid, Stale
from shop.db import session, unit_of_work
from shop.programme import facilities, forms, gatherings, guiding, in_sight, reading
from shop.programme.rules import FACILITY
from shop.reference import regions
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.paging import page_from

bp = Blueprint("programme", __name__)
_ID: Final = "<int:vendor_id>"


@bp.get("/program/produsen")
@requires(facilities.RECORD)
def producers() -> ResponseReturnValue:
    """List producers within reach: all of a kecamatan, those without a facility, those nobody looks after."""
    return _list()


def _list(faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    who, args = actor(), request.args
    page = page_from(args.get("page"), default_size=30)
    place = in_sight.chosen(who, args.get("kecamatan", ""))
    text, lacking = one_line(args.get("q", ""))[:100], args.get("belum", "")
    rows, total = reading.producers(who, place, text, lacking, offset=page.offset, limit=page.size)
    return render_template(
        "programme/producers.html",
        rows=rows,
        total=total,
        page=page,
        kecamatan=place,
        q=text,
        lacking=lacking,
        places=in_sight.kecamatan(who),
        names=regions.regions(session),
        facility=FACILITY,
        agencies=guiding.agencies() if place else [],
        mentors=guiding.mentors(place, local_day(utc_now())),
        form=forms.typed(request.form),
        faults=faults or [],
        faults_of=dict(faults or ()),
    ), status


@bp.post("/program/produsen/pengampu")
@requires(facilities.RECORD)
def guide_kecamatan() -> ResponseReturnValue:
    """Say who looks after the producers of a kecamatan, all of them or those nobody looks after."""
    place = request.args.get("kecamatan", "")
    try:
        with unit_of_work():
            count = guiding.assign_kecamatan(
                actor(),
                place,
                *forms.guidance(request.form),
                utc_now(),
                only_free=request.form.get("only_free") == "1",
            )
    except Invalid as error:
        return _list(faults_told(error), 422)
    flash(ngettext("Dicatat untuk %(num)s produsen.", "Dicatat untuk %(num)s produsen.", count), "success")
    return redirect(f"/program/produsen?kecamatan={place}", 303)


@bp.get(f"/program/produsen/{_ID}")
@requires(facilities.RECORD)
def show(vendor_id: int) -> ResponseReturnValue:
    """Show one producer: the seven facilities, what was recorded, who looks after it."""
    return _page(vendor_id)


def _page(
    vendor_id: int, faults: list[tuple[str, str]] | None = None, opened: str = "", status: int = 200
) -> tuple[str, int]:
    who, today = actor(), local_day(utc_now())
    producer = in_sight.producer(who, vendor_id)
    found = reading.records(vendor_id)
    joined = gatherings.own_parts(vendor_id)
    context: dict[str, Any] = {
        "producer": producer,
        "place": regions.region(session, producer.kecamatan_code),
        "records": found,
        "by_facility": reading.by_facility(found),
        "guide": guiding.guide(vendor_id),
        "agencies": guiding.agencies(),
        "mentors": guiding.mentors(producer.kecamatan_code, today),
        "joined": joined,
        "facility": FACILITY,
        "today": today,
        "form": forms.typed(request.form),
        "faults": faults or [],
        "faults_of": dict(faults or ()),
        "opened": opened,
    }
    return render_template("programme/producer.html", **context), status


@bp.post(f"/program/produsen/{_ID}/fasilitas")
@requires(facilities.RECORD)
def record(vendor_id: int) -> ResponseReturnValue:
    """Record a facility."""
    in_sight.producer(actor(), vendor_id)
    try:
        with unit_of_work():
            facilities.record(actor(), vendor_id, forms.facility(request.form), utc_now())
    except Invalid as error:
        return _page(vendor_id, faults_told(error), "new", 422)
    flash(_("Fasilitas dicatat."), "success")
    return redirect(f"/program/produsen/{vendor_id}", 303)


@bp.post(f"/program/produsen/{_ID}/fasilitas/<int:record_id>")
@requires(facilities.RECORD)
def correct(vendor_id: int, record_id: int) -> ResponseReturnValue:
    """Mend a record, or take it out when `remove` is sent."""
    form = request.form
    in_sight.producer(actor(), vendor_id)
    try:
        with unit_of_work():
            if form.get("remove") == "1":
                facilities.remove(actor(), record_id, forms.version(form), utc_now())
            else:
                facilities.correct(actor(), record_id, forms.version(form), forms.facility(form), utc_now())
    except Invalid as error:
        return _page(vendor_id, faults_told(error), str(record_id), 422)
    except Stale as error:
        return _page(vendor_id, [("", told(error))], str(record_id), 409)
    flash(_("Catatan diperbarui. Isi lamanya tersimpan di jejak."), "success")
    return redirect(f"/program/produsen/{vendor_id}", 303)


@bp.post(f"/program/produsen/{_ID}/pengampu")
@requires(facilities.RECORD)
def guide(vendor_id: int) -> ResponseReturnValue:
    """Say who looks after this producer."""
    in_sight.producer(actor(), vendor_id)
    try:
        with unit_of_work():
            guiding.assign(actor(), vendor_id, *forms.guidance(request.form), utc_now())
    except Invalid as error:
        return _page(vendor_id, faults_told(error), "guide", 422)
    flash(_("Pengampu dan pendamping dicatat."), "success")
    return redirect(f"/program/produsen/{vendor_id}", 303)
