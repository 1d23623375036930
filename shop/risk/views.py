"""Door: the public list of risk rules, what they say of an order, and the auditor's list over all offices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.actor import Actor
from shop.base.clock import local, local_day, utc_now
from shop.base.errors import Conflict, Invalid, NotFound
from shop.db import unit_of_work
from shop.orders import reading as orders
from shop.orders.reading import OrderView
from shop.p3dn import labels
from shop.risk import forms, notes, reading
from shop.risk.reading import LIST, SEE, Wanted
from shop.risk.register import RULES
from shop.web import exported, risks
from shop.web.errors import faults_told, told
from shop.web.guard import actor, public, requires

bp = Blueprint("risk", __name__)
_COLUMNS: Final = (
    "rule", "title", "sentence", "order", "office", "producer", "total", "placed_at", "raised_at", "explained",
)  # fmt: skip
_MONTHS: Final = 24


@bp.get("/aturan-risiko")
@public
def rules() -> ResponseReturnValue:
    """Show every rule with its legal basis, since when, by which numbers, and how sure we are."""
    today = local_day(utc_now())
    return render_template("risk/rules.html", rules=risks.rules_told(today), today=today)


@bp.get("/audit/risiko")
@requires(LIST)
def index() -> ResponseReturnValue:
    """Show what the rules noticed in all offices, newest order first; by rule, office and month."""
    offices = labels.offices().values()
    wanted = forms.wanted(request.args, offices)
    found = reading.flags(actor(), wanted)
    return render_template(
        "risk/index.html",
        rows=[(row, risks.told(row.finding)) for row in found.rows],
        rules=[(rule.code, _(rule.title)) for rule in RULES.values()],
        offices=[(office.code, office.name) for office in offices],
        months=_months(),
        args=request.args,
        next=_address("/audit/risiko", setelah=found.following) if found.following else None,
        first=_address("/audit/risiko", setelah=None) if wanted.after else None,
        download=_address("/audit/risiko.csv", setelah=None),
    )


@bp.get("/audit/risiko.csv")
@requires(LIST)
def sheet() -> ResponseReturnValue:
    """Stream the same list as CSV and keep a record of who took it: UTF-8, commas, rupiah as whole numbers, Jakarta time."""
    who, wanted = actor(), forms.wanted(request.args, labels.offices().values())
    asked = {name: request.args[name] for name in ("aturan", "kantor", "bulan") if request.args.get(name)}
    words = "; ".join(f"{name}: {value}" for name, value in asked.items())
    return exported.csv(exported.taken("risk", "risiko.csv", asked, words), _COLUMNS, _csv(who, wanted))


@bp.get("/pesanan/<int:order_id>/risiko")
@requires(SEE)
def show(order_id: int) -> ResponseReturnValue:
    """Show what the rules say of one order, why, and what the office says to it."""
    return _page(_order(order_id))


@bp.post("/pesanan/<int:order_id>/risiko")
@requires(SEE)
def explain(order_id: int) -> ResponseReturnValue:
    """Keep an explanation of the order's own office."""
    view = _order(order_id)
    try:
        with unit_of_work():
            notes.add(actor(), order_id, request.form.get("risk_note", ""), utc_now())
    except Invalid as error:
        return _page(view, faults_told(error), 422)
    except Conflict as error:
        return _page(view, [("risk_note", told(error))], 409)
    flash(_("Penjelasan disimpan bersama pesanan."), "ok")
    return redirect(f"/pesanan/{order_id}/risiko", 303)


def _order(order_id: int) -> OrderView:
    """Return the order. Raises NotFound when this hat may not see it, or not what the rules say of it."""
    who = actor()
    view = orders.order(orders.scope_of([who]), order_id)
    if not reading.may_see(who, view):
        raise NotFound("Pesanan ini tidak ada.")
    return view


def _page(view: OrderView, faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    part = risks.told_on_order(reading.of_order(actor(), view))
    words = request.form.get("risk_note", "") if faults else ""
    return render_template(
        "risk/order.html", order=view, part=part, faults=faults or [], words=words, most=notes.MOST
    ), status


def _address(path: str, **changes: str | None) -> str:
    """Return an address with the present filters and some changes; None takes a filter out."""
    kept = {name: request.args.get(name, "") for name in ("aturan", "kantor", "bulan")} | changes
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path


def _months() -> list[tuple[str, str]]:
    """Return the last two years' months to choose from, the newest first."""
    today = local_day(utc_now())
    count = today.year * 12 + today.month - 1
    return [(text, text) for text in (f"{n // 12}-{n % 12 + 1:02d}" for n in range(count, count - _MONTHS, -1))]


def _csv(who: Actor, wanted: Wanted) -> Iterator[list[tuple[Any, ...]]]:
    for rows in reading.every_page(who, wanted):
        yield [
            (
                words.code, words.title, words.sentence, row.number, row.office, row.vendor_name, row.total,
                local(row.placed_at).isoformat(timespec="minutes"), local(row.raised_at).isoformat(timespec="minutes"),
                int(row.noted),
            )
            for row in rows for words in [risks.told(row.finding)]
        ]  # fmt: skip
