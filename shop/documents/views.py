"""Door: the papers of an order: read, issue, replace by a new version, sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid, NotFound
from shop.db import unit_of_work
from shop.documents import drawing, issuing, on_order, reading, signing
from shop.documents.table import KINDS
from shop.orders import reading as orders
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.public import public_root

bp = Blueprint("documents", __name__)
_AT: Final = "/pesanan/<int:order_id>/dokumen"


@bp.get(f"{_AT}/<int:issued_id>")
@requires("orders:order:read")
def paper(order_id: int, issued_id: int) -> ResponseReturnValue:
    """Hand out one version of a paper as PDF."""
    who = actor()
    orders.order(orders.scope_of([who]), order_id)
    found = reading.paper_of(order_id, issued_id)
    if who.vendor_id is not None and not KINDS[found.kind].for_vendor:
        raise NotFound(_("Dokumen ini tidak ada."))
    content = drawing.draw(found, current_app.extensions["files"], public_root())
    return download(content, PDF, f"{found.kind}-{found.number}-v{found.version}.pdf")


@bp.post(f"{_AT}/<kind>/terbit")
@requires("orders:order:read")
def issue(order_id: int, kind: str) -> ResponseReturnValue:
    """Issue a paper, or a new version of it with a reason."""

    def verb(who: Actor, now: datetime) -> None:
        issuing.issue(who, kind, order_id, now, request.form.get(f"why_{kind}", ""))

    return _do(order_id, kind, verb, _("Dokumen terbit dan tidak bisa diubah lagi."))


@bp.post(f"{_AT}/<int:issued_id>/tanda-tangan")
@requires("orders:order:read")
def sign(order_id: int, issued_id: int) -> ResponseReturnValue:
    """Sign a paper for one party."""

    def verb(who: Actor, now: datetime) -> None:
        signing.sign(who, order_id, issued_id, request.form.get("party", ""), now)

    return _do(order_id, "", verb, _("Dokumen ditandatangani dengan akun Anda."))


def _do(order_id: int, kind: str, verb: Callable[[Actor, datetime], None], done: str) -> ResponseReturnValue:
    who, now = actor(), utc_now()
    view = orders.order(orders.scope_of([who]), order_id)  # somebody else's answers 404 before anything else is said
    try:
        with unit_of_work():
            verb(who, now)
    except Invalid as error:
        page = render_template(
            "documents/refused.html", order=view, part=on_order.part(who, view, now), refused=kind,
            faults=[(f"why_{kind}" if field == "reason" else field, words) for field, words in faults_told(error)],
            missing=isinstance(error, issuing.Missing), form=request.form,
        )  # fmt: skip
        return page, 422
    except Conflict as error:
        return render_template("orders/changed.html", order_id=order_id, message=told(error)), 409
    flash(done, "ok")
    return redirect(f"/pesanan/{order_id}#dokumen", 303)
