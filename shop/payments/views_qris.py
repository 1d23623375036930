"""Door: paying one order by QRIS: the code on screen and as a picture, then the proof, or another way after all."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, FieldFault, Invalid, NotFound, ShopError, or_fault
from shop.base.money import rupiah
from shop.db import session, unit_of_work
from shop.orders import forms, reading
from shop.orders.paying import Proof
from shop.papers import qr
from shop.payments import qris_channel
from shop.payments.channels import open_request
from shop.payments.models import PaymentRequest
from shop.payments.states import OPEN
from shop.qris.checking import check
from shop.storage.files import FileStore
from shop.storage.uploads import read_paper
from shop.vendors import own_qris
from shop.vendors.models import Vendor
from shop.web.downloads import download
from shop.web.errors import spoken, told
from shop.web.guard import actor, requires

bp = Blueprint("payments_qris", __name__)
_AT: Final = "/pesanan/<int:order_id>/bayar/qris"


@bp.post(_AT)
@requires(OPEN)
def begin(order_id: int) -> ResponseReturnValue:
    """Open the payment: from now on its code and amount stay as they are."""
    who, now = actor(), utc_now()
    _own(order_id)
    try:
        with unit_of_work():
            open_request(who, order_id, qris_channel.CODE, forms.version(request.form), now)
    except Conflict as error:
        return render_template("payments/changed.html", order_id=order_id, message=told(error)), 409
    return redirect(f"/pesanan/{order_id}/bayar/qris", 303)


@bp.get(_AT)
@requires(OPEN)
def show(order_id: int) -> ResponseReturnValue:
    """Show the code that waits to be paid, and ask for the proof."""
    return _page(order_id)


@bp.get(_AT + "/gambar.png")
@requires(OPEN)
def picture(order_id: int) -> ResponseReturnValue:
    """Answer the code as a picture to print."""
    order = _own(order_id)
    payload = qris_channel.live_code(order_id).details["payload"]
    return download(qr.png(payload, scale=qr.PRINTED), "image/png", f"qris-{order.number}.png")


@bp.post(_AT + "/bukti")
@requires(OPEN)
def prove(order_id: int) -> ResponseReturnValue:
    """Record that it was paid, with its proof."""
    who, now = actor(), utc_now()
    _own(order_id)
    qris_channel.live_code(order_id)
    try:
        proof = _proof()
        with unit_of_work():
            qris_channel.prove(who, order_id, proof, now)
    except Invalid as error:
        return _page(order_id, error)
    except Conflict as error:
        return render_template("payments/changed.html", order_id=order_id, message=told(error)), 409
    flash(_("Pembayaran dicatat."), "ok")
    return redirect(f"/pesanan/{order_id}", 303)


@bp.post(_AT + "/batal")
@requires(OPEN)
def cancel(order_id: int) -> ResponseReturnValue:
    """Close the code unpaid."""
    who, now = actor(), utc_now()
    _own(order_id)
    try:
        with unit_of_work():
            qris_channel.cancel(who, order_id, request.form.get("note", ""), now)
    except Invalid as error:
        return _page(order_id, error)
    except Conflict as error:
        return render_template("payments/changed.html", order_id=order_id, message=told(error)), 409
    flash(_("Kode QRIS ditutup. Pilih saluran lain untuk membayar."), "ok")
    return redirect(f"/pesanan/{order_id}/bayar", 303)


def _own(order_id: int) -> reading.OrderView:
    """Return the order: somebody else's answers 404 before anything else is said."""
    return reading.order(reading.scope_of([actor()]), order_id)


def _proof() -> Proof:
    """Read the proof before the writer's lock is taken: drawing a photo anew takes its time."""
    faults: list[FieldFault] = []
    entry = or_fault(faults, forms.payment, request.form)
    upload = request.files.get("proof")
    content = upload.read() if upload is not None and upload.filename else b""
    if not content:
        faults.append(FieldFault("proof", "Pilih berkas bukti bayar: PDF atau foto."))
    paper = or_fault(faults, read_paper, content, "proof") if content else None
    if faults or entry is None or paper is None or upload is None:
        raise Invalid(faults=tuple(faults))
    files: FileStore = current_app.extensions["files"]
    return Proof(entry.reference, entry.paid_on, files.put(*paper), upload.filename or "")


def _page(order_id: int, error: ShopError | None = None) -> ResponseReturnValue:
    order = _own(order_id)
    asked = qris_channel.live_code(order_id)
    faults, status = spoken(error) if error else ([], 200)
    html = render_template(
        "payments/qris.html",
        order=order,
        **shown(asked),
        values=request.form,
        faults=faults,
        faults_of=dict(faults),
        errors=bool(faults),
        today=local_day(utc_now()),
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def shown(asked: PaymentRequest) -> dict[str, Any]:
    """Return what `payments/_qris.html` draws of a live request: the code, whose it is, and what the producer pays for it."""
    payload = asked.details["payload"]
    report = check(payload)
    title = _("Kode QRIS %(name)s sebesar %(amount)s", name=report.name, amount=rupiah(asked.amount))
    try:
        fee = qris_channel.fee(asked)
    except (Invalid, NotFound):  # a fee nobody knows does not stand in the way of paying
        fee = None
    business = session.get_one(Vendor, asked.vendor_id).name
    return {
        "asked": asked,
        "picture": qr.svg(payload, title=title),
        "report": report,
        "fee": fee,
        "business": business,
        "named": own_qris.is_named(payload, business),
    }
