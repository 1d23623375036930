"""Door: what arrived, line by line; photos; the papers of handing over; rating."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.db import unit_of_work
from shop.handover import (
    complaint_lists,
    drawing,
    expecting,
    forms,
    papers,
    photos,
    ratings,
    reading,
    reasons,
    receipts,
    shortages,
    states,
)
from shop.handover.photos import Shot
from shop.handover.receipts import Check, Found
from shop.orders import reading as orders
from shop.orders.forms import version
from shop.storage.files import FileStore
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.pictures import private_photo

bp = Blueprint("handover", __name__)
_AT: Final = "/pesanan/<int:order_id>"


@bp.get(f"{_AT}/terima")
@requires(states.RECEIVE)
def inspect(order_id: int) -> ResponseReturnValue:
    """Show what is expected, each line to be counted."""
    return _form(order_id)


def _form(order_id: int, faults: Sequence[tuple[str, str]] = (), status: int = 200) -> ResponseReturnValue:
    who, now = actor(), utc_now()
    view = orders.order(orders.scope_of([who]), order_id)
    part = reading.part(who, view, now)
    number, found = _place_number(), expecting.of_view(view) if part and "inspect" in part.may else []
    here = next((place for place in found if place.number == number and place.lines), None)
    if part is not None and found and number is None and found[0].stop:
        return render_template("handover/places.html", order=view, part=part, places=found)
    if part is None or here is None:
        words = _("Pesanan ini tidak sedang menunggu pemeriksaan Anda.")
        return render_template("orders/changed.html", order_id=order_id, message=words), 409
    return render_template(
        "handover/receive.html", order=view, part=part, expected=here.lines, stop=here.stop, reasons=reasons.REFUSED,
        decides=not any(place.pending for place in found if place is not here),
        lacking=any(place.short for place in found if place is not here),
        faults=list(faults), wrong=dict(faults), form=request.form,
    ), status  # fmt: skip


def _place_number() -> int | None:
    """Return which place of the order is meant, as the address or the form says; None for an order to one place."""
    text = request.values.get("tempat", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else None  # noqa: PLR2004 - at most 20 places


@bp.post(f"{_AT}/terima")
@requires(states.RECEIVE)
def receive(order_id: int) -> ResponseReturnValue:
    """Keep the inspection: everything there, the rest again, or pay what was received."""
    who, now = actor(), utc_now()
    view = orders.order(orders.scope_of([who]), order_id)
    try:
        check = _check(view)
        with unit_of_work():
            made = receipts.record(who, order_id, version(request.form), check, now)
            choice, went_on = made.choice, receipts.went_on(made)
    except Invalid as error:
        return _form(order_id, faults_told(error), 422)
    except Conflict as error:
        return _changed(order_id, error)
    done = {
        "complete": _("Barang diterima. BAP dan BAST terbit, sekarang giliran Bendahara membayar."),
        "replace": _("Yang diterima sudah dicatat. Produsen mengantar sisanya."),
        "adjust": _("Kekurangan dicatat. Produsen menjawab; bila diam, dianggap benar."),
    }
    if not went_on:
        flash(_("Tempat ini sudah dicatat. Periksa tempat berikutnya."), "ok")
        return redirect(f"/pesanan/{order_id}/terima", 303)
    flash(done[choice], "ok")
    return redirect(f"/pesanan/{order_id}", 303)


def _check(view: orders.OrderView) -> Check:
    """Read form and photos, all faults at once; photos are drawn before any lock is taken."""
    number = _place_number()
    here = expecting.at(expecting.of_view(view), number)
    if request.form.get("semua"):  # one tap: everything that is waited for here is here
        return Check({line.line_id: Found(line.pieces) for line in here.lines}, place_number=number)
    faults, shots = list[FieldFault](), list[Shot]()
    check = Check({})
    try:
        check = forms.check(request.form, here.lines)
    except Invalid as fault:
        faults += fault.faults
    for line in here.lines:
        try:
            shots += _shot(f"photo-{line.line_id}", line.line_id)
        except Invalid as fault:
            faults += fault.faults
    if faults:
        raise Invalid(faults=tuple(faults))
    return replace(check, shots=shots, place_number=number)


def _shot(name: str, line_id: int | None = None) -> list[Shot]:
    upload = request.files.get(name)
    if upload is None or not upload.filename:
        return []
    return [photos.draw(upload.read(), _files(), name, line_id)]


@bp.post(f"{_AT}/terima/<verb>")
@requires("orders:order:read")
def answer(order_id: int, verb: str) -> ResponseReturnValue:
    """Answer a shortage (`benar`, `bantah`), take it back (`tarik`), or stop waiting for the rest (`cukup`)."""
    words = request.form.get("words", "")
    verbs: dict[str, tuple[Callable[[Actor, int, datetime], object], str]] = {
        "benar": (lambda w, v, n: shortages.agree(w, order_id, v, n), _("Kekurangan dibenarkan. BAP dan BAST terbit.")),
        "bantah": (
            lambda w, v, n: shortages.dispute(w, order_id, v, words, n),
            _("Bantahan dicatat sebagai pengaduan. Kantor menjawab."),
        ),
        "tarik": (lambda w, v, n: receipts.withdraw(w, order_id, v, n), _("Catatan kekurangan ditarik.")),
        "cukup": (
            lambda w, v, n: receipts.end_short(w, order_id, v, n),
            _("Dicatat: sisanya tidak ditunggu lagi. Produsen menjawab; bila diam, dianggap benar."),
        ),
    }
    return _act(order_id, *verbs.get(verb, (None, "")))


@bp.post(f"{_AT}/tanda-tangan")
@requires(papers.SIGN)
def sign(order_id: int) -> ResponseReturnValue:
    """Sign BAP and BAST as the producer."""
    done = _("BAP dan BAST ditandatangani.")
    return _act(order_id, lambda who, _v, now: papers.countersign(who, order_id, now), done)


@bp.post(f"{_AT}/nilai")
@requires(ratings.RATE)
def rate(order_id: int) -> ResponseReturnValue:
    """Rate a delivery once."""
    done = _("Terima kasih, penilaian dicatat.")
    said = forms.opinion(request.form)
    return _act(order_id, lambda who, _v, now: ratings.rate(who, order_id, said, now), done)


@bp.post(f"{_AT}/foto")
@requires("handover:photo:add")
def add_photo(order_id: int) -> ResponseReturnValue:
    """Add a photo of the delivery as its producer."""

    def verb(who: Actor, _version: int, now: datetime) -> None:
        photos.add(who, order_id, shots[0], now)

    orders.order(orders.scope_of([actor()]), order_id)
    try:
        shots = _shot("photo")
        if not shots:
            raise Invalid.at("photo", "Pilih foto kirimannya.")
    except Invalid as error:
        return _refused(order_id, error)
    return _act(order_id, verb, _("Foto ditambahkan."))


@bp.get(f"{_AT}/foto/<key>")
@requires("orders:order:read")
def photo(order_id: int, key: str) -> ResponseReturnValue:
    """Answer a photo to who takes part in the order."""
    orders.order(orders.scope_of([actor()]), order_id)
    return private_photo(photos.file_key(order_id, key))


@bp.get(f"{_AT}/berita-acara/<kind>")
@requires("orders:order:read")
def paper(order_id: int, kind: str) -> ResponseReturnValue:
    """Hand out the BAP or BAST as PDF."""
    view = orders.order(orders.scope_of([actor()]), order_id)
    found = papers.read_paper(view.id, kind.upper() if kind in {"bap", "bast"} else "")
    return download(drawing.draw(found, _files()), PDF, f"{kind}-{found.number}.pdf")


@bp.get("/serah-terima")
@requires(papers.SIGN)
def unsigned() -> ResponseReturnValue:
    """List the papers the producer has not signed yet, the most urgent first."""
    return render_template("handover/unsigned.html", rows=complaint_lists.unsigned(actor().vendor_id or 0))


def _act(order_id: int, verb: Callable[[Actor, int, datetime], object] | None, done: str) -> ResponseReturnValue:
    who = actor()
    orders.order(orders.scope_of([who]), order_id)  # somebody else's answers 404 before anything else is said
    if verb is None:
        raise NotFound
    try:
        with unit_of_work():
            verb(who, version(request.form), utc_now())
    except Invalid as error:
        return _refused(order_id, error)
    except Conflict as error:
        return _changed(order_id, error)
    flash(done, "ok")
    return redirect(f"/pesanan/{order_id}", 303)


def _refused(order_id: int, error: Invalid) -> ResponseReturnValue:
    """Show the part of this room alone, with what was typed and what is wrong with it."""
    who, now = actor(), utc_now()
    view = orders.order(orders.scope_of([who]), order_id)
    faults = faults_told(error)
    return render_template(
        "handover/again.html", order=view, part=reading.part(who, view, now), faults=faults, wrong=dict(faults),
        form=request.form,
    ), 422  # fmt: skip


def _changed(order_id: int, error: Conflict) -> ResponseReturnValue:
    return render_template("orders/changed.html", order_id=order_id, message=told(error)), 409


def _files() -> FileStore:
    files: FileStore = current_app.extensions["files"]
    return files
