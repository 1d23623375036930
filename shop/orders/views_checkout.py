"""Door: sending the basket: one surat pesanan per producer, sent once however often one clicks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from shop.base.actor import Actor
from shop.base.clock import local, local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Reused
from shop.budgets import reading as packages
from shop.catalog.offers import read_offers
from shop.db import session, unit_of_work
from shop.orders import again, attaching, basket, bounds, cart, checking, forms, places, reading, saved, terms
from shop.orders.basket import Basket
from shop.orders.cart import BasketLine
from shop.orders.placing import Placed, place_order
from shop.orders.wish import Delivery, Place, WantedLine
from shop.reference import regions
from shop.storage.files import FileStore
from shop.web.errors import faults_told, status_of, told
from shop.web.guard import actor, requires

bp = Blueprint("checkout", __name__)
_BASKET_CHANGED: Final = (
    "Keranjang Anda berubah di jendela lain sejak halaman ini dibuka. "
    "Yang dikirim tetap baris di bawah ini; periksa, lalu kirim lagi."
)
Form = Mapping[str, Any]
BEFORE: Final[Mapping[str, Callable[[Actor, Basket, Form, datetime], object]]] = {}
"""What other rooms say or ask before sending: {room: what it reads}, drawn inside the form by
`templates/<room>/_before.html` as `part` in this order; a room that has nothing to say answers None."""
SENT: Final[tuple[Callable[[Actor, Placed, Form, datetime], None], ...]] = ()
"""What other rooms write when orders are made, in the same unit of work: each may refuse with Invalid or Conflict."""


@bp.get("/kirim")
@requires("orders:order:place")
def checkout() -> ResponseReturnValue:
    """Ask for package, purpose, place and time, everything filled in that can be known."""
    who, now, args = actor(), utc_now(), request.args
    before = _earlier(who, args.get("ulang", ""))
    kept = _saved(who, args.get("simpanan", ""))
    only = {line.product_id for line in before.lines} if before else saved.products(kept) if kept else None
    held = cart.read(who, local_day(now))
    # What lay in the basket before stays there: nobody in a hurry sends it along unseen.
    lines = [line for line in held if only is None or line.product_id in only]
    ready = [line for line in lines if not line.fault]
    if not ready:
        return redirect("/keranjang", 303)
    values = _suggested(who, ready, before, now) | _asked(kept.purpose if kept else "")
    values |= {"package_id": args.get("paket") or values["package_id"], "basket_stamp": cart.stamp(who)}
    return _checkout(
        ready, MultiDict(values), left_out=[line for line in lines if line.fault], others=len(held) - len(lines)
    )


def _saved(who: Actor, text: str) -> saved.SavedView | None:
    if not text:
        return None
    return saved.view(who, forms.number(text, "simpanan", "Keranjang tersimpan ini tidak ada."))


def _asked(purpose: str) -> dict[str, str]:
    """Return what the link itself says: the purpose of a saved basket, or a need that was searched for."""
    args = request.args
    values = {"purpose": purpose}
    names = ("purpose", "headcount", "deliver.address", "deliver.kecamatan")
    values |= {name: one_line(args[name])[:300] for name in names if args.get(name)}
    with suppress(Invalid):  # a link with a wrong time: the suggestion stands
        if args.get("deliver.at"):
            values["deliver.at"] = forms.for_input(checking.moment(args["deliver.at"]))
    return {name: text for name, text in values.items() if text}


def _earlier(who: Actor, text: str) -> reading.OrderView | None:
    if not text:
        return None
    found = reading.order(reading.scope_of([who]), forms.number(text, "ulang", "Pesanan ini tidak ada."))
    if found.case.office_id != who.office_id:
        raise NotFound
    return found


def _suggested(who: Actor, lines: list[BasketLine], before: reading.OrderView | None, now: datetime) -> dict[str, str]:
    """Return what is filled in: from the order that is repeated, else from what this office wrote last."""
    if before is None:
        usual = basket.usual(who, lines)
        at = again.next_time(lines, now)
        found = [usual.address, usual.kecamatan, usual.purpose, usual.headcount, ""]
    else:
        at = again.next_time(lines, now, before.deliver_at)
        found = [before.deliver_address, before.deliver_kecamatan, before.purpose, before.headcount, before.package_id]
    names = ("deliver.address", "deliver.kecamatan", "purpose", "headcount", "package_id")
    values = {name: str(value or "") for name, value in zip(names, found, strict=True)}
    values["deliver.at"] = forms.for_input(at)
    return values | (_places_again(before) if before else {})


def _places_again(before: reading.OrderView) -> dict[str, str]:
    """Return the places of the order that is repeated, as the form names them."""
    stops = places.of_order(before.id)[1:]
    product_of = {line.id: line.product_id for line in before.lines}
    values = {"places": str(len(stops))} if stops else {}
    for n, stop in enumerate(stops, 2):
        parts = {"address": stop.address, "kecamatan": stop.code, "contact": stop.contact, "note": stop.note}
        values |= {f"p{n}.{name}": text for name, text in parts.items()}
        values |= {f"p{n}.q.{product_of[of]}": str(pieces) for of, pieces in stop.shares.items()}
    return values


def _checkout(
    lines: list[BasketLine],
    values: MultiDict[str, str],
    faults: list[tuple[str, str]] | None = None,
    status: int = 200,
    key: str | None = None,
    left_out: list[BasketLine] | None = None,
    others: int = 0,
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    today = local_day(now)
    kecamatan, day, stops = _where(values, lines, today)
    found = basket.add_up(lines, today, kecamatan, stops)
    choices = packages.orderable(who, local(now).year)
    package = basket.choose(choices, values.get("package_id"), found.sendable)
    shown = values.get("shown_total", "")
    return render_template(
        "orders/checkout.html",
        basket=found,
        packages=choices,
        package=package,
        unfitting=basket.unfitting(found.sendable, package.account_code) if package else (),
        package_options=forms.package_options(choices),
        values=values,
        key=key or values.get("key") or uuid.uuid4().hex,
        stamp=values.get("basket_stamp", ""),
        faults=faults or [],
        kecamatan=[(r.code, r.name) for r in regions.kecamatan(session)],
        accept_hours=terms.accept_hours(today),
        old_total=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 16 else None,  # noqa: PLR2004
        further=range(2, forms.place_count(values) + 2),
        rest=dict(stops[0].shares) if stops else {},
        left_out=left_out or [],
        others=others,
        alike=again.alike(who, found.sendable, day, now),
        per_head=bounds.per_head(found.sendable, forms.people(values.get("headcount")), today),
        attachments=attaching.of_basket(who),
        kinds=[(kind, _(label)) for kind, label in attaching.KINDS.items()],
        before=[(room, part) for room, read in BEFORE.items() if (part := read(who, found, values, now)) is not None],
    ), status


def _where(
    values: MultiDict[str, str], lines: list[BasketLine], today: date
) -> tuple[str, date | None, tuple[Place, ...]]:
    """Return kecamatan, day and places as far as they make sense: the page is drawn whatever was typed."""
    kecamatan = one_line(values.get("deliver.kecamatan", ""))
    wanted = [WantedLine(line.product_id, line.quantity) for line in lines]
    try:
        at = checking.moment(values.get("deliver.at", ""))
    except Invalid:
        return kecamatan, None, ()
    place = Delivery(values.get("deliver.address", ""), kecamatan, at)
    day = local_day(at)
    known = today <= day <= today + terms.FARTHEST_DELIVERY
    return kecamatan, day if known else None, forms.together(place, forms.places_of(values, wanted, []), wanted)


@bp.post("/kirim")
@requires("orders:order:place")
def send() -> ResponseReturnValue:
    """Send what the person saw. Whatever stands in the way, everything typed is still there afterwards."""
    who, form, now = actor(), request.form, utc_now()
    key = form.get("key", "")
    try:
        _receive_paper(who, now)
        if changed := _rearranged(who):
            return _again([], 200, changed)
        wanted = forms.wish(form)
        with unit_of_work():
            placed = place_order(who, wanted, key, now)
            if not placed.again:
                _follow_up(who, placed, [line.product_id for line in wanted.lines], now)
    except Invalid as error:
        return _again(faults_told(error), 422)
    except Reused:
        words = _(
            "Isian ini sudah pernah dikirim. Lihat Pesanan; kirim lagi hanya bila Anda memang ingin pesanan baru."
        )
        return _again([("", words)], 422, new_key=uuid.uuid4().hex)
    except (Conflict, Forbidden) as error:  # the package may have been taken back meanwhile: keep what was typed
        changed = MultiDict(form)
        if error.kind == "basket-changed":  # told once; what is sent next is sent knowing it
            changed["basket_stamp"] = cart.stamp(who)
        return _again([("", told(error))], status_of(error), changed)
    return redirect("/kirim/selesai?pesanan=" + ",".join(map(str, placed.order_ids)), 303)


def _receive_paper(who: Actor, now: datetime) -> None:
    """Keep an uploaded paper with the basket, whichever button was pressed: nobody chooses a file twice."""
    store: FileStore = current_app.extensions["files"]
    paper = forms.paper(request.form, request.files, store)
    if paper is not None:
        with unit_of_work():
            attaching.put_by(who, paper, now)


def _rearranged(who: Actor) -> MultiDict[str, str] | None:
    """Return the form after a button that only rearranges it; None when it is to be sent."""
    form = request.form
    gone, paper = forms.people(form.get("drop_place")), forms.people(form.get("drop_paper"))
    if paper:
        with unit_of_work():
            attaching.take_away(who, paper)
    if form.get("act") == "add_place":
        return forms.with_place(form)
    if gone:
        return forms.without_place(form, gone)
    return MultiDict(form) if paper or form.get("act") in {"recount", "upload"} or form.get("drop") else None


def _follow_up(who: Actor, placed: Placed, product_ids: list[int], now: datetime) -> None:
    """Do what belongs to sending: judged after the package is locked, so of two windows only one sends the basket.

    Raises Conflict `basket-changed` when the basket is not what it was when the page was opened.
    """
    stamp = request.form.get("basket_stamp")
    if stamp and stamp != cart.stamp(who):
        raise Conflict(_BASKET_CHANGED, kind="basket-changed")
    cart.take_out(who, product_ids)
    attaching.send_along(who, placed.order_ids, now)
    for write in SENT:
        write(who, placed, request.form, now)


def _again(
    faults: list[tuple[str, str]], status: int, form: MultiDict[str, str] | None = None, new_key: str | None = None
) -> tuple[str, int]:
    """Show the form again with everything kept: the lines as they were sent, judged by today's offers."""
    form = MultiDict(request.form) if form is None else form
    known = {"package_id", "purpose", "headcount", "deliver.address", "deliver.kecamatan", "deliver.at", "places"}
    known |= {"attachment", "attachment_kind", *(name for name in form if name.startswith("p"))}
    return _checkout(_lines_again(), form, [(f if f in known else "", words) for f, words in faults], status, new_key)


def _lines_again() -> list[BasketLine]:
    form = request.form
    try:
        wanted = forms.lines_of(form)
    except Invalid:
        return list(cart.read(actor(), local_day(utc_now())))
    found = read_offers([line.product_id for line in wanted], local_day(utc_now()))
    seen = [int(price) if price.isascii() and price.isdigit() else 0 for price in form.getlist("seen_price")]
    seen += [0] * (len(wanted) - len(seen))
    return [
        BasketLine(line.product_id, line.quantity, one_line(line.note), price, found.get(line.product_id))
        for line, price in zip(wanted, seen, strict=False)
        if str(line.product_id) != form.get("drop")
    ]


@bp.get("/kirim/selesai")
@requires("orders:order:place")
def sent() -> ResponseReturnValue:
    """Show the surat pesanan that were made."""
    ids = [
        int(text)
        for text in request.args.get("pesanan", "").split(",")[:50]
        if text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 - below 2**63
    ]
    found = reading.some(reading.scope_of([actor()]), ids)
    if not found:
        raise NotFound
    return render_template("orders/sent.html", orders=found, total=sum(order.total for order in found))
