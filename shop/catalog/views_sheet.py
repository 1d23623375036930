"""Doors of the product spreadsheet: template, upload, preview, bad rows, export."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any, Final, cast

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.base.clock import local_day, utc_now
from shop.base.codes import slug
from shop.base.errors import Conflict, Invalid, NotFound
from shop.base.sheet import decoded
from shop.catalog import exporting, sheet_columns, uploading
from shop.catalog.categories import shelves
from shop.db import unit_of_work
from shop.orders import exporting as order_exporting
from shop.sheets.inspecting import looks_like_workbook, open_workbook
from shop.sheets.writing import MEDIA_TYPE, Book, Cell, Column
from shop.storage.files import FileStore
from shop.vendors import exporting as vendor_exporting
from shop.web.errors import faults_told, say, told
from shop.web.guard import actor, requires
from shop.web.language import language
from shop.web.paging import page_from
from shop.web.public import public_root

bp = Blueprint("sheet", __name__)

STAGES: Final = {
    "reading": ("Sedang dibaca", "wait"),
    "ready": ("Siap diperiksa", "info"),
    "saving": ("Sedang disimpan", "wait"),
    "saved": ("Tersimpan", "ok"),
    "unreadable": ("Tidak bisa dibaca", "bad"),
}
WHAT: Final = {"new": ("Baru", "ok"), "changed": ("Berubah", "info"), "same": ("Tetap", "none")}


def _files() -> FileStore:
    return cast("FileStore", current_app.extensions["files"])


@bp.get("/produk-saya/excel")
@requires("catalog:product:manage")
def index() -> ResponseReturnValue:
    """Templates by category, the upload, and what became of the last ones."""
    return _index()


def _index(faults: list[tuple[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    page = page_from(request.args.get("page"), default_size=10)
    rows, total = uploading.own_uploads(actor(), page.offset, page.size)
    lang = language()
    groups = [
        (shelf.name(lang), [leaf for leaf in shelves().values() if leaf.parent_code == shelf.code])
        for shelf in shelves().values()
        if shelf.parent_code is None
    ]
    return render_template(
        "catalog/sheet.html", groups=groups, rows=rows, total=total, page=page, stages=STAGES, faults=faults or []
    ), status


@bp.get("/produk-saya/excel/templat.xlsx")
@requires("catalog:product:manage")
def template() -> ResponseReturnValue:
    """Answer the template of one category."""
    category, now = request.args.get("category", ""), utc_now()
    if category not in shelves():
        return _index([("category", _("Pilih kategori dari daftar."))], 422)
    return _download(f"templat-{category}.xlsx", lambda out: sheet_columns.template(out, category, now, local_day(now)))


@bp.post("/produk-saya/excel")
@requires("catalog:product:manage")
def upload() -> ResponseReturnValue:
    """Keep a file and have it read. What is no spreadsheet at all is told at once."""
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid.at("file", "Pilih satu berkas Excel (.xlsx) atau CSV.")
        content = given.read()
        if looks_like_workbook(content):
            open_workbook(content).close()
        else:
            decoded(content)
        key = _files().put(content, "xlsx" if looks_like_workbook(content) else "csv")
        with unit_of_work():
            number = uploading.receive(actor(), given.filename, key, utc_now())
    except Invalid as error:
        return _index(faults_told(error), 422)
    except Conflict as error:
        return _index([("file", told(error))], 409)
    return redirect(f"/produk-saya/excel/{number}", 303)


@bp.get("/produk-saya/excel/<int:upload_id>")
@requires("catalog:product:manage")
def show(upload_id: int) -> ResponseReturnValue:
    """One upload: how far it is read, what it would do, what it did."""
    found = uploading.own_upload(actor(), upload_id)
    report: dict[str, Any] = found.report
    return render_template(
        "catalog/sheet_upload.html",
        upload=found,
        stage=STAGES[found.stage],
        why=say(*report["why"]) if "why" in report else "",
        notices=[say(message, values) for message, values in report.get("notices", ())],
        faults=[
            {"row": row, "column": column, "why": say(message, values)}
            for row, column, message, values in report.get("faults", ())
        ],
        faults_in_all=report.get("faults_in_all", 0),
        preview=report.get("preview", ()),
        has_bad_rows="bad_key" in report,
        what=WHAT,
        shelves=shelves(),
    )


@bp.post("/produk-saya/excel/<int:upload_id>/simpan")
@requires("catalog:product:manage")
def save(upload_id: int) -> ResponseReturnValue:
    """Have the good rows saved; asking twice is asking once."""
    with unit_of_work():
        uploading.ask_to_save(actor(), upload_id, utc_now())
    flash(_("Baris yang benar sedang disimpan."), "ok")
    return redirect(f"/produk-saya/excel/{upload_id}", 303)


@bp.get("/produk-saya/excel/<int:upload_id>/baris-salah.xlsx")
@requires("catalog:product:manage")
def bad_rows(upload_id: int) -> ResponseReturnValue:
    """Answer only the bad rows, marked, to be mended and sent again."""
    found = uploading.own_upload(actor(), upload_id)
    if "bad_key" not in found.report:
        raise NotFound
    name = f"{slug(found.file_name.rpartition('.')[0] or found.file_name, 60)}-baris-salah.xlsx"
    answer: Response = send_file(
        _files().path(found.report["bad_key"]), MEDIA_TYPE, as_attachment=True, download_name=name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/produk-saya/ekspor.xlsx")
@requires("catalog:product:manage")
def export() -> ResponseReturnValue:
    """Answer everything that is the producer's: products, papers, orders with lines, payments, uploads."""
    who, now = actor(), utc_now()
    sheets: tuple[tuple[str, tuple[Column, ...], Callable[[], Iterator[list[Cell]]]], ...] = (
        ("Produk", exporting.COLUMNS, lambda: exporting.own_rows(who, local_day(now))),
        ("Dokumen", vendor_exporting.PAPERS, lambda: vendor_exporting.own_papers(who)),
        ("Pesanan", order_exporting.LINES, lambda: order_exporting.own_lines(who)),
        ("Pembayaran", order_exporting.PAYMENTS, lambda: order_exporting.own_payments(who)),
        ("Unggahan", exporting.UPLOADS, lambda: exporting.upload_rows(who)),
    )

    def write(out: IO[bytes]) -> None:
        with Book(out, "Data usaha saya", now) as book:
            for name, columns, rows in sheets:
                book.sheet(name, columns, rows())

    return _download(f"data-usaha-{local_day(now)}.xlsx", write)


def _download(name: str, write: Callable[[IO[bytes]], None]) -> Response:
    """Answer a workbook written to a file of its own, which is gone when it has been sent."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - open until it is sent
    write(out)
    out.seek(0)
    answer: Response = send_file(out, MEDIA_TYPE, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/produk-saya/ekspor-inggris.xlsx")
@requires("catalog:product:manage")
def english() -> ResponseReturnValue:
    """Answer the published products for buyers abroad, in English as far as we can say it."""
    who, now = actor(), utc_now()
    return _download(f"products-{local_day(now)}.xlsx", lambda out: _english(out, who.vendor_id or 0, now))


def _english(out: IO[bytes], vendor_id: int, now: datetime) -> None:
    halal = vendor_exporting.halal_number(vendor_id, local_day(now))
    with Book(out, "Products", now) as book:
        book.sheet("Products", exporting.ENGLISH, exporting.english_rows(actor(), public_root(), halal))
        book.text("Read me", (
            ("What this is", "Your published products for buyers abroad. Prices in rupiah (IDR), without freight."),
            ("Still to translate", "Names of columns listed there are in your own words. Translate those cells before sending."),
            ("HS code", "Filled when the product carries one. Ask your mentor or the customs office for the code."),
            ("Allergens", "As you declared them. Empty does not mean free of allergens."),
        ))  # fmt: skip
