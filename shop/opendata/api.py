"""JSON door of the open data: OCDS releases and records, incremental by cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local, utc_now
from shop.base.errors import FieldFault, Invalid
from shop.opendata import events, ocds
from shop.opendata.ocds import Json
from shop.opendata.schemas import RecordPackageOut, RecordQuery, ReleasePackageOut, ReleasesQuery
from shop.p3dn.rules import SYSTEM
from shop.settings import Settings
from shop.web.guard import public
from shop.web.openapi import Description, described
from shop.web.public import public_root

bp = Blueprint("opendata_api", __name__, url_prefix="/api/v1/ocds")
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_NOT_OURS: Final = frozenset({"lang"})


@bp.get("/releases")
@public
@described(
    Description({200: ReleasePackageOut}, query=ReleasesQuery, empty="Nothing to tell here; the header Link goes on")
)
def releases() -> ResponseReturnValue:
    """Answer what became known about plans, orders, deliveries and payments, oldest first.

    What was read once never changes. Ask `links.later`, also as the header Link, for what comes after; 204 when there is
    nothing yet, for a package of the standard is never empty. `links.next` stands where more is there already.
    """
    cursor = _only("cursor")
    now = utc_now()
    page = events.releases_after(_prefix(), cursor, now)
    here = f"{public_root()}/api/v1/ocds/releases"
    later = f"{here}?cursor={page.cursor}"
    if page.releases:
        answer = jsonify(
            ocds.release_package(
                page.releases,
                uri=f"{here}?cursor={cursor}" if cursor else here,
                published=_told(now),
                about=_about(),
                later=later,
                more=page.more,
            )
        )
    else:
        answer = Response(status=204)
    answer.headers["Link"] = f'<{later}>; rel="{"next" if page.more else "later"}"'
    return answer


@bp.get("/records/<ocid>")
@public
@described(Description({200: RecordPackageOut}, query=RecordQuery, problems=(404,)))
def record(ocid: str) -> ResponseReturnValue:
    """Answer one contracting process: its releases, and what they come to."""
    _only("")
    now = utc_now()
    found = events.releases_of(_prefix(), ocid, now)
    uri = f"{public_root()}/api/v1/ocds/records/{quote(ocid, safe='')}"
    return jsonify(ocds.record_package(ocid, found, uri=uri, published=_told(now), about=_about()))


def _only(name: str) -> str | None:
    """Return the one parameter this door takes. Raises Invalid for any other, and for one that is given twice."""
    faults = [
        FieldFault(key, "Parameter ini tidak dikenal." if key != name else "Tulis parameter ini sekali saja.")
        for key, values in request.args.lists()
        if key not in _NOT_OURS and (key != name or len(values) > 1)
    ]
    if faults:
        raise Invalid(faults=tuple(faults))
    cursor = request.args.get(name) if name else None
    if cursor == "":
        raise Invalid.at(name, "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.")
    return cursor


def _prefix() -> str:
    settings: Settings = current_app.config["SHOP"]
    return settings.ocid_prefix


def _told(now: datetime) -> str:
    return local(now).isoformat(timespec="seconds")


def _about() -> Json:
    return {"publisher": {"name": SYSTEM}, "license": LICENCE, "publicationPolicy": f"{public_root()}/data"}
