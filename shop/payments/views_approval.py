"""Door: what a PA/KPA decides: autodebet, and the account it takes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts.offices import office
from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, Invalid
from shop.db import unit_of_work
from shop.orders import reading as orders
from shop.payments import autodebet, forms, lists, office_accounts, states
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("payments_approval", __name__)
_AT: Final = "/pesanan/<int:order_id>/bayar/autodebet"


@bp.get("/bayar/persetujuan")
@requires(states.APPROVE)
def waiting() -> ResponseReturnValue:
    """List the debits that wait for a decision."""
    return _list()


def _list(faults: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    asked, decided = lists.decisions(actor())
    page = render_template(
        "payments/decisions.html", asked=asked, decided=decided, now=utc_now(), faults=faults or [], errors=bool(faults)
    )
    return page, 422 if faults else 200


@bp.post(f"{_AT}/setuju")
@requires(states.APPROVE)
def approve(order_id: int) -> ResponseReturnValue:
    """Approve a debit."""
    done = _("Autodebet disetujui. Bendahara diberi tahu dan mencatat bukti debit bank.")
    return _act(order_id, lambda who, now: autodebet.approve(who, order_id, forms.seen(request.form), now), done)


@bp.post(f"{_AT}/tolak")
@requires(states.APPROVE)
def reject(order_id: int) -> ResponseReturnValue:
    """Reject a debit with a reason."""
    note = request.form.get("note", "")
    done = _("Autodebet ditolak. Bendahara diberi tahu alasannya.")
    return _act(order_id, lambda who, now: autodebet.reject(who, order_id, forms.seen(request.form), note, now), done)


def _act(order_id: int, verb: Callable[[Actor, datetime], object], done: str) -> ResponseReturnValue:
    who = actor()
    orders.order(orders.scope_of([who]), order_id)  # somebody else's answers 404 before anything else is said
    try:
        with unit_of_work():
            verb(who, utc_now())
    except Invalid as error:
        return _list(faults_told(error))
    except Conflict as error:
        return render_template("payments/changed.html", order_id=order_id, message=told(error)), 409
    flash(done, "ok")
    return redirect("/bayar/persetujuan", 303)


@bp.get("/kantor/rekening")
@requires(states.APPROVE)
def account() -> ResponseReturnValue:
    """Show which account this office's autodebet takes from."""
    return _account()


def _account(faults: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    who = actor()
    page = render_template(
        "payments/account.html", office=office(who.office_id or 0), account=office_accounts.account_of(who.office_id or 0),
        history=office_accounts.history(who), faults=faults or [], wrong=dict(faults or []), errors=bool(faults),
        form=request.form,
    )  # fmt: skip
    return page, 422 if faults else 200


@bp.post("/kantor/rekening")
@requires(states.APPROVE)
def set_account() -> ResponseReturnValue:
    """Register the office's account, in the place of the one on the screen."""
    form = request.form
    try:
        with unit_of_work():
            bank, number, holder = (form.get(name, "") for name in ("bank", "number", "holder"))
            office_accounts.register(actor(), forms.seen(form)[0], bank, number, holder, utc_now())
    except Invalid as error:
        return _account(faults_told(error))
    flash(_("Rekening autodebet disimpan dan berlaku mulai sekarang."), "ok")
    return redirect("/kantor/rekening", 303)


@bp.post("/kantor/rekening/akhiri")
@requires(states.APPROVE)
def end_account() -> ResponseReturnValue:
    """End the account: no debit can be asked for any more."""
    with unit_of_work():
        office_accounts.withdraw(actor(), forms.seen(request.form)[0], utc_now())
    flash(_("Rekening autodebet diakhiri."), "ok")
    return redirect("/kantor/rekening", 303)
