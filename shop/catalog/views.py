"""Doors for everyone: finding products, one product, one producer, the shelves, photos."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, Final, cast

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid, NotFound
from shop.catalog import browsing, listing, reading
from shop.catalog.browsing import Wish
from shop.catalog.cards import unpack
from shop.catalog.categories import chain, shelves
from shop.catalog.listing import Option
from shop.catalog.reading import Facts
from shop.db import session
from shop.reference import regions
from shop.search import Engine, Hit, Query, Result
from shop.storage.files import FileStore, mimetype
from shop.storage.uploads import PHOTO_WIDTHS
from shop.web.errors import faults_told
from shop.web.frame import framed, macro
from shop.web.guard import actor, public
from shop.web.language import language
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
    seller = {"vendor": item["vendor"]["name"], "kecamatan": item["vendor"]["kecamatan"]}
    return macro("catalog/card.html", "card")(item | seller | {"href": f"/produk/{item['id']}-{item['slug']}"})


@lru_cache(16_384)
def _tick(_lang: str, option: Option) -> Markup:
    return macro("catalog/facets.html", "tick")(option)


@lru_cache(2)
def _labels(_lang: str) -> dict[str, str]:
    return {value: str(_(label)) for value, label in listing.LABELS.items()}


def _cards(hits: Iterable[Hit]) -> Markup:
    lang = language()
    return Markup("").join([_card(lang, hit.card) for hit in hits])


def _ticks(options: Iterable[Option]) -> Markup:
    lang = language()
    return Markup("").join([_tick(lang, option) for option in options])


def _facets(result: Result, wish: Wish) -> dict[str, Any]:
    counts, chosen, labels = result.facets, wish.facets, _labels(language())
    near, far = listing.kecamatan_options(counts["kecamatan"], chosen.get("kecamatan", ()))
    fixed = {
        name: _ticks(listing.fixed_options(name, counts[name], chosen.get(name, ()), labels))
        for name in ("evidence", "tkdn_band")
    }
    return fixed | {
        "category": _ticks(listing.category_options(counts["category"], chosen.get("category", ()), language())),
        "kecamatan": _ticks(near),
        "more_kecamatan": _ticks(far),
        "far": len(far),
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
        wish, page, faults = Wish(text=request.args.get("q", "")[: browsing.MAX_TEXT]), Page(1, 24), faults_told(error)
    result = _engine().find(browsing.to_query(wish, now, offset=page.offset, limit=page.size, count=_COUNTED))
    return _results(wish, page, result, faults), 422 if faults else 200


def _results(wish: Wish, page: Page, result: Result, faults: Sequence[tuple[str, str]]) -> str:
    pairs = listing.pairs_of(wish)
    again = listing.address([*pairs, ("page", "")])
    content = render_template(
        "catalog/search.html",
        wish=wish, total=result.total, page=page, last=page.last(result.total), cards=_cards(result.hits),
        facets=_facets(result, wish), chips=listing.chips(wish, language(), _) if wish.filters else (),
        clear=listing.address([("q", wish.text)] if wish.text else []), again=again,
        sorts=listing.SORT_LABELS, sort=wish.sort or ("relevance" if wish.text else "newest"),
        meant=result.did_you_mean, meant_href=_meant(wish, result), faults=faults, typed=request.args,
        others=_others(wish) if not result.total else (),
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
    content = render_template(
        "catalog/product.html", facts=facts, drawn=_drawn(language(), facts), similar=_cards(similar),
        shelf_href=listing.address([("category", facts.category_code)]), may_order=actor().may("orders:cart:edit"),
    )
    return framed(content, title=facts.name, here="/katalog")


@lru_cache(2_048)
def _drawn(_lang: str, facts: Facts) -> dict[str, Markup]:
    """Draw what a product's page says whoever reads it; kept by exactly the facts it shows, so it is never stale."""
    above = [shelf for code in reversed(chain(facts.category_code)) if (shelf := shelves().get(code))]
    crumbs = [(shelf.name(language()), listing.address([("category", shelf.code)])) for shelf in above]
    art = above[-1].art if above else "umum"
    part = partial(macro, "catalog/product_parts.html")
    return {
        "crumbs": part("crumbs")([(_("Katalog"), "/katalog"), *crumbs, (facts.name, "")]),
        "gallery": part("gallery")(facts, art),
        "head": part("head")(facts, facts.proof, _kecamatan(facts.kecamatan_code)),
        "side": part("side")(facts),
        "more": part("more")(facts, facts.proof),
    }


def _kecamatan(code: str) -> str:
    region = regions.regions(session).get(code)
    return region.name if region else ""


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
        "catalog/maker.html", maker=found, kecamatan=_kecamatan(found.kecamatan_code), total=result.total,
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
