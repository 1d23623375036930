"""Door: collaborators and events for the programme's staff, attendance on a phone, and the public list of what is to come."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid, Stale
from shop.db import session, unit_of_work
from shop.programme import events, forms, gatherings, guiding, in_sight, joining, sales
from shop.programme.models import Event
from shop.programme.rules import COLLABORATOR_KINDS, EVENT_KINDS, MATCHING_DAYS, counts_as
from shop.reference import regions
from shop.web.errors import faults_told, told
from shop.web.guard import actor, public, requires
from shop.web.paging import page_from

bp = Blueprint("programme_events", __name__)
_ID: Final = "<int:event_id>"
_READ: Final = "programme:funnel:read"


@bp.get("/acara")
@public
def upcoming() -> ResponseReturnValue:
    """Show everybody which events are to come."""
    return render_template(
        "programme/upcoming.html",
        events=gatherings.upcoming(local_day(utc_now())),
        kinds=EVENT_KINDS,
        names=regions.regions(session),
    )


@bp.get("/program/acara")
@requires(_READ)
def index() -> ResponseReturnValue:
    """List events to come, or past ones with `lalu=1`."""
    page, past = page_from(request.args.get("page"), default_size=20), request.args.get("lalu") == "1"
    rows, total = gatherings.events(local_day(utc_now()), past=past, offset=page.offset, limit=page.size)
    return render_template(
        "programme/events.html",
        rows=rows,
        total=total,
        page=page,
        past=past,
        kinds=EVENT_KINDS,
        names=regions.regions(session),
    )


@bp.get("/program/acara/baru")
@requires(events.MANAGE)
def new() -> ResponseReturnValue:
    """Where an event is entered."""
    return _form(None, {})


def _form(
    event_id: int | None, values: dict[str, Any], faults: list[tuple[str, str]] | None = None, status: int = 200
) -> tuple[str, int]:
    context: dict[str, Any] = {
        "event_id": event_id,
        "form": values,
        "kinds": EVENT_KINDS,
        "places": in_sight.kecamatan(actor()),
        "agencies": guiding.agencies(),
        "collaborators": gatherings.collaborators(),
        "faults": faults or [],
        "faults_of": dict(faults or ()),
        "days": MATCHING_DAYS,
    }
    return render_template("programme/event_form.html", **context), status


@bp.post("/program/acara/baru")
@requires(events.MANAGE)
def make() -> ResponseReturnValue:
    """Enter an event."""
    try:
        with unit_of_work():
            made = events.make(actor(), forms.event(request.form), utc_now()).id
    except Invalid as error:
        return _form(None, forms.typed(request.form), faults_told(error), 422)
    flash(_("Acara disimpan."), "success")
    return redirect(f"/program/acara/{made}", 303)


@bp.get(f"/program/acara/{_ID}")
@requires(_READ)
def show(event_id: int) -> ResponseReturnValue:
    """Show one event: who comes, who was there, what came of it."""
    view, now = gatherings.event(event_id), utc_now()
    held = session.get_one(Event, event_id)
    near = {row.code for row in in_sight.kecamatan(actor())}
    return render_template(
        "programme/event.html",
        event=view,
        version=held.version,
        parts=[part for part in gatherings.parts(view) if part.kecamatan_code in near],
        offices=gatherings.offices_of(event_id),
        result=sales.result(held),
        kinds=EVENT_KINDS,
        names=regions.regions(session),
        counts_as=counts_as(view.kind),
        days=MATCHING_DAYS,
        today=local_day(now),
    )


@bp.get(f"/program/acara/{_ID}/ubah")
@requires(events.MANAGE)
def edit(event_id: int) -> ResponseReturnValue:
    """Where an event is changed."""
    gatherings.event(event_id)
    held = session.get_one(Event, event_id)
    values = {name: getattr(held, name) for name in events.EventEntry.__slots__ if name != "office_codes"}
    codes = ", ".join(row.code for row in gatherings.offices_of(event_id))
    return _form(event_id, {**values, "offices": codes, "version": held.version})


@bp.post(f"/program/acara/{_ID}/ubah")
@requires(events.MANAGE)
def change(event_id: int) -> ResponseReturnValue:
    """Change an event; the version says which state of it the person saw."""
    form = request.form
    try:
        with unit_of_work():
            events.change(actor(), event_id, forms.version(form), forms.event(form), utc_now())
    except Invalid as error:
        return _form(event_id, forms.typed(form), faults_told(error), 422)
    except Stale as error:
        return _form(event_id, forms.typed(form), [("", told(error))], 409)
    flash(_("Perubahan acara disimpan."), "success")
    return redirect(f"/program/acara/{event_id}", 303)


@bp.post(f"/program/acara/{_ID}/batal")
@requires(events.MANAGE)
def cancel(event_id: int) -> ResponseReturnValue:
    """Cancel an event; who had signed up is told."""
    with unit_of_work():
        events.cancel(actor(), event_id, forms.version(request.form), utc_now())
    flash(_("Acara dibatalkan. Semua yang mendaftar diberi tahu lewat e-mail."), "success")
    return redirect(f"/program/acara/{event_id}", 303)


@bp.post(f"/program/acara/{_ID}/hadir")
@requires(events.MANAGE)
def attendance(event_id: int) -> ResponseReturnValue:
    """Record who was there."""
    with unit_of_work():
        count = joining.mark(actor(), event_id, forms.attendance(request.form), utc_now())
    flash(
        ngettext("Kehadiran %(num)s produsen diperbarui.", "Kehadiran %(num)s produsen diperbarui.", count), "success"
    )
    return redirect(f"/program/acara/{event_id}", 303)


@bp.get(f"/program/acara/{_ID}/pesanan")
@requires(events.MANAGE)
def followed(event_id: int) -> ResponseReturnValue:
    """List the orders that count as the result of a business matching."""
    view = gatherings.event(event_id)
    held = session.get_one(Event, event_id)
    page = page_from(request.args.get("page"), default_size=30)
    result = sales.result(held)
    rows = sales.orders(held, offset=page.offset, limit=page.size)
    return render_template(
        "programme/event_orders.html", event=view, rows=rows, result=result, page=page, days=MATCHING_DAYS
    )


@bp.get("/program/kolaborator")
@requires(_READ)
def collaborators() -> ResponseReturnValue:
    """List the partners; staff enter new ones here."""
    return _partners()


def _partners(faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    return render_template(
        "programme/collaborators.html",
        rows=gatherings.collaborators(),
        kinds=COLLABORATOR_KINDS,
        form=forms.typed(request.form),
        faults=faults or [],
        faults_of=dict(faults or ()),
    ), status


@bp.post("/program/kolaborator")
@requires(events.MANAGE)
def add_collaborator() -> ResponseReturnValue:
    """Enter a partner."""
    try:
        with unit_of_work():
            events.add_collaborator(actor(), forms.collaborator(request.form), utc_now())
    except Invalid as error:
        return _partners(faults_told(error), 422)
    flash(_("Kolaborator disimpan."), "success")
    return redirect("/program/kolaborator", 303)
