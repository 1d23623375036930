"""Doors of a producer's order inbox: what is new, what is being worked on, days off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Invalid
from shop.base.sheet import day
from shop.db import unit_of_work
from shop.orders import cards, inbox, places, punctuality, reasons
from shop.vendors import reach
from shop.web.errors import faults_told
from shop.web.guard import actor, requires
from shop.web.onward import path_here

bp = Blueprint("inbox", __name__)
_QUICK: Final[Mapping[str, int]] = {"hari-ini": 0, "besok": 1}


@bp.get("/pesanan/masuk")
@requires("orders:order:confirm")
def index() -> ResponseReturnValue:
    """Show what waits for the producer's answer and what is being worked on; opening it is the read receipt."""
    who, now = actor(), utc_now()
    found = inbox.read_inbox(who)
    unseen = [view.id for view in found.fresh if view.seen_at is None]
    if unseen:
        with unit_of_work():
            inbox.see(who, unseen, now)
    return render_template(
        "orders/inbox.html",
        inbox=found,
        fresh=[(cards.card(who, view, now), view) for view in found.fresh],
        busy=[cards.card(who, view, now) for view in found.busy],
        records=punctuality.of_offices({view.case.office_id for view in found.fresh}, now),
        apart=places.counts([view.id for view in found.fresh]),
        reasons=reasons.REFUSE,
        off=reach.closed_days(who.vendor_id or 0, local_day(now))[:3],
        today=local_day(now),
    )


@bp.get("/pesanan/masuk/baru")
@requires("orders:order:confirm")
def news() -> ResponseReturnValue:
    """Tell how many orders wait, in a hundred bytes or in a 304: a phone asks every few seconds."""
    found = inbox.pulse(actor())
    answer: Response = make_response(jsonify(waiting=found.waiting, newest=found.newest))
    answer.set_etag(f"{found.waiting}-{found.newest}")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@bp.get("/libur")
@requires("catalog:product:manage")
def days_off() -> ResponseReturnValue:
    """List the days off from today on, with a form for more."""
    return _days_off()


def _days_off(faults: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    today = local_day(utc_now())
    return render_template(
        "orders/days_off.html",
        days=reach.closed_days(actor().vendor_id or 0, today),
        today=today,
        faults=faults or [],
        wrong=dict(faults or ()),
        form=request.form,
    ), 422 if faults else 200


@bp.post("/libur")
@requires("catalog:product:manage")
def close() -> ResponseReturnValue:
    """Take today, tomorrow, or days from-to off, and name the accepted orders that stay."""
    who, now, form = actor(), utc_now(), request.form
    try:
        if form.get("quick") in _QUICK:
            first = last = local_day(now) + timedelta(days=_QUICK[form["quick"]])
        else:
            first, last = _day("from"), _day("to")
        with unit_of_work():
            reach.close_days(who, first, last, one_line(form.get("reason", "")), now)
    except Invalid as error:
        return _days_off(faults_told(error))
    flash(_("Libur dicatat. Pembeli tidak bisa memesan untuk hari itu."), "ok")
    kept = inbox.promised(who, first, last)
    if kept:
        numbers = ", ".join(row.number for row in kept)
        flash(_("Pesanan yang sudah Anda terima tetap berlaku: %(numbers)s.", numbers=numbers), "warning")
    return redirect(path_here(form.get("next")) or "/libur", 303)


@bp.post("/libur/hapus")
@requires("catalog:product:manage")
def reopen() -> ResponseReturnValue:
    """Take one day off back."""
    try:
        with unit_of_work():
            reach.open_day(actor(), _day("day"), utc_now())
    except Invalid as error:
        return _days_off(faults_told(error))
    flash(_("Hari itu buka lagi."), "ok")
    return redirect("/libur", 303)


def _day(name: str) -> date:
    found = day(request.form.get(name, ""))
    if found is None:
        raise Invalid.at(name, "Isi tanggal, misalnya 25-11-2026.")
    return found
