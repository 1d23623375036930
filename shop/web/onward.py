"""Where to go on to after a form: a path of this site, and nothing that sends people elsewhere."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_LONGEST: Final = 2000


def path_here(given: str | None) -> str | None:
    """Return a path of this site; None for anything else: another site, a scheme, control characters, backslashes."""
    text = given or ""
    if len(text) > _LONGEST or not text.startswith("/") or text[1:2] == "/" or "\\" in text or not text.isprintable():
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
