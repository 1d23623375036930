"""Where the year will end, worked by hand; and what must hold whatever the figures are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.p3dn.rules import Measures
from shop.targets.alert_rules import Situation, judge
from shop.targets.forecasting import Basis, Forecast, Least, Past, Refusal, forecast, gap, need, same_day
from shop.targets.ranking import Standing, rank

LEAST = Least(orders=5, days=20, past_bp=500)
MONEY = st.integers(-(10**15), 10**15)


def basis(**changed):
    values = {
        "day": date(2026, 11, 20), "year": 2026, "paid": 600, "committed": 700, "orders": 9, "days_passed": 200,
        "days_whole": 240, "past": (),
    }  # fmt: skip
    return Basis(**values | changed)


def test_each_way_can_be_followed_by_hand():
    young = forecast(basis(), LEAST)
    # 600 × 240 ÷ 200 = 720 by pace; 700 is bound already.
    assert (young.method, young.low, young.expected, young.high) == ("pace", 700, 720, 720)
    past = (Past(2025, 800, 1_000, 9), Past(2024, 100, 200, 5), Past(2023, 1, 1_000, 9), Past(2022, 1, 1, 4))
    old = forecast(basis(past=past), LEAST)
    # 600 × 1.000 ÷ 800 = 750 and 600 × 200 ÷ 100 = 1.200; together 600 × 1.200 ÷ 900 = 800; 2023 had paid 0,1 %, 2022
    # had four orders: both are left out.
    assert (old.method, old.low, old.expected, old.high) == ("season", 700, 800, 1_200)
    assert [(w.method, w.amount) for w in old.ways] == [
        ("season", 750),
        ("season", 1_200),
        ("pace", 720),
        ("bound", 700),
    ]
    assert forecast(basis(committed=5_000, past=past), LEAST).method == "bound"
    assert forecast(basis(orders=4), LEAST) == Refusal("few_orders", 4, 5)
    assert forecast(basis(days_passed=19), LEAST) == Refusal("few_days", 19, 20)
    assert forecast(basis(days_passed=0), Least(0, 0, 0)) == Refusal("few_days", 0, 1)
    assert forecast(basis(year=2027), LEAST) == Refusal("not_begun")
    assert forecast(basis(day=date(2026, 12, 31), orders=0), LEAST) == Forecast("actual", 600, 600, 600)
    assert same_day(date(2028, 2, 29), 2027) == date(2027, 2, 28)


@given(
    day=st.dates(date(2027, 12, 1), date(2029, 1, 31)), paid=MONEY, committed=MONEY, orders=st.integers(0, 99),
    passed=st.integers(0, 260), past=st.lists(st.tuples(MONEY, MONEY), max_size=2),
    least=st.builds(Least, st.integers(0, 9), st.integers(0, 40), st.integers(0, 10_000)),
)  # fmt: skip
def test_whatever_the_figures_it_is_never_less_than_what_is_paid(day, paid, committed, orders, passed, past, least):
    told = Basis(day, 2028, paid, committed, orders, passed, 260, [Past(2027 - n, *p, 9) for n, p in enumerate(past)])
    found = forecast(told, least)
    if day >= date(2028, 12, 31):
        assert found == Forecast("actual", paid, paid, paid)
    elif isinstance(found, Forecast):
        assert paid <= found.low <= found.expected <= found.high
        assert all(found.low <= way.amount <= found.high for way in found.ways)
        if paid <= 0:  # only corrections so far: nothing is multiplied
            assert found.high == max(paid, committed)


@given(paid=MONEY, counted=MONEY, more=st.integers(0, 10**15), target=st.integers(0, 10_000))
def test_what_is_still_needed_reaches_the_target_and_no_rupiah_more(paid, counted, more, target):
    still = need(counted, paid, paid + more, target)
    assert (counted + still.wanted) * 10_000 >= (paid + more) * target
    assert still.wanted == 0 or (counted + still.wanted - 1) * 10_000 < (paid + more) * target
    assert (still.share_bp is None) == (more == 0)
    assert gap(counted, paid, target) >= 0


def standing(name, paid, counted, orders=9, planned=0, target=8_000):
    measures = Measures(planned=planned, committed=max(paid, 0), paid_total=paid, pdn_value=counted, orders=orders)
    return Standing(1, name, name, measures, "pdn", target)


def test_offices_are_ranked_among_their_like_and_equals_share_a_place():
    some = [
        standing("D", 100, 50), standing("B", 200, 180), standing("C", 100, 90), standing("A", 100, 95, target=9_600),
        standing("Sedikit", 100, 100, orders=4), standing("Kosong", 0, 0), standing("Minus", -5, -5),
        standing("Besar", 100, 60, planned=1_000),
    ]  # fmt: skip
    found = rank(some, [0, 1_000, 1_000], "share")
    large, small = found.bands
    assert (large.low, large.high, small.low, small.high) == (1_000, None, 0, 1_000)
    assert [(place, one.name) for place, one in small.places] == [(1, "A"), (2, "B"), (2, "C"), (4, "D")]
    assert [one.name for one in found.few] == ["Sedikit"]
    assert [one.name for one in found.unpaid] == ["Kosong", "Minus"]
    by_gap = rank(some, [1_000], "gap").bands[-1]
    assert [(place, one.name) for place, one in by_gap.places] == [(1, "B"), (1, "C"), (3, "A"), (4, "D")]
    assert rank([standing("A", 100, 50, target=None)], [], "gap").bands[0].places[0][1].missing is None


@pytest.mark.parametrize("days", [1, 57])
def test_alerts_speak_when_they_should_and_are_silent_otherwise(days):
    day = date(2026, 12, 31) - timedelta(days=days)
    measures = Measures(planned=1_000, committed=700, paid_total=600, pdn_value=300, umk_value=540, orders=9)
    end = forecast(basis(day=day), LEAST)

    def told(**changed):
        values = {
            "day": day, "year": 2026, "measures": measures, "pdn_bp": 8_000, "umk_bp": 4_000, "commitment": None,
            "forecast": end, "weeks": 8, "left_bp": 2_000,
        }  # fmt: skip
        return judge(Situation(**values | changed))

    found = told()
    assert found["pdn_behind"] == {"share": 5_000, "target": 8_000, "wanted": 276, "rest": 120}
    assert "umk_behind" not in found
    assert found["commitment_missed"] == {"end": 360, "commitment": 1_000, "short": 640}
    assert ("not_ordered" in found) == (days == 1)  # 57 days are more than eight weeks
    assert told(commitment=360, pdn_bp=5_000, left_bp=9_000) == {}
    assert "pdn_behind" not in told(forecast=Refusal("few_orders"), pdn_bp=None)
    assert told(measures=Measures(), forecast=Refusal("few_orders")) == {}
    assert told(measures=Measures(paid_total=-5, pdn_value=-5), forecast=Forecast("bound", -5, -5, -5)) == {}
