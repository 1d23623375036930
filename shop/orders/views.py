"""Door: the list of orders, and the one page of an order with everything one can do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.addenda import reading as addenda
from shop.approvals import reading as approvals
from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Conflict, Invalid, NotFound
from shop.base.money import round_half_up
from shop.db import session, unit_of_work
from shop.documents import on_order as documents
from shop.handover import reading as handover
from shop.negotiation import on_order as negotiation
from shop.orders import (
    actions,
    cards,
    consequences,
    dossier,
    enclosed,
    forms,
    inbox,
    proposing,
    punctuality,
    reading,
    reasons,
    steps,
)
from shop.orders.steps import Said
from shop.oversight import notes as audit_notes
from shop.payments import lists as payments
from shop.reference import regions
from shop.sourcing import record_reading
from shop.storage.files import FileStore, mimetype
from shop.web import risks
from shop.web.errors import faults_told, say, told
from shop.web.guard import actor, requires
from shop.web.onward import path_here
from shop.web.paging import page_from

bp = Blueprint("orders", __name__)
_ID: Final = "<int:order_id>"
_PER_PAGE: Final = 20
PARTS: Final[Mapping[str, Callable[[Actor, reading.OrderView, datetime], object]]] = {
    "payments": payments.on_order,
    "handover": handover.part,
    "addenda": addenda.part,
    "approvals": approvals.behind,
    "negotiation": lambda who, view, _now: negotiation.behind(who, view.id),
    "sourcing": record_reading.on_order,
    "orders": enclosed.read,
    "risk": risks.on_order,
    "documents": documents.part,
    "oversight": audit_notes.on_order,
}
"""What other rooms have to say about one order: {room: what it reads}, drawn by `templates/<room>/_on_order.html` as
`part` in this order; a room that has nothing to say answers None."""
bp.record_once(lambda state: state.app.extensions.update(order_parts=PARTS))  # the defence of an order shows them too
_DONE: Final[Mapping[str, Any]] = {
    "confirm": _l("Pesanan diterima. Siapkan sesuai waktu yang diminta."),
    "refuse": _l("Pesanan ditolak."),
    "ready": _l("Dicatat: siap diantar. Kantor sudah diberi tahu."),
    "ship": _l("Dicatat: barang berangkat."),
    "arrive": _l("Dicatat: barang tiba."),
    "receive": _l("Barang diterima. Sekarang giliran Bendahara membayar."),
    "send_back": _l("Barang dikembalikan. Produsen mengantar lagi."),
    "close": _l("Pesanan ditutup."),
    "cancel": _l("Pesanan dibatalkan. Pagu dan stok kembali."),
}


@bp.get("/pesanan")
@requires("orders:order:read")
def index() -> ResponseReturnValue:
    """List orders: all, waiting for me, under way, done, or ended; found by number, producer or purpose."""
    who, now, args = actor(), utc_now(), request.args
    page = page_from(args.get("page"), default_size=_PER_PAGE)
    package_id = forms.number(args["paket"], "paket", "Paket ini tidak ada.") if args.get("paket") else None
    # A producer's phone opens on what waits for an answer; the office's screen on everything.
    group = args.get("status", "giliran" if who.vendor_id is not None and reading.turn_count(who) else "")
    wanted = reading.Wanted(group, one_line(args.get("q", ""))[:100], package_id)
    found = reading.orders(who, reading.scope_of([who]), wanted, offset=page.offset, limit=page.size)
    return render_template(
        "orders/index.html",
        cards=[cards.card(who, o, now) for o in found.items],
        found=found,
        wanted=wanted,
        page=page.number,
        last=page.last(found.total),
    )


@bp.get(f"/pesanan/{_ID}")
@requires("orders:order:read")
def show(order_id: int) -> ResponseReturnValue:
    """Show one order: whose turn, until when, what you can do, what happened."""
    who = actor()
    if who.vendor_id is not None:
        found = reading.order(reading.scope_of([who]), order_id)
        if found.seen_at is None:
            with unit_of_work():
                inbox.see(who, [order_id], utc_now())
    return _page(order_id)


def _page(
    order_id: int, faults: list[tuple[str, str]] | None = None, verb: str = "", status: int = 200
) -> tuple[str, int]:
    who, now = actor(), utc_now()
    found = dossier.read_dossier(reading.scope_of([who]), order_id)
    view = found.order
    place = regions.regions(session).get(view.deliver_kecamatan)
    home = regions.regions(session).get(view.vendor_kecamatan)
    return render_template(
        "orders/show.html",
        order=view,
        case=view.case,
        dossier=found,
        card=cards.card(who, view, now),
        turn=actions.whose_turn(view.case),
        must=cards.must(view),
        steps=cards.steps(found),
        actions=actions.actions_for(who, view.case, now),
        reasons=reasons.BY_VERB,
        no_reasons=reasons.DECLINE,
        may_answer=who.may("orders:order:answer") and actions.is_buyer(who, view.case),
        asked_at=forms.for_input(view.deliver_at),
        measures=view.measures,
        per_person=round_half_up(view.total, view.headcount) if view.headcount else None,
        say=say,
        consequences=consequences.of_cancelling(view, now),
        office_record=punctuality.of_offices([view.case.office_id], now)[view.case.office_id]
        if who.vendor_id
        else None,
        faults=faults or [],
        opened=verb,
        form=request.form,
        today=local_day(now),
        now=now,
        parts=[(room, part) for room, read in PARTS.items() if (part := read(who, view, now)) is not None],
        place=place.name if place else "",
        home=home.name if home else "",
    ), status


@bp.post(f"/pesanan/{_ID}/usul")
@requires("orders:order:propose")
def propose(order_id: int) -> ResponseReturnValue:
    """Propose another time or smaller quantities as the producer."""

    def verb(who: Actor, version: int, now: datetime) -> None:
        proposing.propose(who, order_id, version, forms.idea(request.form), now)

    return _proposal(order_id, verb, _("Usulan dikirim. Kantor menjawab di halaman pesanan."))


@bp.post(f"/pesanan/{_ID}/usul/tarik")
@requires("orders:order:propose")
def withdraw(order_id: int) -> ResponseReturnValue:
    """Take the own proposal back."""
    return _proposal(order_id, lambda who, v, now: proposing.withdraw(who, order_id, v, now), _("Usulan ditarik."))


@bp.post(f"/pesanan/{_ID}/usul/setuju")
@requires("orders:order:answer")
def agree(order_id: int) -> ResponseReturnValue:
    """Agree to what the producer proposes: the order changes and is accepted by both."""
    done = _("Usulan disetujui. Pesanan berubah dan sudah diterima produsen.")
    return _proposal(order_id, lambda who, v, now: proposing.accept(who, order_id, v, now), done)


@bp.post(f"/pesanan/{_ID}/usul/tolak")
@requires("orders:order:answer")
def disagree(order_id: int) -> ResponseReturnValue:
    """Decline the proposal with a reason; the producer answers the order as it was."""
    said = request.form.get("reason", ""), request.form.get("note", "")
    done = _("Usulan ditolak. Produsen menjawab pesanan semula.")
    return _proposal(order_id, lambda who, v, now: proposing.decline(who, order_id, v, *said, now), done)


def _proposal(order_id: int, verb: Callable[[Actor, int, datetime], object], done: str) -> ResponseReturnValue:
    who = actor()
    reading.order(reading.scope_of([who]), order_id)
    try:
        with unit_of_work():
            verb(who, forms.version(request.form), utc_now())
    except Invalid as error:
        return _page(order_id, faults_told(error), request.path.rsplit("/", 1)[-1], 422)
    except Conflict as error:
        return render_template("orders/changed.html", order_id=order_id, message=told(error)), 409
    flash(done, "ok")
    return redirect(f"/pesanan/{order_id}", 303)


@bp.post(f"/pesanan/{_ID}/<verb>")
@requires("orders:order:read")
def act(order_id: int, verb: str) -> ResponseReturnValue:
    """Take one step; the version says which state of the order the person saw."""
    who, now, form = actor(), utc_now(), request.form
    if steps.known(verb) == "pay":
        raise NotFound  # the treasurer has a page of its own
    reading.order(reading.scope_of([who]), order_id)  # somebody else's answers 404 before anything else is said
    try:
        said = Said(form.get("reason", ""), form.get("note", ""))
        with unit_of_work():
            steps.take(who, order_id, verb, forms.version(form), said, now)
    except Invalid as error:
        return _page(order_id, faults_told(error), verb, 422)
    except Conflict as error:
        return render_template("orders/changed.html", order_id=order_id, message=told(error)), 409
    flash(str(_DONE[verb]), "ok")
    return redirect(path_here(form.get("next")) or f"/pesanan/{order_id}", 303)


@bp.get(f"/pesanan/{_ID}/bukti")
@requires("orders:order:read")
def proof_of(order_id: int) -> ResponseReturnValue:
    """Hand out the proof of payment to who takes part in the order, always as a download under a name of ours."""
    view = reading.order(reading.scope_of([actor()]), order_id)
    payment = dossier.read_payment(order_id)
    if payment is None or not payment.proof_key:
        raise NotFound(_("Pesanan ini belum punya bukti bayar."))
    files: FileStore = current_app.extensions["files"]
    kind = mimetype(payment.proof_key)
    name = f"bukti-{view.number.replace('/', '-')}.{payment.proof_key.rsplit('.', 1)[-1]}"
    answer: Response = send_file(
        files.path(payment.proof_key), mimetype=kind, as_attachment=True, download_name=name, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
