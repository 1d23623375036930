"""The one mapping from our errors to HTTP: a page for people, RFC 9457 problem+json for programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import structlog
from flask import Flask, Response, json, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from shop.base import errors
from shop.db import is_busy, session
from shop.web.guard import is_api

log = structlog.get_logger(__name__)

STATUS: Final[tuple[tuple[type[errors.ShopError], int], ...]] = (
    (errors.Invalid, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Reused, 422),
    (errors.TooMany, 429),
    (errors.NotReady, 503),
)
TITLES: Final[dict[int, Any]] = {
    400: _l("Permintaan tidak terbaca"),
    401: _l("Silakan masuk dahulu"),
    403: _l("Anda tidak boleh melakukan ini"),
    404: _l("Tidak ditemukan"),
    405: _l("Cara ini tidak tersedia"),
    409: _l("Keadaannya sudah berubah"),
    413: _l("Berkas terlalu besar"),
    415: _l("Jenis isian tidak dikenal"),
    422: _l("Ada isian yang perlu diperbaiki"),
    429: _l("Terlalu sering"),
    500: _l("Ada gangguan di sistem kami"),
    503: _l("Belum siap"),
}
_ADVICE: Final[dict[int, Any]] = {
    400: _l("Muat ulang halaman sebelumnya lalu coba lagi. Tidak ada yang berubah."),
    404: _l("Alamatnya mungkin salah, sudah dihapus, atau bukan untuk akun Anda."),
    405: _l("Buka halaman ini dari tautan atau tombol di aplikasi."),
    413: _l("Perkecil berkas lalu unggah lagi. Tidak ada yang disimpan."),
    415: _l("Kirim isian sebagai JSON."),
    429: _l("Tunggu sebentar lalu coba lagi."),
    500: _l("Kejadian ini sudah dicatat. Tidak ada yang disimpan setengah-setengah. Coba lagi sebentar lagi."),
}
PROBLEM_TYPE: Final = "/api/v1/problems/"


def status_of(error: errors.ShopError) -> int:
    """Return the HTTP status of an error: the first branch of the tree that fits."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


def say(message: str, params: dict[str, object]) -> str:
    """Return a message in the reader's language, its placeholders filled after translation."""
    translated: str = _(message)
    for name in {"role", "hat"} & {name for name, value in params.items() if value}:
        role, dot, place = str(params[name]).partition(" · ")  # the label of a role is a msgid itself
        params = {**params, name: _(role) + dot + place}
    return translated % params if params else translated


def told(error: errors.ShopError) -> str:
    """Return an error's sentence in the reader's language."""
    return say(error.message, error.params)


def spoken(error: errors.ShopError) -> tuple[list[tuple[str, str]], int]:
    """Return what a form shows of a refusal, (field, sentence) with an empty field for the whole, and the status."""
    if isinstance(error, errors.Invalid):
        return faults_told(error), 422
    return [("", told(error))], status_of(error)


def faults_told(error: errors.Invalid) -> list[tuple[str, str]]:
    """Return (field, sentence) for each wrong field, in the reader's language."""
    return [(fault.field, say(fault.message, dict(fault.params))) for fault in error.faults]


def problem(status: int, kind: str, detail: str, **extra: object) -> Response:
    """Return an RFC 9457 answer."""
    title = str(TITLES.get(status, HTTPStatus(status).phrase))
    body = {"type": PROBLEM_TYPE + kind, "title": title, "status": status, "detail": detail, **extra}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def _shop_error(error: errors.ShopError) -> ResponseReturnValue:
    session.rollback()
    status = status_of(error)
    if is_api():
        extra: dict[str, object] = {"errors": []}
        if isinstance(error, errors.Invalid):
            extra["errors"] = [{"field": f, "message": m} for f, m in faults_told(error)]
        if isinstance(error, errors.Conflict) and error.facts:
            extra["facts"] = error.facts
        response = problem(status, error.kind, told(error), **extra)
    elif isinstance(error, errors.Unauthenticated) and request.method == "GET":
        return redirect("/masuk?next=" + quote(request.full_path.rstrip("?"), safe="/"), 302)
    else:
        response = _page(status, told(error))
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if status == HTTPStatus.UNAUTHORIZED and is_api():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _page(status: int, message: str) -> Response:
    title = str(TITLES.get(status, HTTPStatus(status).phrase))
    return Response(render_template("errors/error.html", code=status, error_title=title, message=message), status)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    session.rollback()
    status = error.code or 500
    if error.response is not None or status < 400:  # noqa: PLR2004 - redirects made by the router
        return error.get_response()
    detail = str(_ADVICE.get(status, TITLES.get(status, "")))
    response = problem(status, f"http-{status}", detail, errors=[]) if is_api() else _page(status, detail)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> ResponseReturnValue:
    session.rollback()
    if isinstance(error, OperationalError) and is_busy(error):
        return _shop_error(errors.Conflict("Sistem sedang sibuk. Coba lagi sebentar lagi.", kind="busy"))
    log.error("unforeseen", method=request.method, path=request.path, exc_info=error)
    detail = str(_ADVICE[500])
    return problem(500, "unforeseen", detail, errors=[]) if is_api() else _page(500, detail)


def init_app(app: Flask) -> None:
    """Register the mapping. In tests an unforeseen error is raised, so that no test passes over one."""
    app.register_error_handler(errors.ShopError, _shop_error)
    app.register_error_handler(HTTPException, _http_error)
    if not (app.testing or app.config.get("PROPAGATE_EXCEPTIONS")):
        app.register_error_handler(Exception, _unforeseen)
