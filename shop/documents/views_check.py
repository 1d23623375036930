"""Door: the public check of a paper, by its code or its number. No identity numbers and no bank accounts stand here."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.errors import NotFound
from shop.documents import reading
from shop.web.errors import told
from shop.web.guard import public
from shop.web.limits import limiter

bp = Blueprint("documents_check", __name__)
_LIMIT: Final = "30 per minute"


@bp.get("/cek")
@public
@limiter.limit(_LIMIT)
def ask() -> ResponseReturnValue:
    """Ask for a code or number; a number is looked up here, as it does not fit into an address."""
    typed = request.args.get("kode", "").strip()
    code = reading.plain_code(typed)
    if code:
        return redirect(f"/cek/{code}", 303)
    return _page(typed) if typed else make_response(render_template("documents/check.html", found=None, fault=""))


@bp.get("/cek/<code>")
@public
@limiter.limit(_LIMIT)
def show(code: str) -> ResponseReturnValue:
    """Say what a paper is, whether it still holds, and who signed it."""
    return _page(code)


def _page(typed: str) -> ResponseReturnValue:
    try:
        found, fault, status = reading.check_paper(typed), "", 200
    except NotFound as error:
        found, fault, status = None, told(error), 404
    page = render_template("documents/check.html", found=found, fault=fault, typed=typed[:60])
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer
