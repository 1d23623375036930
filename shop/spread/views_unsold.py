"""Door: producers that never sold, for the programme's people and auditors. Never public: a name here shames."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from shop.base.clock import utc_now
from shop.catalog.categories import shelves
from shop.db import session, unit_of_work
from shop.reference.regions import regions
from shop.sheets import commas
from shop.sourcing import lost
from shop.spread import unsold
from shop.vendors import places
from shop.web.downloads import download
from shop.web.guard import actor, requires

bp = Blueprint("unsold", __name__)
_HEADS = ("nomor", "nama", "kecamatan", "di_rak_sejak", "produk", "dibandingkan_12_bulan", "yang_mungkin_menghalangi")


@bp.get("/program/belum-terjual")
@requires(unsold.READ)
def index() -> ResponseReturnValue:
    """List producers on the shelf that never had an order accepted, as of last night."""
    who, ask, now = actor(), _asked(), utc_now()
    rows, after = unsold.page(who, ask, now)
    lang = str(getattr(get_locale(), "language", "id"))
    return render_template(
        "spread/unsold.html",
        rows=rows, shown=lost.shown([row.id for row in rows], now), least=lost.LEAST, reasons=unsold.REASONS, ask=ask,
        next=after and _address("/program/belum-terjual", ask, after), download=_address("/program/belum-terjual.csv", ask),
        names=regions(session), kecamatan=places.kecamatan(who),
        categories=[(code, shelf.name(lang)) for code, shelf in shelves().items()],
        record=who.may("programme:facility:record"),
    )  # fmt: skip


@bp.get("/program/belum-terjual.csv")
@requires(unsold.READ)
def as_csv() -> ResponseReturnValue:
    """Give the whole list as CSV, and note in the trail who took it out."""
    who, ask, now = actor(), _asked(), utc_now()
    with unit_of_work():
        unsold.note_export(who, ask, now)
    batches = [_cells(rows, lost.shown([row.id for row in rows], now)) for rows in unsold.every_page(who, ask, now)]
    return download(commas.written(_HEADS, batches), commas.MEDIA_TYPE, "belum-terjual.csv")


def _asked() -> unsold.Asked:
    args = request.args
    return unsold.asked(actor(), args.get("kecamatan", ""), args.get("kategori", ""), args.get("sesudah", ""))


def _address(path: str, ask: unsold.Asked, after: int = 0) -> str:
    words = {"kecamatan": ask.kecamatan, "kategori": ask.category, "sesudah": after}
    return f"{path}?{urlencode({name: value for name, value in words.items() if value})}"


def _cells(rows: list[unsold.Row], shown: dict[int, int]) -> list[list[Any]]:
    names = regions(session)
    return [
        [
            row.id, row.name, names[row.kecamatan].name if row.kecamatan in names else row.kecamatan, row.since,
            row.products, shown.get(row.id, 0), "; ".join(_(unsold.REASONS[key]) for key in row.reasons),
        ]
        for row in rows
    ]  # fmt: skip
