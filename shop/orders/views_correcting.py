"""Door: correcting what a line says about its evidence, by an entry and never by an edit."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid, NotFound
from shop.base.sheet import whole
from shop.db import unit_of_work
from shop.orders import correcting, states
from shop.web.errors import faults_told
from shop.web.guard import actor, public, requires

bp = Blueprint("orders_correcting", __name__)
_ROWS = 2**63


@bp.get("/koreksi-baris")
@requires(correcting.CORRECT)
def index() -> ResponseReturnValue:
    """Find an order by its number."""
    number, faults = request.args.get("nomor", ""), []
    if number.strip():
        try:
            return redirect(f"/koreksi-baris/{correcting.find(actor(), number.replace(chr(0), ''))}", 303)
        except NotFound as fault:
            faults = [("nomor", _(fault.message))]
    return render_template("orders/correcting_find.html", number=number, faults=faults), 404 if faults else 200


@bp.get("/koreksi-baris/<int:order_id>")
@requires(correcting.CORRECT)
def show(order_id: int) -> ResponseReturnValue:
    """Show an order's lines, what was corrected of them, and the form of each."""
    return _page(order_id)


def _page(
    order_id: int, line_id: int = 0, faults: list[tuple[str, str]] | None = None, status: int = 200
) -> tuple[str, int]:
    found = correcting.read(actor(), order_id)
    return render_template(
        "orders/correcting.html",
        found=found,
        placed=local_day(found.order.placed_at),
        open_line=line_id or whole(request.args.get("baris", "")),
        form=request.form,
        faults=faults or [],
        paid=found.order.state in states.PAID,
    ), status


@bp.post("/koreksi-baris/<int:order_id>/<int:line_id>")
@requires(correcting.CORRECT)
def correct(order_id: int, line_id: int) -> ResponseReturnValue:
    """Write a correction."""
    seen = whole(request.form.get("seen", ""))
    try:
        with unit_of_work():
            correcting.correct(actor(), order_id, line_id, -1 if seen is None else seen, request.form, utc_now())
    except Invalid as error:
        return _page(order_id, line_id, faults_told(error), 422)
    flash(_("Koreksi dicatat sebagai baris baru hari ini."), "success")
    return redirect(f"/koreksi-baris/{order_id}?baris={line_id}", 303)


@bp.get("/p3dn/koreksi")
@public
def listed() -> ResponseReturnValue:
    """Show to everybody what was corrected, why, and by which paper; names of people stay out."""
    line, before = _number("baris"), _number("sebelum")
    rows = correcting.public(line, before)
    page = rows[: correcting.PAGE]
    more = page[-1].id if len(rows) > correcting.PAGE else None
    return render_template("orders/corrections.html", rows=page, line=line, more=more, as_of=utc_now())


def _number(name: str) -> int | None:
    """Return a row's number out of the address; None for what is none."""
    found = whole(request.args.get(name, ""))
    return found if found is not None and found < _ROWS else None
