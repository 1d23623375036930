"""Doors of a producer: the own products, their prices, stock, photos, and whether they are on sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid, Stale
from shop.catalog import editing, photos, reading, states
from shop.catalog.forms import read_changes, version_of
from shop.db import unit_of_work
from shop.storage.files import FileStore
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.paging import page_from

bp = Blueprint("catalog_own", __name__)

_FORM_FIELDS: Final = (
    "name",
    "description",
    "ingredients",
    "price",
    "unit",
    "min_order",
    "stock",
    "daily_capacity",
    "lead_time_hours",
    "halal",
    "state",
)


@bp.get("/produk-saya")
@requires("catalog:product:read_own")
def index() -> ResponseReturnValue:
    """The producer's own products, newest first."""
    page = page_from(request.args.get("page"), default_size=50)
    rows, total = reading.own_products(actor(), page.offset, page.size)
    return render_template("catalog/own_list.html", rows=rows, total=total, page=page, labels=states.LABELS)


@bp.get("/produk-saya/<int:product_id>")
@requires("catalog:product:manage")
def edit(product_id: int) -> ResponseReturnValue:
    """One own product as a form, with its photos."""
    return _form(product_id)


def _form(product_id: int, faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    product = editing.own_product(actor(), product_id)
    kept = request.form if faults else {}
    values = {name: kept.get(name, "") if "version" in kept else getattr(product, name) for name in _FORM_FIELDS}
    if "version" in kept:
        values["halal"] = kept.get("halal") == "1"
    return render_template(
        "catalog/own_edit.html",
        product=product,
        values=values,
        faults=faults or [],
        faults_of=dict(faults or ()),
        version=kept.get("version", product.version),
        seen_stock=kept.get("seen_stock", product.stock),
        photos=reading.photos_of(product_id),
        errors=bool(faults),
        day=local_day(utc_now()),
        most=photos.MAX_PHOTOS,
    ), status


@bp.post("/produk-saya/<int:product_id>")
@requires("catalog:product:manage")
def change(product_id: int) -> ResponseReturnValue:
    """Save the form; input is kept when something is wrong or somebody was first."""
    editing.own_product(actor(), product_id)
    try:
        changes = read_changes(request.form)
        with unit_of_work():
            editing.change_product(actor(), product_id, version_of(request.form), changes, utc_now())
    except Invalid as error:
        return _form(product_id, faults_told(error), 422)
    except Stale as error:
        return _form(product_id, [("", told(error))], 409)
    flash(_("Produk disimpan."), "ok")
    return redirect(f"/produk-saya/{product_id}", 303)


@bp.post("/produk-saya/<int:product_id>/keadaan")
@requires("catalog:product:manage")
def change_state(product_id: int) -> ResponseReturnValue:
    """Pause a product or put it on sale again, in one tap."""
    with unit_of_work():
        editing.change_state(actor(), product_id, version_of(request.form), request.form.get("state", ""), utc_now())
    flash(_("Keadaan produk diubah."), "ok")
    return redirect("/produk-saya", 303)


@bp.post("/produk-saya/<int:product_id>/habis")
@requires("catalog:product:manage")
def sold_out(product_id: int) -> ResponseReturnValue:
    """Say in one tap that nothing is left, or that there is again."""
    gone = request.form.get("gone") == "1"
    with unit_of_work():
        editing.set_sold_out(actor(), product_id, gone, utc_now())
    flash(
        _("Dicatat: stok habis. Pembeli tidak bisa memesannya.") if gone else _("Produk ini bisa dipesan lagi."), "ok"
    )
    return redirect("/produk-saya", 303)


@bp.post("/produk-saya/<int:product_id>/foto")
@requires("catalog:product:manage")
def add_photo(product_id: int) -> ResponseReturnValue:
    """Add a photo from the camera or a file."""
    editing.own_product(actor(), product_id)
    given = request.files.get("photo")
    try:
        if given is None or not given.filename:
            raise Invalid.at("photo", "Pilih satu foto JPG, PNG, atau WebP.")
        kept = photos.keep_photo(given.read(), cast("FileStore", current_app.extensions["files"]))
        with unit_of_work():
            photos.add_photo(actor(), product_id, kept, request.form.get("alt", ""), utc_now())
    except Invalid as error:
        return _form(product_id, faults_told(error), 422)
    except Conflict as error:
        return _form(product_id, [("photo", told(error))], 409)
    flash(_("Foto ditambahkan."), "ok")
    return redirect(f"/produk-saya/{product_id}#foto", 303)


@bp.post("/produk-saya/<int:product_id>/foto/<int:photo_id>/utama")
@requires("catalog:product:manage")
def first_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Put a photo on the card."""
    return _done(product_id, lambda: photos.first_photo(actor(), product_id, photo_id, utc_now()))


@bp.post("/produk-saya/<int:product_id>/foto/<int:photo_id>/hapus")
@requires("catalog:product:manage")
def remove_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Take a photo off the product."""
    return _done(product_id, lambda: photos.remove_photo(actor(), product_id, photo_id, utc_now()))


def _done(product_id: int, verb: Callable[[], None]) -> ResponseReturnValue:
    with unit_of_work():
        verb()
    flash(_("Foto diubah."), "ok")
    return redirect(f"/produk-saya/{product_id}#foto", 303)
