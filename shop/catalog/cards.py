"""What a search hit carries: the API's item as compact JSON, so that a result page needs no database. Pure."""

from __future__ import annotations

import json
from typing import Any

PHOTO_URL = "/foto/"


def photo_url(key: str, width: int) -> str:
    """Return the address of a product photo at one of the kept widths."""
    return f"{PHOTO_URL}{key}-{width}.webp"


def pack(item: dict[str, Any]) -> bytes:
    """Return an item as stored with the index: UTF-8 JSON without blanks."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()


def unpack(card: bytes) -> dict[str, Any]:
    """Return the item of a hit."""
    item: dict[str, Any] = json.loads(card)
    return item
