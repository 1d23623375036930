"""The one function from facts and day to taxes. Pure: it is given the rules and reads nothing else.

The tables are those of `docs/tax.md`: first matching row wins, separately for PPN and PPh.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from shop.base.errors import Invalid, NotFound
from shop.base.money import MAX_RUPIAH, round_half_up
from shop.reference.policy import RuleValue
from shop.tax import income
from shop.tax.facts import Assessment, Facts, Party, TaxItem

RuleOn = Callable[[str, date], RuleValue]
"""Gives the rule of a key as it stood on a day; raises NotFound when there was none."""


class Rules:
    """The rules of one day, remembered as they are looked at, so that the answer can name every one of them."""

    __slots__ = ("_day", "_rule_on", "seen")

    def __init__(self, rule_on: RuleOn, day: date) -> None:
        self._rule_on, self._day = rule_on, day
        self.seen: dict[str, RuleValue] = {}

    def get(self, key: str) -> RuleValue | None:
        """Return a rule, None when there was none on that day."""
        try:
            found = self._rule_on(key, self._day)
        except NotFound:
            return None
        self.seen[key] = found
        return found

    def need(self, key: str) -> RuleValue:
        """Return a rule. Raises Invalid at `date`: without it nothing right can be said about that day."""
        found = self.get(key)
        if found is None:
            raise Invalid.at(
                "date", "Aturan %(key)s belum kami punya untuk %(day)s.", key=key, day=self._day.isoformat()
            )
        return found


def assess(facts: Facts, rule_on: RuleOn) -> Assessment:
    """Return the taxes of one payment as the law stood on its day, itemised, each with its rule and who remits it.

    PPN is rounded half-up on the effective fraction (11/100 since 2022, PMK 131/2024), PBJT half-up, PPh as rule
    `tax.pph_rounding` says. An amount with a tax inside it stays the gross, to the rupiah.
    Raises Invalid for an amount no payment has, or a day that no rule covers.
    """
    if not 0 < facts.amount <= MAX_RUPIAH:
        raise Invalid.at("amount", "Isi jumlah di atas nol dalam rupiah bulat.")
    rules = Rules(rule_on, facts.day)
    vat, local = _ppn_rate(facts, rules), _pbjt_rate(facts, rules)
    dpp, ppn_amount, pbjt_amount = _parts(facts, vat, local)
    vat_item = _ppn(facts, rules, dpp, ppn_amount, vat)
    items = [vat_item, *_pbjt(dpp, pbjt_amount, local), income.pph(facts, rules, dpp, pbjt_amount)]
    gross = dpp + ppn_amount + pbjt_amount
    stamp_item = _stamp(rules, gross)
    remits = {party: sum(x.amount for x in items if x.by == party) for party in ("treasurer", "platform", "seller")}
    pph_item = items[-1]
    return Assessment(
        dpp=dpp,
        ppn=ppn_amount,
        ppn_remitted_by=vat_item.by,
        pbjt=pbjt_amount,
        pph_code=pph_item.code,
        pph_bp=pph_item.bp,
        pph=pph_item.amount,
        pph_remitted_by=pph_item.by,
        gross=gross,
        seller_receives=gross - remits["treasurer"] - remits["platform"],
        seller_remits=remits["seller"],
        remit_treasurer=remits["treasurer"],
        remit_platform=remits["platform"],
        stamp=sum(x.amount for x in stamp_item),
        items=(*items, *stamp_item),
        rules=tuple(rules.seen.values()),
    )


Fraction = tuple[int, int, RuleValue]
"""Numerator, denominator, and the rule they come from."""


def _ppn_rate(facts: Facts, rules: Rules) -> Fraction | None:
    """Return the effective rate of PPN, None when the supply or the seller bears none (UU PPN art. 4A; PMK 70/2022)."""
    if not facts.pkp or facts.kind == "catering" or _bears_pbjt(facts):
        return None
    rule = rules.need("tax.ppn")
    rate: dict[str, Any] = rule.value
    if facts.luxury and "luxury_base" in rate:
        return rate["num"] * rate["luxury_base"], rate["den"], rule
    return rate["num"] * rate.get("base_num", 1), rate["den"] * rate.get("base_den", 1), rule


def _bears_pbjt(facts: Facts) -> bool:
    """Tell whether the supply bears PBJT: food and drink of a seller who owes it; a service is neither."""
    return facts.pbjt and facts.kind != "service"


def _pbjt_rate(facts: Facts, rules: Rules) -> Fraction | None:
    """Return the rate of PBJT on food and drink, None when it does not apply (Perda DKI 1/2024 art. 45)."""
    if not _bears_pbjt(facts):
        return None
    rule = rules.need("tax.pbjt_food_dki")
    return rule.value["bp"], 10_000, rule


def _parts(facts: Facts, vat: Fraction | None, local: Fraction | None) -> tuple[int, int, int]:
    """Return (DPP, PPN, PBJT); only one of the two taxes can apply."""
    rate, inside = (vat, "incl_ppn") if vat else (local, "incl_pbjt")
    if rate is None:
        return facts.amount, 0, 0
    num, den, _ = rate
    if facts.basis == inside:
        dpp = round_half_up(facts.amount * den, den + num)
        tax = facts.amount - dpp
    else:
        dpp, tax = facts.amount, round_half_up(facts.amount * num, den)
    return (dpp, tax, 0) if vat else (dpp, 0, tax)


def _ppn(facts: Facts, rules: Rules, dpp: int, amount: int, rate: Fraction | None) -> TaxItem:
    """Return who remits PPN (PMK 58/2022; PMK 231/2019 and 59/2022 art. 18)."""
    if rate is None:
        why = "no_pkp" if not facts.pkp else "not_ppn"
        return TaxItem("PPN", 0, dpp, 0, "", None, why)
    by: Party = "seller"
    if facts.collector == "platform58":
        by = "platform"
    elif facts.collector == "treasurer":
        collects = not (facts.card and "PPN" in _card_free(rules))
        if collects and dpp + facts.split_dpp > rules.need("tax.ppn.treasurer_exempt_upto").value:
            by = "treasurer"
    return TaxItem("PPN", amount, dpp, round_half_up(rate[0] * 10_000, rate[1]), by, rate[2], f"ppn_{by}")


def _card_free(rules: Rules) -> list[str]:
    found = rules.get("tax.kkpd_not_collected")
    return found.value if found else []


def _pbjt(dpp: int, amount: int, rate: Fraction | None) -> list[TaxItem]:
    return [TaxItem("PBJT", amount, dpp, rate[0], "seller", rate[2], "pbjt")] if rate else []


def _stamp(rules: Rules, gross: int) -> list[TaxItem]:
    """Return the stamp on a receipt of money above the limit (UU 10/2020 art. 3(2)g, 5): listed, never netted."""
    rule = rules.get("stamp")
    if rule is None or gross <= rule.value["above"]:
        return []
    return [TaxItem("STAMP", rule.value["amount"], gross, 0, "", rule, "stamp")]
