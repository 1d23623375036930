"""Door: evidence that is about to expire, and categories bought without TKDN where a certified producer exists."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.base.fields import Fields
from shop.catalog.categories import shelves
from shop.p3dn import labels, office_tree
from shop.p3dn.rules import BASIS, SYSTEM
from shop.reports import chances, expiring, sheets
from shop.reports.asking import Ask, years
from shop.reports.asking import read as read_ask
from shop.reports.chances import Chance, Chances
from shop.reports.expiring import HORIZONS, READ, Impact
from shop.reports.sheets import STAMP, stamp
from shop.sourcing import band
from shop.web.downloads import download
from shop.web.errors import spoken
from shop.web.guard import actor, requires
from shop.web.language import language

bp = Blueprint("reports_outlook", __name__)

_SHOWN: Final = 100
_ENDING: Final = (
    "kunci", "produk", "produsen", "jenis_bukti", "nomor", "tkdn_bp", "berlaku_sampai", "dibayar_365_hari", "baris",
    "kehilangan_bukti_rupiah", *STAMP,
)  # fmt: skip
_CHANCE: Final = (
    "kode", "nama", "dibayar", "tanpa_sertifikat", "baris", "produk_bersertifikat", "produsen_bersertifikat", *STAMP,
)  # fmt: skip


@bp.get("/laporan/sertifikat-berakhir")
@requires(READ)
def ending() -> ResponseReturnValue:
    """Show which proofs end soon and what of the coming spending they take along."""
    now = utc_now()
    errors, status = list[tuple[str, str]](), 200
    try:
        horizon = _horizon()
    except Invalid as wrong:
        horizon, (errors, status) = 0, spoken(wrong)
    found = expiring.impact(actor(), horizon, local_day(now)) if horizon else None
    return render_template(
        "reports/ending.html", found=found, errors=errors, horizons=HORIZONS, typed=request.args.get("hari", horizon),
        shown=_SHOWN, offices=labels.offices(office for office, _lost in found.offices) if found else {},
        lookback=expiring.LOOKBACK, system=SYSTEM, as_of=now,
    ), status  # fmt: skip


@bp.get("/laporan/sertifikat-berakhir.<any(csv, xlsx):kind>")
@requires(READ)
def ending_file(kind: str) -> ResponseReturnValue:
    """Hand out the whole list."""
    now, horizon = utc_now(), _horizon()
    found = expiring.impact(actor(), horizon, local_day(now))
    return download(*sheets.as_file(f"sertifikat-berakhir-{horizon}-hari", kind, _ENDING, _endings(found, now), now))


@bp.get("/laporan/peluang-tkdn")
@requires(READ)
def opportunities() -> ResponseReturnValue:
    """Show what is bought without a certificate though somebody certified could deliver it."""
    now = utc_now()
    base: dict[str, Any] = {
        "years": years(local_day(now).year), "offices": [(ref.code, ref.name) for ref in labels.offices().values()], "as_of": now,
        "shown": _SHOWN, "least": band.LEAST,
    }  # fmt: skip
    try:
        ask = _ask()
    except Invalid as wrong:
        errors, status = spoken(wrong)
        return render_template("reports/chances.html", **base, found=None, typed=request.args, errors=errors), status
    found, lang = _found(ask), language()
    kinds = {(one.key, unit) for one in found.categories[:_SHOWN] for unit in one.prices}
    names = {code: shelf.name(lang) for code, shelf in shelves().items()}
    return render_template(
        "reports/chances.html", **base, found=found, ask=ask, errors=(), names=names,
        typed={"tahun": ask.year, "kantor": ask.office.code if ask.office else ""},
        accounts=labels.account_names([one.key for one in found.accounts]),
        bands=band.bands(kinds, band.CITY, local_day(now)),
        search=lambda one: "/katalog?" + urlencode({"category": one.key, "evidence": "certified"}),
    )  # fmt: skip


@bp.get("/laporan/peluang-tkdn.<any(csv, xlsx):kind>")
@requires(READ)
def opportunities_file(kind: str) -> ResponseReturnValue:
    """Hand out both lists in one table: categories first, then accounts."""
    ask, now = _ask(), utc_now()
    found = _found(ask)
    said = stamp(found.report.system, found.report.bases, ask.days, now)
    names = {code: shelf.name_id for code, shelf in shelves().items()}
    names |= labels.account_names([one.key for one in found.accounts])
    rows = [[*_cells(one, names.get(one.key, one.key)), *said] for one in (*found.categories, *found.accounts)]
    return download(*sheets.as_file(f"peluang-tkdn-{ask.year}", kind, _CHANCE, rows, now))


def _horizon() -> int:
    """Return how many days ahead are looked at. Raises Invalid."""
    fields = Fields(request.args)
    text = fields.typed("hari") or "90"
    if text not in map(str, HORIZONS):
        fields.fault("hari", "Pilih 30, 90, atau 180 hari.")
    fields.check()
    return int(text)


def _ask() -> Ask:
    """Read year and office, nothing else. Raises NotFound for an office that is not there, Invalid otherwise."""
    said = [(name, value) for name, value in request.args.items(multi=True) if name in {"tahun", "kantor"}]
    return read_ask(said, local_day(utc_now()).year)


def _found(ask: Ask) -> Chances:
    now = utc_now()
    return chances.chances(actor(), ask.filters(office_tree.read()), local_day(now), now=now)


def _endings(found: Impact, now: Any) -> list[list[Any]]:
    said = stamp(SYSTEM, BASIS, (found.since, found.day), now)
    return [
        [str(one.product_id), one.product, one.vendor, one.level, one.number, one.tkdn_bp, one.until, one.paid, one.lines,
         one.lost, *said]
        for one in found.endings
    ]  # fmt: skip


def _cells(one: Chance, name: str) -> tuple[Any, ...]:
    return one.key, name, one.paid, one.stake, one.lines, one.products, one.vendors
