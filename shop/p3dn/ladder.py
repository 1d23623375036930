"""The order of preference for domestic products: which step applies in a category, and what it permits. Pure.

Perpres 16/2018 Ps. 66 as amended by Perpres 46/2025, from 30 April 2025; before that day only the first step existed.
The steps of a day are the dated rule `pdn.tiers`; they concern products of industry only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Evidence = Literal["certified", "self_declared", "none"]
FIRST, SECOND, THIRD, FOURTH = 1, 2, 3, 4
FREE: Final = 0
"""No step applies: nothing domestic with a paper is on offer, or the order of preference did not reach so far yet."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product on offer in the category, on the day asked. Shares in basis points; `volume` None when not limited."""

    evidence: Evidence
    tkdn_bp: int = 0
    bmp_bp: int = 0
    volume: int | None = None
    pdn: bool = True


@dataclass(frozen=True, slots=True)
class Tier:
    """The step that applies: its number (FREE for none), the TKDN a product needs, or that SIINas has to know it."""

    number: int
    min_tkdn_bp: int | None = None
    siinas: bool = False
    short: bool = False
    """The second step was reached because what stands on the first cannot fill the need."""

    def permits(self, candidate: Candidate) -> bool:
        """Tell whether a product may be bought on this step. What is not domestic never may: it needs a reason."""
        if not candidate.pdn:
            return False
        if self.siinas:
            return candidate.evidence != "none"
        if self.min_tkdn_bp is None:
            return True
        return candidate.evidence == "certified" and candidate.tkdn_bp >= self.min_tkdn_bp


@dataclass(frozen=True, slots=True)
class Standing:
    """What a category has to offer, added up: all that the steps ask. `volume` counts pieces of those at 40 %."""

    at_first: int = 0
    volume: int | None = 0
    at_second: int = 0
    certified: int = 0
    declared: int = 0


def tier(candidates: Iterable[Candidate], need: int, steps: Sequence[Mapping[str, Any]]) -> Tier:
    """Return the step that applies to a need of `need` pieces. `steps` is the value of rule `pdn.tiers` on that day.

    Boundaries are inclusive ("paling sedikit"). A self-declaration counts as recorded in SIINas, not as a certificate.
    """
    return tier_of(add_up(candidates, steps), need, steps)


def add_up(candidates: Iterable[Candidate], steps: Sequence[Mapping[str, Any]]) -> Standing:
    """Return what domestic candidates amount to for these steps."""
    need_sum, need_tkdn = bounds(steps)
    own = [c for c in candidates if c.pdn]
    papers = [c for c in own if c.evidence == "certified" and c.tkdn_bp > 0]
    first = [c for c in papers if c.tkdn_bp + c.bmp_bp >= need_sum]
    volumes = [c.volume for c in first]
    return Standing(
        len(first),
        None if None in volumes else sum(v for v in volumes if v is not None),
        sum(c.tkdn_bp >= need_tkdn for c in papers),
        len(papers),
        sum(c.evidence == "self_declared" for c in own),
    )


def bounds(steps: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Return the TKDN + BMP of the first step and the TKDN that may be bought there, in basis points."""
    return steps[0]["need_sum"], steps[0]["buy_tkdn"]


def tier_of(have: Standing, need: int, steps: Sequence[Mapping[str, Any]]) -> Tier:
    """Return the step that applies where a category has this to offer."""
    may_buy = steps[0]["buy_tkdn"]
    enough = have.volume is None or have.volume >= need
    if have.at_first and (enough or len(steps) == 1):
        return Tier(FIRST, may_buy)
    if len(steps) == 1:
        return Tier(FREE)
    if have.at_second:
        return Tier(SECOND, may_buy, short=bool(have.at_first))
    if have.certified:
        return Tier(THIRD, 1)
    return Tier(FOURTH, siinas=True) if have.declared else Tier(FREE)
