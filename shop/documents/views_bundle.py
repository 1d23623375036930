"""Door: what the SPJ of an order still lacks, and the whole as a ZIP or one PDF, for an order or a package and month."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import local_day, utc_now
from shop.base.errors import Conflict, NotFound
from shop.budgets import reading as packages
from shop.db import session, unit_of_work
from shop.documents import bundling, checklist, pieces
from shop.documents.bundling import About
from shop.documents.pieces import Folder
from shop.growth.months import month_from, written
from shop.orders import reading as orders
from shop.orders.reading import OrderView
from shop.storage.files import FileStore
from shop.web.downloads import PDF, download
from shop.web.errors import say
from shop.web.guard import actor, requires, signed_in
from shop.web.limits import limiter
from shop.web.paging import page_from
from shop.web.public import public_root

bp = Blueprint("documents_bundle", __name__)
_ORDER: Final = "/pesanan/<int:order_id>/spj"
_PACKAGE: Final = "/paket/<int:package_id>/spj/<month>"
_READ: Final = "orders:order:read"
_LIMIT: Final = "20 per minute"
_LARGE: Final = threading.BoundedSemaphore(2)
"""Bundles of many orders made at once by this process: each keeps one processor busy for up to a minute."""
Make = Callable[[About, Iterator[Folder], FileStore], Iterator[bytes]]
_ZIP: Final = "application/zip"


@bp.get(_ORDER)
@requires(_READ)
def show(order_id: int) -> ResponseReturnValue:
    """Show which papers the order needs: there, lacking and who mends it, or not needed and why."""
    who, view = _judged(order_id)
    for_vendor = who.vendor_id is not None
    rows = checklist.read(order_id, utc_now(), for_vendor=for_vendor).rows
    taken = () if for_vendor else reversed(trail.history("order_bundle", order_id)[-5:])
    counts = {state: sum(row.state == state for row in rows) for state in checklist.STATES}
    return render_template(
        "documents/spj.html", order=view, rows=rows, states=checklist.STATES, counts=counts, taken=list(taken), say=say
    )


@bp.get(f"{_ORDER}.zip")
@requires(_READ)
@limiter.limit(_LIMIT)
def order_zip(order_id: int) -> ResponseReturnValue:
    """Hand out everything of an order as a ZIP."""
    return _of_order(order_id, bundling.as_zip, _ZIP, "zip")


@bp.get(f"{_ORDER}.pdf")
@requires(_READ)
@limiter.limit(_LIMIT)
def order_pdf(order_id: int) -> ResponseReturnValue:
    """Hand out everything of an order as one PDF."""
    return _of_order(order_id, bundling.as_pdf, PDF, "pdf")


@bp.get(f"{_PACKAGE}.zip")
@signed_in
@limiter.limit(_LIMIT)
def package_zip(package_id: int, month: str) -> ResponseReturnValue:
    """Hand out every order of a package that was paid in a month, as a ZIP."""
    return _of_month(package_id, month, bundling.as_zip, _ZIP, "zip")


@bp.get(f"{_PACKAGE}.pdf")
@signed_in
@limiter.limit(_LIMIT)
def package_pdf(package_id: int, month: str) -> ResponseReturnValue:
    """Hand out every order of a package that was paid in a month, as one PDF."""
    return _of_month(package_id, month, bundling.as_pdf, PDF, "pdf")


def _judged(order_id: int) -> tuple[Actor, OrderView]:
    who = actor()
    return who, orders.order(orders.scope_of([who]), order_id)


def _of_order(order_id: int, make: Make, kind: str, suffix: str) -> Response:
    who, view = _judged(order_id)
    now, for_vendor = utc_now(), who.vendor_id is not None
    facts = [("Kantor", view.case.office_name), ("Produsen", view.case.vendor_name), ("Paket", f"{view.package_name} ({view.rup_code})"),
             ("Keperluan", view.purpose)]  # fmt: skip
    about = About(f"Berkas SPJ {view.number}", facts, who.name, now, public_root())
    _note(who, "order_bundle", order_id, now, number=view.number, form=suffix)
    folders = (pieces.of_one(order_id, now, for_vendor=for_vendor) for _once in range(1))
    return _answer(make(about, folders, _files()), kind, f"spj-{view.number}.{suffix}")


def _of_month(package_id: int, text: str, make: Make, kind: str, suffix: str) -> Response:
    who, now = actor(), utc_now()
    if not who.may("budgets:package:read"):  # a hat without packages hears of another's what a stranger hears
        raise NotFound("Paket ini tidak ada.")
    package = packages.package(who, package_id)
    month, part = month_from(text, local_day(now)), page_from(request.args.get("bagian")).number
    ids, total = pieces.paid_in(package_id, month, part)
    parts = -(-total // pieces.MOST_ORDERS)
    counted = f"{len(ids)} dari {total}, bagian {part} dari {parts}" if parts > 1 else f"{total}"
    facts = [("Kantor", package.office_name), ("Paket", f"{package.name} ({package.rup_code})"),
             ("Dibayar pada", written(month)), ("Pesanan", counted)]  # fmt: skip
    about = About(f"Berkas SPJ {package.rup_code} {written(month)}", facts, who.name, now, public_root())
    if not _LARGE.acquire(blocking=False):
        raise Conflict("Berkas besar lain sedang disusun. Coba lagi sebentar lagi.", kind="busy")
    try:
        _note(who, "package_bundle", package_id, now, month=text, form=suffix, orders=len(ids), part=part)
        name = f"spj-{package.rup_code}-{month:%Y-%m}{f'-{part}' if parts > 1 else ''}.{suffix}"
        answer = _answer(make(about, _folders(package_id, ids, now), _files()), kind, name)
    except BaseException:
        _LARGE.release()
        raise
    answer.call_on_close(_LARGE.release)
    return answer


def _folders(package_id: int, ids: list[int], now: datetime) -> Iterator[Folder]:
    yield pieces.of_package(package_id)
    for place, order_id in enumerate(ids, 1):
        yield pieces.of_one(order_id, now, for_vendor=False, place=place)
        session.rollback()  # nothing was written; a slow reader must not hold an old picture of the database open


def _note(who: Actor, subject: str, subject_id: int, now: datetime, **told: object) -> None:
    """Write into the trail who took what; asking only for the head of an answer takes nothing."""
    if request.method == "GET":
        with unit_of_work():
            trail.record(who, "bundle_taken", subject, subject_id, now, **told)


def _answer(content: Iterator[bytes], kind: str, name: str) -> Response:
    return download(stream_with_context(content), kind, name)


def _files() -> FileStore:
    files: FileStore = current_app.extensions["files"]
    return files
