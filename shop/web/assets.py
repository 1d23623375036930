"""Door of our own stylesheets, script and pictures: from memory, compressed once, kept by browsers for a year.

Pages themselves are not compressed: they carry secrets of a session beside text from outside (BREACH), and doing it
again for each request costs more than it saves. A proxy may, for visitors.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.security import safe_join

from shop.base.errors import NotFound
from shop.settings import ROOT
from shop.web.guard import public

bp = Blueprint("assets", __name__)
_FOLDER: Final = str(ROOT / "static")
_SMALL: Final = 1400
"""Bytes that fit one packet: compressing less gains nothing."""
_KEEP: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent. `packed` is empty when compressing does not help."""

    content: bytes
    packed: bytes
    mimetype: str
    mark: str


@lru_cache(maxsize=256)
def read(name: str) -> Asset:
    """Read a file below static/ once. Raises NotFound for anything else."""
    path = safe_join(_FOLDER, name)
    try:
        with open(path or "", "rb") as handle:  # noqa: PTH123 - safe_join gives a string
            content = handle.read()
    except (OSError, ValueError):
        raise NotFound from None
    packed = gzip.compress(content, 9, mtime=0) if len(content) > _SMALL else b""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(content, packed if len(packed) < len(content) else b"", kind, hashlib.sha256(content).hexdigest()[:10])


@lru_cache(maxsize=256)
def address(name: str) -> str:
    """Return the address of an asset, which changes with its content."""
    return f"/static/{name}?v={read(name).mark}"


@bp.get("/static/<path:name>")
@public
def static(name: str) -> ResponseReturnValue:
    """Hand out one file."""
    asset = read(name)
    packed = asset.packed and request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if packed else asset.content, mimetype=asset.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _KEEP if request.args.get("v") == asset.mark else "no-cache"
    response.set_etag(asset.mark + ("-gz" if packed else ""))
    return response.make_conditional(request)
