"""Downloads that leave a record: who, when, which filter, how many rows, and the fingerprint of the very bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Response, request, stream_with_context

from shop.base.clock import utc_now
from shop.db import unit_of_work
from shop.oversight import exports
from shop.oversight.exports import Taken
from shop.sheets import commas
from shop.web.downloads import download
from shop.web.guard import actor

ASSIGNMENT: Final = "surat"
"""The field in which whoever exports names the letter of assignment or the reason."""


def taken(what: str, file_name: str, wanted: Mapping[str, str], words: str) -> Taken:
    """Return what this request takes. Raises Invalid when the letter of assignment is too long."""
    return Taken(what, file_name, wanted, words, exports.assignment_from(request.values.get(ASSIGNMENT)))


def csv(told: Taken, heads: Sequence[str], batches: Iterable[Iterable[Sequence[Any]]]) -> Response:
    """Stream rows as CSV; the record is there before the first and ends after the last."""
    counted = _Counted(batches)
    pieces = commas.written(heads, counted)
    return download(stream_with_context(_recorded(_begun(told), pieces, counted)), commas.MEDIA_TYPE, told.file_name)


def whole(told: Taken, content: bytes, rows: int, kind: str) -> Response:
    """Hand out a file that is made already, e.g. a PDF or workbook, with its record begun and ended."""
    with unit_of_work():
        now = utc_now()
        number = exports.begin(actor(), told, now)
        exports.end(number, rows, len(content), hashlib.sha256(content).hexdigest(), now)
    return download(content, kind, told.file_name)


def _begun(told: Taken) -> int | None:
    if request.method == "HEAD":  # asks for the heading alone: nothing leaves
        return None
    with unit_of_work():
        return exports.begin(actor(), told, utc_now())


class _Counted:
    """Passes batches of rows on and counts the rows."""

    def __init__(self, batches: Iterable[Iterable[Sequence[Any]]]) -> None:
        self._batches = batches
        self.rows = 0

    def __iter__(self) -> Iterator[Sequence[Sequence[Any]]]:
        for batch in self._batches:
            rows = list(batch)
            self.rows += len(rows)
            yield rows


def _recorded(number: int | None, pieces: Iterable[str], counted: _Counted) -> Iterator[bytes]:
    """Yield the bytes and write their fingerprint after the last; whoever hangs up before leaves the record open."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        sent = piece.encode()
        digest.update(sent)
        size += len(sent)
        yield sent
    if number is not None:
        with unit_of_work():
            exports.end(number, counted.rows, size, digest.hexdigest(), utc_now())
