"""Door: the papers that go with an order, for its parties only."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid
from shop.db import unit_of_work
from shop.orders import attaching, forms, reading
from shop.orders.reading import OrderView
from shop.storage.files import FileStore, mimetype
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("attachments", __name__)


def _page(view: OrderView, faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    return render_template(
        "orders/attach.html",
        order=view,
        attachments=attaching.of_order(view.id),
        kinds=[(kind, _(label)) for kind, label in attaching.KINDS.items()],
        chosen=request.form.get("attachment_kind", ""),
        faults=faults or [],
    ), status


def _judged(order_id: int) -> OrderView:
    """Return the order of somebody who may add papers: 404 for a stranger, 403 for the other parties."""
    who = actor()
    view = reading.order(reading.scope_of([who]), order_id)
    attaching.must_be_able(who, view.case.placed_by, view.case.ppk_id)
    return view


@bp.get("/pesanan/<int:order_id>/lampiran")
@requires("orders:order:read")
def form(order_id: int) -> ResponseReturnValue:
    """Ask for a paper, beside those that are there."""
    return _page(_judged(order_id))


@bp.post("/pesanan/<int:order_id>/lampiran")
@requires("orders:order:read")
def attach(order_id: int) -> ResponseReturnValue:
    """Add a paper to an order of the own office."""
    view = _judged(order_id)
    store: FileStore = current_app.extensions["files"]
    try:
        paper = forms.paper(request.form, request.files, store)
        if paper is None:
            raise Invalid.at("attachment", "Pilih berkas PDF atau foto.")
        with unit_of_work():
            attaching.attach(actor(), order_id, paper, utc_now())
    except Invalid as error:
        return _page(view, faults_told(error), 422)
    except Conflict as error:
        return render_template("orders/changed.html", order_id=order_id, message=told(error)), 409
    flash(_("Lampiran ditambahkan."), "ok")
    return redirect(f"/pesanan/{order_id}#lampiran", 303)


@bp.get("/pesanan/<int:order_id>/lampiran/<int:attachment_id>")
@requires("orders:order:read")
def download(order_id: int, attachment_id: int) -> ResponseReturnValue:
    """Hand out a paper to who takes part in the order, always as a download under a name of ours."""
    view = reading.order(reading.scope_of([actor()]), order_id)
    paper = attaching.one_of(attaching.of_order(order_id), attachment_id)
    store: FileStore = current_app.extensions["files"]
    name = f"{paper.kind}-{view.number.replace('/', '-')}-{paper.id}.{paper.key.rsplit('.', 1)[-1]}"
    answer: Response = send_file(
        store.path(paper.key), mimetype=mimetype(paper.key), as_attachment=True, download_name=name, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
