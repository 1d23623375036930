"""A file nobody keeps: what is written into it is handed on in pieces, so that a large answer needs little memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from shop.base.clock import local

BLOCK: Final = 64 * 1024
Blocks = Iterable[bytes]


class Well:
    """Takes what writers of ZIP and PDF give it and counts it; it cannot be read or turned back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Take a piece; return its length."""
        self._parts.append(bytes(content))
        self._size += len(content)
        return len(content)

    def tell(self) -> int:
        """Return how much was written in all."""
        return self._size

    def flush(self) -> None:
        """Do nothing: whoever pours empties it."""

    def pour(self) -> bytes:
        """Return what was written since the last time, and forget it."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zipped(entries: Iterable[tuple[str, Blocks]], now: datetime) -> Iterator[bytes]:
    """Yield a ZIP of (name, blocks) as it grows. Names are the caller's to keep safe; `now` is the date of all entries.

    Deflated though PDFs hardly shrink: readers that go through a ZIP from its front refuse stored entries of unknown length.
    """
    well = Well()
    made = local(now).timetuple()[:6]
    writer: Any = well  # it writes and tells, which is all a ZIP asks of what cannot be turned back
    with ZipFile(writer, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, blocks in entries:
            entry = ZipInfo(name, made)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w") as inside:
                for block in blocks:
                    inside.write(block)
                    if piece := well.pour():
                        yield piece
    yield well.pour()
