"""Which words of a text changed: two long descriptions beside each other hide the one that matters. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

_PIECES: Final = re.compile(r"\s+|[^\s]+")
_MOST: Final = 3_000
"""Pieces; longer texts are told as changed altogether, because comparing costs the square of their length."""

Marked = Sequence[tuple[str, bool]]
"""Pieces of a text in order, each with whether it differs from the other text."""


def marked(before: str, after: str) -> tuple[Marked, Marked]:
    """Return both texts in pieces, those that are only in one of them marked."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > _MOST:
        return [(before, True)], [(after, True)]
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, pieces in ((left, old[a:b]), (right, new[c:d])):
            if pieces:
                side.append(("".join(pieces), tag != "equal"))
    return left, right
