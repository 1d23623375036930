"""Events: seats and waiting, attendance that becomes a facility, and what came of it, counted once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, Stale, WrongState
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.programme import events, facilities, gatherings, joining, sales
from shop.programme.events import CollaboratorEntry, EventEntry
from shop.programme.models import Event, EventOffice, FacilityRecord, Participation
from tests import makers
from tests.orders.test_together import BUYERS, all_at_once

DAY = date(2026, 12, 2)
CAKUNG = "31.75.06"


def entry(**changed):
    values = {
        "kind": "training",
        "name": "Kelas kemasan",
        "about": "",
        "from_day": DAY,
        "until_day": DAY,
        "place": "Aula",
    }
    return EventEntry(**values | changed)


def producer(**changed):
    return makers.make_actor("vendor_owner", vendor_id=makers.make_vendor(**changed).id)


def mails():
    session.rollback()
    return [
        row["subject"] for row in session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail"))
    ]


def records(event_id):
    session.rollback()
    found = session.scalars(select(FacilityRecord).where(FacilityRecord.event_id == event_id))
    return sorted((row.vendor_id, row.facility, row.from_day) for row in found)


def test_an_event_is_made_changed_and_cancelled_and_everybody_is_told(crew, staff, now):
    with unit_of_work():
        number = events.make(staff, entry(places=2), now).id
    with unit_of_work():
        events.change(staff, number, 1, entry(places=3, name="Kelas baru"), now)
    with pytest.raises(Stale), unit_of_work():
        events.change(staff, number, 1, entry(), now)
    with unit_of_work():
        joining.join(crew.producer, number, now)
        events.cancel(staff, number, 2, now)
    assert mails() == ["Acara %(name)s dibatalkan"]
    for call in (joining.join, joining.leave):
        with pytest.raises(WrongState), unit_of_work():
            call(crew.producer, number, now)
    with pytest.raises(Forbidden), unit_of_work():
        events.make(crew.producer, entry(), now)


@pytest.mark.parametrize(("changed", "field"), [
    ({"kind": "pesta"}, "kind"), ({"until_day": DAY - timedelta(days=1)}, "until_day"), ({"places": 0}, "places"),
    ({"kecamatan_code": "31.71"}, "kecamatan_code"), ({"agency_id": 10**9}, "agency_id"), ({"collaborator_id": 7}, "collaborator_id"),
    ({"kind": "matching", "office_codes": ("OPD-TIDAK",)}, "offices"), ({"office_codes": ("OPD-0001",)}, "offices"),
    ({"from_day": date(2017, 1, 1)}, "from_day"),
])  # fmt: skip
def test_an_event_that_cannot_be_is_refused_at_its_field(crew, staff, now, changed, field):
    with pytest.raises(Invalid) as told, unit_of_work():
        events.make(staff, entry(**changed), now)
    assert field in {fault.field for fault in told.value.faults}


def test_a_partner_is_there_once_with_a_kind_and_a_real_address(crew, staff, now):
    with unit_of_work():
        events.add_collaborator(staff, CollaboratorEntry("Kampus Contoh", "university", site="https://contoh.id"), now)
    wrong = CollaboratorEntry("Kampus Contoh", "raja", site="javascript:alert(1)")
    with pytest.raises(Invalid) as told, unit_of_work():
        events.add_collaborator(staff, wrong, now)
    assert {fault.field for fault in told.value.faults} == {"name", "kind", "site"}


def test_when_it_is_full_one_waits_and_moves_up_when_another_leaves(crew, staff, now):
    with unit_of_work():
        first, second, third = producer(), producer(), producer()
        number = makers.make_event(staff, places=1, kecamatan_code=makers.GAMBIR).id
        places = [joining.join(who, number, now) for who in (first, second, third)]
        far = producer(kecamatan_code=CAKUNG)
    assert places == [0, 1, 2]
    with pytest.raises(Conflict), unit_of_work():
        joining.join(first, number, now)
    with pytest.raises(NotFound), unit_of_work():
        joining.join(far, number, now)
    with unit_of_work():
        joining.leave(third, number, now)
    assert mails() == []
    with unit_of_work():
        joining.leave(first, number, now)
    assert mails() == ["Anda mendapat tempat di %(name)s"]
    view = gatherings.event(number)
    assert [(part.vendor_id, part.waiting) for part in gatherings.parts(view)] == [(second.vendor_id, 0)]
    later = now + timedelta(days=12)
    with pytest.raises(WrongState), unit_of_work():
        joining.join(first, number, later)


def test_of_eight_who_want_the_last_seat_at_once_one_gets_it(app, crew, staff, now):
    with unit_of_work():
        people = [producer() for _ in range(BUYERS)]
        number = makers.make_event(staff, places=1).id
    heard = Counter()

    def work(index):
        with unit_of_work():
            place = joining.join(people[index], number, now)
        heard[place] += 1

    assert all_at_once(app, work) == []
    assert heard == Counter(range(BUYERS))


def test_having_been_there_is_a_facility_and_taking_it_back_takes_it_back(crew, staff, now):
    later = now + timedelta(days=12)
    with unit_of_work():
        other = producer()
        number, fair = makers.make_event(staff).id, makers.make_event(staff, kind="jbl").id
        for event_id in (number, fair):
            joining.join(crew.producer, event_id, now)
        joining.join(other, number, now)
        mine, theirs = crew.vendor.id, other.vendor_id
    with pytest.raises(WrongState), unit_of_work():
        joining.mark(staff, number, {mine: True}, now)
    with pytest.raises(Forbidden), unit_of_work():
        joining.mark(crew.producer, number, {mine: True}, later)
    with unit_of_work():
        assert joining.mark(staff, number, {mine: True, theirs: False, 10**9: True}, later) == 2
        joining.mark(staff, fair, {mine: True}, later)
    with unit_of_work():
        assert joining.mark(staff, number, {mine: True}, later) == 0
    assert records(number) == [(mine, "P2", DAY)]
    assert records(fair) == [(mine, "P5", DAY)]
    with pytest.raises(Invalid), unit_of_work():
        events.change(staff, number, 1, entry(kind="jbl"), later)
    with pytest.raises(WrongState), unit_of_work():
        events.cancel(staff, number, 1, later)
    with unit_of_work():
        joining.mark(staff, number, {mine: None}, later)
    assert records(number) == []


def test_attendance_leaves_a_record_made_by_hand_alone(crew, staff, now):
    later = now + timedelta(days=12)
    with unit_of_work():
        number = makers.make_event(staff).id
        joining.join(crew.producer, number, now)
    with unit_of_work():
        facilities.record(staff, crew.vendor.id, facilities.Entry("P2", DAY), later)
        joining.mark(staff, number, {crew.vendor.id: True}, later)
        joining.mark(staff, number, {crew.vendor.id: False}, later)
    session.rollback()
    assert session.scalars(select(FacilityRecord.event_id)).all() == [None]


def test_only_who_was_there_states_sales_and_the_last_statement_stands(crew, staff, now):
    later = now + timedelta(days=12)
    with unit_of_work():
        number = makers.make_event(staff, kind="exhibition").id
        joining.join(crew.producer, number, now)
    with pytest.raises(NotFound), unit_of_work():
        joining.declare(crew.producer, number, 5, later)
    with unit_of_work():
        joining.mark(staff, number, {crew.vendor.id: True}, later)
        joining.declare(crew.producer, number, 500_000, later)
        joining.declare(crew.producer, number, 750_000, later)
    with pytest.raises(Invalid), unit_of_work():
        joining.declare(crew.producer, number, -1, later)
    session.rollback()
    found = sales.result(session.get_one(Event, number))
    assert (found.declared, found.declared_by, found.orders) == (750_000, 1, 0)


def test_orders_after_a_matching_count_once_by_rule(crew, staff, now):
    """Both were there, ordered after it began, accepted in time: only then; and only for a matching."""
    with unit_of_work():
        stranger = makers.make_crew()
        day = date(2026, 11, 20)
        number = makers.make_event(staff, kind="matching", from_day=day, until_day=day).id
        fair = makers.make_event(staff, kind="exhibition", from_day=day, until_day=day).id
        old = makers.make_event(staff, kind="matching", from_day=date(2026, 5, 1), until_day=date(2026, 5, 1)).id
        ahead = makers.make_event(staff, kind="matching", from_day=date(2026, 11, 21), until_day=date(2026, 11, 21)).id
        for event_id in (number, fair, old, ahead):
            for vendor_id in (crew.vendor.id, stranger.vendor.id):
                attended = vendor_id == crew.vendor.id
                session.add(Participation(event_id=event_id, vendor_id=vendor_id, signed_up_at=now, attended=attended))
            for office_id in (crew.office_id, makers.make_office().id):
                session.add(EventOffice(event_id=event_id, office_id=office_id))
        product = makers.make_product(crew.vendor, price=10_000)
        accepted = makers.make_confirmed_order(crew, now, (product, 3))
        paid = makers.make_paid_order(crew, now, (product, 2))
        makers.make_sent_order(crew, now, (product, 9))
        makers.make_confirmed_order(stranger, now)
        ids = {accepted.id, paid.id}
    found = {event_id: sales.result(session.get_one(Event, event_id)) for event_id in (number, fair, old, ahead)}
    assert (found[number].orders, found[number].order_value) == (2, 50_000)
    assert [found[other].orders for other in (fair, old, ahead)] == [0, 0, 0]
    rows = sales.orders(session.get_one(Event, number), offset=0, limit=10)
    assert ({row.id for row in rows}, sum(row.total for row in rows)) == (ids, 50_000)
