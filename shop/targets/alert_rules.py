"""When to tell an office about its target: pure rules, one sentence each, judged once a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.base.money import ratio_bp, share
from shop.p3dn.rules import Measures
from shop.targets.forecasting import Forecast, Refusal, need

TITLES: Final[Mapping[str, str]] = {
    "pdn_behind": "PDN di bawah sasaran",
    "umk_behind": "UMK di bawah sasaran",
    "commitment_missed": "Komitmen PDN tidak akan tercapai",
    "not_ordered": "Rencana yang belum dipesan",
}
"""Rules by name with their titles, in the order they are told."""
SENTENCES: Final[Mapping[str, str]] = {
    "pdn_behind": "Produk dalam negeri %(share)s dari yang dibayar, sasaran %(target)s. Sampai akhir tahun masih perlu %(wanted)s dari sisa belanja sekitar %(rest)s.",
    "umk_behind": "Usaha mikro dan kecil %(share)s dari yang dibayar, sasaran %(target)s. Sampai akhir tahun masih perlu %(wanted)s dari sisa belanja sekitar %(rest)s.",
    "commitment_missed": "Menurut perkiraan, PDN yang dibayar sampai akhir tahun %(end)s, sedangkan komitmennya %(commitment)s. Kurang %(short)s.",
    "not_ordered": "Masih %(left)s dari rencana %(planned)s belum dipesan, dan tahun ini tinggal %(weeks)s minggu.",
}
"""Sentence of each rule; what it names is in its facts."""
AMOUNTS: Final = frozenset({"wanted", "rest", "end", "commitment", "short", "left", "planned"})
SHARES: Final = frozenset({"share", "target"})
_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at: one office, one year, on a day. Rupiah and basis points."""

    day: date
    year: int
    measures: Measures
    pdn_bp: int | None
    umk_bp: int | None
    commitment: int | None
    """The office's own; without one the plan counts."""
    forecast: Forecast | Refusal
    weeks: int
    left_bp: int
    """With so many weeks left, so large a part of the plan not ordered is told (dated rule `p3dn.alert_not_ordered`)."""


def judge(now: Situation) -> dict[str, dict[str, int]]:
    """Return {rule: facts} of every rule that has something to say, in order."""
    found = {
        "pdn_behind": _behind(now, now.measures.pdn_value, now.pdn_bp),
        "umk_behind": _behind(now, now.measures.umk_value, now.umk_bp),
        "commitment_missed": _missed(now),
        "not_ordered": _not_ordered(now),
    }
    return {rule: facts for rule, facts in found.items() if facts}


def _behind(now: Situation, counted: int, target_bp: int | None) -> dict[str, int] | None:
    """Tell a share below its target, with what the rest of the year has to bring; silent while nobody can forecast."""
    if target_bp is None or isinstance(now.forecast, Refusal):
        return None
    paid = now.measures.paid_total
    still = need(counted, paid, now.forecast.expected, target_bp)
    if still.end_bp is None or still.end_bp >= target_bp:
        return None
    return {"share": still.end_bp, "target": target_bp, "wanted": still.wanted, "rest": still.rest}


def _missed(now: Situation) -> dict[str, int] | None:
    """Tell a commitment that the forecast does not reach, even at its high end."""
    commitment = now.commitment or now.measures.planned
    if commitment <= 0 or isinstance(now.forecast, Refusal):
        return None
    end = pdn_end(now.measures, now.forecast.high)
    if end >= commitment:
        return None
    return {"end": end, "commitment": commitment, "short": commitment - end}


def _not_ordered(now: Situation) -> dict[str, int] | None:
    """Tell a plan that is still not ordered when few weeks are left."""
    weeks = ((date(now.year, 12, 31) - now.day).days + _DAYS - 1) // _DAYS
    left = now.measures.planned - now.measures.committed
    part = ratio_bp(left, now.measures.planned)
    if part is None or part < now.left_bp or left <= 0 or not 0 <= weeks <= now.weeks:
        return None
    return {"left": left, "planned": now.measures.planned, "weeks": weeks}


def pdn_end(measures: Measures, end: int) -> int:
    """Return the PDN paid by the year's end when the rest is spent like the part so far. Rupiah."""
    rest = max(end - measures.paid_total, 0)
    return measures.pdn_value + share(rest, ratio_bp(measures.pdn_value, measures.paid_total) or 0)
