"""Door: the comparison record and the whole defence of an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, current_app, json, render_template
from flask.typing import ResponseReturnValue

from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.orders import reading, states
from shop.orders.reading import OrderView
from shop.sheets import commas
from shop.sourcing import defence, record_drawing, record_reading
from shop.web.downloads import PDF, download
from shop.web.errors import say
from shop.web.guard import actor, requires
from shop.web.language import gettext

bp = Blueprint("defence", __name__)
_ID: Final = "<int:order_id>"
READ: Final = "orders:order:read"
_LEAVE_OUT: Final = frozenset({"sourcing"})


def _order(order_id: int) -> tuple[Actor, OrderView]:
    """Return who asks and the order; a stranger and the producer hear that it is not there."""
    who = actor()
    found = reading.order(reading.scope_of([who]), order_id)
    record_reading.refuse_vendor(who)
    return who, found


@bp.get(f"/pesanan/{_ID}/perbandingan")
@requires(READ)
def record(order_id: int) -> ResponseReturnValue:
    """Show what was searched, seen and compared for an order, and why this one."""
    _, order = _order(order_id)
    found = record_reading.record_of(order_id)
    return render_template("sourcing/record.html", order=order, record=found, kinds=record_reading.KINDS,
                           asked=_asked)  # fmt: skip


@bp.get(f"/pesanan/{_ID}/perbandingan.csv")
@requires(READ)
def record_csv(order_id: int) -> ResponseReturnValue:
    """Hand the record out as rows."""
    _, order = _order(order_id)
    found = record_reading.record_of(order_id)
    rows = record_reading.rows(found) if found else ()
    content = "\ufeff" + "".join(commas.written(record_reading.HEADS, [rows]))
    return download(content, commas.MEDIA_TYPE, f"perbandingan-{order.number}.csv")


@bp.get(f"/pesanan/{_ID}/perbandingan.json")
@requires(READ)
def record_json(order_id: int) -> ResponseReturnValue:
    """Hand the record out whole, with its fingerprint, so that it can be checked elsewhere."""
    _, order = _order(order_id)
    found = record_reading.record_of(order_id)
    body: Mapping[str, Any] = {
        "order": order.number,
        "fingerprint": found.fingerprint if found else None,
        "intact": found.intact if found else None,
        "made_at": found.made_at.isoformat() if found else None,
        "made_by": found.made_by if found else None,
        "content": found.content if found else None,
    }
    return download(json.dumps(body, ensure_ascii=False), "application/json", f"perbandingan-{order.number}.json")


@bp.get(f"/pesanan/{_ID}/perbandingan.pdf")
@requires(READ)
def record_pdf(order_id: int) -> ResponseReturnValue:
    """Hand the record out as a paper."""
    _, order = _order(order_id)
    content = record_drawing.record_pdf(order, record_reading.record_of(order_id), utc_now())
    return download(content, PDF, f"perbandingan-{order.number}.pdf")


@bp.get(f"/pesanan/{_ID}/berkas")
@requires(READ)
def whole(order_id: int) -> ResponseReturnValue:
    """Show everything an auditor would ask about an order, on one page."""
    who, order = _order(order_id)
    now = utc_now()
    return render_template(
        "sourcing/defence.html",
        found=defence.read(reading.scope_of([who]), order_id, local_day(now)),
        parts=_parts(who, order, now),
        state_label=states.LABELS[order.state],
        say=say,
        kinds=record_reading.KINDS,
        asked=_asked,
    )


@bp.get(f"/pesanan/{_ID}/berkas.pdf")
@requires(READ)
def whole_pdf(order_id: int) -> ResponseReturnValue:
    """Hand the same out as one paper."""
    who, order = _order(order_id)
    now = utc_now()
    found = defence.read(reading.scope_of([who]), order_id, local_day(now))
    drawn: list[tuple[str, Sequence[tuple[str, str]]]] = []
    for _, part in _parts(who, order, now):
        on_paper = getattr(part, "on_paper", None)  # a room that wants to stand on the paper gives (heading, facts)
        if on_paper is not None:
            drawn.append(on_paper())
    return download(record_drawing.defence_pdf(found, drawn, now), PDF, f"berkas-{order.number}.pdf")


def _parts(who: Actor, order: OrderView, now: datetime) -> list[tuple[str, object]]:
    """Return what other rooms have to say about the order, as on its own page."""
    known: Mapping[str, Any] = current_app.extensions["order_parts"]
    return [
        (room, part)
        for room, read in known.items()
        if room not in _LEAVE_OUT and (part := read(who, order, now)) is not None
    ]


def _asked(what: Mapping[str, Any]) -> str:
    return record_drawing.asked(what, gettext)
