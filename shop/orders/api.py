"""JSON door of orders: placing with a key, reading, and taking steps with the version that was seen."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from shop.accounts.hats import with_hat
from shop.base.actor import Actor
from shop.base.clock import local, local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import FieldFault, Forbidden, Invalid
from shop.budgets import pagu
from shop.db import session, unit_of_work
from shop.orders import actions, forms, reading, reasons, states, steps
from shop.orders.checking import moment
from shop.orders.paid import payments_of
from shop.orders.paying import Proof
from shop.orders.placing import place_order
from shop.orders.reading import OrderView
from shop.orders.schemas import OrderIn, OrderOut, OrderPage, OrderQuery, StepIn, parsed
from shop.orders.steps import Said
from shop.orders.wish import Delivery, Place, WantedLine, Wish
from shop.reference import regions
from shop.risk import notes
from shop.sourcing.record_reasons import Said as Why
from shop.storage.files import FileStore
from shop.storage.uploads import read_paper
from shop.web.errors import say
from shop.web.guard import actor, requires, worn_hats
from shop.web.openapi import Description, described
from shop.web.paging import page_from
from shop.web.placed import follow_up

bp = Blueprint("orders_api", __name__, url_prefix="/api/v1")
_ID: Final = "<int:order_id>"
_KEY: Final = {"Idempotency-Key": "Made at the client, 8 to 200 characters; the same key again gives the same order."}


@bp.post("/orders")
@described(Description({201: OrderOut, 200: OrderOut}, body=OrderIn, problems=(404, 409), headers=_KEY))
@requires("orders:order:place")
def place() -> ResponseReturnValue:
    """Send one surat pesanan to one producer; 200 instead of 201 when this key had already made it.

    The same rules as on the pages. Above the office's own limit it is refused with 409 `needs-approval`: the PPK's yes is
    asked for on the pages, and what was approved is sent from there. Passing over what was ranked first or a cheaper equal
    among what this person saw in the last 30 days needs `lines.N.reason`, an import `lines.N.import_reason`; the comparison
    record is frozen with the order and the risk rules look at it.
    """
    wish_in, now = parsed(OrderIn, _json()), utc_now()
    who, package_id = _buyer(one_line(wish_in.rup_code), local(now).year)
    note = notes.words_of(wish_in.risk_note or "")
    why = {x.product_id: Why(x.reason or "", x.reason_words or "", x.import_reason or "") for x in wish_in.lines}
    try:
        with unit_of_work():
            key = request.headers.get("Idempotency-Key", "")
            placed = place_order(who, _wish(wish_in, package_id), key, now, channel="api")
            follow_up(who, placed, why, note, now)
    except Invalid as error:
        raise Invalid(faults=tuple(_as_sent(fault, wish_in) for fault in error.faults)) from None
    answer = jsonify(_outs([reading.order(reading.scope_of([who]), placed.order_ids[0])], [who], now)[0])
    answer.headers["Location"] = f"/api/v1/orders/{placed.order_ids[0]}"
    return answer, 200 if placed.again else 201


def _wish(given: OrderIn, package_id: int) -> Wish:
    main = Delivery(one_line(given.deliver.address), given.deliver.kecamatan, moment(given.deliver.at))
    lines = tuple(WantedLine(line.product_id, line.quantity, one_line(line.note or "")) for line in given.lines)
    further = [
        Place(
            one_line(place.address),
            place.kecamatan,
            tuple((share.product_id, share.quantity) for share in place.lines),
            one_line(place.contact or ""),
            one_line(place.note or ""),
            moment(place.at) if place.at else None,
        )
        for place in given.places or ()
    ]
    stops = forms.together(main, further, lines)
    return Wish(
        package_id,
        one_line(given.purpose),
        main,
        lines,
        given.shown_total,
        given.headcount,
        one_vendor=True,
        places=stops,
    )


_WHY: Final = {"reason": "reason", "words": "reason_words", "import": "import_reason"}


def _as_sent(fault: FieldFault, given: OrderIn) -> FieldFault:
    """Name a fault after the field of the body: pages call the second place `p2` and ask for reasons by product."""
    head, _, tail = fault.field.partition(".")
    if head[:1] == "p" and head[1:].isdecimal():
        return replace(fault, field=f"places.{int(head[1:]) - 2}.{'lines' if tail == 'shares' else tail}")
    kind, _, of = fault.field.partition("-")
    at = next((n for n, line in enumerate(given.lines) if str(line.product_id) == of), None)
    return replace(fault, field=f"lines.{at}.{_WHY[kind]}") if kind in _WHY and at is not None else fault


def _buyer(rup_code: str, year: int) -> tuple[Actor, int]:
    """Return the hat whose office has the package of this year, and the package. Raises Invalid at `rup_code`."""
    found = []
    for hat in _hats():
        if hat.may("orders:order:place") and hat.office_id is not None:
            package_id = pagu.find_package(rup_code, year, hat.office_id)
            if package_id is not None:
                found.append((hat, package_id))
    if not found:
        raise Invalid.at("rup_code", "Paket dengan kode RUP ini tidak ada di kantor Anda tahun ini.")
    if len(found) == 1:
        return found[0]
    # A deputy wears one role twice in the same office: the hat of whoever has the package in hand.
    return next((pair for pair in found if pair[0].acts_for(pagu.read_package(pair[1]).pp_id)), found[0])


@bp.get("/orders")
@described(Description({200: OrderPage}, query=OrderQuery))
@requires("orders:order:read")
def index() -> ResponseReturnValue:
    """List the caller's own orders, newest first."""
    now, hats, args = utc_now(), _hats(), request.args
    page = page_from(args.get("page"), args.get("per_page"), default_size=20, strict=True)
    group = args.get("status", "")
    if group and group != "giliran" and group not in reading.GROUPS:
        raise Invalid.at("status", "Pilih giliran, berjalan, selesai, atau batal.")
    wanted = reading.Wanted(group, one_line(args.get("q", ""))[:100])
    found = reading.orders(actor(), reading.scope_of(hats), wanted, offset=page.offset, limit=page.size)
    return jsonify(items=_outs(found.items, hats, now), total=found.total, page=page.number, per_page=page.size)


@bp.get(f"/orders/{_ID}")
@described(Description({200: OrderOut}, problems=(404,)))
@requires("orders:order:read")
def show(order_id: int) -> ResponseReturnValue:
    """One order of the caller's own, with what the caller may do now."""
    hats = _hats()
    return jsonify(_outs([reading.order(reading.scope_of(hats), order_id)], hats, utc_now())[0])


@bp.post(f"/orders/{_ID}/<verb>")
@described(Description({200: OrderOut}, body=StepIn, problems=(404, 409)))
@requires("orders:order:read")
def act(order_id: int, verb: str) -> ResponseReturnValue:
    """Take one step: confirm, refuse, ready, ship, arrive, receive, send_back, pay, close or cancel."""
    steps.known(verb)
    now, hats = utc_now(), _hats()
    seen = reading.order(reading.scope_of(hats), order_id)
    who = _doer(hats, seen, verb, now)
    body = parsed(StepIn, _json())
    said = _said(verb, body, now)
    with unit_of_work():
        steps.take(who, order_id, verb, body.version, said, now)
    return jsonify(_outs([reading.order(reading.scope_of(hats), order_id)], hats, now)[0])


def _hats() -> list[Actor]:
    """Return the caller once for each hat: a token has no screen on which one hat would be the visible one."""
    return [with_hat(actor(), hat) for hat in worn_hats()] or [actor()]


def _doer(hats: list[Actor], seen: OrderView, verb: str, now: datetime) -> Actor:
    """Return the hat that takes the step: one that may now, else one whose refusal says why. Raises Forbidden."""
    able = [
        hat
        for hat in hats
        if hat.may(states.PERMISSIONS[verb])
        and (hat.office_id == seen.case.office_id or hat.vendor_id == seen.case.vendor_id)
    ]
    if not able:
        raise Forbidden("Langkah ini bukan bagian Anda pada pesanan ini.")
    ready = (hat for hat in able if any(a.verb == verb for a in actions.open_actions(hat, seen.case, now)))
    return next(ready, able[0])


def _said(verb: str, body: StepIn, now: datetime) -> Said:
    if body.lines:
        raise Invalid.at("lines", "Perubahan per baris belum ada: terima atau tolak pesanan seluruhnya.")
    if verb == "pay":
        return Said(proof=_proof(body, local_day(now)))
    reason, words = one_line(body.reason or ""), body.words or ""
    table = reasons.BY_VERB.get(verb, {})
    if reason and reason not in table:  # free text instead of a code of the fixed list
        code = next((key for key, label in table.items() if label.casefold() == reason.casefold()), "other")
        words = words if code != "other" else f"{reason}. {words}" if words else reason
        reason = code
    return Said(reason, words)


def _proof(body: StepIn, today: date) -> Proof:
    try:
        paid_on = date.fromisoformat(body.paid_on) if body.paid_on else today
    except ValueError:
        raise Invalid.at("paid_on", "Isi tanggal bayar, misalnya 2026-11-25.") from None
    key = ""
    if body.proof is not None:
        try:
            content = base64.b64decode(body.proof.base64, validate=True)
        except (binascii.Error, ValueError):
            raise Invalid.at("proof.base64", "Berkas ini bukan base64 yang utuh.") from None
        files: FileStore = current_app.extensions["files"]
        key = files.put(*read_paper(content, "proof.base64"))
    return Proof(
        body.reference or "", paid_on, key, body.proof.name if body.proof else "", body.withheld, body.words or ""
    )


def _json() -> object:
    try:
        return request.get_json()
    except RecursionError:  # brackets in brackets, ten thousand deep
        abort(400)


def _outs(views: Iterable[OrderView], hats: list[Actor], now: datetime) -> list[dict[str, Any]]:
    views = tuple(views)
    payments = payments_of([view.id for view in views if view.paid_at])
    return [_out(view, hats, now) | {"payment": payments.get(view.id)} for view in views]


def _out(view: OrderView, hats: list[Actor], now: datetime) -> dict[str, Any]:
    case, turn = view.case, actions.whose_turn(view.case)
    places = regions.regions(session)
    home = places.get(view.vendor_kecamatan)
    able = {a.verb: a for hat in hats for a in actions.open_actions(hat, case, now)}
    weighed = view.measures
    return {
        "id": view.id,
        "number": view.number,
        "state": case.state,
        "state_label": say(states.LABELS[case.state], {}),
        "version": view.version,
        "office": {"id": case.office_id, "name": case.office_name},
        "package": {"rup_code": view.rup_code, "name": view.package_name},
        "vendor": {"id": case.vendor_id, "name": case.vendor_name, "kecamatan": home.name if home else ""},
        "purpose": view.purpose,
        "headcount": view.headcount,
        "deliver": {"address": view.deliver_address, "kecamatan": view.deliver_kecamatan, "at": _iso(view.deliver_at)},
        "lines": [{name: getattr(line, name) for name in _LINE} for line in view.lines],
        "shipping": view.shipping,
        "totals": {
            "total": view.total,
            "pdn": weighed.pdn_value,
            "certified": weighed.pdn_certified,
            "tkdn_weighted": weighed.tkdn_weighted,
            "umk": weighed.umk_value,
        },
        **{
            name: _iso(getattr(view, name))
            for name in ("placed_at", "seen_at", "confirmed_at", "ready_at", "arrived_at", "received_at", "paid_at")
        },
        "due_at": _iso(case.due_at),
        "relaxed": list(view.relaxed),
        "proposal": view.proposal
        and {
            "number": view.proposal.number,
            "deliver_at": _iso(view.proposal.deliver_at),
            "lines": dict(view.proposal.quantities),
            "words": view.proposal.words,
        },
        "turn": turn
        and {"party": turn.party, "label": say(turn.label, {}), "name": turn.name, "until": _iso(turn.until)},
        "actions": [{"verb": a.verb, "label": say(a.label, {}), "due_at": _iso(a.due_at)} for a in able.values()],
    }


_LINE: Final = (
    "id",
    "product_id",
    "name",
    "unit",
    "quantity",
    "unit_price",
    "amount",
    "note",
    "tkdn_bp",
    "bmp_bp",
    "evidence",
    "certificate_number",
    "pdn",
    "umk",
)


def _iso(at: datetime | None) -> str | None:
    return local(at).isoformat() if at else None
