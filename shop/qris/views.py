"""Door: a page where anybody reads a QRIS code and makes one for one sale. Nothing is stored."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.codes import one_line
from shop.base.errors import Invalid, NotFound
from shop.base.money import rupiah
from shop.base.sheet import whole
from shop.db import session
from shop.papers import qr
from shop.qris import building, checking, limits
from shop.reference.policy import rule
from shop.web.downloads import download
from shop.web.errors import faults_told, say
from shop.web.guard import public
from shop.web.limits import limiter

bp = Blueprint("qris", __name__)
_LIMIT: Final = "60/minute"


@bp.get("/qris")
@public
def page() -> ResponseReturnValue:
    """Ask for the text of a code."""
    return _page({}, [], 200)


@bp.post("/qris")
@public
@limiter.limit(_LIMIT)
def read() -> ResponseReturnValue:
    """Say what a code says; with an amount also its fee, and a code for that one sale. A POST: codes stay out of addresses."""
    payload, day = request.form.get("payload", "").strip(), local_day(utc_now())
    limit = limits.limit_on(_rule, day)
    report = checking.check(payload, int(limit.value))
    told = [(fault.field, say(fault.message, dict(fault.params))) for fault in report.faults]
    shown: dict[str, Any] = {"report": report, "told": told, "limit": limit}
    if not report.valid or not request.form.get("amount", "").strip():
        return _page(
            shown, [("payload", _("Kode ini bermasalah. Rinciannya di bawah."))] if told else [], 422 if told else 200
        )
    try:
        amount, made = _made(int(limit.value))
        shown["fee"] = limits.fee(_rule, report.criteria, amount, day, report.mcc)
    except Invalid as error:
        return _page(shown, faults_told(error), 422)
    except NotFound as error:
        return _page(shown, [("amount", say(error.message, error.params))], 422)
    title = _("Kode QRIS %(name)s sebesar %(amount)s", name=report.name, amount=rupiah(amount))
    return _page(shown | {"made": made, "amount": amount, "picture": qr.svg(made, title=title)}, [], 200)


@bp.post("/qris/gambar.png")
@public
@limiter.limit(_LIMIT)
def picture() -> ResponseReturnValue:
    """Answer the code for one sale as a picture to print; made anew from what was asked, as nothing was stored."""
    try:
        _amount, made = _made(int(limits.limit_on(_rule, local_day(utc_now())).value))
    except Invalid as error:
        return _page({}, faults_told(error), 422)
    return download(qr.png(made, scale=qr.PRINTED), "image/png", "qris.png")


def _made(limit: int) -> tuple[int, str]:
    sent = request.form
    amount = whole(sent.get("amount", "").strip()) or 0
    bill, terminal = (one_line(sent.get(name, "")) for name in ("bill", "terminal"))
    return amount, building.dynamic(sent.get("payload", "").strip(), amount, limit, bill=bill, terminal=terminal)


def _rule(key: str, day: Any) -> Any:
    return rule(session, key, day)


def _page(shown: dict[str, Any], faults: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    html = render_template(
        "qris/page.html",
        **{"report": None, "told": [], "made": "", "fee": None} | shown,
        criteria=checking.CRITERIA,
        values=request.form,
        faults=faults,
        faults_of=dict(faults),
        errors=bool(faults),
    )
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
