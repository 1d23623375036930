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
CLEAR: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 letters nobody mistakes for another: no 0, O, 1, I."""
_GROUPS, _GROUP = 4, 4


def slug(text: str, limit: int = 80) -> str:
    """Return a lower-case ASCII slug of at most `limit` characters; `produk` when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:limit].strip("-") or "produk"


def one_line(text: str) -> str:
    """Return text on one line: control characters out, white space folded, ends trimmed."""
    if not text.isprintable():  # a file has a million letters and hardly ever one to leave out
        text = "".join(c if unicodedata.category(c)[0] != "C" or c.isspace() else "" for c in text)
    return _SPACE.sub(" ", text).strip()


LEAST_REASON, MOST_REASON = 5, 300


def is_reason(words: str) -> bool:
    """Tell whether words on one line are long enough to be a reason, and short enough to be kept as one."""
    return LEAST_REASON <= len(words) <= MOST_REASON


def fingerprint(value: Mapping[str, object]) -> str:
    """Return the SHA-256 of a mapping in canonical JSON: the same content gives the same 64 hex digits."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_code() -> str:
    """Return a new code that opens a public page to whoever holds it, e.g. `K7QX-9M2P-HT4W-B8ZD`: 80 bits of chance."""
    return "-".join("".join(secrets.choice(CLEAR) for _letter in range(_GROUP)) for _group in range(_GROUPS))


def plain_check_code(text: str) -> str:
    """Return a typed code as it is written on papers; what cannot be one gives a code that no paper has.

    >>> plain_check_code("k7qx 9m2p ht4w b8zd"), plain_check_code("halo")
    ('K7QX-9M2P-HT4W-B8ZD', '0000-0000-0000-0000')
    """
    letters = [c for c in text[:60].upper() if c in CLEAR]
    if len(letters) != _GROUPS * _GROUP:
        return "-".join(["0" * _GROUP] * _GROUPS)
    return "-".join("".join(letters[n : n + _GROUP]) for n in range(0, len(letters), _GROUP))


def random_key(length: int = 32) -> str:
    """Return an unguessable URL-safe key of about `length` bytes of entropy."""
    return secrets.token_urlsafe(length)
