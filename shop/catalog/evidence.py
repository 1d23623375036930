"""What TKDN evidence stands on a given day. Pure: an expired paper stops counting from the next day by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Evidence = Literal["certified", "self_declared", "none"]
_RANK: Final = {"certified": 2, "self_declared": 1}


@dataclass(frozen=True, slots=True)
class Paper:
    """A TKDN paper: certificate, or self-declaration of a small industry. Shares in basis points."""

    kind: str
    number: str
    tkdn_bp: int
    bmp_bp: int
    issued_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts on one day. Without valid evidence TKDN counts as 0 and the level is `none`."""

    evidence: Evidence
    tkdn_bp: int = 0
    bmp_bp: int = 0
    number: str | None = None
    valid_until: date | None = None


NONE: Final = Standing("none")


def standing(papers: Iterable[Paper], day: date) -> Standing:
    """Return the best evidence valid on `day`: a certificate before a self-declaration, then the higher TKDN.

    The last day printed on the paper still counts (policy `inclusive_last_day`; the boundary itself is of
    confidence L, rules K09). A paper dated in the future does not count yet.
    """
    valid = [p for p in papers if p.issued_on <= day <= p.valid_until]
    if not valid:
        return NONE
    best = max(valid, key=lambda p: (_RANK[p.kind], p.tkdn_bp, p.valid_until))
    level: Evidence = "certified" if best.kind == "certified" else "self_declared"
    return Standing(level, best.tkdn_bp, best.bmp_bp, best.number, best.valid_until)
