"""Door: the basket: what it weighs, what would raise its shares, and keeping it under a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local, local_day, utc_now
from shop.base.errors import Conflict, Invalid
from shop.budgets import reading as packages
from shop.catalog.categories import shelves
from shop.db import unit_of_work
from shop.orders import again, basket, bounds, cart, forms, raising, saved
from shop.orders.cart import BasketLine
from shop.web import choosing
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires
from shop.web.onward import path_here
from shop.web.shelf import engine

bp = Blueprint("basket", __name__)
_ID = "<int:product_id>"


@bp.get("/keranjang")
@requires("orders:cart:edit")
def index() -> ResponseReturnValue:
    """Show the basket at today's prices, what it leaves of the pagu, and which papers it needs."""
    return _basket()


def _basket(
    faults: list[tuple[str, str]] | None = None, status: int = 200, saving: Any = None, opened: str = ""
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    today = local_day(now)
    lines = cart.read(who, today)
    found = basket.add_up(lines, today)
    usual = basket.usual(who, lines)
    people = forms.people(request.args.get("headcount")) or usual.headcount or _guess(lines)
    choices = packages.orderable(who, local(now).year)
    package = basket.choose(choices, request.args.get("paket"), found.sendable)
    return render_template(
        "orders/basket.html",
        basket=found,
        packages=choices,
        package_options=forms.package_options(choices),
        faults=faults or [],
        package=package,
        unfitting=basket.unfitting(found.sendable, package.account_code) if package else (),
        better=raising.better(found, engine().find, usual.kecamatan, today) if found.sendable else (),
        swapped=raising.swapped(lines, today),
        alike=again.alike(who, found.sendable, None, now),
        per_head=bounds.per_head(found.sendable, people, today),
        people=people,
        saving=saving or {},
        opened=opened,
        weighed=choosing.weighed(found.sendable, usual.kecamatan, today),
    ), status


def _guess(lines: Sequence[BasketLine]) -> int | None:
    """Return for how many people this is when nobody has said: the largest number of any food."""
    food = (x.quantity for x in lines if x.offer and not x.fault and shelves()[x.offer.category_code].kind == "food")
    return max(food, default=None)


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
                seen = forms.people(form.get("seen"))
                cart.put(actor(), product_id, pieces, form.get("note", ""), utc_now(), add=False, seen=seen)
            else:
                cart.take_out(actor(), [product_id])
    except Invalid as error:
        return _basket(faults_told(error), 422)
    except Conflict as error:
        return _basket([("", told(error))], 409)
    return redirect(_back(), 303)


def _back() -> str:
    package = request.form.get("paket", "")
    return f"/keranjang?paket={package}" if package.isascii() and package.isdigit() else "/keranjang"


@bp.post(f"/keranjang/{_ID}/ganti")
@requires("orders:cart:edit")
def swap(product_id: int) -> ResponseReturnValue:
    """Put an equal product in place of a line, or put back what was there."""
    try:
        to = forms.product_id(request.form.get("to"))
        with unit_of_work():
            cart.swap(actor(), product_id, to, local_day(utc_now()))
    except Invalid as error:
        return _basket(faults_told(error), 422)
    except Conflict as error:
        return _basket([("", told(error))], 409)
    flash(_("Diganti. Tekan Kembalikan yang lama pada barisnya bila tidak jadi."), "ok")
    return redirect(_back(), 303)


@bp.post("/simpanan")
@requires("orders:cart:edit")
def keep() -> ResponseReturnValue:
    """Keep the basket under a name."""
    form = request.form
    try:
        with unit_of_work():
            saved.save(actor(), forms.naming(form), utc_now())
    except Invalid as error:
        return _basket(faults_told(error), 422, form, "simpan")
    except Conflict as error:
        return _basket([("", told(error))], 409, form, "simpan")
    flash(_("Tersimpan. Lain kali cukup tekan Pakai di Keranjang tersimpan."), "ok")
    return redirect("/simpanan", 303)
