"""Help offered and needed: matched for a reason that is said, places never given away twice, the producer decides."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from shop.base.errors import Conflict, Invalid, NotFound, WrongState
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.programme import helping, needing
from shop.programme.helping import NeedEntry, OfferEntry
from shop.programme.models import HelpMatch, HelpNeed
from shop.programme.rules import Needed, Offered, fit
from tests import makers
from tests.orders.test_together import BUYERS, all_at_once

CAKUNG = "31.75.06"
TODAY = date(2026, 11, 20)
places = st.sampled_from([None, makers.GAMBIR, CAKUNG])
kinds = st.sampled_from(["facility", "loan", "training"])
amounts = st.none() | st.integers(0, 10**9)
goods = st.sampled_from(["", "food", "goods", "service"])
offered = st.builds(Offered, kinds, places, goods, amounts, st.integers(-1, 3))
needed = st.builds(Needed, kinds, st.just(makers.GAMBIR), st.frozensets(goods.filter(bool)), amounts)


def an_offer(**changed):
    values = {
        "kind": "loan", "title": "Pinjaman lunak", "detail": "", "amount": 5_000_000, "collaborator_id": None,
        "kecamatan_code": None, "category_kind": "", "places": 1, "until_day": date(2026, 12, 31),
    }  # fmt: skip
    return OfferEntry(**values | changed)


@given(offered, needed)
def test_an_offer_fits_exactly_when_nothing_forbids_it_and_says_why(offer, need):
    found = fit(offer, need)
    possible = (
        offer.kind == need.kind
        and offer.kecamatan_code in {None, need.kecamatan_code}
        and (not offer.category_kind or offer.category_kind in need.category_kinds)
        and offer.places_left > 0
    )
    assert (found is not None) == possible
    if found is not None:
        assert 2 <= found.score <= 7
        assert len(found.why) == 3 + (offer.amount is not None and need.amount is not None)
        assert all(words % params for words, params in found.why)


def test_nearer_and_better_suited_help_comes_first(crew, staff, now):
    with unit_of_work():
        makers.make_product(crew.vendor)
        for title, changed in (
            ("umum", {}), ("dekat", {"kecamatan_code": makers.GAMBIR}), ("jauh", {"kecamatan_code": CAKUNG}),
            ("makanan", {"category_kind": "food"}), ("jasa", {"category_kind": "service"}),
            ("kelas", {"kind": "training"}), ("sedikit", {"amount": 1_000}), ("cocok sekali", {"kecamatan_code": makers.GAMBIR, "category_kind": "food"}),
        ):  # fmt: skip
            helping.offer(staff, an_offer(title=title, **changed), now)
        helping.ask(crew.producer, NeedEntry("loan", "Modal oven", amount=2_000_000), now)
    rows, total = needing.open_needs(staff, TODAY, offset=0, limit=20)
    assert total == 1
    assert [view.title for view, _ in rows[0].fits] == ["cocok sekali", "dekat", "makanan"]


@pytest.mark.parametrize(("changed", "field"), [
    ({"kind": "hadiah"}, "kind"), ({"places": 0}, "places"), ({"until_day": date(2026, 11, 19)}, "until_day"),
    ({"kecamatan_code": "x"}, "kecamatan_code"), ({"category_kind": "batu"}, "category_kind"), ({"collaborator_id": 5}, "collaborator_id"),
])  # fmt: skip
def test_an_offer_that_cannot_be_is_refused_at_its_field(crew, staff, now, changed, field):
    with pytest.raises(Invalid) as told, unit_of_work():
        helping.offer(staff, an_offer(**changed), now)
    assert {fault.field for fault in told.value.faults} == {field}


def test_the_producer_decides_and_a_declined_place_is_free_again(crew, staff, now):
    with unit_of_work():
        other = makers.make_actor("vendor_owner", vendor_id=makers.make_vendor().id)
        offer_id = helping.offer(staff, an_offer(), now).id
        mine = helping.ask(crew.producer, NeedEntry("loan", "Modal"), now).id
        theirs = helping.ask(other, NeedEntry("loan", "Modal"), now).id
        first = helping.match(staff, mine, offer_id, now).id
    for need_id in (theirs, mine):
        with pytest.raises(Conflict), unit_of_work():
            helping.match(staff, need_id, offer_id, now)
    with pytest.raises(NotFound), unit_of_work():
        helping.answer(other, first, take=True, now=now)
    with unit_of_work():
        helping.answer(crew.producer, first, take=False, now=now)
        second = helping.match(staff, theirs, offer_id, now).id
    with unit_of_work():
        helping.answer(other, second, take=True, now=now)
    for call in (
        lambda: helping.answer(other, second, take=False, now=now),
        lambda: helping.withdraw(staff, second, now),
    ):
        with pytest.raises(WrongState), unit_of_work():
            call()
    session.rollback()
    assert session.get_one(HelpNeed, theirs).closed_at is not None
    assert session.get_one(HelpNeed, mine).closed_at is None
    kinds_posted = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail")).all()
    assert [mail["subject"] for mail in kinds_posted] == ["Ada tawaran untuk Anda: %(title)s"] * 2


def test_an_unanswered_match_can_be_taken_back_and_closed_things_stay_closed(crew, staff, now):
    with unit_of_work():
        offer_id = helping.offer(staff, an_offer(), now).id
        need_id = helping.ask(crew.producer, NeedEntry("loan", "Modal"), now).id
        helping.withdraw(staff, helping.match(staff, need_id, offer_id, now).id, now)
        assert needing.held([offer_id]) == {}
        helping.close_offer(staff, offer_id, now)
    with pytest.raises(WrongState), unit_of_work():
        helping.match(staff, need_id, offer_id, now)
    with unit_of_work():
        helping.close_need(crew.producer, need_id, now)
    with pytest.raises(NotFound), unit_of_work():
        helping.close_need(crew.producer, need_id, now)
    with unit_of_work():
        for _ in range(5):
            helping.ask(crew.producer, NeedEntry("loan", "Modal"), now)
    with pytest.raises(Conflict), unit_of_work():
        helping.ask(crew.producer, NeedEntry("loan", "Modal"), now)


def test_of_eight_who_give_the_last_places_away_at_once_only_so_many_succeed(app, crew, staff, now):
    with unit_of_work():
        offer_id = helping.offer(staff, an_offer(places=3), now).id
        needs = []
        for _ in range(BUYERS):
            who = makers.make_actor("vendor_owner", vendor_id=makers.make_vendor().id)
            needs.append(helping.ask(who, NeedEntry("loan", "Modal"), now).id)
    heard = Counter()

    def work(index):
        try:
            with unit_of_work():
                helping.match(staff, needs[index], offer_id, now)
            heard["matched"] += 1
        except Conflict as refused:
            heard[refused.kind] += 1

    assert all_at_once(app, work) == []
    assert heard == {"matched": 3, "no-place": BUYERS - 3}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(HelpMatch)) == 3
