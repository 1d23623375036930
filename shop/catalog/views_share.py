"""Doors for being found elsewhere: stable link, share card, poster, product feed."""

from __future__ import annotations

import hashlib
from typing import Final, cast

from flask import Blueprint, Response, current_app, redirect, request, send_file, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import NotFound
from shop.base.money import percent, rupiah
from shop.catalog import editing, feeding, own_list, places, reading
from shop.catalog.reading import Facts
from shop.papers import qr
from shop.papers.card import card
from shop.papers.pdf import Paper
from shop.storage.files import FileStore
from shop.web.guard import actor, public, requires
from shop.web.public import public_root

bp = Blueprint("share", __name__)
_HAND: Final = "1"
"""Raise it when cards are drawn differently, so that kept ones are drawn anew."""
_SHOP_LINES: Final = 12


def _files() -> FileStore:
    return cast("FileStore", current_app.extensions["files"])


@bp.get("/p/<int:product_id>")
@public
def short(product_id: int) -> ResponseReturnValue:
    """Lead a printed link to its product, whatever it is called today."""
    facts = reading.product_facts(product_id, local_day(utc_now()))
    return redirect(f"/produk/{facts.id}-{facts.slug}", 302)


@bp.get("/bagikan/<int:product_id>.jpg")
@public
def share_card(product_id: int) -> ResponseReturnValue:
    """Answer the picture beside a shared link; drawn once for what it shows."""
    facts = reading.product_facts(product_id, local_day(utc_now()))
    if not facts.for_sale:
        raise NotFound
    photo = facts.photos[0].key if facts.photos else ""
    price = f"{rupiah(facts.price)} / {facts.unit}"
    shown = (_HAND, facts.name, price, facts.vendor_name, photo)
    key = f"{hashlib.sha256(repr(shown).encode()).hexdigest()}.jpg"
    try:
        path = _files().path(key)
    except NotFound:
        picture = _photo(photo)
        _files().put(card(facts.name, price, facts.vendor_name, "e-Order Jakpreneur", picture), "jpg", key=key)
        path = _files().path(key)
    answer: Response = send_file(path, "image/jpeg", conditional=True, etag=key)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _photo(key: str) -> bytes | None:
    return _files().path(f"{key}-1280.webp").read_bytes() if key else None


@bp.get("/umpan/produk.xml")
@public
def feed() -> ResponseReturnValue:
    """Answer every product for sale in the shape that shopping platforms read."""
    return _feed(None, "e-Order Jakpreneur", _("Produk usaha kecil Jakarta"))


@bp.get("/produsen/<slug>/umpan.xml")
@public
def maker_feed(slug: str) -> ResponseReturnValue:
    """Answer the products of one producer that are for sale."""
    maker = reading.maker(slug)
    return _feed(maker.id, maker.name, _("Produk %(name)s", name=maker.name))


def _feed(vendor_id: int | None, title: str, about: str) -> Response:
    mark, root = feeding.mark(vendor_id), public_root()
    text = stream_with_context(feeding.feed(root, title, about, vendor_id))
    answer = Response(text, mimetype="application/rss+xml")
    answer.set_etag(hashlib.sha256(f"{mark.tag}{root}{title}{about}".encode()).hexdigest()[:32])
    answer.last_modified = mark.changed_at
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer.make_conditional(request)


@bp.get("/produk-saya/<int:product_id>/poster.pdf")
@requires("catalog:product:manage")
def poster(product_id: int) -> ResponseReturnValue:
    """Answer a poster of one own product, to be printed and hung where people pass."""
    editing.own_product(actor(), product_id)
    day = local_day(utc_now())
    facts = reading.product_facts(product_id, day)
    paper = Paper(facts.name, utc_now(), lang="id", below=_("Dijual di e-Order Jakpreneur"))
    if facts.photos:
        paper.picture(_photo(facts.photos[0].key) or b"", alt=facts.name, width=174)
    paper.heading(facts.name)
    paper.paragraph(f"{rupiah(facts.price)} / {facts.unit}", bold=True, size=26)
    paper.paragraph(_("Buatan %(maker)s, %(place)s", maker=facts.vendor_name, place=_place(facts)), size=14)
    for line in _claims(facts):
        paper.paragraph(line, size=12)
    _code(paper, f"{public_root()}/p/{facts.id}", _("Pindai untuk memesan"))
    return _pdf(paper, f"poster-{facts.slug}.pdf")


def _place(facts: Facts) -> str:
    return str(_("Kecamatan %(name)s", name=places.kecamatan().get(facts.kecamatan_code, "")))


def _claims(facts: Facts) -> list[str]:
    proof, said = facts.proof, []
    if facts.halal:
        said.append(_("Halal"))
    if proof.evidence != "none":
        kind = _("bersertifikat") if proof.evidence == "certified" else _("pernyataan mandiri")
        said.append(
            _("TKDN %(share)s, %(kind)s nomor %(number)s", share=percent(proof.tkdn_bp), kind=kind, number=proof.number)
        )
    if facts.min_order > 1:
        said.append(_("Pesanan minimal %(count)s %(unit)s", count=facts.min_order, unit=facts.unit))
    return [str(line) for line in said]


@bp.get("/produk-saya/poster.pdf")
@requires("catalog:product:manage")
def shop_poster() -> ResponseReturnValue:
    """Answer a poster of the producer's shop with its newest products."""
    slug = reading.own_slug(actor())
    maker = reading.maker(slug)
    sold, _counts = own_list.own_products(actor(), "published", 0, _SHOP_LINES)
    paper = Paper(maker.name, utc_now(), lang="id", below=_("Dijual di e-Order Jakpreneur"))
    paper.heading(maker.name)
    place = places.kecamatan().get(maker.kecamatan_code, "")
    paper.paragraph(_("Kecamatan %(name)s", name=place), size=14)
    if maker.story:
        paper.paragraph(maker.story, size=12)
    if sold:
        table = [(row.name, f"{rupiah(row.price)} / {row.unit}") for row in sold]
        paper.table((_("Produk"), _("Harga")), table, ("L", "R"), widths=(2, 1), size=13)
    _code(paper, f"{public_root()}/produsen/{maker.slug}", _("Pindai untuk melihat semua produk"))
    return _pdf(paper, f"poster-{maker.slug}.pdf")


def _code(paper: Paper, link: str, words: str) -> None:
    paper.beside(qr.png(link), alt=_("Kode QR menuju %(link)s", link=link), size=52, lines=(words, link))


def _pdf(paper: Paper, name: str) -> Response:
    answer = Response(paper.content(), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
