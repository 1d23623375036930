"""The file beside each Whoosh segment from which a part is opened in milliseconds. Plain arrays, no pickle.

It is only a copy: a missing, torn or foreign file is written again from what Whoosh stored with the documents.

    magic | length of head | head (JSON: contents, place of each section, checksum) | sections, eight-byte aligned
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

_MAGIC = b"eOrdPart"
_FORMAT = 1
# Cards are most of the file and are read one by one when shown: checking them at opening would load them all.
_UNCHECKED = frozenset({"cards"})


@dataclass(frozen=True, slots=True)
class Sections:
    """A small JSON head and named runs of bytes."""

    head: dict[str, Any]
    blobs: dict[str, Any]


def write(path: Path, stored: Sections) -> None:
    """Write the file so that it is there wholly or not at all."""
    places: dict[str, tuple[int, int]] = {}
    at = check = 0
    for name, blob in stored.blobs.items():
        places[name] = (at, len(blob))
        at += (len(blob) + 7) // 8 * 8
        check = check if name in _UNCHECKED else crc32(blob, check)
    head = {"format": _FORMAT, "order": sys.byteorder, "length": at, "check": check, "places": places}
    raw = json.dumps(head | {"head": stored.head}, ensure_ascii=False, separators=(",", ":")).encode()
    raw += b" " * (-len(raw) % 8)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    with unfinished.open("wb") as file:
        file.write(_MAGIC + len(raw).to_bytes(8, "little") + raw)
        for blob in stored.blobs.values():
            file.write(blob)
            file.write(bytes(-len(blob) % 8))
    unfinished.replace(path)


def read(path: Path) -> Sections | None:
    """Map the file; None when it is missing, torn, of another format or of another kind of machine."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        with path.open("rb") as file:
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        start = 16 + int.from_bytes(whole[8:16], "little")
        if bytes(whole[:8]) != _MAGIC or start > len(whole):
            return None
        told = json.loads(bytes(whole[16:start]))
        if (told["format"], told["order"], told["length"]) != (_FORMAT, sys.byteorder, len(whole) - start):
            return None
        blobs = {name: whole[start + at : start + at + length] for name, (at, length) in told["places"].items()}
        check = 0
        for name, blob in blobs.items():
            check = check if name in _UNCHECKED else crc32(blob, check)
        return Sections(told["head"], blobs) if check == told["check"] else None
    return None
