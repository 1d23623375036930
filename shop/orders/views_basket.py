"""Door: the basket and sending it: one surat pesanan per producer, sent once however often one clicks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local, local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Reused
from shop.base.money import rupiah
from shop.budgets import reading as packages
from shop.catalog.offers import read_offers
from shop.db import session, unit_of_work
from shop.orders import basket, cart, forms, reading, terms
from shop.orders.cart import BasketLine
from shop.orders.placing import place_order
from shop.reference import regions
from shop.risk import notes
from shop.web import risks
from shop.web.errors import faults_told, status_of, told
from shop.web.guard import actor, requires
from shop.web.onward import path_here

bp = Blueprint("basket", __name__)
_ID = "<int:product_id>"


@bp.get("/keranjang")
@requires("orders:cart:edit")
def index() -> ResponseReturnValue:
    """Show the basket at today's prices, what it leaves of the pagu, and which papers it needs."""
    return _basket()


def _basket(faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    who, now = actor(), utc_now()
    found = basket.add_up(cart.read(who, local_day(now)), local_day(now))
    choices = packages.orderable(who, local(now).year)
    package = _chosen(choices, request.args.get("paket"), found.sendable)
    return render_template(
        "orders/basket.html",
        basket=found,
        packages=choices,
        package_options=_options(choices),
        faults=faults or [],
        package=package,
        unfitting=basket.unfitting(found.sendable, package.account_code) if package else (),
    ), status


def _options(choices: Any) -> list[tuple[int, str]]:
    return [
        (p.id, _("%(name)s · RUP %(code)s · tersisa %(left)s", name=p.name, code=p.rup_code, left=rupiah(p.left)))
        for p in choices
    ]


def _chosen(choices: Any, given: str | None, lines: Sequence[BasketLine]) -> Any:
    """Return the package asked for, else the first whose account fits what is bought, else the fullest."""
    asked = next((p for p in choices if str(p.id) == given), None)
    fitting = (p for p in choices if not basket.unfitting(lines, p.account_code))
    return asked or next(fitting, choices[0] if choices else None)


@bp.post("/keranjang")
@requires("orders:cart:edit")
def add() -> ResponseReturnValue:
    """Put a product into the basket, from its page."""
    form = request.form
    try:
        wanted, pieces = forms.product_id(form.get("product_id")), forms.quantity(form.get("quantity", "1"))
        with unit_of_work():
            cart.put(actor(), wanted, pieces, form.get("note", ""), utc_now())
    except Invalid as error:
        return _basket(faults_told(error), 422)
    except Conflict as error:
        return _basket([("", told(error))], 409)
    flash(_("Masuk keranjang."), "ok")
    return redirect(path_here(form.get("next")) or "/keranjang", 303)


@bp.post(f"/keranjang/{_ID}")
@requires("orders:cart:edit")
def change(product_id: int) -> ResponseReturnValue:
    """Change quantity and note of a line, or take it out."""
    form = request.form
    try:
        pieces = 0 if form.get("act") == "remove" else forms.quantity(form.get("quantity"))
        with unit_of_work():
            if pieces:
                cart.put(actor(), product_id, pieces, form.get("note", ""), utc_now(), add=False)
            else:
                cart.take_out(actor(), [product_id])
    except Invalid as error:
        return _basket(faults_told(error), 422)
    except Conflict as error:
        return _basket([("", told(error))], 409)
    package = form.get("paket", "")
    return redirect(f"/keranjang?paket={package}" if package.isdigit() else "/keranjang", 303)


@bp.get("/kirim")
@requires("orders:order:place")
def checkout() -> ResponseReturnValue:
    """Ask for package, purpose, place and time, everything filled in that can be known."""
    who, now = actor(), utc_now()
    lines = [line for line in cart.read(who, local_day(now)) if not line.fault]
    if not lines:
        return redirect("/keranjang", 303)
    address, kecamatan = basket.usual_place(who)
    values = {
        "package_id": request.args.get("paket", ""),
        "deliver.address": address,
        "deliver.kecamatan": kecamatan,
        "deliver.at": forms.for_input(basket.first_morning(lines, now)),
        "key": uuid.uuid4().hex,
    }
    return _checkout(lines, values)


def _checkout(
    lines: list[BasketLine],
    values: Any,
    faults: list[tuple[str, str]] | None = None,
    status: int = 200,
    key: str | None = None,
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    found = basket.add_up(lines, local_day(now), values.get("deliver.kecamatan", ""))
    choices = packages.orderable(who, local(now).year)
    shown = values.get("shown_total", "")
    package = _chosen(choices, values.get("package_id"), found.sendable)
    return render_template(
        "orders/checkout.html",
        basket=found,
        packages=choices,
        package=package,
        unfitting=basket.unfitting(found.sendable, package.account_code) if package else (),
        package_options=_options(choices),
        values=values,
        key=key or values.get("key") or uuid.uuid4().hex,
        faults=faults or [],
        kecamatan=[(r.code, r.name) for r in regions.kecamatan(session)],
        accept_hours=terms.accept_hours(local_day(now)),
        warned=risks.warned(who, package, lines, values, now),
        old_total=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 16 else None,  # noqa: PLR2004
    ), status


@bp.post("/kirim")
@requires("orders:order:place")
def send() -> ResponseReturnValue:
    """Send what the person saw. Whatever stands in the way, everything typed is still there afterwards."""
    who, form, key = actor(), request.form, request.form.get("key", "")
    if form.get("act") == "recount" or form.get("drop"):
        return _again([], 200)
    try:
        wanted, words = forms.wish(form), notes.words_of(form.get("risk_note", ""))
        with unit_of_work():
            placed = place_order(who, wanted, key, utc_now())
            if not placed.again:
                cart.take_out(who, [line.product_id for line in wanted.lines])
                notes.keep(who, placed.order_ids, words, utc_now())
    except Invalid as error:
        return _again(faults_told(error), 422)
    except Reused:
        words = _(
            "Isian ini sudah pernah dikirim. Lihat Pesanan; kirim lagi hanya bila Anda memang ingin pesanan baru."
        )
        return _again([("", words)], 422, uuid.uuid4().hex)
    except (Conflict, Forbidden) as error:  # the package may have been taken back meanwhile: keep what was typed
        return _again([("", told(error))], status_of(error))
    return redirect("/kirim/selesai?pesanan=" + ",".join(map(str, placed.order_ids)), 303)


def _again(faults: list[tuple[str, str]], status: int, key: str | None = None) -> tuple[str, int]:
    """Show the form again with everything kept: the lines as they were sent, judged by today's offers."""
    form = request.form
    known = {"package_id", "purpose", "headcount", "deliver.address", "deliver.kecamatan", "deliver.at", "risk_note"}
    return _checkout(_lines_again(), form, [(f if f in known else "", words) for f, words in faults], status, key)


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
