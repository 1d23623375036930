"""Door: downloads for anybody, each with its description, and the exchange with LKPP's systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from shop.audit import trail
from shop.base.clock import local, local_day, utc_now
from shop.base.codes import fingerprint
from shop.base.errors import FieldFault, Invalid, NotFound
from shop.db import unit_of_work
from shop.opendata import columns, isb, pouring, sums
from shop.opendata.columns import KIND_LABELS, File
from shop.opendata.public_files import FILES
from shop.p3dn import basis
from shop.p3dn.rules import MEASURES
from shop.sheets import commas
from shop.web.guard import actor, public, requires
from shop.web.public import public_root

bp = Blueprint("opendata", __name__)
EXCHANGE: Final = "opendata:exchange:read"
_DIGITS: Final = 18
_SCRIPT: Final = Path(__file__).resolve().parents[2] / "docs" / "recompute.py"
_YEAR: Final = 4


@bp.get("/data")
@public
def index() -> ResponseReturnValue:
    """Show what may be downloaded, column by column, and how to compute the totals from it."""
    now = utc_now()
    return render_template(
        "opendata/index.html",
        files=FILES.values(), datasets=[(name, isb.file(name), isb.unfilled(name)) for name in isb.DATASETS],
        groupings=sums.GROUPINGS, kinds=KIND_LABELS, years=sums.years(), stand=sums.stand(), now=now, root=public_root(),
        most=pouring.MOST_ROWS, may_exchange=actor().may(EXCHANGE),
        bases=basis.within(None, local_day(now)),
    )  # fmt: skip


@bp.get("/data/manifest.json")
@public
def manifest() -> ResponseReturnValue:
    """Answer how far the ledger goes, the sums of each year, and the addresses of all files."""
    _only()
    sums.one_snapshot()
    now = utc_now()
    found = sums.manifest(now, local(now).isoformat(timespec="seconds"))
    files: dict[str, Any] = {
        file.name: {
            "columns": list(file.heads),
            "addresses": [f"{public_root()}/data/{file.name}.{shape}" for shape in pouring.MEDIA],
            "newest": columns.newest(file),
        }
        for file in FILES.values()
    }
    return jsonify(found | {"files": files})


@bp.get("/data/totals.<shape>")
@public
def totals(shape: str) -> ResponseReturnValue:
    """Hand out every total of a year, or of all years, with how far the ledger was read for them."""
    if shape not in {"csv", "json"}:
        raise NotFound("Berkas ini tidak ada.")
    year = _year(_only("year").get("year"))
    sums.one_snapshot()
    now = utc_now()
    if shape == "json":
        answer = jsonify(sums.document(year, now, local(now).isoformat(timespec="seconds")))
    else:
        rows = [[group, key, *measures.as_tuple()] for group, key, measures in sums.rows(year, now)]
        answer = Response("".join(commas.written(("group", "key", *MEASURES), [rows])), content_type=commas.MEDIA_TYPE)
    at = sums.stand()
    answer.headers["X-Ledger-Top"] = str(at.top)
    return _marked(answer, f"totals-{year}-{shape}-{at.changes}-{at.top}", f"totals.{shape}")


@bp.get("/data/recompute.py")
@public
def recompute() -> ResponseReturnValue:
    """Hand out the independent script, so that a stranger needs nothing but this page."""
    _only()
    if not _SCRIPT.is_file():
        raise NotFound("Berkas ini tidak ada.")
    text = _SCRIPT.read_bytes()
    return _marked(
        Response(text, content_type="text/x-python; charset=utf-8"),
        fingerprint({"script": text.decode()}),
        _SCRIPT.name,
    )


@bp.get("/data/<name>.<shape>")
@public
def download(name: str, shape: str) -> ResponseReturnValue:
    """Pour out one public file."""
    if name not in FILES:
        raise NotFound("Berkas ini tidak ada.")
    return _poured(FILES[name], shape)


@bp.get("/data/isb/<dataset>.<shape>")
@public
def exchange(dataset: str, shape: str) -> ResponseReturnValue:
    """Pour out a data set as LKPP's systems know it; what is about a person, or a tax number, stays empty."""
    return _poured(_dataset(dataset, personal=False), shape)


@bp.get("/data/isb/lengkap/<dataset>.<shape>")
@requires(EXCHANGE)
def exchange_whole(dataset: str, shape: str) -> ResponseReturnValue:
    """Pour out a data set with names of officials and tax numbers, and keep who took it."""
    who, now = actor(), utc_now()
    found = _dataset(dataset, personal=True)
    answer = _poured(found, shape)
    with unit_of_work():
        trail.record(who, "export", "open_data", 0, now, file=found.name, shape=shape)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _dataset(dataset: str, *, personal: bool) -> File:
    if dataset not in isb.DATASETS:
        raise NotFound("Berkas ini tidak ada.")
    return isb.file(dataset, personal=personal)


def _poured(file: File, shape: str) -> Response:
    """Return a file as it is asked for: in which form, of which year, from which number on."""
    if shape not in pouring.MEDIA:
        raise NotFound("Berkas ini tidak ada.")
    given = _only(*(("year",) if file.year is not None else ()), *(("cursor",) if file.grows else ()))
    year, after = _year(given.get("year")), _number("cursor", given.get("cursor"), _DIGITS) or 0
    at = sums.stand()  # before `top`: what comes in between is poured out and told again, never left out
    top = columns.newest(file)
    rows = columns.batches(file, after=after, top=top, year=year)
    named = file.name.replace("/", "-") + (f"-{year}" if year else "") + f".{shape}"
    mark = f"{file.name}-{[c.name for c in file.columns]}-{year}-{after}-{shape}-{top}-{at.changes}"
    if shape == "xlsx" and _known(mark):
        answer = Response(content_type=pouring.MEDIA[shape])  # no workbook is written for whoever has it
    elif shape == "xlsx":
        _refuse_too_long(file, after, top, year)
        answer = Response(
            pouring.as_workbook(file, rows, utc_now()), content_type=pouring.MEDIA[shape], direct_passthrough=True
        )
    else:
        text = (pouring.as_csv if shape == "csv" else pouring.as_json_lines)(file, rows)
        answer = Response(stream_with_context(text), content_type=pouring.MEDIA[shape])
    if file.grows:
        answer.headers["X-Ledger-Top"], answer.headers["X-Cursor"] = str(top), str(at.cursor)
    return _marked(answer, mark, named)


def _refuse_too_long(file: File, after: int, top: int, year: int | None) -> None:
    if columns.longer_than(file, pouring.MOST_ROWS, after=after, top=top, year=year):
        raise Invalid.at(
            "year",
            "Lebih dari %(most)s baris tidak muat di XLSX. Pilih satu tahun, atau unduh sebagai CSV.",
            most=pouring.MOST_ROWS,
        )


def _takes_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _etag(mark: str) -> str:
    return fingerprint({"mark": mark, "gzip": _takes_gzip()})[:32]


def _known(mark: str) -> bool:
    return request.if_none_match.contains_weak(_etag(mark))


def _marked(answer: Response, mark: str, name: str) -> Response:
    """Give the answer its name and a mark to compare, pack it when the caller takes that, or say that nothing changed."""
    takes = _takes_gzip()
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.add("Accept-Encoding")
    answer.set_etag(_etag(mark), weak=True)
    if takes and not answer.direct_passthrough:
        answer.response = pouring.packed(answer.iter_encoded())
        answer.headers["Content-Encoding"] = "gzip"
        del answer.headers["Content-Length"]
    answer.make_conditional(request)
    return answer


def _only(*names: str) -> dict[str, str]:
    """Return the parameters by name. Raises Invalid for one that is unknown here or given twice."""
    faults = [
        FieldFault(key, "Parameter ini tidak dikenal." if key not in names else "Tulis parameter ini sekali saja.")
        for key, values in request.args.lists()
        if key != "lang" and (key not in names or len(values) > 1)
    ]
    if faults:
        raise Invalid(faults=tuple(faults))
    return {key: request.args[key] for key in names if key in request.args}


def _year(text: str | None) -> int | None:
    year = _number("year", text, _YEAR)
    if year is not None and not 2000 <= year <= 2100:  # noqa: PLR2004
        raise Invalid.at("year", "Tahun ini tidak ada di sini.")
    return year


def _number(name: str, text: str | None, most: int) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= most):
        raise Invalid.at(name, "Isi dengan bilangan bulat.")
    return int(text)
