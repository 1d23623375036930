"""Door: claims a bank may finance: offered by the producer, handed out as a statement, checked by anybody with the code."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import utc_now
from shop.base.codes import one_line, plain_check_code
from shop.base.errors import Conflict, Invalid, NotFound
from shop.base.sheet import whole
from shop.db import unit_of_work
from shop.sheets import commas
from shop.sheets.writing import MEDIA_TYPE
from shop.treasury import aging, claims, pledging
from shop.treasury.pledging import OFFER, Claim
from shop.treasury.purses import purse_of
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told, told
from shop.web.guard import actor, public, requires
from shop.web.limits import limiter
from shop.web.paging import page_from
from shop.web.public import public_root

bp = Blueprint("treasury_finance", __name__)

_LIMIT = "30 per minute"
_LARGEST = 2**63 - 1


@bp.get("/tagihan")
@requires(OFFER)
def index() -> ResponseReturnValue:
    """List the producer's claims: received by an office, not paid; those offered to a bank with their codes."""
    return _list()


def _list(faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    now, page = utc_now(), page_from(request.args.get("page"), default_size=pledging.MOST)
    rows = aging.owed(purse_of(actor()), now, offset=page.offset, limit=page.size + 1)
    offered = pledging.own(actor())
    return render_template(
        "treasury/claims.html", rows=rows[: page.size], more=len(rows) > page.size, page=page.number,
        offered={claim.order_id: claim for claim in offered}, records=claims.records([r.order_id for r in rows], now),
        banks=sorted({claim.content["bank"] for claim in offered}), states=claims.STATES, faults=faults or [],
        faults_of=dict(faults or ()), errors=bool(faults), typed=request.form.get("bank", ""),
        chosen=request.form.getlist("orders"),
    ), status  # fmt: skip


@bp.post("/tagihan")
@requires(OFFER)
def offer() -> ResponseReturnValue:
    """Offer the chosen claims to one bank."""
    numbers = [whole(text) or 0 for text in request.form.getlist("orders")]
    try:
        if any(not 0 < number <= _LARGEST for number in numbers):
            raise NotFound("Pesanan ini tidak ada.")
        with unit_of_work():
            made = pledging.offer(actor(), numbers, request.form.get("bank", ""), utc_now())
    except Invalid as error:
        return _list(faults_told(error), 422)
    except Conflict as error:
        return _list([("orders", told(error))], 409)
    flash(_("%(n)s tagihan ditawarkan. Unduh daftarnya untuk bank.", n=len(made)), "ok")
    return redirect("/tagihan", 303)


@bp.post("/tagihan/<int:pledge_id>/cabut")
@requires(OFFER)
def withdraw(pledge_id: int) -> ResponseReturnValue:
    """Withdraw an offer: its public page says so from now on."""
    with unit_of_work():
        pledging.withdraw(actor(), pledge_id, utc_now())
    flash(_("Tawaran dicabut. Siapa pun yang memeriksa kodenya akan melihat itu."), "ok")
    return redirect("/tagihan", 303)


def _asked() -> Sequence[Claim]:
    """Return the offers that stand, of one bank when the address names it: a bank need not read what others were offered."""
    bank = one_line(request.args.get("bank", ""))
    return [claim for claim in pledging.own(actor()) if bank in {"", claim.content["bank"]}]


@bp.get("/tagihan.csv")
@requires(OFFER)
def as_csv() -> ResponseReturnValue:
    """Hand the statement out as CSV."""
    found = _asked()
    record = claims.records([claim.order_id for claim in found], utc_now())
    content = commas.written(claims.HEADS, [claims.rows(found, record)])
    return download(content, commas.MEDIA_TYPE, "tagihan.csv")


@bp.get("/tagihan.xlsx")
@requires(OFFER)
def as_workbook() -> ResponseReturnValue:
    """Hand the statement out as a workbook."""
    found, now = _asked(), utc_now()
    record = claims.records([claim.order_id for claim in found], now)
    return download(claims.workbook(found, record, now), MEDIA_TYPE, "tagihan.xlsx")


@bp.get("/tagihan.pdf")
@requires(OFFER)
def as_paper() -> ResponseReturnValue:
    """Hand the statement out as a paper."""
    found, now = _asked(), utc_now()
    record = claims.records([claim.order_id for claim in found], now)
    name, address = purse_of(actor()).name, f"{public_root()}/periksa-tagihan"
    return download(claims.paper(found, record, name, address, now), PDF, "tagihan.pdf")


@bp.get("/periksa-tagihan")
@public
def ask() -> ResponseReturnValue:
    """Ask for the code of a claim."""
    typed = request.args.get("kode", "").strip()
    if typed:
        return redirect(f"/periksa-tagihan/{plain_check_code(typed)}", 303)
    return _checked(None, "", 200)


@bp.get("/periksa-tagihan/<code>")
@public
@limiter.limit(_LIMIT)
def show(code: str) -> ResponseReturnValue:
    """Say whether a claim is open, paid or withdrawn, what it is worth and when it is due."""
    try:
        return _checked(pledging.check(code), "", 200)
    except NotFound as error:
        return _checked(None, told(error), 404)


def _checked(claim: Claim | None, fault: str, status: int) -> ResponseReturnValue:
    record = claims.records([claim.order_id], utc_now()) if claim else {}
    page = render_template(
        "treasury/check.html", claim=claim, fault=fault, record=record[claim.order_id] if claim else None,
        states=claims.STATES,
    )  # fmt: skip
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer
