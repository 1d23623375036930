"""Doors for everyone: finding products, one product, one producer, the shelves, photos."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, cast

from flask import Blueprint, Response, current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.base.clock import utc_now
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound
from shop.catalog import browsing, listing, places, reading
from shop.catalog.browsing import Wish
from shop.catalog.cards import unpack
from shop.catalog.categories import shelves
from shop.catalog.listing import Option
from shop.search import Query, Result
from shop.sourcing import record_trail
from shop.storage.files import FileStore, mimetype
from shop.storage.uploads import PHOTO_WIDTHS
from shop.web import choosing
from shop.web.errors import faults_told
from shop.web.frame import Cut, cut, fill, filled, framed, macro, pieces, slot
from shop.web.guard import actor, public
from shop.web.language import gettext as _
from shop.web.language import language, numeral
from shop.web.paging import Page, page_from
from shop.web.record import record
from shop.web.shelf import cards, engine, joined, share_meta

bp = Blueprint("catalog", __name__)

_COUNTED: Final = (*browsing.COUNTED, *browsing.FLAGS)
_PHOTO: Final = re.compile(rf"[0-9a-f]{{64}}-(?:{'|'.join(map(str, PHOTO_WIDTHS))})\.webp")


# Drawing. What is kept depends on nothing but its arguments, of which the language is one.


@lru_cache(2_048)
def _tick(_lang: str, name: str, value: str, label: str, ticked: bool, step: int) -> Cut:  # noqa: FBT001 - as kept
    return cut(filled("catalog/tick.html", ticked, step, name=name, value=value, label=label, found=slot("found")))


def _chips(wish: Wish, clear: str) -> Markup:
    one = pieces("catalog/chip.html", ("label", "href"))
    chips = [fill(one, label=chip.label, href=chip.href) for chip in listing.chips(wish, language(), _)]
    return filled("catalog/chips.html", chips=joined(chips), clear=clear)


@lru_cache(1_024)
def _pages(_lang: str, page: int, last: int) -> Cut:
    return cut(macro("catalog/search_parts.html", "pages")(page, last, slot("base")))


@lru_cache(2)
def _labels(_lang: str) -> dict[str, str]:
    return {value: str(_(label)) for value, label in listing.LABELS.items()}


@lru_cache(4_096)
def _part(_lang: str, name: str, *values: object) -> Markup:
    return macro("catalog/search_parts.html", name)(*values)


def _ticks(options: Iterable[Option]) -> Markup:
    lang, parts = language(), list[str]()
    for name, value, label, found, ticked, step in options:
        before, _slot, after = _tick(lang, name, value, label, ticked, step)
        parts += (before, numeral(found, lang), after)
    return joined(parts)


def _facets(result: Result, wish: Wish) -> dict[str, Markup]:
    counts, chosen, lang = result.facets, wish.facets, language()
    labels = _labels(lang)
    near, far = listing.kecamatan_options(counts["kecamatan"], chosen.get("kecamatan", ()))
    return {
        "category": _ticks(listing.category_options(counts["category"], chosen.get("category", ()), lang)),
        "evidence": _ticks(listing.fixed_options("evidence", counts["evidence"], chosen.get("evidence", ()), labels)),
        "tkdn_band": _ticks(
            listing.fixed_options("tkdn_band", counts["tkdn_band"], chosen.get("tkdn_band", ()), labels)
        ),
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
        wish, page, faults = (
            Wish(text=request.args.get("q", "")[: browsing.MAX_TEXT]),
            Page(1, 24),
            [(name, f"{_(listing.FIELDS.get(name, name))}: {sentence}") for name, sentence in faults_told(error)],
        )
    result = engine().find(browsing.to_query(wish, now, offset=page.offset, limit=page.size, count=_COUNTED))
    drawn = _results(wish, page, result, faults)
    if not faults:
        _note(wish, page, result)
    return drawn, 422 if faults else 200


def _note(wish: Wish, page: Page, result: Result) -> None:
    """Keep what a buying officer was shown. The newest first is an order that says nothing; all others rank."""
    if not record_trail.chooses(actor()):
        return
    asked: dict[str, object] = {}
    for name, value in [*listing.pairs_of(wish), *([("page", str(page.number))] if page.number > 1 else [])]:
        asked[name] = one_line(f"{asked[name]}, {value}" if name in asked else value)
    seen = [(hit.id, int(unpack(hit.card)["price"])) for hit in result.hits]
    sort = wish.sort or ("relevance" if wish.text else "newest")
    choosing.note("search", asked, seen, ranked=sort != "newest" and page.number == 1)


def _results(wish: Wish, page: Page, result: Result, faults: Sequence[tuple[str, str]]) -> str:
    lang, total, args = language(), result.total, request.args
    again, last = listing.address([*listing.pairs_of(wish), ("page", "")]), page.last(total)
    clear = listing.address([("q", wish.text)] if wish.text else [])
    nothing = (
        ""
        if result.hits
        else render_template(
            "catalog/nothing.html", wish=wish, total=total, last=last, again=again, clear=clear, others=_others(wish)
        )
    )
    facets = _facets(result, wish)
    content = filled(
        "catalog/search.html",
        wish.filters,
        bool(wish.text),
        bool(facets["category"]),
        bool(facets["kecamatan"]),
        bool(facets["more"]),
        faults=_part(lang, "faults", tuple(faults)) if faults else "",
        words=wish.text,
        heading=_part(lang, "heading", total),
        for_words=_("untuk “%(words)s”", words=wish.text) if wish.text else "",
        sorts=_part(lang, "sorts", listing.SORT_LABELS, wish.sort or ("relevance" if wish.text else "newest")),
        chips=_chips(wish, clear) if wish.filters else "",
        meant=_part(lang, "meant", result.did_you_mean, _meant(wish, result)) if result.did_you_mean else "",
        cards=cards(result.hits, compare=True),
        nothing=Markup(nothing),  # noqa: S704 - drawn by our template
        pages=fill(_pages(lang, page.number, last), base=again) if last > 1 else "",
        price_min=args.get("price_min", ""),
        price_max=args.get("price_max", ""),
        serves_on=wish.serves_on[:10],
        headcount=args.get("headcount", ""),
        **facets,
    )
    title = _("%(words)s: hasil pencarian", words=wish.text) if wish.text else _("Katalog")
    meta = share_meta(again.partition("page=")[0].rstrip("?&"), title, _("Produk usaha kecil Jakarta"))
    return framed(content, title=title, here="/katalog", words=wish.text, wrong=bool(faults), meta=meta)


def _meant(wish: Wish, result: Result) -> str:
    if not result.did_you_mean:
        return ""
    return listing.address([("q", result.did_you_mean), *(p for p in listing.pairs_of(wish) if p[0] != "q")])


def _others(wish: Wish) -> list[tuple[str, str]]:
    """Shelves to look on when nothing was found."""
    return (
        []
        if wish.filters
        else [
            (shelf.name(language()), listing.address([("category", shelf.code)]))
            for shelf in shelves().values()
            if shelf.parent_code is None
        ][:6]
    )


@bp.get("/kategori")
@public
def categories() -> ResponseReturnValue:
    """All shelves with what they hold."""
    counts = engine().find(Query(limit=0, count=("category",))).facets["category"]
    tree = [
        (
            shelf,
            counts.get(shelf.code, 0),
            [(leaf, counts.get(leaf.code, 0)) for leaf in shelves().values() if leaf.parent_code == shelf.code],
        )
        for shelf in shelves().values()
        if shelf.parent_code is None
    ]
    return framed(render_template("catalog/shelves.html", tree=tree), title=_("Kategori"), here="/katalog")


@bp.get("/produsen/<slug>")
@public
def maker(slug: str) -> ResponseReturnValue:
    """One producer and what it sells."""
    found = reading.maker(slug)
    page = page_from(request.args.get("page"))
    result = engine().find(
        Query(facets={"vendor": (str(found.id),)}, sort="-created", offset=page.offset, limit=page.size)
    )
    content = render_template(
        "catalog/maker.html",
        maker=found,
        kecamatan=places.kecamatan().get(found.kecamatan_code, ""),
        total=result.total,
        cards=cards(result.hits),
        record=record("vendor", found.id, found.id),
        page=page,
        last=page.last(result.total),
        again=f"/produsen/{found.slug}?page=",
    )
    meta = share_meta(f"/produsen/{found.slug}", found.name, found.story or _("Produk %(name)s", name=found.name))
    return framed(content, title=found.name, here="/katalog", meta=meta)


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
