"""Door: the need: headcount, day, place and budget; then who can, and one tap into the basket."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.base.clock import local, local_day, utc_now
from shop.base.errors import Conflict, Invalid, NotFound
from shop.catalog.attributes import ALLERGENS
from shop.catalog.cards import photo_url
from shop.catalog.categories import shelves
from shop.catalog.photos import first_photos
from shop.db import session, unit_of_work
from shop.orders import cart, forms, track_record
from shop.orders.carried import Carried, keep
from shop.orders.terms import MAX_LINES
from shop.reference import regions
from shop.sourcing import need_reading, need_search
from shop.sourcing.need import ORDERS, WHY, Need
from shop.sourcing.need_reading import AVOIDABLE, FIRST, Typed
from shop.sourcing.need_search import Answer
from shop.web import choosing
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.language import language
from shop.web.paging import page_from

bp = Blueprint("need", __name__)
MOST_COMPARED = 4
CARD_WIDTH = 320


@bp.get("/kebutuhan")
@requires("orders:cart:edit")
def index() -> ResponseReturnValue:
    """Show the form with what this office usually needs, and who can do that."""
    return _page([], 200)


def _page(faults: list[tuple[str, str]], status: int) -> tuple[str, int]:
    who, now = actor(), utc_now()
    if who.office_id is None:
        raise NotFound
    asked = bool(request.args.get("orang") or request.args.get("tiba"))
    given = need_reading.typed(request.args.to_dict(flat=False)) if asked else need_reading.usual(who, now)
    answer = need = None
    try:
        need = need_reading.read(given, now)
        answer = need_search.find(who, need, now, page_from(request.args.get("page")).number)
    except Invalid as error:
        if asked:  # an office that has never ordered sees an empty form, not a list of faults
            faults, status = faults + faults_told(error), 422
    drawn = render_template(
        "sourcing/need.html",
        typed=given,
        faults=faults,
        asked=asked,
        need=need,
        answer=answer,
        weekend=need is not None and local(need.at).weekday() > 4,  # noqa: PLR2004 - Saturday
        shelves=_shelves(),
        kecamatan=[(r.code, r.name) for r in regions.kecamatan(session)],
        allergens=[(key, _(ALLERGENS[key])) for key in AVOIDABLE],
        orders=[(key, _(label), _order_link(given, key)) for key, label in ORDERS],
        why=_(WHY[need.order]) if need else "",
        enough=track_record.ENOUGH,
        tolerance=track_record.tolerance(local_day(now)),
        again=_again,
        for_input=forms.for_input,
        photos=_photos(answer),
    )
    if need is not None and answer is not None:
        _note(need, answer)
    return drawn, status


def _note(need: Need, answer: Answer) -> None:
    """Keep whom a buying officer was shown: what is taken straight from here has its step like what was searched."""
    seen = [(row.offer.id, row.unit_price) for row in answer.found]
    seen += [(part.offer.id, part.offer.price_at(part.pieces)) for part in answer.together]
    asked = need.asked | ({"page": answer.page} if answer.page > 1 else {})
    # Those who share a need that is too large stand in no order that means something; nor does a later page.
    choosing.note("need", asked, list(dict(seen).items()), ranked=answer.page == 1 and bool(answer.found))


def _photos(answer: Answer | None) -> dict[int, tuple[str | None, str]]:
    """Return {product: (address of its photo or None, illustration of its shelf)}."""
    found = {row.offer.id: row.offer.category_code for row in answer.found} if answer else {}
    keys = first_photos(found)
    known = shelves()
    return {
        number: (photo_url(keys[number], CARD_WIDTH) if number in keys else None, known[code].art)
        for number, code in found.items()
    }


def _shelves() -> list[tuple[str, str]]:
    """Return what can be needed: the usual first, then every shelf with those below it."""
    known, lang = shelves(), language()
    usual = [(code, known[code].name(lang)) for code in FIRST if code in known]
    rest = sorted(
        (s for s in known.values() if s.code not in FIRST),
        key=lambda s: (s.parent_code or s.code, s.parent_code is not None),
    )
    return usual + [(s.code, ("– " if s.parent_code else "") + s.name(lang)) for s in rest]


def _order_link(given: Typed, order: str) -> str:
    return "/kebutuhan?" + Typed({**given.values, "urut": order}, given.avoid).query


def _again(given: Typed, **changed: str) -> str:
    """Return the address of the same need with some fields changed."""
    return "/kebutuhan?" + Typed({**given.values, **changed}, given.avoid).query


@bp.post("/kebutuhan/keranjang")
@requires("orders:cart:edit")
def take() -> ResponseReturnValue:
    """Put what was chosen into the basket and carry the need to the form for sending: one tap, nothing typed twice."""
    who, now = actor(), utc_now()
    try:
        need = need_reading.read(need_reading.typed(request.args.to_dict(flat=False)), now)
        wanted = _wanted()
        with unit_of_work():
            for product_id, pieces in wanted:
                cart.put(who, product_id, pieces, "", now, add=False)
            keep(who, Carried(need.headcount, need.at, need.kecamatan, need.address, need.purpose), now)
    except Invalid as error:
        return _page(faults_told(error), 422)
    except Conflict as error:
        return _page([("", told(error))], 409)
    flash(
        ngettext(
            "%(num)s produk masuk keranjang. Periksa, lalu kirim.",
            "%(num)s produk masuk keranjang. Periksa, lalu kirim.",
            len(wanted),
        ),
        "ok",
    )
    return redirect("/kirim" if who.may("orders:order:place") else "/keranjang", 303)


def _wanted() -> list[tuple[int, int]]:
    ids, pieces = request.form.getlist("product_id"), request.form.getlist("quantity")
    if not ids or len(ids) != len(pieces) or len(ids) > MAX_LINES:
        raise Invalid.at("", "Pilih produk dari hasil pencarian, lalu coba lagi.")
    return [(forms.product_id(i), forms.quantity(q)) for i, q in zip(ids, pieces, strict=True)]


@bp.get("/kebutuhan/banding")
@requires("orders:cart:edit")
def compare() -> ResponseReturnValue:
    """Go on to the comparison with the ticked offers, four at most, for so many people on that day."""
    ticked = [text for text in request.args.getlist("produk") if text.isascii() and text.isdigit() and len(text) < 19]  # noqa: PLR2004
    chosen = list(dict.fromkeys(ticked))
    if len(chosen) > MOST_COMPARED:
        flash(_("Paling banyak empat yang dibandingkan; empat yang pertama ditampilkan."), "info")
    along = need_reading.onward(need_reading.typed(request.args.to_dict(flat=False)))
    return redirect("/banding?produk=" + ",".join(chosen[:MOST_COMPARED]) + (f"&{along}" if along else ""), 303)
