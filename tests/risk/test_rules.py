"""Each rule alone, on plain values: what it notices, and the nearest thing it must not notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shop.reference import files
from shop.risk.register import RULES
from shop.risk.rules import (
    above_price,
    after_event,
    below_limit,
    cancel_reorder,
    closed_day,
    conflict,
    list_and_buy,
    one_hand,
    over_headcount,
    price_rise,
    repeat_producer,
    same_need,
    splitting,
    year_end,
)
from shop.risk.rules.contract import Earlier, Goods, Purchase, Share, Top

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""Friday, ten o'clock in Jakarta."""
DAY = timedelta(days=1)
BOX = Goods(1, "Snack", "snack-kotak", "kotak", 30, 18_000, 18_000, food=True, first_seen=AT - 90 * DAY)
ORDER = Purchase(
    vendor_id=7, vendor_name="Dapur", account_code="5.1", package_id=3, purpose="Rapat RW", total=6_000_000,
    headcount=30, placed_at=AT, deliver_at=AT + 5 * DAY, goods=(BOX,),
)  # fmt: skip
NUMBERS = {row.key: row.value for row in files.rules() if row.valid_to is None}


def before(days=3, total=6_000_000, **changed):
    """An order that was placed some days earlier."""
    first = Earlier(11, "0011", "paid", 7, "5.1", 3, "Rapat RW", total, AT - days * DAY)
    return replace(first, **changed)


def found(module, purchase):
    """The variant a rule finds by the numbers of the committed file, None for nothing."""
    numbers = NUMBERS[module.RULE.key]
    finding = module.judge(purchase, numbers if isinstance(numbers, dict) else {"limit": numbers})
    if finding is None:
        return None
    assert finding.code == module.RULE.code
    # Every sentence can be filled: a missing number would only be seen by the officer.
    assert module.RULE.says[finding.variant] % finding.params
    return finding


def goods(**changed):
    return replace(ORDER, goods=(replace(BOX, **changed),))


def earlier(*orders, **changed):
    return replace(ORDER, earlier=orders, **changed)


NOTICED = [
    (splitting, earlier(before()), "crossed"),
    (same_need, earlier(before(vendor_id=8, purpose="rapat rw")), "crossed"),
    (below_limit, replace(ORDER, total=9_800_000), "below"),
    (below_limit, replace(ORDER, total=10_000_000), "below"),
    (below_limit, earlier(before(), before(5)), "same"),
    (cancel_reorder, earlier(before(total=12_000_000, state="cancelled")), "below"),
    (cancel_reorder, earlier(before(state="cancelled"), before(9, state="cancelled")), "times"),
    (conflict, replace(ORDER, ties=("ppk",)), "ppk"),
    (conflict, replace(ORDER, ties=("ppk", "pp")), "pp"),
    (one_hand, replace(ORDER, one_hand="ppk"), "ppk"),
    (one_hand, replace(ORDER, one_hand="relaxed"), "relaxed"),
    (after_event, replace(ORDER, deliver_at=AT + timedelta(hours=5)), "short"),
    (after_event, replace(ORDER, arrived_at=AT + timedelta(minutes=10)), "arrived"),
    (closed_day, replace(ORDER, deliver_at=AT + DAY), "weekend"),
    (closed_day, replace(ORDER, closed={date(2026, 11, 25)}), "holiday"),
    (over_headcount, goods(quantity=34), "over"),
    (above_price, goods(top=Top(24_000, 24_001, per_person=True)), "ceiling"),
    (above_price, goods(top=Top(15_000, 15_001, per_person=False)), "unit"),
    (above_price, goods(band_high=17_000, band_count=9), "band"),
    (price_rise, goods(prices=((AT - 30 * DAY, 16_000), (AT - DAY, 18_000))), "rise"),
    (list_and_buy, goods(first_seen=AT - 2 * DAY), "days"),
    (list_and_buy, goods(first_seen=AT - timedelta(minutes=5)), "hours"),
    (repeat_producer, replace(ORDER, shares={"snack-kotak": Share(10_000_000, 7_000_000, 4)}), "share"),
    (year_end, replace(ORDER, placed_at=datetime(2026, 12, 21, 3, tzinfo=UTC)), "closing"),
    (year_end, replace(ORDER, placed_at=datetime(2026, 12, 18, 3, tzinfo=UTC)), "last_days"),
    (
        year_end,
        replace(ORDER, placed_at=datetime(2026, 12, 2, 3, tzinfo=UTC), year_spent=12_000_000, december_spent=1_000_000),
        "share",
    ),
]
PASSED_OVER = [
    (splitting, ORDER),  # alone
    (splitting, earlier(before(), total=11_000_000)),  # already above by itself: nothing is hidden
    (splitting, earlier(before(31))),
    (splitting, earlier(before(vendor_id=8))),
    (splitting, earlier(before(account_code="5.2"))),
    (splitting, earlier(before(state="refused"))),
    (splitting, earlier(before(total=11_000_000), total=9_000_000)),  # the limit was passed openly before
    (same_need, earlier(before(0))),  # one basket on one day, several makers
    (same_need, earlier(before(purpose="Rapat RT"))),
    (below_limit, replace(ORDER, total=9_799_999)),
    (below_limit, replace(ORDER, total=10_000_001)),
    (below_limit, earlier(before(), before(31))),
    (cancel_reorder, earlier(before(total=12_000_000))),
    (cancel_reorder, earlier(before(state="cancelled"))),
    (conflict, ORDER),
    (one_hand, ORDER),
    (after_event, replace(ORDER, arrived_at=AT + timedelta(hours=1), deliver_at=AT + timedelta(hours=6))),
    (closed_day, ORDER),
    (over_headcount, goods(quantity=33)),  # thirty people and a tenth
    (over_headcount, replace(goods(quantity=500), headcount=None)),
    (over_headcount, goods(quantity=90, category="kue-basah", unit="buah")),  # pieces, not portions
    (above_price, goods(top=Top(24_000, 24_000, per_person=True))),
    (above_price, goods(unit_price=200_000)),  # no ceiling, no band
    (above_price, goods(band_high=17_000, band_count=4)),  # four say too little
    (price_rise, goods(prices=((AT - 30 * DAY, 16_400), (AT - DAY, 18_000)))),  # under a tenth
    (price_rise, goods(prices=((AT - 8 * DAY, 18_000),))),
    (price_rise, goods(prices=((AT - DAY, 18_000),))),  # was not on sale before
    (list_and_buy, goods(first_seen=AT - 3 * DAY)),
    (list_and_buy, goods(first_seen=None)),
    (repeat_producer, replace(ORDER, shares={"snack-kotak": Share(10_000_000, 7_000_000, 3)})),  # too few
    (repeat_producer, replace(ORDER, shares={"snack-kotak": Share(20_000_000, 7_000_000, 9)})),
    (year_end, ORDER),
    (year_end, replace(ORDER, placed_at=datetime(2026, 12, 2, 3, tzinfo=UTC), year_spent=90_000_000)),
]


@pytest.mark.parametrize(("module", "purchase", "variant"), NOTICED)
def test_a_rule_notices_what_it_is_for(module, purchase, variant):
    assert found(module, purchase).variant == variant


@pytest.mark.parametrize(("module", "purchase"), PASSED_OVER)
def test_a_rule_passes_over_the_nearest_honest_thing(module, purchase):
    assert found(module, purchase) is None


def test_a_splitting_names_the_highest_limit_and_the_orders_behind_it():
    finding = found(splitting, earlier(before(id=2, number="0002"), before(4, id=1, number="0001", total=2_000_000)))
    assert (finding.params["sum"], finding.params["limit"]) == (14_000_000, 10_000_000)
    assert finding.orders == ((2, "0002"), (1, "0001"))


def test_every_rule_has_numbers_with_source_and_every_variant_is_tried():
    assert {rule.key for rule in RULES.values()} <= set(NUMBERS)
    tried = {(module.RULE.code, variant) for module, _, variant in NOTICED}
    assert {code for code, _ in tried} == set(RULES)
    assert {(rule.code, variant) for rule in RULES.values() for variant in rule.says} == tried
