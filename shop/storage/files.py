"""Content-addressed files below `var/files`. A key is a hash plus a suffix of ours; a name from outside is never a path."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from shop.base.errors import NotFound

# A `p` before the width marks a photo that only some people may see: no public door answers such a name.
_KEY: Final = re.compile(r"[0-9a-f]{64}(-p?[0-9]{2,4})?\.(webp|pdf|png|jpg|xlsx|csv)")
TYPES: Final = {
    "webp": "image/webp", "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


class FileStore:
    """A folder of immutable files. Writing the same content twice is one file; a crash leaves no half file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes, suffix: str, *, key: str | None = None) -> str:
        """Keep content and return its key. `key` names a derived file (a smaller photo) after its original."""
        key = key or f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        path = self._path(key)
        if path.exists():
            return key
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        Path(handle.name).replace(path)
        return key

    def path(self, key: str) -> Path:
        """Return where a key lies. Raises NotFound for a key that is malformed or unknown."""
        path = self._path(key)
        if not path.is_file():
            raise NotFound
        return path

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotFound
        return self._folder / key[:2] / key


def mimetype(key: str) -> str:
    """Return the media type of a key, from our own suffix and never from what an uploader claimed."""
    return TYPES[key.rsplit(".", 1)[-1]]
