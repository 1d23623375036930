"""Doors of the house itself: the front page and the pages that say what this is."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.catalog import categories
from shop.p3dn import totals
from shop.web.guard import public

bp = Blueprint("house", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """The front page: search, the shelves, and what the city has bought so far this year."""
    now = utc_now()
    today = local_day(now)
    report = totals.totals(totals.Filters(year=today.year), now=now)
    return render_template(
        "web/home.html",
        shelves=[s for s in categories.shelves().values() if s.parent_code is None],
        report=report,
        year=today.year,
    )


@bp.get("/tentang")
@public
def about() -> ResponseReturnValue:
    """What this is, for whom, and who runs it."""
    return render_template("web/about.html")


@bp.get("/privasi")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about people, and what is not."""
    return render_template("web/privacy.html")


@bp.get("/api")
@public
def api_page() -> ResponseReturnValue:
    """How programs talk to this shop; the description itself is /api/v1/openapi.json."""
    return render_template("web/api.html")
