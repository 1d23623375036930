"""Doors of the producer's turnover letters: issue, list, show, print, withdraw."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid, NotFound
from shop.base.sheet import whole
from shop.db import unit_of_work
from shop.growth import drawing, letters, months
from shop.growth.letters import Letter
from shop.web.downloads import PDF, download
from shop.web.errors import faults_told
from shop.web.guard import actor, requires
from shop.web.paging import page_from
from shop.web.public import public_root
from shop.web.spending import month_name

bp = Blueprint("growth_letters", __name__)

_CHOICES = 12
"""How many last months the form offers; older ones make no bank glad."""


@bp.get("/perkembangan/surat")
@requires(letters.ISSUE)
def index() -> ResponseReturnValue:
    """List the letters and offer a new one."""
    return _list()


def _list(faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    page = page_from(request.args.get("page"), default_size=20)
    rows, total = letters.own_letters(actor(), offset=page.offset, limit=page.size)
    this = months.month_of(local_day(utc_now()))
    ended = [months.shifted(this, -n).isoformat()[:7] for n in range(1, _CHOICES + 1)]
    return render_template(
        "growth/letters.html", rows=rows, total=total, page=page, faults=faults or [], faults_of=dict(faults or ()),
        errors=bool(faults), choices=[(month, month_name(month)) for month in ended], month_name=month_name,
        values=request.form if faults else {"last": ended[0], "count": "12"},
    ), status  # fmt: skip


@bp.post("/perkembangan/surat")
@requires(letters.ISSUE)
def issue() -> ResponseReturnValue:
    """Issue a letter about the chosen months."""
    now = utc_now()
    try:
        count = whole(request.form.get("count", "")) or 0
        try:
            last = months.month_from(request.form.get("last", ""), local_day(now))
        except NotFound:
            raise Invalid.at("last", "Pilih bulan terakhir yang sudah selesai, dari daftar.") from None
        with unit_of_work():
            number = letters.issue_letter(actor(), last, count, now).id
    except Invalid as error:
        return _list(faults_told(error), 422)
    flash(_("Surat diterbitkan."), "ok")
    return redirect(f"/perkembangan/surat/{number}", 303)


@bp.get("/perkembangan/surat/<int:letter_id>")
@requires(letters.ISSUE)
def show(letter_id: int) -> ResponseReturnValue:
    """Show one letter and how it is checked."""
    letter = letters.own_letter(actor(), letter_id)
    return render_template("growth/letter.html", letter=letter, address=_address(letter), month_name=month_name)


@bp.get("/perkembangan/surat/<int:letter_id>/pdf")
@requires(letters.ISSUE)
def pdf(letter_id: int) -> ResponseReturnValue:
    """Hand out a letter as PDF, the same each time."""
    letter = letters.own_letter(actor(), letter_id)
    return download(drawing.letter_pdf(letter, _address(letter)), PDF, f"surat-omzet-{letter.code[:4]}.pdf")


@bp.post("/perkembangan/surat/<int:letter_id>/tarik")
@requires(letters.ISSUE)
def withdraw(letter_id: int) -> ResponseReturnValue:
    """Withdraw a letter: its public page says so from now on."""
    with unit_of_work():
        letters.withdraw_letter(actor(), letter_id, utc_now())
    flash(_("Surat ditarik. Siapa pun yang memeriksanya akan melihat itu."), "ok")
    return redirect(f"/perkembangan/surat/{letter_id}", 303)


def _address(letter: Letter) -> str:
    return f"{public_root()}/periksa/{letter.code}"
