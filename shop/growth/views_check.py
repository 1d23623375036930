"""The public door where anyone checks a turnover letter by its code."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.codes import plain_check_code
from shop.base.errors import NotFound
from shop.growth import letters
from shop.web.errors import told
from shop.web.guard import public
from shop.web.limits import limiter
from shop.web.spending import month_name

bp = Blueprint("letter_check", __name__)

_LIMIT = "30 per minute"


@bp.get("/periksa")
@public
def ask() -> ResponseReturnValue:
    """Ask for the code on a letter."""
    typed = request.args.get("kode", "").strip()
    if typed:
        # In the address so that the page can be kept and sent on; what is no code goes the same way.
        return redirect(f"/periksa/{plain_check_code(typed)}", 303)
    return render_template("growth/check.html", letter=None, fault="", month_name=month_name)


@bp.get("/periksa/<code>")
@public
@limiter.limit(_LIMIT)
def show(code: str) -> ResponseReturnValue:
    """Say what a letter says, whether it is unchanged, and whether it was withdrawn."""
    try:
        letter, fault, status = letters.check_letter(code), "", 200
    except NotFound as error:
        letter, fault, status = None, told(error), 404
    page = render_template("growth/check.html", letter=letter, fault=fault, month_name=month_name)
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer
