"""Door: the complaint desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound
from shop.db import unit_of_work
from shop.handover import complaint_lists, complaints, photos, reasons, states, terms
from shop.handover.photos import Shot
from shop.orders import reading as orders
from shop.orders.forms import LARGEST_ID, version
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.pictures import private_photo

bp = Blueprint("complaints", __name__)
_ID: Final = "<int:complaint_id>"
_ON: Final = "/pesanan/<int:order_id>/pengaduan"
_DONE: Final[dict[str, Any]] = {
    "jawab": _l("Jawaban dikirim. Pihak yang mengadu membacanya."),
    "selesai": _l("Pengaduan selesai."),
    "tarik": _l("Pengaduan ditarik."),
    "teruskan": _l("Pengaduan diteruskan. Program memutusnya."),
    "putus": _l("Putusan dicatat. Kedua pihak diberi tahu."),
}
Verb = Callable[[Actor, int, int, datetime], None]


@bp.get("/pengaduan")
@requires(complaint_lists.READ)
def index() -> ResponseReturnValue:
    """List complaints: the programme those it must decide, oldest first; a side all of its own, newest first."""
    who = actor()
    waiting = who.may(states.DECIDE) and request.args.get("semua") != "1"
    rows, following = complaint_lists.complaints(who, waiting=waiting, after=_after(request.args.get("setelah", "")))
    return render_template(
        "handover/complaints.html", rows=rows, following=following, waiting=waiting, now=utc_now(), labels=states.LABELS,
        tones=states.TONES, kinds=reasons.KINDS, decides=who.may(states.DECIDE),
    )  # fmt: skip


def _after(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= LARGEST_ID:  # noqa: PLR2004 - of 2**63
        return int(text)
    return None


@bp.get(_ON)
@requires(states.COMPLAIN)
def begin(order_id: int) -> ResponseReturnValue:
    """Ask what is wrong with an order."""
    return _begin(order_id)


def _begin(order_id: int, faults: Sequence[tuple[str, str]] = (), status: int = 200) -> ResponseReturnValue:
    who = actor()
    view = orders.order(orders.scope_of([who]), order_id)
    kinds = reasons.BY_SIDE["vendor" if who.vendor_id is not None else "office"]
    return render_template(
        "handover/complain.html", order=view, kinds=[(kind, _(reasons.KINDS[kind])) for kind in kinds],
        faults=list(faults), wrong=dict(faults), form=request.form, answer_by=terms.working_days(terms.ANSWER, utc_now()),
    ), status  # fmt: skip


@bp.post(_ON)
@requires(states.COMPLAIN)
def open_one(order_id: int) -> ResponseReturnValue:
    """Open a complaint about an order."""
    who, form = actor(), request.form
    orders.order(orders.scope_of([who]), order_id)
    faults, shots = list[FieldFault](), list[Shot]()
    upload = request.files.get("photo")
    try:
        if upload is not None and upload.filename:
            shots = [photos.draw(upload.read(), current_app.extensions["files"], "photo")]
    except Invalid as error:
        faults += error.faults
    try:
        with unit_of_work():
            said = form.get("kind", ""), form.get("words", "")
            made = complaints.open_complaint(who, order_id, *said, utc_now(), shots).id
            _refuse(faults)  # a wrong photo, told together with everything else; the complaint goes back with it
    except Invalid as error:
        both = Invalid(faults=(*error.faults, *(f for f in faults if f not in error.faults)))
        return _begin(order_id, faults_told(both), 422)
    except Conflict as error:
        return render_template("orders/changed.html", order_id=order_id, message=told(error)), 409
    flash(_("Pengaduan dikirim. Pihak lain diberi tahu."), "ok")
    return redirect(f"/pengaduan/{made}", 303)


def _refuse(faults: Sequence[FieldFault]) -> None:
    if faults:
        raise Invalid(faults=tuple(faults))


@bp.get(f"/pengaduan/{_ID}")
@requires(complaint_lists.READ)
def show(complaint_id: int) -> ResponseReturnValue:
    """Show one complaint: what each side says, whose turn, until when."""
    return _page(complaint_id)


def _page(complaint_id: int, faults: Sequence[tuple[str, str]] = (), status: int = 200) -> ResponseReturnValue:
    who, now = actor(), utc_now()
    found = complaint_lists.complaint(who, complaint_id)
    return render_template(
        "handover/complaint.html", found=found, labels=states.LABELS, tones=states.TONES, kinds=reasons.KINDS,
        outcomes=reasons.OUTCOMES, faults=list(faults), wrong=dict(faults), form=request.form, now=now,
        reads_order=who.may("orders:order:read"), clock=terms.rule(terms.ANSWER, now),
    ), status  # fmt: skip


@bp.post(f"/pengaduan/{_ID}/<step>")
@requires(complaint_lists.READ)
def act(complaint_id: int, step: str) -> ResponseReturnValue:
    """Take one step: `jawab`, `selesai`, `teruskan`, `tarik`, or `putus` as the programme."""
    who, form = actor(), request.form
    complaint_lists.complaint(who, complaint_id)  # somebody else's answers 404 before anything else is said
    words, outcome = form.get("words", ""), form.get("outcome", "")
    verbs: dict[str, Verb] = {
        "jawab": lambda w, i, v, n: complaints.answer(w, i, v, words, n),
        "selesai": complaints.settle,
        "tarik": complaints.withdraw,
        "teruskan": complaints.escalate,
        "putus": lambda w, i, v, n: complaints.decide(w, i, v, outcome, words, n),
    }
    if step not in verbs:
        raise NotFound
    try:
        with unit_of_work():
            verbs[step](who, complaint_id, version(form), utc_now())
    except Invalid as error:
        return _page(complaint_id, faults_told(error), 422)
    except Conflict as error:
        return _page(complaint_id, [("", told(error))], 409)
    flash(str(_DONE[step]), "ok")
    return redirect(f"/pengaduan/{complaint_id}", 303)


@bp.get(f"/pengaduan/{_ID}/foto/<key>")
@requires(complaint_lists.READ)
def photo(complaint_id: int, key: str) -> ResponseReturnValue:
    """Answer a photo of a complaint to who may read it."""
    found = complaint_lists.complaint(actor(), complaint_id)
    return private_photo(photos.file_key(found.order_id, key, complaint_id))
