"""Names of kecamatan for cards and filters: read once per process, without opening a session for it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from shop.db import db, session
from shop.reference import regions

_known: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()


def kecamatan() -> dict[str, str]:
    """Return the names of the 44 kecamatan by code. Do not change it."""
    engine = db.engine
    names = _known.get(engine)
    if not names:
        names = {row.code: row.name for row in regions.kecamatan(session)}
        _known[engine] = names
    return names
