"""Door: payments through the gateway. Calls go out after the commit, so that nothing is charged that we do not know of."""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid, NotFound
from shop.base.sheet import whole
from shop.clients.stripe_errors import StripeFault
from shop.db import unit_of_work
from shop.orders import forms
from shop.payments import channels, gateway_calls, gateway_reading, refunding, states
from shop.payments.gateway_channel import CODE, UNSET, Gateway
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("payments_gateway", __name__)
log = structlog.get_logger(__name__)
_ALL: Final = "/pembayaran/gerbang"
_ONE: Final = f"{_ALL}/<int:request_id>"
_LARGEST: Final = 2**63 - 1


def _gateway(request_id: int) -> Gateway:
    """Return the gateway for a payment of this office; somebody else's is not there before anything else is said."""
    gateway_reading.request_view(actor(), request_id, utc_now())
    found: Gateway | None = current_app.extensions["gateway"]
    if found is None:
        raise Conflict(UNSET, kind="no-gateway")
    return found


@bp.get(_ALL)
@requires(states.OPEN)
def index() -> ResponseReturnValue:
    """List the office's payments through the gateway, those without an end first."""
    rows = gateway_reading.requests(actor(), utc_now())
    return render_template(
        "payments/gateway_list.html",
        rows=rows,
        labels=states.LABELS,
        is_there=current_app.extensions["gateway"] is not None,
    )


@bp.post(_ALL)
@requires(states.OPEN)
def begin() -> ResponseReturnValue:
    """Open a payment of an order; send it to the gateway once it is safely kept."""
    who, now = actor(), utc_now()
    order_id = request.form.get("order_id", "")
    if not (order_id.isascii() and order_id.isdigit() and len(order_id) <= 19 and int(order_id) <= _LARGEST):  # noqa: PLR2004
        raise NotFound("Pesanan ini tidak ada.")
    try:
        with unit_of_work():
            request_id = channels.open_request(who, int(order_id), CODE, forms.version(request.form), now).id
    except Conflict as error:
        return render_template("payments/changed.html", order_id=int(order_id), message=told(error)), 409
    return _look(request_id, fresh=True)


@bp.get(_ONE)
@requires(states.OPEN)
def show(request_id: int) -> ResponseReturnValue:
    """Show one payment: how it stands, what to do, what came back."""
    return _show(request_id)


def _show(request_id: int, faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    view, refunds = gateway_reading.request_view(actor(), request_id, utc_now())
    gateway: Gateway | None = current_app.extensions["gateway"]
    return render_template(
        "payments/gateway.html", row=view, refunds=refunds, labels=states.LABELS, refund_labels=states.REFUND_LABELS,
        guide=gateway_reading.GUIDE.get(view.external_state, gateway_reading.GUIDE[""]), faults=faults or [],
        wrong=dict(faults or ()), form=request.form, is_test=gateway is not None and bool(gateway.method),
    ), status  # fmt: skip


@bp.post(f"{_ONE}/periksa")
@requires(states.OPEN)
def look(request_id: int) -> ResponseReturnValue:
    """Ask the gateway now."""
    return _look(request_id)


def _look(request_id: int, *, fresh: bool = False) -> ResponseReturnValue:
    gateway, now = _gateway(request_id), utc_now()
    try:
        gateway_calls.ask(gateway.quick, request_id, now, method=gateway.method, fresh=fresh)
        refunding.settle(gateway.quick, request_id, now)
    except StripeFault as fault:
        _log(fault, request_id)
        flash(_("Gerbang tidak memberi jawaban yang bisa dicatat. Keadaannya tertulis di bawah."), "warning")
    return redirect(f"{_ALL}/{request_id}", 303)


@bp.post(f"{_ONE}/batal")
@requires(states.OPEN)
def cancel(request_id: int) -> ResponseReturnValue:
    """Cancel a payment, at the gateway first."""
    who, gateway = actor(), _gateway(request_id)
    try:
        gateway_calls.cancel(who, gateway.quick, request_id, utc_now())
        flash(_("Pembayaran dibatalkan. Tidak ada uang yang keluar."), "success")
    except StripeFault as fault:
        _log(fault, request_id)
        flash(_("Gerbang belum menjawab, jadi belum dibatalkan. Coba lagi sebentar lagi."), "warning")
    return redirect(f"{_ALL}/{request_id}", 303)


@bp.post(f"{_ONE}/kembalikan")
@requires(states.OPEN)
def give_back(request_id: int) -> ResponseReturnValue:
    """Ask the gateway to give money back."""
    who, gateway, now = actor(), _gateway(request_id), utc_now()
    try:
        with unit_of_work():
            amount = whole(request.form.get("amount", "")) or 0
            refunding.ask_back(who, request_id, amount, request.form.get("reason", ""), now)
    except Invalid as error:
        return _show(request_id, faults_told(error), 422)
    try:
        refunding.settle(gateway.quick, request_id, now)
        flash(_("Permintaan pengembalian dikirim."), "success")
    except StripeFault as fault:
        _log(fault, request_id)
        flash(_("Pengembalian dicatat. Gerbang belum menjawab; kami memeriksa lagi dengan sendirinya."), "warning")
    return redirect(f"{_ALL}/{request_id}", 303)


@bp.get(f"{_ALL}/selisih")
@requires(gateway_reading.ODD)
def odd() -> ResponseReturnValue:
    """List what the gateway and we do not agree on."""
    return render_template("payments/gateway_odd.html", rows=gateway_reading.odd(actor()))


def _log(fault: StripeFault, request_id: int) -> None:
    said = {"code": fault.code, "status": fault.status, "gateway_request": fault.request_id}
    log.warning("gateway", kind=type(fault).__name__, said=str(fault), request=request_id, **said)
