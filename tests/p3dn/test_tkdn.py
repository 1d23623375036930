"""TKDN and BMP by the formula of the day: the vectors K01 to K10 of the rules, and the laws behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.base.errors import Invalid
from shop.catalog.evidence import Paper, standing
from shop.p3dn import tkdn
from shop.p3dn.methods import method_on
from shop.p3dn.tkdn import Costs, Factors, Material, Method

NEW = Method(
    weights=(7_500, 1_000, 1_500),
    overhead={"own": 10_000, "other_plant": 6_000, "other_industry": 3_000, "none": 0},
    rnd_max=2_000,
    invest_min=2_500,
    bmp_factors={"jobs": 400, "investment": 400, "location": 400, "machinery": 400, "brand": 200, "esg": 100},
    bmp_cap=1_500,
)
OLD = Method(None)
SHARES = st.integers(0, 10_000)
MATERIALS = st.lists(st.builds(Material, st.just("x"), st.integers(1, 10**9), SHARES), min_size=1, max_size=6)
calmly = settings(suppress_health_check=[HealthCheck.too_slow])
FACTORS = st.builds(Factors, MATERIALS, SHARES, st.sampled_from(sorted(NEW.overhead)), st.integers(0, 2_000))


def of(material_bp, overhead="own", **more):
    return Factors((Material("bahan", 100_000, material_bp),), 10_000, overhead, **more)


@pytest.mark.parametrize(("inputs", "expected"), [
    (of(6_000), 7_000),  # K01
    (of(0), 2_500),  # K02
    (of(4_000, "other_plant"), 4_900),  # K03
    (of(4_000, "other_industry"), 4_450),  # K04
    (Factors((Material("kain", 60_000, 5_000), Material("kancing", 10_000, 0), Material("benang", 30_000, 10_000)),
             10_000, "own"), 7_000),  # K05
])  # fmt: skip
def test_the_formula_of_2025_gives_what_the_rules_say(inputs, expected):
    assert tkdn.goods(inputs, NEW).tkdn_bp == expected


def test_the_day_decides_between_the_formulas(app):  # K06
    from shop.db import unit_of_work
    from tests.makers import make_reference

    with app.app_context():
        with unit_of_work():
            make_reference()
        before, after = method_on(date(2025, 12, 11)), method_on(date(2025, 12, 12))
        assert tkdn.goods(Costs(1_000_000, 350_000), before).tkdn_bp == 6_500
        with pytest.raises(Invalid, match="rumus baru"):
            tkdn.goods(Costs(1_000_000, 350_000), after)
        with pytest.raises(Invalid, match="rumus lama"):
            tkdn.goods(of(6_000), before)
        assert tkdn.goods(of(6_000), after).tkdn_bp == 7_000
        assert {c.key: c.confidence for c in after.cited}["tkdn.overhead_scale"] == "M"
        assert (after.bmp_cap, sum(after.bmp_factors.values()), len(after.bmp_factors)) == (1_500, 3_800, 15)


def test_bmp_is_capped_as_a_whole_and_by_factor():  # K07
    four = {"jobs": 400, "investment": 400, "location": 400, "machinery": 400}
    assert tkdn.bmp(four, NEW) == 1_500
    assert tkdn.bmp({"jobs": 400, "brand": 200, "esg": 100}, NEW) == 700
    for wrong in ({"esg": 101}, {"jobs": -1}, {"magic": 1}):
        with pytest.raises(Invalid) as told:
            tkdn.bmp(wrong, NEW)
        assert [fault.field for fault in told.value.faults] == [f"bmp-{key}" for key in wrong]


def test_an_order_is_weighted_by_value():  # K08
    lines = [(10 * 50_000, 4_000), (5 * 100_000, 2_500)]
    assert (tkdn.together(lines), tkdn.weighted_value(lines)) == (3_250, 325_000)
    assert tkdn.together([]) == 0


def test_the_last_day_printed_on_a_paper_still_counts():  # K09
    paper = Paper("certified", "1", 4_000, 0, date(2023, 11, 21), date(2026, 11, 21))
    assert standing([paper], date(2026, 11, 21)).evidence == "certified"
    assert standing([paper], date(2026, 11, 22)).evidence == "none"


def test_tkdn_and_bmp_together_may_exceed_a_hundred():  # K10
    found = standing([Paper("certified", "1", 9_672, 1_000, date(2026, 1, 1), date(2026, 12, 31))], date(2026, 6, 1))
    assert found.tkdn_bp + found.bmp_bp == 10_672


def test_who_invests_here_has_a_quarter_at_least_and_others_have_not():
    imported = (Material("x", 100, 0),)
    assert tkdn.goods(Factors(imported, 5_001, "own"), NEW).tkdn_bp == 2_500
    assert tkdn.goods(Factors(imported, 5_000, "own"), NEW).tkdn_bp == 2_000
    assert tkdn.goods(Factors(imported, 10_000, "other_plant"), NEW).tkdn_bp == 1_900


@pytest.mark.parametrize(("inputs", "field"), [
    (Factors((), 10_000, "own"), "cost-1"),
    (Factors((Material("x", 0, 0),), 10_000, "own"), "cost-1"),
    (Factors((Material("x", 5, 0), Material("y", 5, 10_001)), 10_000, "own"), "tkdn-2"),
    (of(0, "moon"), "overhead"),
    (replace(of(0), wni_bp=10_001), "wni"),
    (of(0, rnd_bp=2_001), "rnd"),
    (of(0, bmp={"jobs": 401}), "bmp-jobs"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(inputs, field):
    with pytest.raises(Invalid) as told:
        tkdn.goods(inputs, NEW)
    assert [fault.field for fault in told.value.faults] == [field]


@pytest.mark.parametrize(
    ("costs", "field"), [(Costs(0, 0), "total"), (Costs(10, 11), "foreign"), (Costs(10, -1), "foreign")]
)
def test_costs_that_cannot_be_are_refused_at_their_field(costs, field):
    for count in (lambda: tkdn.goods(costs, OLD), lambda: tkdn.service(costs)):
        with pytest.raises(Invalid) as told:
            count()
        assert [fault.field for fault in told.value.faults] == [field]


@calmly
@given(FACTORS)
def test_every_result_is_a_share(inputs):
    result = tkdn.goods(inputs, NEW)
    assert 0 <= result.tkdn_bp <= 10_000
    assert 0 <= result.bmp_bp <= NEW.bmp_cap


@calmly
@given(FACTORS, st.data())
def test_more_that_is_local_never_counts_less(inputs, data):
    before = tkdn.goods(inputs, NEW).tkdn_bp
    row = data.draw(st.integers(0, len(inputs.materials) - 1))
    one = inputs.materials[row]
    better = replace(one, tkdn_bp=data.draw(st.integers(one.tkdn_bp, 10_000)))
    materials = [*inputs.materials[:row], better, *inputs.materials[row + 1 :]]
    more = replace(inputs, materials=materials, wni_bp=data.draw(st.integers(inputs.wni_bp, 10_000)), overhead="own")
    assert tkdn.goods(more, NEW).tkdn_bp >= before


@calmly
@given(MATERIALS, st.integers(1, 1_000))
def test_only_shares_of_cost_count_and_not_its_size(materials, times):
    larger = [
        replace(material, cost=material.cost * times)
        for material in materials
        if material.cost * times <= tkdn.MAX_COST
    ]
    if len(larger) == len(materials):
        one, other = (tkdn.goods(Factors(m, 10_000, "own"), NEW).tkdn_bp for m in (materials, larger))
        assert one == other


@calmly
@given(st.dictionaries(st.sampled_from(sorted(NEW.bmp_factors)), st.integers(0, 100)))
def test_bmp_never_exceeds_its_cap_nor_its_factors(chosen):
    assert tkdn.bmp(chosen, NEW) == min(sum(chosen.values()), 1_500)
