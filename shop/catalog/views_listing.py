"""Doors of the guided listing: a short form, sections that each save by themselves, photos, variants, handing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, FieldFault, Invalid, ShopError
from shop.catalog import attributes, drafting, editing, guiding, photos, sections, states
from shop.catalog.cards import unpack
from shop.catalog.categories import shelves
from shop.catalog.forms import READERS, read_about, read_price, version_of
from shop.catalog.models import Product
from shop.curation import reading as curation
from shop.curation import submitting
from shop.db import unit_of_work
from shop.search import Query
from shop.storage.files import FileStore
from shop.web.errors import faults_told, status_of, told
from shop.web.guard import actor, requires
from shop.web.language import language
from shop.web.shelf import engine

bp = Blueprint("listing", __name__)
_LOOKALIKES: Final = 8


def _categories() -> list[tuple[str, str]]:
    known, lang = shelves(), language()
    named = [(code, known[code], known.get(known[code].parent_code or "")) for code in sections.leaves()]
    return [
        (code, f"{above.name(lang)}: {shelf.name(lang)}" if above else shelf.name(lang)) for code, shelf, above in named
    ]


@bp.get("/produk-saya/baru")
@requires("catalog:product:manage")
def begin() -> ResponseReturnValue:
    """The short form a listing begins with."""
    return _short_form()


def _short_form(faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "catalog/own_new.html", values=request.form, categories=_categories(), faults=faults or [],
        faults_of=dict(faults or ()), errors=bool(faults),
    ), status  # fmt: skip


@bp.post("/produk-saya/baru")
@requires("catalog:product:manage")
def create() -> ResponseReturnValue:
    """Begin a draft."""
    faults: list[FieldFault] = []
    read: dict[str, Any] = {}
    form = request.form.copy()
    form.setdefault("min_order", "1")
    for reader in (read_about, read_price):
        try:
            read[reader.__name__] = reader(form, "")
        except Invalid as error:
            faults += error.faults
    if faults:
        return _short_form(faults_told(Invalid(faults=tuple(faults))), 422)
    with unit_of_work():
        number = drafting.create(actor(), read["read_about"], read["read_price"], utc_now())
    flash(_("Konsep disimpan. Lengkapi bagian-bagiannya."), "ok")
    return redirect(f"/produk-saya/{number}?bagian=foto#bagian-foto", 303)


@bp.get("/produk-saya/<int:product_id>")
@requires("catalog:product:manage")
def edit(product_id: int) -> ResponseReturnValue:
    """One own product in sections, with what is still missing."""
    return _page(product_id)


def _page(product_id: int, section: str = "", error: ShopError | None = None) -> ResponseReturnValue:
    """Draw the guided page; after an error with what was typed in that section."""
    product = editing.own_product(actor(), product_id)
    guide = guiding.guide(product)
    faults = [] if error is None else faults_told(error) if isinstance(error, Invalid) else [("", told(error))]
    kept = request.form if error and section in READERS else None
    if error and section and section not in READERS and not isinstance(error, Invalid):
        faults = [("photo" if section == "foto" else "", told(error))]
    return render_template(
        "catalog/own_edit.html",
        product=product,
        guide=guide,
        values=guiding.values(product, guide, section, kept),
        asked=sections.asked(product.category_code),
        categories=_categories(),
        allergens=attributes.ALLERGENS,
        faults=faults,
        faults_of=dict(faults),
        errors=bool(faults),
        version=request.form.get("version", product.version) if kept else product.version,
        open=section or request.args.get("bagian", "") or guide.first_open,
        twins=_twins(product),
        curation=curation.status_of(actor(), [product.id]).get(product.id),
        labels=states.LABELS,
        most=photos.MAX_PHOTOS,
        rows=range(1, sections.MAX_TIERS + 1),
        today=local_day(utc_now()),
    ), status_of(error) if error else 200


def _twins(product: Product) -> list[drafting.Twin]:
    """Return what a draft is nearly the same as; what is on sale already is not asked about again."""
    if product.state != "draft":
        return []
    found = [unpack(hit.card) for hit in engine().find(Query(text=product.name, limit=_LOOKALIKES)).hits]
    return drafting.twins(actor(), product, [(card["id"], card["name"], card["slug"]) for card in found])


@bp.post("/produk-saya/<int:product_id>/tentang", defaults={"section": "tentang"})
@bp.post("/produk-saya/<int:product_id>/isi", defaults={"section": "isi"})
@bp.post("/produk-saya/<int:product_id>/harga", defaults={"section": "harga"})
@bp.post("/produk-saya/<int:product_id>/kesanggupan", defaults={"section": "kesanggupan"})
@requires("catalog:product:manage")
def save(product_id: int, section: str) -> ResponseReturnValue:
    """Save one section; input is kept when something is wrong or somebody was first."""
    product = editing.own_product(actor(), product_id)
    try:
        part = READERS[section](request.form, product.category_code)
        now = utc_now()
        with unit_of_work():
            if sections.save(actor(), product_id, version_of(request.form), part, now):
                submitting.recheck(actor(), product_id, now)
    except (Invalid, Conflict) as error:
        return _page(product_id, section, error)
    flash(_("Disimpan."), "ok")
    onward = guiding.after(section) if product.state == "draft" else section
    return redirect(f"/produk-saya/{product_id}?bagian={onward}#bagian-{onward}", 303)


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
        return _changed(
            product_id, lambda: photos.add_photo(actor(), product_id, kept, request.form.get("alt", ""), utc_now())
        )
    except (Invalid, Conflict) as error:
        return _page(product_id, "foto", error)


@bp.post("/produk-saya/<int:product_id>/foto/<int:photo_id>/utama")
@requires("catalog:product:manage")
def first_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Put a photo on the card."""
    return _changed(product_id, lambda: photos.first_photo(actor(), product_id, photo_id, utc_now()))


@bp.post("/produk-saya/<int:product_id>/foto/<int:photo_id>/keterangan")
@requires("catalog:product:manage")
def describe_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Say what a photo shows."""
    alt = request.form.get("alt", "")
    return _changed(product_id, lambda: photos.describe_photo(actor(), product_id, photo_id, alt, utc_now()))


@bp.post("/produk-saya/<int:product_id>/foto/<int:photo_id>/hapus")
@requires("catalog:product:manage")
def remove_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Take a photo off the product."""
    return _changed(product_id, lambda: photos.remove_photo(actor(), product_id, photo_id, utc_now()))


def _changed(product_id: int, verb: Callable[[], None]) -> ResponseReturnValue:
    with unit_of_work():
        verb()
        submitting.recheck(actor(), product_id, utc_now())
    flash(_("Foto disimpan."), "ok")
    return redirect(f"/produk-saya/{product_id}?bagian=foto#bagian-foto", 303)


@bp.post("/produk-saya/<int:product_id>/varian")
@requires("catalog:product:manage")
def add_variant(product_id: int) -> ResponseReturnValue:
    """Copy the product into a draft of another size or taste."""
    try:
        with unit_of_work():
            made = drafting.add_variant(actor(), product_id, request.form.get("label", ""), utc_now())
    except Invalid as error:
        return _page(product_id, "varian", error)
    flash(_("Varian dibuat sebagai konsep. Periksa harga, stok, dan fotonya."), "ok")
    return redirect(f"/produk-saya/{made}", 303)


@bp.post("/produk-saya/<int:product_id>/ajukan")
@requires("catalog:product:manage")
def submit(product_id: int) -> ResponseReturnValue:
    """Hand a draft in, when nothing that must be there is missing."""
    editing.own_product(actor(), product_id)
    try:
        with unit_of_work():
            guiding.refuse_unfinished(editing.own_product(actor(), product_id, lock=True))
            submitting.submit(actor(), product_id, version_of(request.form), utc_now())
    except (Invalid, Conflict) as error:
        return _page(product_id, "kirim", error)
    flash(_("Produk dikirim ke kurator. Anda diberi tahu bila ada putusan."), "ok")
    return redirect("/produk-saya", 303)
