"""Doors of a producer's products as a list: what is on sale, what waits, what to do next; and what changed when."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import NotFound
from shop.catalog import editing, own_list, reading, states, versions, wording
from shop.catalog.forms import version_of
from shop.curation import reading as curation
from shop.curation import submitting
from shop.db import unit_of_work
from shop.web.guard import actor, requires, signed_in
from shop.web.language import language
from shop.web.paging import page_from

bp = Blueprint("catalog_own", __name__)


@bp.get("/produk-saya")
@requires("catalog:product:read_own")
def index() -> ResponseReturnValue:
    """The producer's own products, newest first, of one state or of all."""
    page, state = page_from(request.args.get("page"), default_size=30), request.args.get("status", "")
    rows, counts = own_list.own_products(actor(), state, page.offset, page.size)
    return render_template(
        "catalog/own_list.html",
        rows=rows,
        curation=curation.status_of(actor(), [row.id for row in rows]),
        total=counts.get(state, 0) if state else sum(counts.values()),
        counts=counts,
        state=state,
        states=own_list.labels(),
        page=page,
        labels=states.LABELS,
        today=local_day(utc_now()),
    )


@bp.post("/produk-saya/<int:product_id>/keadaan")
@requires("catalog:product:manage")
def change_state(product_id: int) -> ResponseReturnValue:
    """Pause a product, put it on sale again, take it back to draft or put it away, in one tap."""
    state = request.form.get("state", "")
    with unit_of_work():
        submitting.change_state(actor(), product_id, version_of(request.form), state, utc_now())
    flash(_("Keadaan produk diubah."), "ok")
    return redirect(f"/produk-saya/{product_id}" if state == "draft" else "/produk-saya", 303)


@bp.post("/produk-saya/<int:product_id>/masih-sama")
@requires("catalog:product:manage")
def confirm_fresh(product_id: int) -> ResponseReturnValue:
    """Say that everything is still so."""
    with unit_of_work():
        editing.confirm_fresh(actor(), product_id, version_of(request.form), utc_now())
    flash(_("Terima kasih. Pembeli melihat bahwa produk ini baru diperiksa."), "ok")
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


@bp.post("/produk-saya/<int:product_id>/tarik")
@requires("catalog:product:manage")
def withdraw(product_id: int) -> ResponseReturnValue:
    """Take a submitted listing back to change it."""
    with unit_of_work():
        submitting.withdraw(actor(), product_id, version_of(request.form), utc_now())
    flash(_("Produk ditarik kembali. Ubah seperlunya, lalu kirim lagi."), "ok")
    return redirect(f"/produk-saya/{product_id}", 303)


@bp.get("/produk-saya/<int:product_id>/riwayat")
@signed_in
def history(product_id: int) -> ResponseReturnValue:
    """What buyers saw, version by version; for the producer, curators of its place, and auditors."""
    facts = reading.product_facts(product_id, local_day(utc_now()), unseen=True)
    if not reading.may_look(actor(), facts.vendor_id, facts.kecamatan_code):
        raise NotFound("Produk ini tidak ada.")
    page = page_from(request.args.get("page"), default_size=20)
    kept, total = versions.history(product_id, page.offset, page.size)
    return render_template(
        "catalog/own_history.html", product=facts, kept=kept, total=total, page=page, fields=wording.FIELDS,
        mine=actor().vendor_id == facts.vendor_id, **wording.words_for(facts.category_code, language()),
    )  # fmt: skip
