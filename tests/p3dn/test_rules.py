"""What one line counts, and percentages that divide."""

from __future__ import annotations

import pytest

from shop.base.money import ratio_bp
from shop.p3dn.rules import ZERO, Measures, line_measures, planned_fact, shares, tkdn_of_several


def line(**changes):
    given = {"value": 500_000, "pdn": True, "umk": True, "evidence": "certified", "tkdn_bp": 4_000,
             "committed": True, "paid": True, "first": True}  # fmt: skip
    return line_measures(**{**given, **changes})


def test_a_paid_certified_line_counts_everywhere():
    assert line() == Measures(0, 500_000, 500_000, 500_000, 500_000, 200_000, 500_000, 1, 1)


def test_commitment_stays_when_paid_and_values_wait_for_payment():
    assert line(paid=False) == Measures(committed=500_000, orders=1, lines=1)


def test_what_was_not_accepted_counts_nothing():
    assert line(committed=False, paid=False) == ZERO


def test_self_declared_weighs_tkdn_but_is_not_certified():
    measured = line(evidence="self_declared")
    assert (measured.pdn_certified, measured.tkdn_weighted, measured.pdn_value) == (0, 200_000, 500_000)


def test_without_valid_evidence_tkdn_weighs_nothing_but_pdn_still_counts():
    measured = line(evidence="none")
    assert (measured.pdn_certified, measured.tkdn_weighted, measured.pdn_value) == (0, 0, 500_000)


def test_imported_goods_are_paid_but_not_pdn():
    measured = line(pdn=False)
    assert (measured.paid_total, measured.pdn_value, measured.pdn_certified) == (500_000, 0, 0)


def test_a_seller_who_is_not_umk_adds_nothing_to_umk():
    assert line(umk=False).umk_value == 0


def test_only_the_first_line_counts_the_order():
    assert line(first=False).orders == 0
    assert line(first=False).lines == 1


def test_tkdn_rounds_half_up_per_line():
    assert line(value=5, tkdn_bp=1_000).tkdn_weighted == 1
    assert line(value=4, tkdn_bp=1_000).tkdn_weighted == 0


@pytest.mark.parametrize(
    "wrong", [{"value": -1}, {"tkdn_bp": 10_001}, {"tkdn_bp": -1}, {"committed": False}, {"evidence": "expired"}]
)
def test_impossible_lines_are_refused(wrong):
    with pytest.raises(ValueError, match="no such line"):
        line(**wrong)


def test_k08_several_goods_are_weighted_by_value():
    goods = [(10 * 50_000, 4_000), (5 * 100_000, 2_500)]
    whole = line(value=500_000, tkdn_bp=4_000) + line(value=500_000, tkdn_bp=2_500, first=False)
    assert tkdn_of_several(goods) == 3_250
    assert whole.tkdn_weighted == 325_000
    assert whole.paid_total == 1_000_000
    assert shares(whole).tkdn == 3_250
    assert tkdn_of_several([]) is None


@pytest.mark.parametrize(
    ("realised", "commitment", "expected"),
    [
        (20_454, 11_334, 18_047),  # BPKP, FY2022: stated 180.47 %
        (1_135, 1_580, 7_184),  # BigBox, 15 Oct 2023: stated 71.8 %
        (1_310, 1_585, 8_265),  # BigBox, 6 Nov 2023: stated 82.6 %
        (1_605, 3_068, 5_231),  # BigBox, 6 Sep 2024: stated 62.61 %, which these two figures do not divide to
        (2_988, 3_269, 9_140),  # FY2024: stated 91.40 %
    ],
)
def test_published_figures_divide_to_this(realised, commitment, expected):
    assert ratio_bp(realised, commitment) == expected
    measured = Measures(planned=commitment * 10**9, paid_total=realised * 10**9, pdn_value=realised * 10**9)
    assert shares(measured).achievement == expected


def test_percentages_of_nothing_are_none():
    nothing = shares(ZERO)
    assert (nothing.achievement, nothing.pdn, nothing.certified, nothing.tkdn, nothing.umk) == (None,) * 5


def test_measures_add_subtract_and_are_false_when_zero():
    one = line()
    assert one + one - one == one
    assert -one + one == ZERO
    assert (bool(ZERO), bool(one)) == (False, True)


def test_a_plan_belongs_to_no_vendor_kecamatan_or_evidence_yet():
    fact = planned_fact(package_id=5, office_id=31, account_code="5.1.02.01.01.0052", pagu=7_700_000)
    assert (fact.key, fact.vendor_id, fact.kecamatan_code, fact.evidence) == ("package:5", None, "", "")
    assert fact.measures == Measures(planned=7_700_000)
