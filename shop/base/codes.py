"""Codes people read aloud: slugs, document numbers, random keys."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Final

ROMAN_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SPACE = re.compile(r"\s+")


def slug(text: str, limit: int = 80) -> str:
    """Return a lower-case ASCII slug of at most `limit` characters; `produk` when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:limit].strip("-") or "produk"


def one_line(text: str) -> str:
    """Return text on one line: control characters out, white space folded, ends trimmed."""
    if not text.isprintable():  # a file has a million letters and hardly ever one to leave out
        text = "".join(c if unicodedata.category(c)[0] != "C" or c.isspace() else "" for c in text)
    return _SPACE.sub(" ", text).strip()


def fingerprint(value: Mapping[str, object]) -> str:
    """Return the SHA-256 of a mapping in canonical JSON: the same content gives the same 64 hex digits."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def random_key(length: int = 32) -> str:
    """Return an unguessable URL-safe key of about `length` bytes of entropy."""
    return secrets.token_urlsafe(length)
