"""Choose the engine by its name in the settings."""

from __future__ import annotations

from pathlib import Path

from shop.search.contract import Engine
from shop.search.null_engine import NullEngine


def open_engine(url_or_kind: str, directory: Path | str) -> Engine:
    """Open "whoosh" (the default for an empty text) in `directory`, or "null". Raises ValueError on another name."""
    kind = url_or_kind.partition(":")[0].strip().lower() or "whoosh"
    if kind == "whoosh":
        from shop.search.whoosh_engine import WhooshEngine  # Whoosh is slow to import

        return WhooshEngine(directory)
    if kind == "null":
        return NullEngine()
    message = f"no search engine named {kind!r}: use whoosh or null"
    raise ValueError(message)
