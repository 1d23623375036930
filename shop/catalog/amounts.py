"""Amounts as people write them: `Rp25.000`, `25,000`, `25.000,00`, `Rp 1.250.000,-`. Pure."""

from __future__ import annotations

import re
from typing import Final

MAX_PRICE: Final = 10_000_000_000
"""Rupiah. Times the largest quantity of a line it is still far inside BIGINT."""

_AROUND: Final = re.compile(r"^\s*(?:rp\.?|idr)?\s*|\s*(?:,-|\.-|,--)?\s*(?:rp|idr)?\s*$", re.IGNORECASE)
_GROUPED: Final = re.compile(r"(\d{1,3})((?:\.\d{3})+)(?:,(\d{1,2}))?|(\d{1,3})((?:,\d{3})+)(?:\.(\d{1,2}))?")
_PLAIN: Final = re.compile(r"(\d+)(?:[.,](\d{1,2}))?")


def read_rupiah(text: str) -> int | None:
    """Return whole rupiah, or None when the text is no amount or names parts of a rupiah.

    A dot or comma before exactly three digits groups thousands, before one or two digits it starts decimals,
    which must be zeros.

    >>> [read_rupiah(t) for t in ("Rp25.000", "25,000", "25.000,00", "1.5", "1e5", "-5", "")]
    [25000, 25000, 25000, None, None, None, None]
    """
    bare = _AROUND.sub("", text.replace("\u00a0", " ").replace("\u202f", " "))
    if not bare.isascii():
        return None
    if match := _GROUPED.fullmatch(bare):
        whole = (match[1] or match[4]) + (match[2] or match[5]).replace(".", "").replace(",", "")
        rest = match[3] or match[6]
    elif match := _PLAIN.fullmatch(bare):
        whole, rest = match[1], match[2]
    else:
        return None
    if (rest and int(rest)) or len(whole) > 18:  # noqa: PLR2004 - longer than any BIGINT: not worth converting
        return None
    return int(whole)


def read_whole(text: str) -> int | None:
    """Return a whole number without sign, or None. Thousands may be grouped as in an amount.

    >>> [read_whole(t) for t in ("30", "1.000", "1.5", "١", "-1")]
    [30, 1000, None, None, None]
    """
    bare = text.strip()
    return read_rupiah(bare) if bare[:1].isdigit() and bare[-1:].isdigit() and bare.isascii() else None
