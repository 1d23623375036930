"""Doors of TKDN on a listing: its papers, and the calculator, which anybody may use and a producer may keep."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, Invalid, NotFound, ShopError
from shop.base.money import FULL_BP
from shop.catalog import calculating, editing, reading, tkdn
from shop.catalog.calculating import ROWS, Asked
from shop.catalog.forms import read_paper
from shop.catalog.models import TkdnWorksheet
from shop.db import session, unit_of_work
from shop.p3dn.methods import method_on
from shop.reference.policy import rule
from shop.storage.files import FileStore, mimetype
from shop.storage.uploads import read_paper as read_scan
from shop.web.errors import faults_told, status_of, told
from shop.web.guard import actor, public, requires, signed_in

bp = Blueprint("tkdn", __name__)
MANAGE: Final = "catalog:product:manage"


def _files() -> FileStore:
    return cast("FileStore", current_app.extensions["files"])


@bp.get("/produk-saya/<int:product_id>/tkdn")
@requires(MANAGE)
def papers(product_id: int) -> ResponseReturnValue:
    """The TKDN evidence of an own product, and the form for more."""
    return _papers(product_id)


def _papers(product_id: int, error: ShopError | None = None) -> ResponseReturnValue:
    product, today = editing.own_product(actor(), product_id), local_day(utc_now())
    faults = [] if error is None else faults_told(error) if isinstance(error, Invalid) else [("", told(error))]
    number = request.args.get("lembar", "") or (request.form.get("worksheet", "") if error else "")
    sheet = _worksheet(product_id, number)
    return render_template(
        "catalog/tkdn.html", product=product, papers=tkdn.papers_of(product_id), sheets=tkdn.worksheets_of(product_id),
        sheet=sheet, cited=tkdn.cited_of(sheet) if sheet else [], years=rule(session, "tkdn.cert_default_years", today).value,
        values=request.form if error else {}, kinds=tkdn.KINDS, today=today,
        faults=faults, faults_of=dict(faults), errors=bool(faults),
    ), status_of(error) if error else 200  # fmt: skip


@bp.post("/produk-saya/<int:product_id>/tkdn")
@requires(MANAGE)
def add_paper(product_id: int) -> ResponseReturnValue:
    """Put a certificate or a self-declaration on the product."""
    editing.own_product(actor(), product_id)
    try:
        sheet = _worksheet(product_id, request.form.get("worksheet", ""))
        paper = read_paper(request.form, (sheet.tkdn_bp, sheet.bmp_bp) if sheet else None)
        file = _kept("file")
        with unit_of_work():
            tkdn.add_paper(actor(), product_id, paper, file, utc_now(), worksheet_id=sheet.id if sheet else None)
    except (Invalid, Conflict) as error:
        return _papers(product_id, error)
    flash(_("Bukti TKDN disimpan."), "ok")
    if tkdn.unusual(paper):
        flash(
            _(
                "Nomornya tidak seperti nomor sertifikat yang kami kenal. Periksa sekali lagi; kalau memang begitu, biarkan."
            ),
            "info",
        )
    return redirect(f"/produk-saya/{product_id}/tkdn", 303)


def _worksheet(product_id: int, number: str) -> TkdnWorksheet | None:
    """Return the named calculation of an own product, None when no number was sent. Raises NotFound."""
    return tkdn.own_worksheet(actor(), product_id, int(number))[1] if number.isdecimal() and len(number) < 19 else None  # noqa: PLR2004 - below 2**63


def _kept(field: str) -> tkdn.KeptFile | None:
    given = request.files.get(field)
    if given is None or not given.filename:
        return None
    content, suffix = read_scan(given.read(), field)
    return tkdn.KeptFile(_files().put(content, suffix), given.filename)


@bp.post("/produk-saya/<int:product_id>/tkdn/tidak-punya")
@requires(MANAGE)
def have_none(product_id: int) -> ResponseReturnValue:
    """Answer that there is no TKDN paper."""
    with unit_of_work():
        tkdn.have_none(actor(), product_id, utc_now())
    flash(_("Dicatat: produk ini tidak punya bukti TKDN. Anda bisa menambahkannya kapan saja."), "ok")
    return redirect(f"/produk-saya/{product_id}?bagian=tkdn#bagian-tkdn", 303)


@bp.post("/produk-saya/<int:product_id>/tkdn/<int:paper_id>/hapus")
@requires(MANAGE)
def remove_paper(product_id: int, paper_id: int) -> ResponseReturnValue:
    """Take a paper off the product."""
    with unit_of_work():
        tkdn.remove_paper(actor(), product_id, paper_id, utc_now())
    flash(_("Bukti TKDN dihapus dari produk ini. Pesanan lama tidak berubah."), "ok")
    return redirect(f"/produk-saya/{product_id}/tkdn", 303)


@bp.get("/produk-saya/<int:product_id>/tkdn/<int:paper_id>/berkas")
@signed_in
def paper_file(product_id: int, paper_id: int) -> ResponseReturnValue:
    """The scan of a paper, for its producer, curators of its place, and auditors."""
    facts = reading.product_facts(product_id, local_day(utc_now()), unseen=True)
    if not reading.may_look(actor(), facts.vendor_id, facts.kecamatan_code):
        raise NotFound("Bukti ini tidak ada.")
    key = tkdn.paper_of(product_id, paper_id).file_key
    answer: Response = send_file(
        _files().path(key), mimetype(key), as_attachment=True, download_name=f"tkdn-{paper_id}.{key[-4:].lstrip('.')}"
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/kalkulator-tkdn")
@public
def calculator() -> ResponseReturnValue:
    """The formula of the day in plain words, for anybody; nothing is kept."""
    asked = calculating.read(request.args, local_day(utc_now()))
    return _calculated(asked, request.args, None)


@bp.get("/produk-saya/<int:product_id>/tkdn/hitung")
@requires(MANAGE)
def calculate(product_id: int) -> ResponseReturnValue:
    """The calculator on a listing, with a button that keeps the worksheet."""
    product = editing.own_product(actor(), product_id)
    return _calculated(calculating.read(request.args, local_day(utc_now())), request.args, product)


@bp.post("/produk-saya/<int:product_id>/tkdn/hitung")
@requires(MANAGE)
def keep(product_id: int) -> ResponseReturnValue:
    """Keep the calculation as evidence."""
    product = editing.own_product(actor(), product_id)
    asked = calculating.read(request.form, local_day(utc_now()), wanted=True)
    if asked.result is None or asked.method is None:
        return _calculated(asked, request.form, product)
    with unit_of_work():
        number = tkdn.keep_worksheet(actor(), product_id, asked.inputs, asked.result, asked.method, utc_now())
    flash(_("Lembar hitung disimpan sebagai bukti."), "ok")
    return redirect(f"/produk-saya/{product_id}/tkdn?lembar={number}#lembar", 303)


def _calculated(asked: Asked, values: Any, product: Any) -> ResponseReturnValue:
    faults = faults_told(Invalid(faults=asked.faults))
    today = local_day(utc_now())
    return render_template(
        "catalog/calculator.html", product=product, values=values, asked=asked, rows=range(1, ROWS + 1),
        method=asked.method or method_on(today), overhead=calculating.OVERHEAD, factors=calculating.FACTORS, full=FULL_BP,
        faults=faults, faults_of=dict(faults), errors=bool(faults), today=today,
    ), 422 if faults else 200  # fmt: skip
