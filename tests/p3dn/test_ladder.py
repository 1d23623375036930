"""The order of preference and the price preference: the vectors of the rules, boundaries included."""

from __future__ import annotations

from datetime import date

import pytest

from shop.p3dn import hea, ladder
from shop.p3dn.hea import Bid
from shop.p3dn.ladder import Candidate, Tier, tier
from shop.reference import files

RULES = files.rules()


def rule(key, day):
    found = [
        r.value for r in RULES if r.key == key and r.valid_from <= day and (r.valid_to is None or day < r.valid_to)
    ]
    assert len(found) == 1, key
    return found[0]


NOW, BEFORE = rule("pdn.tiers", date(2025, 4, 30)), rule("pdn.tiers", date(2025, 4, 29))


def own(tkdn, bmp=0, volume=None):
    return Candidate("certified", tkdn, bmp, volume)


@pytest.mark.parametrize(
    ("offered", "need", "number", "permitted"),
    [
        ([own(4_500)], 1, 1, [True]),
        ([own(3_000, 1_000), own(2_500)], 1, 1, [True, True]),
        ([own(3_000, 999), own(2_600)], 1, 2, [True, True]),
        ([own(2_499)], 1, 3, [True]),
        ([Candidate("self_declared", 4_000)], 1, 4, [True]),
        ([own(4_500, volume=10)], 100, 2, [True]),
        ([own(4_500, volume=10), own(4_100, volume=90)], 100, 1, [True, True]),
        ([own(4_500), own(2_499), Candidate("none")], 1, 1, [True, False, False]),
        ([Candidate("none")], 1, 0, [True]),
        ([Candidate("certified", 9_000, pdn=False), Candidate("none")], 1, 0, [False, True]),
    ],
)
def test_the_step_follows_from_what_is_on_offer(offered, need, number, permitted):
    step = tier(offered, need, NOW)
    assert step.number == number
    assert [step.permits(one) for one in offered] == permitted


def test_before_30_april_2025_there_was_one_step_only():
    assert tier([own(4_000)], 1, BEFORE) == Tier(1, 2_500)
    assert tier([own(4_500, volume=1)], 100, BEFORE).number == 1, "volume did not matter yet"
    for offered in ([own(3_999)], [own(2_499)], [Candidate("self_declared", 4_000)]):
        assert tier(offered, 1, BEFORE).number == ladder.FREE
        assert tier(offered, 1, BEFORE).permits(offered[0])


def test_the_price_preference_counts_above_its_threshold_only():
    law = rule("hea", date(2026, 11, 20))
    bids = [Bid("A", 1_150_000_000, 2_000), Bid("B", 1_180_000_000, 4_000), Bid("C", 1_160_000_000, 2_500)]
    ranked = hea.evaluate(bids, 1_200_000_000, law)
    assert {e.bid.name: (e.preference_bp, e.hea) for e in ranked} == {
        "A": (0, 1_150_000_000), "B": (1_000, 1_062_000_000), "C": (625, 1_087_500_000),
    }  # fmt: skip
    assert ranked[0].bid.name == "B"
    assert not hea.applies(1_000_000_000, law)
    assert hea.evaluate(bids, 1_000_000_000, law)[0].bid.name == "A"
    tie = hea.evaluate([Bid("X", 900, 2_000), Bid("Y", 1_000, 4_000)], 2_000_000_000, law)
    assert [(e.bid.name, e.hea) for e in tie] == [("Y", 900), ("X", 900)], "of equal prices the larger TKDN"
