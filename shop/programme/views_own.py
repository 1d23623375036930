"""Door: a producer at the programme: the own facilities, events to join, help asked for and offered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid
from shop.db import session, unit_of_work
from shop.programme import forms, gatherings, guiding, helping, joining, needing, reading
from shop.programme.rules import EVENT_KINDS, FACILITY, HELP_KINDS
from shop.reference import regions
from shop.vendors.models import Vendor
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("facilities", __name__)
_READ = "programme:facility:read_own"


@bp.get("/program-saya")
@requires(_READ)
def index() -> ResponseReturnValue:
    """Show the seven facilities, what to do next, events to join, and help."""
    return _page()


def _page(faults: list[tuple[str, str]] | None = None, status: int = 200, opened: int | None = None) -> tuple[str, int]:
    who, today = actor(), local_day(utc_now())
    vendor = session.get_one(Vendor, who.vendor_id)
    found = reading.records(vendor.id)
    by_facility = reading.by_facility(found)
    context: dict[str, Any] = {
        "by_facility": by_facility,
        "facility": FACILITY,
        "missing": [key for key, had in by_facility.items() if not had],
        "guide": guiding.guide(vendor.id),
        "place": regions.region(session, vendor.kecamatan_code),
        "names": regions.regions(session),
        "mine": gatherings.own_parts(vendor.id),
        "events": gatherings.upcoming(today, vendor.kecamatan_code),
        "event_kinds": EVENT_KINDS,
        "needs": needing.own_needs(vendor.id),
        "matches": needing.own_matches(vendor.id),
        "help_kinds": HELP_KINDS,
        "may_join": who.may(joining.JOIN),
        "may_ask": who.may(helping.ASK),
        "today": today,
        "form": forms.typed(request.form),
        "faults": faults or [],
        "faults_of": dict(faults or ()),
        "opened": opened,
    }
    return render_template("programme/own.html", **context), status


@bp.post("/program-saya/acara/<int:event_id>/ikut")
@requires(joining.JOIN)
def join(event_id: int) -> ResponseReturnValue:
    """Sign up for an event; when it is full, wait."""
    with unit_of_work():
        waiting = joining.join(actor(), event_id, utc_now())
    if waiting:
        flash(
            _("Acara sudah penuh. Anda nomor %(n)s di daftar tunggu; kami kabari bila ada tempat.", n=waiting),
            "warning",
        )
    else:
        flash(_("Anda terdaftar. Sampai jumpa di acara."), "success")
    return redirect("/program-saya#acara", 303)


@bp.post("/program-saya/acara/<int:event_id>/batal")
@requires(joining.JOIN)
def leave(event_id: int) -> ResponseReturnValue:
    """Sign off from an event."""
    with unit_of_work():
        joining.leave(actor(), event_id, utc_now())
    flash(_("Anda batal ikut. Tempatnya diberikan kepada yang menunggu."), "success")
    return redirect("/program-saya#acara", 303)


@bp.post("/program-saya/acara/<int:event_id>/penjualan")
@requires(joining.JOIN)
def declare(event_id: int) -> ResponseReturnValue:
    """State what was sold at an event."""
    try:
        with unit_of_work():
            joining.declare(actor(), event_id, forms.sales(request.form), utc_now())
    except Invalid as error:
        told_at = [(f"sales-{event_id}" if name == "sales" else name, words) for name, words in faults_told(error)]
        return _page(told_at, 422, event_id)
    flash(_("Penjualan Anda dicatat. Terima kasih."), "success")
    return redirect("/program-saya#acara", 303)


@bp.post("/program-saya/bantuan")
@requires(helping.ASK)
def ask() -> ResponseReturnValue:
    """Ask for help."""
    try:
        with unit_of_work():
            helping.ask(actor(), forms.need(request.form), utc_now())
    except Invalid as error:
        return _page(faults_told(error), 422)
    except Conflict as error:
        return _page([("", told(error))], 409)
    flash(_("Permintaan dicatat. Staf program mencari tawaran yang cocok."), "success")
    return redirect("/program-saya#bantuan", 303)


@bp.post("/program-saya/bantuan/<int:need_id>/tutup")
@requires(helping.ASK)
def close_need(need_id: int) -> ResponseReturnValue:
    """Take back a request."""
    with unit_of_work():
        helping.close_need(actor(), need_id, utc_now())
    flash(_("Permintaan ditutup."), "success")
    return redirect("/program-saya#bantuan", 303)


@bp.post("/program-saya/tawaran/<int:match_id>")
@requires(helping.ASK)
def answer(match_id: int) -> ResponseReturnValue:
    """Take or decline an offer."""
    take = request.form.get("jawaban") == "terima"
    with unit_of_work():
        helping.answer(actor(), match_id, take=take, now=utc_now())
    flash(
        _("Anda menerima tawaran. Pihak pemberi akan menghubungi Anda.") if take else _("Tawaran ditolak."), "success"
    )
    return redirect("/program-saya#bantuan", 303)
