"""The funnel: distinct producers within reach, recounted by hand; targets on the record; the same few statements always."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy import select, update

from shop import background
from shop.audit import trail
from shop.base.errors import Forbidden, Invalid, NotFound
from shop.db import session, unit_of_work
from shop.outbox.posting import drain
from shop.programme import counting, facilities, funnel, targeting
from shop.programme.models import FACILITIES, FacilityRecord, FunnelCount, FunnelMember
from shop.programme.periods import choices, keys_of, span_of
from shop.vendors.models import Vendor
from tests import makers

CAKUNG = "31.75.06"
TODAY = date(2026, 11, 20)
YEAR = span_of("2026", TODAY)
EVER = span_of("", TODAY)


@pytest.fixture
def crowd(crew, now):
    """Sixty producers in two kecamatan with facilities at random, and what was written down about each."""
    rng = Random(7)
    written: dict[int, tuple[str, list[tuple[str, date]]]] = {}
    with unit_of_work():
        for index in range(60):
            place = rng.choice((makers.GAMBIR, CAKUNG))
            vendor = makers.make_vendor(kecamatan_code=place, kind="umkm" if index % 10 == 0 else "jakpreneur")
            days = {
                (code, date(2025, 1, 1) + timedelta(days=rng.randrange(680)))
                for code in FACILITIES
                for _ in range(2)
                if rng.random() < 0.5
            }
            for code, day in days:
                session.add(FacilityRecord(vendor_id=vendor.id, facility=code, from_day=day, recorded_at=now))
            if vendor.kind == "jakpreneur":
                written[vendor.id] = (place, sorted(days))
        counting.recount(now)
    return written


def counted(written, span, place=""):
    found: Counter[str] = Counter()
    for home, records in written.values():
        if place in {"", home}:
            found.update({code for code, day in records if span.start <= day <= span.end})
    return {code: found[code] for code in FACILITIES}


@pytest.mark.parametrize("key", ["", "2026", "2025", "2026-S1", "2026-T3", "2026-02"])
def test_every_number_is_what_counting_by_hand_gives(crew, staff, mentor, crowd, key):
    span = span_of(key, TODAY)
    for who, place in ((staff, ""), (staff, CAKUNG), (mentor, makers.GAMBIR)):
        found = funnel.read(who, span, place, TODAY)
        assert {row.key: row.producers for row in found.stages if row.key in FACILITIES} == counted(crowd, span, place)
        by_hand = sum(
            any(code == "P1" and day <= span.end for code, day in records)
            for home, records in crowd.values()
            if place in {"", home}
        )
        assert {row.registered for row in found.stages} == {by_hand}
        stuck = {
            vendor_id
            for vendor_id, (home, records) in crowd.items()
            if place in {"", home}
            and any(code == "P4" and day < TODAY - timedelta(days=30) for code, day in records)
            and not any(code == "P5" for code, _ in records)
        }
        assert found.stuck == len(stuck)
        rows, total = funnel.behind(who, funnel.STUCK, span, place, TODAY, offset=0, limit=100)
        assert ({row.id for row in rows}, total) == (stuck, len(stuck))
        for row in found.stages:
            assert funnel.behind(who, row.key, span, place, TODAY, offset=0, limit=1)[1] == row.producers


def test_orders_the_producer_accepted_are_the_last_stages(app, crew, staff, now):
    with unit_of_work():
        other = makers.make_crew()
        for _ in range(2):
            makers.make_confirmed_order(crew, now)
        makers.make_confirmed_order(other, now)
        makers.make_sent_order(makers.make_crew(), now)
    drain(background.handlers(app), now + timedelta(hours=1))
    found = {row.key: row.producers for row in funnel.read(staff, YEAR, "", TODAY).stages}
    assert (found["first"], found["repeat"]) == (2, 1)
    rows, _ = funnel.behind(staff, "repeat", YEAR, "", TODAY, offset=0, limit=5)
    assert [row.id for row in rows] == [crew.vendor.id]
    before = {row.key: row.producers for row in funnel.read(staff, span_of("2026-10", TODAY), "", TODAY).stages}
    assert (before["first"], before["repeat"]) == (0, 0)


def test_the_largest_drop_is_the_largest_share_lost_and_none_where_nothing_is_lost():
    counts = dict.fromkeys(funnel.STAGES, 10)
    assert funnel.largest_drop(counts) is None
    drop = funnel.largest_drop(counts | {"P4": 40, "P5": 10, "P2": 8, "P6": 0})
    assert (drop.before, drop.after, drop.lost, drop.of, drop.share_bp) == ("P4", "P5", 30, 40, 7_500)
    past = dict(
        zip(
            ("P1", "P2", "P3", "P4", "P5", "first", "repeat"),
            (284_164, 176_891, 157_498, 148_374, 44_456, 44_456, 44_456),
            strict=True,
        )
    )
    assert funnel.largest_drop(past).after == "P5"


def test_the_statements_are_the_same_however_many_producers(crew, staff, now, statements):
    def reads():
        session.rollback()
        with statements() as seen:
            funnel.read(staff, YEAR, "", TODAY)
            funnel.behind(staff, "P1", YEAR, "", TODAY, offset=0, limit=30)
        return len(seen)

    with unit_of_work():
        facilities.noticed(crew.vendor.id, "P1", TODAY, now)
    reads()
    few = reads()
    with unit_of_work():
        for _ in range(40):
            vendor = makers.make_vendor(kecamatan_code=CAKUNG)
            facilities.noticed(vendor.id, "P1", TODAY, now)
    assert reads() == few <= 8


def test_a_kecamatan_bound_hat_sees_only_its_own(crew, mentor, crowd):
    found = funnel.read(mentor, EVER, makers.GAMBIR, TODAY)
    assert [row.code for row in found.places] == [makers.GAMBIR]
    rows, _ = funnel.behind(mentor, "P1", EVER, "", TODAY, offset=0, limit=100)
    assert {row.kecamatan_code for row in rows} == {makers.GAMBIR}
    with pytest.raises(Forbidden):
        funnel.read(crew.producer, EVER, "", TODAY)
    with pytest.raises(Invalid):
        funnel.behind(mentor, "P9", EVER, "", TODAY, offset=0, limit=1)


def test_targets_are_set_by_name_changed_and_taken_away_on_the_record(crew, staff, mentor, now):
    with unit_of_work():
        assert targeting.set_targets(staff, 2026, "", {"P2": 100, "P5": 50}, now) == 2
        targeting.set_targets(staff, 2026, CAKUNG, {"P5": 5}, now)
    with unit_of_work():
        assert targeting.set_targets(staff, 2026, "", {"P2": 120, "P5": None}, now) == 2
    assert (funnel.targets(2026, ""), funnel.targets(2026, CAKUNG), funnel.targets(2025, "")) == (
        {"P2": 120},
        {"P5": 5},
        {},
    )
    assert [entry.data["changed"] for entry in trail.history("funnel", 2026)] == [
        {"P2": [None, 100], "P5": [None, 50]}, {"P5": [None, 5]}, {"P2": [100, 120], "P5": [50, None]}]  # fmt: skip
    goal = {row.key: row.target for row in funnel.read(staff, YEAR, "", TODAY).stages}
    assert (goal["P2"], goal["P5"], goal["first"]) == (120, None, None)
    assert {row.target for row in funnel.read(staff, EVER, "", TODAY).stages} == {None}
    for year, place, wanted, fault in (
        (2026, "", {"P2": -1}, Invalid),
        (2017, "", {}, Invalid),
        (2026, "", {"P9": 1}, Invalid),
        (2026, "31.99.99", {}, NotFound),
    ):
        with pytest.raises(fault), unit_of_work():
            targeting.set_targets(staff, year, place, wanted, now)
    with pytest.raises(Forbidden), unit_of_work():
        targeting.set_targets(mentor, 2026, makers.GAMBIR, {"P2": 1}, now)


def test_spans_lie_side_by_side_without_gap_or_overlap():
    for parts in (["2024-S1", "2024-S2"], [f"2024-T{n}" for n in range(1, 5)], [f"2024-{n:02d}" for n in range(1, 13)]):
        spans = [span_of(key, TODAY) for key in parts]
        assert (spans[0].start, spans[-1].end) == (date(2024, 1, 1), date(2024, 12, 31))
        assert all(a.end + timedelta(days=1) == b.start for a, b in pairwise(spans))
    assert all(span_of(key, TODAY).key == key for key in choices(TODAY))
    for wrong in ("2026-S3", "2026-13", "1999", "x", "2026-T5", "20260", "２０２６"):
        with pytest.raises(Invalid):
            span_of(wrong, TODAY)


def test_the_funnel_reads_neither_producers_nor_records_nor_totals_of_orders(crew, staff, crowd, statements):
    with statements() as seen:
        funnel.read(staff, YEAR, "", TODAY)
    assert len(seen) <= 5  # regions, three kinds of counts, targets
    assert not [
        text for text in seen if any(table in text for table in ("facility_record", "FROM vendor", "p3dn_total"))
    ]


def test_the_kept_counts_follow_every_change_and_a_recount_changes_nothing(crew, staff, crowd, now):
    """Record, correct, remove, notice, move to another kecamatan: after each the counts are those of a recount."""
    rng, ids = Random(11), sorted(crowd)

    def held():
        kept = session.execute(select(FunnelCount.period, FunnelCount.stage, FunnelCount.kecamatan_code,
                                      FunnelCount.producers).where(FunnelCount.producers != 0)).all()  # fmt: skip
        return set(kept), set(session.execute(select(FunnelMember.vendor_id, FunnelMember.kecamatan_code)))

    for _ in range(40):
        day = date(2025, 1, 1) + timedelta(days=rng.randrange(680))
        code, vendor_id = rng.choice(FACILITIES), rng.choice(ids)
        entry = facilities.Entry(code, day)
        row = session.scalars(select(FacilityRecord).where(FacilityRecord.vendor_id == vendor_id)).first()
        number, version = (row.id, row.version) if row else (0, 0)
        session.rollback()
        with suppress(Invalid, NotFound), unit_of_work():
            match rng.randrange(5):
                case 0:
                    facilities.record(staff, vendor_id, entry, now)
                case 1:
                    facilities.correct(staff, number, version, entry, now)
                case 2:
                    facilities.remove(staff, number, version, now)
                case 3:
                    facilities.noticed(vendor_id, code, day, now)
                case _:
                    vendor = session.get_one(Vendor, vendor_id)
                    vendor.kecamatan_code = rng.choice((makers.GAMBIR, CAKUNG))
                    vendor.kind = rng.choice(("jakpreneur", "jakpreneur", "umkm"))
                    counting.on_vendors([{"vendor_id": vendor_id}], now)
        assert counting.verify(now) == []
    before = held()
    session.rollback()
    with unit_of_work():
        counting.recount(now)
    assert held() == before


def test_a_count_that_is_wrong_is_told_and_a_recount_mends_it(crew, crowd, now):
    with unit_of_work():
        session.execute(
            update(FunnelCount).where(FunnelCount.stage == "P2").values(producers=FunnelCount.producers + 1)
        )
        session.delete(session.scalars(select(FunnelMember).where(FunnelMember.reached != "")).first())
    assert any("P2" in line and line.endswith("-1") for line in counting.verify(now))
    assert any(line.startswith("vendor ") for line in counting.verify(now))
    session.rollback()
    with unit_of_work():
        counting.recount(now)
    assert counting.verify(now) == []


def test_a_day_lies_in_every_span_that_holds_it_and_in_no_other():
    for day in (date(2024, 2, 29), date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2026, 1, 1)):
        every = [""] + [f"{year}{part}" for year in (2024, 2025, 2026)
                 for part in ("", "-S1", "-S2", "-T1", "-T2", "-T3", "-T4", *(f"-{m:02d}" for m in range(1, 13)))]  # fmt: skip
        holding = {key for key in every if (span := span_of(key, TODAY)).start <= day <= span.end}
        assert set(keys_of(day)) == holding
