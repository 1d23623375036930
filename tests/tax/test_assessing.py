"""Taxes of a payment: the worked examples, a table worked by hand, and what holds for any payment."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shop.base.errors import Invalid
from shop.base.money import MAX_RUPIAH
from shop.tax import asking
from shop.tax.facts import PPH_CODES, WHY, Basis, Collector, Facts, Form, Kind
from shop.tax.schemas import AssessIn, told
from tests.tax.committed import assessed

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
DAY = date(2026, 11, 21)
CV = {"form": "cv"}
PKP = {"form": "cv", "pkp": True}
BY_HAND: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("statement up to 500 million", {"amount": 5_000_000, "decl500": True},
     {"pph_code": "PP55_EXEMPT_500M", "pph": 0, "seller_receives": 5_000_000}),
    ("a statement of a CV says nothing", {"amount": 5_000_000, "decl500": True, **CV}, {"pph_code": "PPH22", "pph": 75_000}),
    ("PKP under 2 million: on the bill, the seller remits", {"amount": 1_500_000, **PKP},
     {"ppn": 165_000, "ppn_remitted_by": "seller", "pph_code": "PPH22_BELOW_2M", "gross": 1_665_000,
      "seller_receives": 1_665_000, "seller_remits": 165_000, "remit_treasurer": 0}),
    ("PKP at 2 million sharp", {"amount": 2_000_000, **PKP}, {"ppn_remitted_by": "seller", "remit_treasurer": 0}),
    ("PKP one rupiah above", {"amount": 2_000_001, **PKP},
     {"ppn": 220_000, "ppn_remitted_by": "treasurer", "remit_treasurer": 250_000}),
    ("parts of one need lie above 2 million together", {"amount": 1_500_000, "split_dpp": 500_001, **PKP},
     {"pph": 22_500, "ppn_remitted_by": "treasurer"}),
    ("platform with a floor of its own", {"amount": 1_500_000, "collector": "platform58", "pmk58_min": 2_000_000, **CV},
     {"pph": 0, "remit_platform": 0, "pph_code": "PPH22_BELOW_2M"}),
    ("platform floor passed", {"amount": 2_000_001, "collector": "platform58", "pmk58_min": 2_000_000, **CV},
     {"pph": 10_000, "pph_code": "PPH22_PMK58"}),
    ("PBJT inside the price", {"amount": 11_000_000, "kind": "catering", "pbjt": True, "basis": "incl_pbjt", **CV},
     {"dpp": 10_000_000, "pbjt": 1_000_000, "pph": 200_000, "gross": 11_000_000, "seller_receives": 10_800_000}),
    ("cook without NPWP", {"amount": 10_000_000, "kind": "catering", "npwp": False},
     {"pph_code": "PPH21_BP", "pph_bp": 300, "pph": 300_000}),
    ("cook into the second layer: half of 130 million is 65", {"amount": 130_000_000, "kind": "catering"},
     {"pph": 60_000_000 * 5 // 100 + 5_000_000 * 15 // 100}),
    ("catering CV without NPWP", {"amount": 10_000_000, "kind": "catering", "npwp": False, **CV}, {"pph_bp": 400, "pph": 400_000}),
    ("luxury", {"amount": 10_000_000, "luxury": True, **PKP}, {"ppn": 1_200_000, "gross": 11_200_000, "pph": 150_000}),
    ("luxury before there was a rate for it", {"amount": 10_000_000, "luxury": True, "day": date(2024, 12, 31), **PKP},
     {"ppn": 1_100_000}),
    ("a person buys", {"amount": 250_000, "collector": "none"}, {"pph_code": "NONE", "pph": 0, "seller_receives": 250_000}),
    ("a person buys from a PKP", {"amount": 100_000, "collector": "none", **PKP}, {"ppn": 11_000, "ppn_remitted_by": "seller"}),
    ("SKB", {"amount": 9_000_000, "skb": True, **CV}, {"pph_code": "SKB", "pph": 0}),
    ("CV with a letter on its last day under PP 55", {"amount": 5_000_000, "sk": True, "day": date(2026, 4, 21), **CV},
     {"pph_code": "PPH_FINAL_UMKM", "pph": 25_000}),
    ("CV with a letter the day after", {"amount": 5_000_000, "sk": True, "day": date(2026, 4, 22), **CV},
     {"pph_code": "PPH22", "pph": 75_000}),
    ("CV with years left", {"amount": 5_000_000, "sk": True, "sk_until": DAY, **CV}, {"pph_code": "PPH_FINAL_UMKM"}),
    ("CV whose years are over", {"amount": 5_000_000, "sk": True, "sk_until": date(2026, 11, 20), **CV}, {"pph_code": "PPH22"}),
    ("the final rate has no floor", {"amount": 1_000_000, "sk": True}, {"pph_code": "PPH_FINAL_UMKM", "pph": 5_000}),
    ("up to 500 million exactly", {"amount": 10_000_000, "decl500": True, "turnover_before": 490_000_000}, {"pph": 0}),
    ("crossing inside a payment: 3 of 10 million are above", {"amount": 10_000_000, "decl500": True, "turnover_before": 493_000_000},
     {"pph_code": "PPH22", "pph": 45_000}),
    ("all of it above", {"amount": 10_000_000, "decl500": True, "turnover_before": 600_000_000}, {"pph": 150_000}),
    ("government card", {"amount": 10_000_000, "card": True, **PKP},
     {"ppn_remitted_by": "seller", "pph_code": "PPH22_CARD", "seller_receives": 11_100_000}),
    ("PMK 37 before its start", {"amount": 250_000, "collector": "platform37", "day": date(2026, 10, 31)}, {"pph_code": "NONE"}),
    ("a service bears PPN, never PBJT", {"amount": 10_000_000, "kind": "service", "pbjt": True, **PKP},
     {"ppn": 1_100_000, "pbjt": 0, "pph": 200_000}),
    ("5 million sharp needs no stamp", {"amount": 5_000_000}, {"stamp": 0}),
    ("a rupiah more does", {"amount": 5_000_001}, {"stamp": 10_000}),
)  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_the_worked_examples_are_answered_to_the_rupiah(vector):
    answer = told(assessed(AssessIn.model_validate(vector["in"]).facts())).model_dump(exclude={"rules"})
    assert answer == vector["out"]


@pytest.mark.parametrize(("given_", "wanted"), [(g, w) for _, g, w in BY_HAND], ids=[name for name, _, _ in BY_HAND])
def test_what_was_worked_by_hand(given_, wanted):
    found = assessed(Facts(**{"day": DAY} | given_))
    assert {name: getattr(found, name) for name in wanted} == wanted


ANY_DAY = some.dates(date(2020, 1, 1), date(2030, 12, 31))
ANY = some.builds(
    Facts,
    day=ANY_DAY,
    amount=some.one_of(some.integers(1, 30_000_000), some.integers(1, MAX_RUPIAH)),
    basis=some.sampled_from(get_args(Basis)),
    kind=some.sampled_from(get_args(Kind)),
    form=some.sampled_from(get_args(Form)),
    sk_until=some.none() | ANY_DAY,
    collector=some.sampled_from(get_args(Collector)),
    pmk58_min=some.none() | some.integers(0, 5_000_000),
    rounding=some.sampled_from(("", "floor", "half_up")),
    split_dpp=some.integers(0, 5_000_000),
    turnover_before=some.integers(0, 600_000_000),
    **dict.fromkeys(("npwp", "pkp", "sk", "decl500", "skb", "pbjt", "luxury", "card"), some.booleans()),
)


@given(ANY)
@settings(max_examples=600, deadline=None)
def test_nothing_is_lost_and_nothing_is_negative_whatever_is_asked(facts):
    try:
        found = assessed(facts)
    except Invalid as refusal:
        assert [fault.field for fault in refusal.faults] == ["date"]  # noqa: PT017 - said, at its field, or answered
        return
    assert found.gross == found.dpp + found.ppn + found.pbjt
    assert found.gross == found.seller_receives + found.remit_treasurer + found.remit_platform
    paid = {party: sum(i.amount for i in found.items if i.by == party) for party in ("treasurer", "platform", "seller")}
    assert paid == {"treasurer": found.remit_treasurer, "platform": found.remit_platform, "seller": found.seller_remits}
    assert min(found.dpp, found.ppn, found.pbjt, found.pph, found.seller_receives, found.seller_remits) >= 0
    assert not (found.ppn and found.pbjt)
    assert found.pph_code in PPH_CODES
    assert all(item.why in WHY for item in found.items)
    bears = "incl_ppn" if found.ppn else "incl_pbjt" if found.pbjt else facts.basis
    assert found.gross == facts.amount or facts.basis != bears, "what is inside stays inside, to the rupiah"
    down, up = (assessed(replace(facts, rounding=way)).pph for way in ("floor", "half_up"))
    assert down <= up <= down + 1
    more = assessed(replace(facts, split_dpp=facts.split_dpp + 3_000_000))
    assert more.pph >= found.pph, "what was split off never lowers a tax"
    assert more.remit_treasurer >= found.remit_treasurer


def test_every_day_of_eleven_years_is_answered_or_refused_at_the_day():
    asked = {"goods": date(2020, 4, 1), "catering": date(2024, 1, 1), "service": date(2024, 1, 1)}
    for kind, since in asked.items():
        day = date(2020, 1, 1)
        while day.year <= 2030:
            try:
                assert assessed(Facts(day=day, amount=3_000_000, kind=kind)).pph > 0
                assert day >= since
            except Invalid as refusal:
                assert (refusal.faults[0].field, day < since) == ("date", True)  # noqa: PT017
            day += timedelta(days=1)
    with pytest.raises(Invalid):
        assessed(Facts(day=DAY, amount=0))


def test_the_questions_offer_what_the_law_knows():
    assert set(asking.KINDS) == set(get_args(Kind))
    assert set(asking.FORMS) == set(get_args(Form))
    assert set(asking.COLLECTORS) == set(get_args(Collector))
