"""What may be paid by QRIS at once and what the merchant pays for it (MDR), by the rules of the day. Pure.

The fee is the merchant's: adding it to what the buyer pays is forbidden (PBI 23/6/PBI/2021 art. 52(1)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.base.errors import Invalid
from shop.base.money import rupiah, share
from shop.reference.policy import RuleValue

RuleOn = Callable[[str, date], RuleValue]
"""Gives the rule of a key as it stood on a day; raises NotFound when there was none."""
_FEE: Final = {
    "UMI": "UMI", "UKE": "UKE_UME_UBE", "UME": "UKE_UME_UBE", "UBE": "UKE_UME_UBE", "URE": "URE",
    "PSO": "PSO", "BLU": "BLU", "SPBU": "SPBU",
}  # fmt: skip
_FEE_BY_MCC: Final = {
    **dict.fromkeys(("8211", "8220", "8241", "8244", "8249", "8299"), "education"),
    **dict.fromkeys(("8398", "8661", "9311"), "social"),
}
"""Schools; donations, worship and taxes: these have a fee of their own, whatever the merchant's size."""


@dataclass(frozen=True, slots=True)
class Fee:
    """The fee of one payment in rupiah, and the dated rule it comes from."""

    amount: int
    rule: RuleValue


def limit_on(rule_on: RuleOn, day: date) -> RuleValue:
    """Return the rule of the most rupiah one QRIS payment may have on a day (Bank Indonesia). Raises NotFound before QRIS."""
    return rule_on("qris.limit", day)


def check_limit(rule_on: RuleOn, amount: int, day: date) -> None:
    """Raise Invalid at `amount` when one payment may not be that large on the day, NotFound before there was QRIS."""
    limit = int(limit_on(rule_on, day).value)
    if amount > limit:
        raise Invalid.at("amount", "Jumlah di atas batas QRIS %(limit)s sekali bayar.", limit=rupiah(limit))


def fee(rule_on: RuleOn, criteria: str, amount: int, day: date, mcc: str = "") -> Fee:
    """Return the fee (MDR) a merchant pays on a payment, half-up to the rupiah.

    A micro business above its free amount pays on the whole, not on the excess (confidence M). Raises Invalid above the
    limit of the day or for criteria nobody knows, NotFound for a day without a rule.
    """
    if criteria not in _FEE:
        raise Invalid.at("criteria", "Kriteria usaha tidak dikenal: misalnya UMI, UKE, UME, atau UBE.")
    check_limit(rule_on, amount, day)
    found = rule_on("qris.mdr." + _FEE_BY_MCC.get(mcc, _FEE[criteria]), day)
    free = amount <= found.value.get("free_upto", 0)
    return Fee(0 if free else share(amount, found.value["bp"]), found)
