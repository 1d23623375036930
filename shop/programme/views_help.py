"""Door: help offered and needed, for the programme's staff: enter offers, match with one tap."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.db import session, unit_of_work
from shop.programme import forms, gatherings, helping, in_sight, needing
from shop.programme.rules import GOODS_KINDS, HELP_KINDS
from shop.reference import regions
from shop.web.errors import faults_told, say
from shop.web.guard import actor, requires
from shop.web.paging import page_from

bp = Blueprint("programme_help", __name__)


@bp.get("/program/bantuan")
@requires(helping.MANAGE)
def needs() -> ResponseReturnValue:
    """List open needs with the offers that fit them best, and why."""
    page = page_from(request.args.get("page"), default_size=20)
    rows, total = needing.open_needs(actor(), local_day(utc_now()), offset=page.offset, limit=page.size)
    return render_template(
        "programme/needs.html",
        rows=rows,
        total=total,
        page=page,
        kinds=HELP_KINDS,
        names=regions.regions(session),
        say=say,
    )


@bp.get("/program/bantuan/tawaran")
@requires(helping.MANAGE)
def offers() -> ResponseReturnValue:
    """List what is on offer, with the places left; staff enter new offers here."""
    return _offers()


def _offers(faults: list[tuple[str, str]] | None = None, status: int = 200) -> tuple[str, int]:
    today = local_day(utc_now())
    page = page_from(request.args.get("page"), default_size=20)
    context: dict[str, Any] = {
        "rows": needing.offers(today, offset=page.offset, limit=page.size),
        "total": needing.count_offers(),
        "page": page,
        "kinds": HELP_KINDS,
        "goods": GOODS_KINDS,
        "places": in_sight.kecamatan(actor()),
        "names": regions.regions(session),
        "collaborators": gatherings.collaborators(),
        "form": forms.typed(request.form),
        "faults": faults or [],
        "faults_of": dict(faults or ()),
    }
    return render_template("programme/offers.html", **context), status


@bp.post("/program/bantuan/tawaran")
@requires(helping.MANAGE)
def offer() -> ResponseReturnValue:
    """Enter an offer."""
    try:
        with unit_of_work():
            helping.offer(actor(), forms.offer(request.form), utc_now())
    except Invalid as error:
        return _offers(faults_told(error), 422)
    flash(_("Tawaran disimpan."), "success")
    return redirect("/program/bantuan/tawaran", 303)


@bp.post("/program/bantuan/tawaran/<int:offer_id>/tutup")
@requires(helping.MANAGE)
def close_offer(offer_id: int) -> ResponseReturnValue:
    """End an offer."""
    with unit_of_work():
        helping.close_offer(actor(), offer_id, utc_now())
    flash(_("Tawaran ditutup. Yang sudah dipasangkan tetap berlaku."), "success")
    return redirect("/program/bantuan/tawaran", 303)


@bp.post("/program/bantuan/<int:need_id>/pasang/<int:offer_id>")
@requires(helping.MANAGE)
def match(need_id: int, offer_id: int) -> ResponseReturnValue:
    """Bring an offer and a need together with one tap."""
    with unit_of_work():
        helping.match(actor(), need_id, offer_id, utc_now())
    flash(_("Dipasangkan. Produsen diberi tahu dan memutuskan sendiri."), "success")
    return redirect(f"/program/bantuan#b{need_id}", 303)


@bp.post("/program/bantuan/pasangan/<int:match_id>/tarik")
@requires(helping.MANAGE)
def withdraw(match_id: int) -> ResponseReturnValue:
    """Take back a match nobody has answered."""
    with unit_of_work():
        helping.withdraw(actor(), match_id, utc_now())
    flash(_("Ditarik kembali. Tempatnya bebas lagi."), "success")
    return redirect("/program/bantuan", 303)
