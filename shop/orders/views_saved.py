"""Door: baskets kept by name, shared, and ordered again."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid, NotFound
from shop.db import unit_of_work
from shop.orders import again, basket, bounds, forms, reading, saved
from shop.orders.saved import SavedView
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("saved", __name__)
_ID: Final = "<int:saved_id>"
_DONE: Final[dict[str, Any]] = {
    "bagi": _l("Dibagikan. Rekan sekantor kini bisa memakainya."),
    "tutup": _l("Tidak dibagikan lagi."),
    "arsip": _l("Diarsipkan. Anda menemukannya lagi di Arsip."),
    "kembali": _l("Dikembalikan ke daftar."),
    "hapus": _l("Dihapus. Pesanan yang pernah dibuat tetap ada."),
}


@bp.get("/simpanan")
@requires("orders:cart:edit")
def index() -> ResponseReturnValue:
    """List what this person keeps and what colleagues share."""
    archived = request.args.get("arsip") == "1"
    return render_template("orders/saved.html", found=saved.listed(actor(), archived=archived), archived=archived)


@bp.get(f"/simpanan/{_ID}")
@requires("orders:cart:edit")
def show(saved_id: int) -> ResponseReturnValue:
    """Show what is in it at today's prices, for as many people as come this time."""
    found = saved.view(actor(), saved_id)
    try:
        return _page(found, forms.headcount(request.args.get("headcount")))
    except Invalid as error:
        return _page(found, None, faults_told(error), 422)


def _page(
    found: SavedView, people: int | None, faults: list[tuple[str, str]] | None = None, status: int = 200
) -> tuple[str, int]:
    now = utc_now()
    day = local_day(now)
    lines = saved.lines_of(actor(), found, people, now)
    typed = request.values.get("headcount") if faults else None
    return render_template(
        "orders/saved_show.html",
        saved=found,
        lines=lines,
        basket=basket.add_up(lines, day),
        people=typed if typed is not None else people or found.headcount,
        per_head=bounds.per_head(lines, people or found.headcount, day),
        faults=faults or [],
    ), status


@bp.post(f"/simpanan/{_ID}/<verb>")
@requires("orders:cart:edit")
def act(saved_id: int, verb: str) -> ResponseReturnValue:
    """Take it into the own basket, share it, put it away, or delete it."""
    who, now = actor(), utc_now()
    found = saved.view(who, saved_id)
    if verb == "ambil":
        return _take(found)
    if verb not in _DONE:
        raise NotFound
    with unit_of_work():
        if verb in {"bagi", "tutup"}:
            saved.share(who, saved_id, shared=verb == "bagi")
        elif verb == "hapus":
            saved.remove(who, saved_id)
        else:
            saved.archive(who, saved_id, now if verb == "arsip" else None)
    flash(str(_DONE[verb]), "ok")
    return redirect("/simpanan", 303)


def _take(found: SavedView) -> ResponseReturnValue:
    who, now = actor(), utc_now()
    try:
        people = forms.headcount(request.form.get("headcount"))
        with unit_of_work():
            saved.take(who, found.id, people, now)
    except Invalid as error:
        return _page(found, None, faults_told(error), 422)
    except Conflict as error:
        return _page(found, None, [("", told(error))], 409)
    return redirect(f"/kirim?simpanan={found.id}&headcount={people or found.headcount or ''}", 303)


@bp.post("/pesanan/<int:order_id>/lagi")
@requires("orders:cart:edit")
def repeat(order_id: int) -> ResponseReturnValue:
    """Order again what was ordered: into the basket and straight on to sending, with today's prices marked."""
    who, now = actor(), utc_now()
    view = reading.order(reading.scope_of([who]), order_id)
    if view.case.office_id != who.office_id:
        raise NotFound
    try:
        with unit_of_work():
            again.refill(who, view, now)
    except Conflict as error:
        flash(told(error), "bad")
        return redirect("/keranjang", 303)
    flash(_("Keranjang terisi seperti pesanan %(number)s. Periksa tanggalnya, lalu kirim.", number=view.number), "ok")
    return redirect(f"/kirim?ulang={order_id}", 303)
