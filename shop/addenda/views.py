"""Door: changes of an order that both sides sign, and stopping it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.addenda import agreeing, checking, drawing, forms, stopping
from shop.addenda import reading as addenda
from shop.base.actor import Actor
from shop.base.clock import utc_now
from shop.base.errors import Conflict, Forbidden, Invalid, Stale
from shop.db import unit_of_work
from shop.orders import reading
from shop.orders.forms import for_input, version
from shop.orders.reading import OrderView
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told, told
from shop.web.guard import actor, requires

bp = Blueprint("addenda", __name__)
_ID: Final = "<int:order_id>"
_ONE: Final = f"/pesanan/{_ID}/addendum/<int:number>"


def _order(order_id: int) -> OrderView:
    """Return the order. Somebody else's answers 404 before anything else is said."""
    return reading.order(reading.scope_of([actor()]), order_id)


@bp.get(f"/pesanan/{_ID}/addendum/baru")
@requires(agreeing.MAKE)
def ask(order_id: int) -> ResponseReturnValue:
    """Show the form of a new addendum with the order as it stands."""
    return _form(_order(order_id))


def _form(order: OrderView, faults: list[tuple[str, str]] | None = None, status: int = 422) -> ResponseReturnValue:
    who = actor()
    if not addenda.is_party(who, order):
        raise Forbidden(agreeing.ONLY_ITS_BUYERS)
    if not faults:
        found = addenda.part(who, order, utc_now())
        if found is None or not found.may_propose:
            message = _("Pesanan ini sedang tidak bisa diubah: barang sudah berangkat, atau ada usulan yang menunggu.")
            return _moved_on(order.id, message)
    return render_template(
        "addenda/form.html",
        order=order,
        faults=faults or [],
        wrong=dict(faults or ()),
        form=request.form,
        asked_at=for_input(order.deliver_at),
        least_price_reason=checking.LEAST_PRICE_REASON,
        # After a lost race the person has seen that; the next try is against what counts now.
        version=order.version if status == HTTPStatus.CONFLICT else request.form.get("version") or order.version,
    ), status if faults else 200


@bp.post(f"/pesanan/{_ID}/addendum")
@requires(agreeing.MAKE)
def propose(order_id: int) -> ResponseReturnValue:
    """Propose a change of the order as one of its sides."""
    who, now, order = actor(), utc_now(), _order(order_id)
    try:
        wanted = forms.wanted(request.form, order)
        with unit_of_work():
            number = agreeing.propose(who, order_id, version(request.form), wanted, now).number
    except Invalid as error:
        return _form(order, faults_told(error))
    except Stale as error:  # what was typed is kept, beside what counts now
        return _form(_order(order_id), [("", told(error))], 409)
    except Conflict as error:
        return _moved_on(order_id, told(error))
    flash(_("Usulan addendum dikirim. Pesanan berubah bila pihak lain setuju."), "ok")
    return redirect(f"/pesanan/{order_id}/addendum/{number}", 303)


@bp.get(_ONE)
@requires("orders:order:read")
def show(order_id: int, number: int) -> ResponseReturnValue:
    """Show one addendum as a paper: what was, what becomes, who signed."""
    return _paper(_order(order_id), number)


def _paper(order: OrderView, number: int, faults: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    found, on_order = addenda.one(order.id, number), addenda.part(actor(), order, utc_now())
    is_open = on_order is not None and on_order.waiting is not None and on_order.waiting.number == number
    return render_template(
        "addenda/show.html",
        order=order,
        found=found,
        on_order=on_order if is_open else None,
        state=addenda.ANSWERS["lapsed" if found.answer == "" and not is_open else found.answer],
        sides=addenda.SIDES,
        faults=faults or [],
        wrong=dict(faults or ()),
        form=request.form,
    ), 422 if faults else 200


@bp.get(f"{_ONE}/pdf")
@requires("orders:order:read")
def pdf(order_id: int, number: int) -> ResponseReturnValue:
    """Hand out the addendum as PDF."""
    order = _order(order_id)
    found = addenda.one(order_id, number)
    return download(drawing.addendum_pdf(found, order), PDF, f"addendum-{order.number}-{number}.pdf")


@bp.post(f"{_ONE}/setuju")
@requires(agreeing.MAKE)
def accept(order_id: int, number: int) -> ResponseReturnValue:
    """Sign the addendum as the other side: the order changes in the same step."""
    done = _("Addendum disetujui kedua pihak. Pesanan sudah berubah.")
    return _answer(order_id, number, lambda who, v, now: agreeing.accept(who, order_id, number, v, now), done)


@bp.post(f"{_ONE}/tolak")
@requires(agreeing.MAKE)
def decline(order_id: int, number: int) -> ResponseReturnValue:
    """Say no to the addendum, with a reason; the order stays as it was."""
    words, done = request.form.get("reason", ""), _("Usulan addendum ditolak. Pesanan tetap seperti semula.")
    return _answer(order_id, number, lambda who, v, now: agreeing.decline(who, order_id, number, v, words, now), done)


@bp.post(f"{_ONE}/tarik")
@requires(agreeing.MAKE)
def withdraw(order_id: int, number: int) -> ResponseReturnValue:
    """Take the own proposal back."""
    done = _("Usulan addendum ditarik. Pesanan tetap seperti semula.")
    return _answer(order_id, number, lambda who, v, now: agreeing.withdraw(who, order_id, number, v, now), done)


def _answer(
    order_id: int, number: int, verb: Callable[[Actor, int, datetime], object], done: str
) -> ResponseReturnValue:
    order = _order(order_id)
    addenda.one(order_id, number)
    try:
        with unit_of_work():
            verb(actor(), version(request.form), utc_now())
    except Invalid as error:
        return _paper(order, number, faults_told(error))
    except Conflict as error:
        return _moved_on(order_id, told(error))
    flash(done, "ok")
    return redirect(f"/pesanan/{order_id}/addendum/{number}", 303)


@bp.get(f"/pesanan/{_ID}/henti")
@requires(stopping.STOP)
def stop_page(order_id: int) -> ResponseReturnValue:
    """Say whether this order may be stopped, because of which unpaid one, and what follows, before anything is clicked."""
    return _stopping(_order(order_id))


def _stopping(order: OrderView, faults: list[tuple[str, str]] | None = None) -> ResponseReturnValue:
    now = utc_now()
    return render_template(
        "addenda/stop.html",
        order=order,
        unpaid=stopping.unpaid_of(order.case.vendor_id, order.case.office_id, now),
        stoppable=order.state in stopping.STOPPABLE,
        rule=stopping.rule(now),
        faults=faults or [],
        wrong=dict(faults or ()),
        form=request.form,
    ), 422 if faults else 200


@bp.post(f"/pesanan/{_ID}/henti")
@requires(stopping.STOP)
def stop(order_id: int) -> ResponseReturnValue:
    """Stop the order as a producer this office does not pay."""
    order = _order(order_id)
    try:
        with unit_of_work():
            stopping.stop(actor(), order_id, version(request.form), request.form.get("words", ""), utc_now())
    except Invalid as error:
        return _stopping(order, faults_told(error))
    except Conflict as error:
        return _moved_on(order_id, told(error))
    flash(_("Pesanan dihentikan. Ini tidak dihitung sebagai penolakan."), "ok")
    return redirect(f"/pesanan/{order_id}", 303)


def _moved_on(order_id: int, message: str) -> ResponseReturnValue:
    return render_template("orders/changed.html", order_id=order_id, message=message), 409
