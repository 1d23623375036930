"""Door: what a bendahara pays, by which channel: the list of the office, and one page for each order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, FieldFault, Invalid
from shop.db import unit_of_work
from shop.orders import reading as orders
from shop.orders.forms import version
from shop.payments import autodebet, by_hand, forms, lists, reading, states
from shop.payments.channels import open_request
from shop.storage.files import FileStore
from shop.tax.facts import WHY
from shop.web.errors import faults_told, say, told
from shop.web.guard import actor, requires

bp = Blueprint("payments", __name__)
_AT: Final = "/pesanan/<int:order_id>/bayar"


@bp.get("/bayar")
@requires(states.OPEN)
def index() -> ResponseReturnValue:
    """List what this office has to pay, the oldest deadline first."""
    now = utc_now()
    found = lists.due(actor(), now, request.args.get("sesudah", ""))
    return render_template("payments/index.html", found=found, now=now, later="sesudah" in request.args)


@bp.get(_AT)
@requires(states.OPEN)
def show(order_id: int) -> ResponseReturnValue:
    """Show what to pay to whom, the taxes with the rule behind each, and the channels that can be used."""
    return _page(order_id)


def _page(
    order_id: int, faults: list[tuple[str, str]] | None = None, typed: Mapping[str, str] | None = None, opened: str = ""
) -> ResponseReturnValue:
    who, now = actor(), utc_now()
    found = reading.page(who, order_id, now)
    if found is None:
        return redirect(f"/pesanan/{order_id}", 303)
    html = render_template(
        "payments/page.html", page=found, order=found.order, now=now, today=local_day(now), say=say, why=WHY,
        codes=reading.CODES, opened=opened, faults=faults or [],
        wrong=dict(faults or []), errors=bool(faults), form=typed or {},
    )  # fmt: skip
    answer = make_response(html, 422 if faults else 200)
    answer.headers["Cache-Control"] = "no-store"  # it shows a whole account number
    return answer


@bp.post(f"{_AT}/transfer")
@requires(states.OPEN)
def transfer(order_id: int) -> ResponseReturnValue:
    """Record a transfer or SP2D with its proof."""

    def verb(who: Actor, now: datetime) -> None:
        with unit_of_work():
            by_hand.pay_by_transfer(who, order_id, version(request.form), proof, now)

    _own(order_id)
    try:
        proof = forms.proof(request.form, request.files.get("proof"), _files())
    except Invalid as error:
        return _page(order_id, faults_told(error), request.form, "transfer")
    return _act(order_id, verb, _("Pembayaran dicatat."), "transfer")


@bp.post(f"{_AT}/kkpd")
@requires(states.OPEN)
def by_card(order_id: int) -> ResponseReturnValue:
    """Record a payment by government credit card. What looks like a whole card number is neither kept nor shown again."""

    def verb(who: Actor, now: datetime) -> None:
        by_hand.refuse_card_numbers(sent)  # before anything of it is read or kept
        given = {name: sent.get(field, "") for name, field in forms.CARD_FIELDS.items()}
        try:
            proof = forms.proof(given, upload, _files())
            with unit_of_work():
                by_hand.pay_by_card(who, order_id, version(sent), proof, sent.get("last4", ""), now)
        except Invalid as error:
            faults = (FieldFault(forms.CARD_FIELDS.get(f.field, f.field), f.message, f.params) for f in error.faults)
            raise Invalid(faults=tuple(faults)) from None

    _own(order_id)
    upload = request.files.get("slip_proof")
    named = {"slip_proof": upload.filename or ""} if upload is not None else {}
    sent = {**{name: text for name, text in request.form.items() if name != "csrf_token"}, **named}
    typed = {name: "" if by_hand.looks_like_card(text) else text for name, text in sent.items()}
    return _act(order_id, verb, _("Pembayaran dicatat."), "kkpd", typed)


@bp.post(f"{_AT}/autodebet")
@requires(states.OPEN)
def ask(order_id: int) -> ResponseReturnValue:
    """Ask the PA/KPA for a debit of the office's account."""

    def verb(who: Actor, now: datetime) -> None:
        with unit_of_work():
            open_request(who, order_id, autodebet.CODE, version(request.form), now)

    _own(order_id)
    return _act(order_id, verb, _("Permintaan debit dikirim kepada PA/KPA."), "autodebet", to="/bayar")


@bp.post(f"{_AT}/autodebet/batal")
@requires(states.OPEN)
def cancel(order_id: int) -> ResponseReturnValue:
    """Take the request for a debit back."""

    def verb(who: Actor, now: datetime) -> None:
        with unit_of_work():
            autodebet.cancel(who, order_id, forms.seen(request.form), request.form.get("note", ""), now)

    _own(order_id)
    return _act(
        order_id,
        verb,
        _("Permintaan debit dibatalkan. Pilih cara bayar lain."),
        "batal",
        to=f"/pesanan/{order_id}/bayar",
    )


@bp.post(f"{_AT}/autodebet/bukti")
@requires(states.OPEN)
def prove(order_id: int) -> ResponseReturnValue:
    """Record that the bank debited what was approved."""

    def verb(who: Actor, now: datetime) -> None:
        with unit_of_work():
            autodebet.prove(who, order_id, forms.seen(request.form), proof, now)

    _own(order_id)
    try:
        proof = forms.proof(request.form, request.files.get("proof"), _files())
    except Invalid as error:
        return _page(order_id, faults_told(error), request.form, "bukti")
    return _act(order_id, verb, _("Pembayaran dicatat."), "bukti")


def _own(order_id: int) -> None:
    """Answer 404 for somebody else's order before anything else is said."""
    orders.order(orders.scope_of([actor()]), order_id)


def _act(
    order_id: int, verb: Callable[[Actor, datetime], Any], done: str, opened: str,
    typed: Mapping[str, str] | None = None, to: str = "",
) -> ResponseReturnValue:  # fmt: skip
    try:
        verb(actor(), utc_now())
    except Invalid as error:
        return _page(order_id, faults_told(error), request.form if typed is None else typed, opened)
    except Conflict as error:
        return render_template("payments/changed.html", order_id=order_id, message=told(error)), 409
    flash(done, "ok")
    return redirect(to or f"/pesanan/{order_id}", 303)


def _files() -> FileStore:
    files: FileStore = current_app.extensions["files"]
    return files
