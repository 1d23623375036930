"""Handing out a paper or a sheet as a download: under a name of ours, kept by no cache."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

PDF = "application/pdf"


def download(content: bytes | str | Iterable[str] | Iterable[bytes], kind: str, name: str) -> Response:
    """Return content of a media type (`text/csv; charset=utf-8`) as a file to keep; slashes of a number become dashes."""
    named = name.replace("/", "-")
    headers = {"Content-Disposition": f'attachment; filename="{named}"', "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)
