"""Income tax on one payment: the decision table, first matching row wins. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from shop.base.money import FULL_BP, round_half_up
from shop.reference.policy import RuleValue
from shop.tax.facts import Facts, Party, TaxItem


class Rules(Protocol):
    """The rules of one day."""

    def get(self, key: str) -> RuleValue | None:
        """Return a rule, None when there was none."""

    def need(self, key: str) -> RuleValue:
        """Return a rule. Raises Invalid."""


@dataclass(frozen=True, slots=True)
class _Taxed:
    """What of a payment is taxed: the base in rupiah, and why it is less than the whole, if it is."""

    base: int
    why: str = ""


def pph(facts: Facts, rules: Rules, dpp: int, pbjt: int) -> TaxItem:  # noqa: PLR0911 - one return a row
    """Return the income tax item of a payment with this DPP.

    Rows 1 to 3 free a payment altogether; the rest tax what `_taxed` leaves (PMK 164/2023: the Rp 500 million counter).
    """
    if facts.collector == "none":
        return _free("NONE", dpp, "retail")
    if facts.skb:
        return _free("SKB", dpp, "skb")
    taxed = _taxed(facts, rules, dpp)
    if taxed.base == 0:
        return _free("PP55_EXEMPT_500M", dpp, taxed.why, rules.get("tax.pph_final_umkm"))
    half_up = _rounded(facts, rules)
    if facts.collector == "platform58":
        return _platform58(facts, rules, dpp, taxed, half_up=half_up)
    if facts.collector == "platform37":
        rule = rules.get("tax.pph22.pmk37")
        if rule is None:
            return _free("NONE", dpp, "not_yet")
        return _flat("PPH22_PMK37", taxed, rule.value["bp"], "platform", rule, "pmk37", half_up=half_up)
    return _treasurer(facts, rules, dpp, taxed, pbjt, half_up=half_up)


def _treasurer(  # noqa: PLR0911 - as above
    facts: Facts, rules: Rules, dpp: int, taxed: _Taxed, pbjt: int, *, half_up: bool
) -> TaxItem:
    """Rows 6 to 10: what the treasurer withholds."""
    if facts.kind == "goods" and facts.card:
        free = rules.get("tax.kkpd_not_collected")
        if free is not None and "PPH22" in free.value:
            return _free("PPH22_CARD", dpp, "card", free)
    final = _final(facts, rules)
    if final is not None:
        floor = rules.get("tax.pph_final_umkm.floor_2m")
        if floor is not None and floor.value and _below(facts, dpp, rules.need("tax.pph22.treasurer")):
            return _free("PPH_FINAL_BELOW_2M", dpp, "final_below", floor)
        return _flat("PPH_FINAL_UMKM", taxed, final.value["bp"], "treasurer", final, "final", half_up=half_up)
    if facts.kind == "goods":
        rule = rules.need("tax.pph22.treasurer")
        if _below(facts, dpp, rule):
            return _free("PPH22_BELOW_2M", dpp, "below_2m", rule)
        bp, why = (rule.value["bp"], "pph22") if facts.npwp else (rule.value["bp_no_npwp"], "pph22_no_npwp")
        return _flat("PPH22", taxed, bp, "treasurer", rule, why, half_up=half_up)
    inside = rules.get("tax.pbjt_in_pph_base") if pbjt else None
    if inside is not None and inside.value:
        taxed = _Taxed(taxed.base + pbjt, taxed.why)
    if facts.form == "individual":
        return _pph21(facts, rules, taxed, half_up=half_up)
    rule = rules.need("tax.catering.pph23")
    bp, why = (rule.value["bp"], "pph23") if facts.npwp else (rule.value["bp_no_npwp"], "pph23_no_npwp")
    return _flat("PPH23", taxed, bp, "treasurer", rule, why, half_up=half_up)


def _taxed(facts: Facts, rules: Rules, dpp: int) -> _Taxed:
    """Return what of a payment is taxed under an individual's statement of turnover up to Rp 500 million a year."""
    rule = rules.get("tax.pph_final_umkm")
    limit = rule.value.get("individual_exempt") if rule else None
    if not facts.decl500 or facts.form != "individual" or not limit:
        return _Taxed(dpp)
    above = min(dpp, max(0, facts.turnover_before + dpp - limit))
    if above == 0:
        return _Taxed(0, "below_500m")
    only_part = rules.get("tax.pph_final_umkm.exempt_part_only")
    if above == dpp or only_part is None or not only_part.value:
        return _Taxed(dpp)
    return _Taxed(above, "part_above_500m")


def _final(facts: Facts, rules: Rules) -> RuleValue | None:
    """Return the rule of the final rate when the Surat Keterangan counts on the day (PP 55/2022, PP 20/2026, PMK 164/2023)."""
    if not facts.sk or (facts.sk_until is not None and facts.day > facts.sk_until):
        return None
    forms = rules.get("tax.pph_final_umkm.forms")
    # A form that was left out keeps the rate for what remains of its years: only a letter with an end tells how long.
    if forms is not None and facts.form not in forms.value and facts.sk_until is None:
        return None
    return rules.get("tax.pph_final_umkm")


def _platform58(facts: Facts, rules: Rules, dpp: int, taxed: _Taxed, *, half_up: bool) -> TaxItem:
    rule = rules.get("tax.pph22.pmk58")
    if rule is None:
        return _free("NONE", dpp, "not_yet")
    least = facts.pmk58_min if facts.pmk58_min is not None else rule.value["exempt_upto"]
    if least is not None and dpp + facts.split_dpp <= least:
        return _free("PPH22_BELOW_2M", dpp, "pmk58_min", rule)
    return _flat("PPH22_PMK58", taxed, rule.value["bp"], "platform", rule, "pmk58", half_up=half_up)


def _pph21(facts: Facts, rules: Rules, taxed: _Taxed, *, half_up: bool) -> TaxItem:
    """Return PPh 21 of somebody who is not employed: a share of the gross at rising rates (PP 58/2023, PMK 168/2023)."""
    rule = rules.need("tax.pph21.non_employee")
    value: dict[str, Any] = rule.value
    rest, below, tax = taxed.base * value["share_bp"], 0, 0  # in ten-thousandths of a rupiah, so that nothing is lost
    for upto, bp in value["layers"]:
        width = rest if upto is None else min(rest, (upto - below) * FULL_BP)
        tax, rest, below = tax + width * bp, rest - width, upto or 0
    factor = 100 if facts.npwp else value["no_npwp_percent"]
    amount = _round(tax * factor, FULL_BP * FULL_BP * 100, half_up=half_up)
    bp = round_half_up(tax * factor, taxed.base * FULL_BP * 100)
    why = taxed.why or ("pph21" if facts.npwp else "pph21_no_npwp")
    return TaxItem("PPH21_BP", amount, taxed.base, bp, "treasurer", rule, why)


def _below(facts: Facts, dpp: int, rule: RuleValue) -> bool:
    """Tell whether a payment stays under the floor, what was split off it included (PMK 51/2025 art. 4)."""
    least = rule.value["exempt_upto"]
    return least is not None and dpp + facts.split_dpp <= least


def _free(code: str, base: int, why: str, rule: RuleValue | None = None) -> TaxItem:
    return TaxItem(code, 0, base, 0, "", rule, why)


def _flat(code: str, taxed: _Taxed, bp: int, by: Party, rule: RuleValue, why: str, *, half_up: bool) -> TaxItem:
    amount = _round(taxed.base * bp, FULL_BP, half_up=half_up)
    return TaxItem(code, amount, taxed.base, bp, by, rule, taxed.why or why)


def _rounded(facts: Facts, rules: Rules) -> bool:
    """Tell whether PPh is rounded half-up instead of down."""
    return (facts.rounding or rules.need("tax.pph_rounding").value) == "half_up"


def _round(num: int, den: int, *, half_up: bool) -> int:
    return round_half_up(num, den) if half_up else num // den
