"""Door: sending the basket: one surat pesanan per producer, sent once however often one clicks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from shop.approvals import asking
from shop.approvals import reading as asked_for
from shop.approvals.keeping import Words
from shop.base.actor import Actor
from shop.base.clock import at_local, local, local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Reused
from shop.budgets import reading as packages
from shop.catalog.offers import read_offers
from shop.db import session, unit_of_work
from shop.orders import (
    again,
    attaching,
    basket,
    bounds,
    carried,
    cart,
    checking,
    forms,
    office_limit,
    reading,
    saved,
    suggesting,
    terms,
)
from shop.orders.basket import Basket
from shop.orders.cart import BasketLine
from shop.orders.placing import Placed, place_order
from shop.orders.wish import Delivery, Place, WantedLine, Wish
from shop.reference import regions
from shop.risk import notes
from shop.sourcing import record_freezing, record_judging, record_reasons
from shop.storage.files import FileStore
from shop.web import choosing, risks
from shop.web.errors import faults_told, status_of, told
from shop.web.guard import actor, requires
from shop.web.placed import follow_up

bp = Blueprint("checkout", __name__)
_BASKET_CHANGED: Final = (
    "Keranjang Anda berubah di jendela lain sejak halaman ini dibuka. "
    "Yang dikirim tetap baris di bawah ini; periksa, lalu kirim lagi."
)
Form = Mapping[str, Any]


@bp.get("/kirim")
@requires("orders:order:place")
def checkout() -> ResponseReturnValue:
    """Ask for package, purpose, place and time, everything filled in that can be known."""
    who, now, args = actor(), utc_now(), request.args
    before = suggesting.earlier(who, _numbered("ulang", "Pesanan ini tidak ada."))
    kept = suggesting.kept(who, _numbered("simpanan", "Keranjang tersimpan ini tidak ada."))
    only = {line.product_id for line in before.lines} if before else saved.products(kept) if kept else None
    held = cart.read(who, local_day(now))
    # What lay in the basket before stays there: nobody in a hurry sends it along unseen.
    lines = [line for line in held if only is None or line.product_id in only]
    ready = [line for line in lines if not line.fault]
    if not ready:
        return redirect("/keranjang", 303)
    values = suggesting.suggested(who, ready, before, now) | suggesting.asked(kept.purpose if kept else "", args)
    filled = {name: x if isinstance(x, str) else forms.for_input(x) for name, x in values.items()}
    filled |= {"package_id": args.get("paket") or filled["package_id"], "basket_stamp": cart.stamp(who)}
    left_out = [line for line in lines if line.fault]
    return _checkout(ready, MultiDict(filled), left_out=left_out, others=len(held) - len(lines))


def _numbered(name: str, missing: str) -> int | None:
    return forms.number(request.args[name], name, missing) if request.args.get(name) else None


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
        warned=risks.warned(who, package, lines, values, now),
        **_limited(who, package.id if package else 0, found.payable, day, now),
        **_held_against(found, kecamatan, values, now),
    ), status


def _limited(who: Actor, package_id: int, total: int, day: date | None, now: datetime) -> dict[str, object]:
    """Return whether this basket, with what was sent beside it, needs the PPK's yes, and the papers that go along."""
    at = now if day is None else at_local(day, time(12))
    passed = office_limit.passed(who.office_id or 0, package_id, total, at, now)
    return {
        "needs_yes": passed is not None,
        "approval_above": passed[0] if passed else None,
        "attachments": attaching.of_basket(who),
        "kinds": [(kind, _(label)) for kind, label in attaching.KINDS.items()],
    }


def _held_against(found: Basket, kecamatan: str, values: Form, now: datetime) -> dict[str, object]:
    """Return what each line is held against: bands and ceilings, what was seen and passed over, the amount a head."""
    today = local_day(now)
    return {
        "weighed": choosing.weighed(found.sendable, kecamatan, today),
        "judged": choosing.judged(found.sendable, values.get("deliver.at", ""), now),
        "reasons": [(code, _(label)) for code, label in record_reasons.REASONS.items()],
        "per_head": bounds.per_head(found.sendable, forms.people(values.get("headcount")), today),
    }


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
        wanted, note = forms.wish(form), notes.words_of(form.get("risk_note", ""))
        if form.get("act") == "ask":
            return _ask(who, wanted, key, note, now)
        choosing.catch_up(who)
        with unit_of_work():
            placed = place_order(who, wanted, key, now, channel="basket")
            if not placed.again:
                _empty(who, placed, [line.product_id for line in wanted.lines], now)
            follow_up(who, placed, choosing.said(line.product_id for line in wanted.lines), note, now)
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


def _ask(who: Actor, wanted: Wish, key: str, note: str, now: datetime) -> ResponseReturnValue:
    """Hand the basket to the package's PPK instead of sending it, with everything that goes along."""
    said = {of: one.tidy for of, one in choosing.said(line.product_id for line in wanted.lines).items()}
    why = {of: (one.reason, one.words, one.import_words) for of, one in said.items()}
    with unit_of_work():
        request_id = asking.ask(who, wanted, key, now, Words(note, why))
        lines = asked_for.request(who, request_id).lines
        choices = [record_judging.Choice(x.product_id, x.quantity, x.unit_price) for x in lines]
        record_freezing.check(who, choices, said, wanted.delivery.at, now)
        carried.drop(who)
        cart.take_out(who, [line.product_id for line in wanted.lines])
    flash(_("Permintaan terkirim ke PPK. Harga dikunci sampai batas waktunya; pagu belum terikat."), "ok")
    return redirect(f"/persetujuan/{request_id}", 303)


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


def _empty(who: Actor, placed: Placed, product_ids: list[int], now: datetime) -> None:
    """Let what was sent leave the basket, its papers go along: judged after the package is locked, so of two windows only one sends the basket.

    Raises Conflict `basket-changed` when the basket is not what it was when the page was opened.
    """
    stamp = request.form.get("basket_stamp")
    if stamp and stamp != cart.stamp(who):
        raise Conflict(_BASKET_CHANGED, kind="basket-changed")
    cart.take_out(who, product_ids)
    carried.drop(who)
    attaching.send_along(who, placed.order_ids, now)


def _again(
    faults: list[tuple[str, str]], status: int, form: MultiDict[str, str] | None = None, new_key: str | None = None
) -> tuple[str, int]:
    """Show the form again with everything kept: the lines as they were sent, judged by today's offers."""
    form = MultiDict(request.form) if form is None else form
    known = {
        "package_id",
        "purpose",
        "headcount",
        "deliver.address",
        "deliver.kecamatan",
        "deliver.at",
        "places",
        "risk_note",
    }
    known |= {"attachment", "attachment_kind", *(name for name in form if name.startswith("p"))}
    # A question that was not asked before the choice was judged again is in no form yet, but on the page that is drawn now.
    told_at = [(f if f in known or f.startswith(choosing.ASKED) else "", words) for f, words in faults]
    return _checkout(_lines_again(), form, told_at, status, new_key)


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
