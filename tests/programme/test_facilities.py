"""The seven facilities: a set with dates, recorded within reach, noticed once, mended on the record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from shop.audit import trail
from shop.background import handlers
from shop.base.errors import Forbidden, Invalid, NotFound, Stale
from shop.db import session, unit_of_work
from shop.outbox import posting
from shop.programme import facilities, guiding, reading
from shop.programme.facilities import Entry
from shop.programme.models import FACILITIES, FacilityRecord, Guidance
from shop.programme.rules import FACILITY
from shop.vendors import places
from shop.vendors import reading as overview
from shop.vendors.models import Vendor
from tests import makers

CAKUNG = "31.75.06"
TODAY = date(2026, 11, 20)


def held(vendor_id):
    session.rollback()
    rows = session.scalars(select(FacilityRecord).where(FacilityRecord.vendor_id == vendor_id))
    return sorted((row.facility, row.from_day, row.until_day) for row in rows)


def test_a_facility_may_come_again_overlap_and_go_on_in_any_order(crew, staff, now):
    with unit_of_work():
        for entry in (
            Entry("P5", date(2026, 3, 1), date(2026, 3, 2)),
            Entry("P2", date(2026, 3, 1)),
            Entry("P2", date(2025, 3, 1), date(2026, 6, 1)),
        ):
            facilities.record(staff, crew.vendor.id, entry, now)
    assert [code for code, *_ in held(crew.vendor.id)] == ["P2", "P2", "P5"]
    found = reading.by_facility(reading.records(crew.vendor.id))
    assert tuple(found) == FACILITIES == tuple(FACILITY)
    assert [len(found[code]) for code in FACILITIES] == [0, 2, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(("entry", "field"), [
    (Entry("P8", TODAY), "facility"),
    (Entry("P2", TODAY + timedelta(days=1)), "from_day"),
    (Entry("P2", date(2017, 12, 31)), "from_day"),
    (Entry("P2", TODAY, TODAY - timedelta(days=1)), "until_day"),
    (Entry("P2", TODAY, date(2040, 1, 1)), "until_day"),
    (Entry("P2", TODAY, event_id=99), "event_id"),
    (Entry("P3", date(2026, 1, 5)), "from_day"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(crew, staff, now, entry, field):
    with unit_of_work():
        facilities.record(staff, crew.vendor.id, Entry("P3", date(2026, 1, 5)), now)
    with pytest.raises(Invalid) as told, unit_of_work():
        facilities.record(staff, crew.vendor.id, entry, now)
    assert field in {fault.field for fault in told.value.faults}
    assert len(held(crew.vendor.id)) == 1


def test_a_mentor_reaches_the_own_kecamatan_and_nobody_else(crew, mentor, now):
    with unit_of_work():
        far = makers.make_vendor(kecamatan_code=CAKUNG)
        nowhere = makers.make_actor("mentor")
        made = facilities.record(mentor, crew.vendor.id, Entry("P3", TODAY), now)
        other = facilities.record(makers.make_actor("programme"), far.id, Entry("P3", TODAY), now)
        number, theirs = made.id, other.id
    for who, vendor_id in ((mentor, far.id), (nowhere, crew.vendor.id), (mentor, 10**9)):
        with pytest.raises(NotFound), unit_of_work():
            facilities.record(who, vendor_id, Entry("P2", TODAY), now)
    for call in (facilities.remove,):
        with pytest.raises(NotFound), unit_of_work():
            call(mentor, theirs, 1, now)
    with pytest.raises(Forbidden), unit_of_work():
        facilities.record(crew.producer, crew.vendor.id, Entry("P2", TODAY), now)
    rows, total = reading.producers(mentor, "", "", "", offset=0, limit=20)
    assert ([row.id for row in rows], total) == ([crew.vendor.id], 1)
    assert reading.producers(nowhere, "", "", "", offset=0, limit=20) == ([], 0)
    assert overview.producers(nowhere) == ([], None)  # nor where identity, papers and holds are shown
    assert [row.id for row in overview.producers(mentor)[0]] == [crew.vendor.id]
    assert not places.covers(nowhere, crew.vendor.kecamatan_code)
    assert number != theirs


def test_a_record_is_mended_or_taken_out_and_the_trail_keeps_what_it_said(crew, staff, now):
    with unit_of_work():
        number = facilities.record(staff, crew.vendor.id, Entry("P2", TODAY, note="Salah"), now).id
    with unit_of_work():
        facilities.correct(staff, number, 1, Entry("P3", TODAY, TODAY), now)
    with pytest.raises(Stale), unit_of_work():
        facilities.correct(staff, number, 1, Entry("P4", TODAY), now)
    assert held(crew.vendor.id) == [("P3", TODAY, TODAY)]
    with unit_of_work():
        facilities.remove(staff, number, 2, now)
    assert held(crew.vendor.id) == []
    said = {entry.verb: entry.data for entry in trail.history("vendor", crew.vendor.id)}
    assert said["programme.corrected"]["before"]["facility"] == "P2"
    assert said["programme.removed"]["facility"] == "P3"


def test_what_the_shop_sees_is_noticed_once_through_the_outbox(app, crew, now):
    with unit_of_work():
        vendor = session.get_one(Vendor, crew.vendor.id)
        vendor.registered_at = now - timedelta(days=3)
        for _ in range(2):
            posting.post("programme.registered", {"vendor_id": vendor.id}, now)
            posting.post("programme.noticed", {"vendor_id": vendor.id, "facility": "P5"}, now)
            posting.post("programme.noticed", {"vendor_id": vendor.id, "facility": "P6", "day": "2026-10-31"}, now)
        posting.post("programme.noticed", {"vendor_id": 10**9, "facility": "P5"}, now)
    assert posting.drain(handlers(app), now) == 7
    first, last = date(2026, 11, 17), date(2026, 10, 31)
    wanted = [
        ("P1", first, first),
        ("P5", TODAY, None),
        ("P6", last, last),
    ]  # a listing goes on, the others are a moment
    assert held(crew.vendor.id) == wanted
    with unit_of_work():
        assert not facilities.noticed(crew.vendor.id, "P5", TODAY + timedelta(days=40), now)
    with pytest.raises(ValueError, match="P9"), unit_of_work():
        facilities.noticed(crew.vendor.id, "P9", TODAY, now)
    assert held(crew.vendor.id) == wanted


def test_who_looks_after_whom_is_said_singly_and_for_a_kecamatan(crew, staff, mentor, now):
    with unit_of_work():
        dinas = makers.make_office(kind="dinas", name="Dinas Contoh").id
        school = makers.make_office(kind="sekolah").id
        neighbour = makers.make_vendor().id
        far = makers.make_vendor(kecamatan_code=CAKUNG).id
        guiding.assign(mentor, crew.vendor.id, None, mentor.user_id, now)
    with unit_of_work():
        assert guiding.assign_kecamatan(staff, makers.GAMBIR, dinas, None, now, only_free=True) == 1
        assert guiding.assign_kecamatan(staff, makers.GAMBIR, dinas, None, now, only_free=False) == 2
    found = guiding.guide(crew.vendor.id)
    assert (found.agency, found.mentor_id) == ("Dinas Contoh", mentor.user_id)
    assert guiding.guide(neighbour).mentor_id is None
    assert guiding.guide(far) is None
    for vendor_id, agency, who in (
        (neighbour, school, None),
        (neighbour, None, staff.user_id),
        (far, None, mentor.user_id),
    ):
        with pytest.raises(Invalid), unit_of_work():
            guiding.assign(staff, vendor_id, agency, who, now)
    with pytest.raises(NotFound), unit_of_work():
        guiding.assign_kecamatan(mentor, CAKUNG, dinas, None, now, only_free=False)
    with pytest.raises(Invalid), unit_of_work():
        guiding.assign_kecamatan(staff, makers.GAMBIR, None, None, now, only_free=False)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Guidance)) == 2
