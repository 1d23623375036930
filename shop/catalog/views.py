"""Doors for everyone: finding products, one product, one producer, the shelves, photos."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, cast

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid, NotFound
from shop.base.money import rupiah
from shop.catalog import browsing, listing, places, reading
from shop.catalog.browsing import Wish
from shop.catalog.cards import unpack
from shop.catalog.categories import chain, shelves
from shop.catalog.listing import Option
from shop.catalog.reading import Facts
from shop.search import Engine, Hit, Query, Result
from shop.storage.files import FileStore, mimetype
from shop.storage.uploads import PHOTO_WIDTHS
from shop.web.errors import faults_told
from shop.web.frame import Cut, cut, fill, filled, framed, macro, pieces, slot
from shop.web.guard import actor, public
from shop.web.language import angka, language, numeral, persen, tanggal
from shop.web.language import gettext as _
from shop.web.paging import Page, page_from

bp = Blueprint("catalog", __name__)

_COUNTED: Final = (*browsing.COUNTED, *browsing.FLAGS)
_PHOTO: Final = re.compile(rf"[0-9a-f]{{64}}-(?:{'|'.join(map(str, PHOTO_WIDTHS))})\.webp")
_SIMILAR: Final = 4


def _engine() -> Engine:
    engine = cast("Engine", current_app.extensions["search"])
    engine.refresh()
    return engine


# Drawing. What is kept depends on nothing but its arguments, of which the language is one.


@lru_cache(8_192)
def _card(_lang: str, card: bytes) -> Markup:
    item = unpack(card)
    vendor, image = item["vendor"], item["image"] or ""
    tkdn = "" if item["evidence"] == "none" else persen(item["tkdn_bp"])
    return filled(
        "catalog/card.html", item["evidence"], item["pdn"], item["umk"], item["halal"], item["available"],
        "" if image else item["art"], bool(vendor["kecamatan"]),
        href=f"/produk/{item['id']}-{item['slug']}", name=item["name"], vendor=vendor["name"],
        kecamatan=vendor["kecamatan"], price=rupiah(item["price"]), unit=item["unit"], tkdn=tkdn, image=image,
    )


@lru_cache(2_048)
def _tick(_lang: str, name: str, value: str, label: str, ticked: bool, step: int) -> Cut:  # noqa: FBT001 - as kept
    return cut(filled("catalog/tick.html", ticked, step, name=name, value=value, label=label, found=slot("found")))


def _chips(wish: Wish, clear: str) -> Markup:
    one = pieces("catalog/chip.html", ("label", "href"))
    chips = [fill(one, label=chip.label, href=chip.href) for chip in listing.chips(wish, language(), _)]
    return filled("catalog/chips.html", chips=_joined(chips), clear=clear)


@lru_cache(1_024)
def _pages(_lang: str, page: int, last: int) -> Cut:
    return cut(macro("catalog/search_parts.html", "pages")(page, last, slot("base")))


@lru_cache(2)
def _labels(_lang: str) -> dict[str, str]:
    return {value: str(_(label)) for value, label in listing.LABELS.items()}


@lru_cache(4_096)
def _part(_lang: str, name: str, *values: object) -> Markup:
    return macro("catalog/search_parts.html", name)(*values)


def _cards(hits: Iterable[Hit]) -> Markup:
    lang = language()
    return _joined([_card(lang, hit.card) for hit in hits])


def _ticks(options: Iterable[Option]) -> Markup:
    lang, parts = language(), list[str]()
    for name, value, label, found, ticked, step in options:
        before, _slot, after = _tick(lang, name, value, label, ticked, step)
        parts += (before, numeral(found, lang), after)
    return _joined(parts)


def _facets(result: Result, wish: Wish) -> dict[str, Markup]:
    counts, chosen, lang = result.facets, wish.facets, language()
    labels = _labels(lang)
    near, far = listing.kecamatan_options(counts["kecamatan"], chosen.get("kecamatan", ()))
    return {
        "category": _ticks(listing.category_options(counts["category"], chosen.get("category", ()), lang)),
        "evidence": _ticks(listing.fixed_options("evidence", counts["evidence"], chosen.get("evidence", ()), labels)),
        "tkdn_band": _ticks(listing.fixed_options("tkdn_band", counts["tkdn_band"], chosen.get("tkdn_band", ()), labels)),
        "kecamatan": _ticks(near),
        "more_words": _part(lang, "more_words", len(far)) if far else Markup(),
        "more": _ticks(far),
        "flags": _ticks(listing.flag_options(counts, wish, labels)),
    }


@bp.get("/katalog")
@public
def search() -> ResponseReturnValue:
    """Find products: words, filters with live counts, exact total, what to do when there is none."""
    now, faults = utc_now(), list[tuple[str, str]]()
    try:
        wish = browsing.read_wish(request.args.to_dict(flat=False), now)
        page = page_from(request.args.get("page"))
    except Invalid as error:
        wish, page, faults = Wish(text=request.args.get("q", "")[: browsing.MAX_TEXT]), Page(1, 24), [
            (name, f"{_(listing.FIELDS.get(name, name))}: {sentence}") for name, sentence in faults_told(error)]
    result = _engine().find(browsing.to_query(wish, now, offset=page.offset, limit=page.size, count=_COUNTED))
    return _results(wish, page, result, faults), 422 if faults else 200


def _results(wish: Wish, page: Page, result: Result, faults: Sequence[tuple[str, str]]) -> str:
    lang, total, args = language(), result.total, request.args
    again, last = listing.address([*listing.pairs_of(wish), ("page", "")]), page.last(total)
    clear = listing.address([("q", wish.text)] if wish.text else [])
    nothing = "" if result.hits else render_template(
        "catalog/nothing.html", wish=wish, total=total, last=last, again=again, clear=clear, others=_others(wish))
    facets = _facets(result, wish)
    content = filled(
        "catalog/search.html", wish.filters, bool(wish.text), bool(facets["category"]), bool(facets["kecamatan"]),
        bool(facets["more"]),
        faults=_part(lang, "faults", tuple(faults)) if faults else "",
        words=wish.text, heading=_part(lang, "heading", total),
        for_words=_("untuk “%(words)s”", words=wish.text) if wish.text else "",
        sorts=_part(lang, "sorts", listing.SORT_LABELS, wish.sort or ("relevance" if wish.text else "newest")),
        chips=_chips(wish, clear) if wish.filters else "",
        meant=_part(lang, "meant", result.did_you_mean, _meant(wish, result)) if result.did_you_mean else "",
        cards=_cards(result.hits), nothing=Markup(nothing),  # noqa: S704 - drawn by our template
        pages=fill(_pages(lang, page.number, last), base=again) if last > 1 else "",
        price_min=args.get("price_min", ""), price_max=args.get("price_max", ""),
        serves_on=wish.serves_on[:10], headcount=args.get("headcount", ""), **facets,
    )
    title = _("%(words)s: hasil pencarian", words=wish.text) if wish.text else _("Katalog")
    return framed(content, title=title, here="/katalog", words=wish.text, wrong=bool(faults))


def _meant(wish: Wish, result: Result) -> str:
    if not result.did_you_mean:
        return ""
    return listing.address([("q", result.did_you_mean), *(p for p in listing.pairs_of(wish) if p[0] != "q")])


def _others(wish: Wish) -> list[tuple[str, str]]:
    """Shelves to look on when nothing was found."""
    return [] if wish.filters else [
        (shelf.name(language()), listing.address([("category", shelf.code)]))
        for shelf in shelves().values() if shelf.parent_code is None
    ][:6]


@bp.get("/kategori")
@public
def categories() -> ResponseReturnValue:
    """All shelves with what they hold."""
    counts = _engine().find(Query(limit=0, count=("category",))).facets["category"]
    tree = [
        (shelf, counts.get(shelf.code, 0), [(leaf, counts.get(leaf.code, 0)) for leaf in shelves().values()
                                            if leaf.parent_code == shelf.code])
        for shelf in shelves().values() if shelf.parent_code is None
    ]
    return framed(render_template("catalog/shelves.html", tree=tree), title=_("Kategori"), here="/katalog")


@bp.get("/produk/<int:product_id>", defaults={"slug": ""})
@bp.get("/produk/<int:product_id>-<slug>")
@public
def product(product_id: int, slug: str) -> ResponseReturnValue:
    """One product: what it is, who makes it, what it costs, what proves its TKDN."""
    facts = reading.product_facts(product_id, local_day(utc_now()))
    if slug != facts.slug:
        return redirect(f"/produk/{facts.id}-{facts.slug}", 301)
    found = _engine().find(Query(facets={"category": (facts.category_code,)}, limit=_SIMILAR + 1)).hits
    similar = [hit for hit in found if hit.id != facts.id][:_SIMILAR]
    order: str | Markup = ""
    if facts.available and actor().may("orders:cart:edit"):
        order = macro("catalog/product_parts.html", "order")(facts, generate_csrf())
    shelf = listing.address([("category", facts.category_code)])
    content = filled(
        "catalog/product.html", crumbs=_crumbs(facts), gallery=_gallery(facts), head=_head(facts), order=order,
        tiers=_tiers(facts), side=_side(facts), more=_proof(facts), text=_text(facts),
        similar=filled("catalog/similar.html", cards=_cards(similar), shelf=shelf) if similar else "",
    )
    return framed(content, title=facts.name, here="/katalog")


def _crumbs(facts: Facts) -> Markup:
    return fill(_way(language(), facts.category_code), name=facts.name)


@lru_cache(256)
def _way(lang: str, code: str) -> Cut:
    above = [shelf for step in reversed(chain(code)) if (shelf := shelves().get(step))]
    steps = [(shelf.name(lang), listing.address([("category", shelf.code)])) for shelf in above]
    return cut(macro("catalog/product_parts.html", "crumbs")([(_("Katalog"), "/katalog"), *steps, (slot("name"), "")]))


def _gallery(facts: Facts) -> Markup:
    shelf = shelves().get(facts.category_code)
    photos = [
        filled("catalog/product_photo.html", not at, key=photo.key, alt=photo.alt or _("Foto %(name)s", name=facts.name),
               width=str(photo.width), height=str(photo.height))
        for at, photo in enumerate(facts.photos)
    ]
    return filled("catalog/product_gallery.html", "" if photos else shelf.art if shelf else "umum", photos=_joined(photos))


def _head(facts: Facts) -> Markup:
    proof, place = facts.proof, places.kecamatan().get(facts.kecamatan_code, "")
    return filled(
        "catalog/product_head.html", proof.evidence, facts.pdn, facts.umk, facts.halal, facts.for_sale, facts.available,
        bool(place), name=facts.name, vendor=facts.vendor_name, vendor_slug=facts.vendor_slug, kecamatan=place,
        price=rupiah(facts.price), unit=facts.unit, tkdn=persen(proof.tkdn_bp),
    )


def _tiers(facts: Facts) -> Markup | str:
    if not facts.tiers:
        return ""
    steps = [(facts.min_order, facts.price), *((least, min(price, facts.price)) for least, price in facts.tiers)]
    rows = [filled("catalog/product_tier.html", least=angka(least), price=rupiah(price)) for least, price in steps]
    return filled("catalog/product_tiers.html", unit=facts.unit, rows=_joined(rows))


def _side(facts: Facts) -> Markup:
    numbers = {
        "least": facts.min_order, "hours": facts.lead_time_hours, "capacity": facts.daily_capacity, "stock": facts.stock,
        "serves": facts.serves, "weight": facts.weight_gram,
    }
    # 0, 1 and many are said differently; None is not said at all.
    ways = [-1 if number is None else min(number, 2) for number in numbers.values()]
    shown = {name: angka(number or 0) for name, number in numbers.items()}
    return filled("catalog/product_side.html", *ways, facts.closed_weekdays, unit=facts.unit, **shown)


def _proof(facts: Facts) -> Markup:
    proof = facts.proof
    gone = [filled("catalog/product_gone.html", number=paper.number, day=tanggal(paper.valid_until))
            for paper in facts.papers if paper.valid_until < facts.day]
    return filled(
        "catalog/product_proof.html", proof.evidence, facts.pdn, facts.umk, facts.halal, gone=_joined(gone),
        tkdn=persen(proof.tkdn_bp), bmp=persen(proof.bmp_bp), both=persen(proof.tkdn_bp + proof.bmp_bp),
        number=proof.number or "", until=tanggal(proof.valid_until) if proof.valid_until else "",
    )


def _text(facts: Facts) -> Markup:
    lines = [filled("catalog/product_line.html", line=line) for line in facts.description.splitlines() if line.strip()]
    return filled("catalog/product_text.html", bool(lines), bool(facts.ingredients), lines=_joined(lines),
                  ingredients=facts.ingredients)


def _joined(parts: Iterable[str]) -> Markup:
    return Markup("".join(parts))  # noqa: S704 - drawn by our templates


@bp.get("/produsen/<slug>")
@public
def maker(slug: str) -> ResponseReturnValue:
    """One producer and what it sells."""
    found = reading.maker(slug)
    page = page_from(request.args.get("page"))
    result = _engine().find(
        Query(facets={"vendor": (str(found.id),)}, sort="-created", offset=page.offset, limit=page.size)
    )
    content = render_template(
        "catalog/maker.html", maker=found, kecamatan=places.kecamatan().get(found.kecamatan_code, ""), total=result.total,
        cards=_cards(result.hits), page=page, last=page.last(result.total), again=f"/produsen/{found.slug}?page=",
    )
    return framed(content, title=found.name, here="/katalog")


@bp.get("/foto/<key>")
@public
def photo(key: str) -> ResponseReturnValue:
    """Answer a product photo. Its name is the hash of its content, so it may be kept for ever."""
    if not _PHOTO.fullmatch(key):
        raise NotFound  # papers lie in the same store and are nobody's to see here
    files = cast("FileStore", current_app.extensions["files"])
    response: Response = send_file(files.path(key), mimetype(key), conditional=True, etag=key)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
