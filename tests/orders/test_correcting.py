"""What a line counts as is corrected by entries: with reason and paper, by somebody who had no hand in the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from shop.base.clock import local_day
from shop.base.errors import Forbidden, Invalid, SeparationOfDuties, Stale, WrongState
from shop.base.money import ratio_bp
from shop.catalog import offers
from shop.db import session, unit_of_work
from shop.orders import correcting, facts, paying, states
from shop.orders.models import Order, OrderLine
from shop.orders.paying import Proof
from shop.p3dn import verify
from shop.p3dn.models import LedgerEntry
from shop.p3dn.totals import Filters, totals
from tests import makers
from tests.orders.test_together import all_at_once

GOOD = {
    "evidence": "certified", "tkdn": "40,00", "pdn": "1", "umk": "1", "certificate_number": "77/SJ-IND.8/TKDN/2026",
    "issued_on": "2026-01-01", "valid_until": "2026-11-20", "reason": "Sertifikat terlambat masuk", "document": "BA-7/2026",
}  # fmt: skip


def paid(crew, now):
    with unit_of_work():
        order = makers.make_paid_order(crew, now)
        return order.id, order.lines[0].id


def correct(actor, at, now, seen=0, **changed):
    with unit_of_work():
        correcting.correct(actor, *at, seen, GOOD | changed, now)


def whole(now, **filters):
    session.rollback()
    return totals(Filters(**filters), now=now).total


def entries():
    return session.scalar(select(func.count()).select_from(LedgerEntry))


def test_a_correction_is_an_entry_of_its_day_and_so_is_its_undoing(crew, now, person):
    at = paid(crew, now)
    with unit_of_work():
        staff = makers.make_actor("programme")
    frozen = {c.name: getattr(session.get_one(OrderLine, at[1]), c.name) for c in OrderLine.__table__.columns}
    before, held, later = whole(now), entries(), now + timedelta(days=50)  # in the next year
    assert (before.paid_total, before.pdn_certified, before.tkdn_weighted) == (555_000, 0, 0)
    correct(staff, at, later)
    assert entries() == held + 2, "what goes, and what comes"
    assert whole(now, year=2026) == before, "a year that is told stays as it was told"
    after = whole(now)
    assert (after.paid_total, after.pdn_certified, after.tkdn_weighted) == (555_000, 555_000, 222_000)
    with pytest.raises(Stale):
        correct(staff, at, later, tkdn="41")
    correct(staff, at, later, seen=1, evidence="none", tkdn="0", reason="Sertifikat milik barang lain")
    assert (whole(now), entries()) == (before, held + 4)
    assert frozen == {c.name: getattr(session.get_one(OrderLine, at[1]), c.name) for c in OrderLine.__table__.columns}
    report = verify.verify(facts.statements(states.standing))
    assert report.ok, report.differences
    page = person(staff).get(f"/koreksi-baris/{at[0]}").text
    assert "Sertifikat milik barang lain" in page
    of_line = session.scalars(select(LedgerEntry.id).where(LedgerEntry.line_id == at[1])).first()
    line = person(crew.producer).get(f"/p3dn/baris/{of_line}").text
    assert "koreksi ke-2" in line
    assert "Sertifikat terlambat masuk · BA-7/2026" in line
    assert "tidak cocok dengan hitungannya" not in line
    public = person(crew.producer).get(f"/p3dn/koreksi?baris={at[1]}").text
    assert "koreksi ke-2" in public
    assert staff.name not in public + line


def test_two_who_correct_one_line_at_once_are_told_and_one_counts(app, crew, now):
    at = paid(crew, now)
    with unit_of_work():
        hands = [makers.make_actor("programme") for _ in range(2)]
    session.rollback()
    told = []

    def work(number):
        try:
            correct(hands[number], at, now, tkdn=f"{40 + number}")
        except Stale as refusal:
            told.append(refusal)

    assert all_at_once(app, work, buyers=2) == []
    assert len(told) == 1
    assert whole(now).tkdn_weighted in {222_000, 227_550}
    assert len(facts.corrections(at[0])) == 1
    report = verify.verify(facts.statements(states.standing))
    assert report.ok, report.differences


def test_what_no_correction_may_say_and_who_may_make_none(crew, now, person):
    at = paid(crew, now)
    with unit_of_work():
        staff = makers.make_actor("admin")
        open_order = makers.make_received_order(crew, now)
        unpaid = open_order.id, open_order.lines[0].id
    wrong = (
        (
            {"evidence": "x", "tkdn": "100,01", "reason": " ", "document": ""},
            {"evidence", "tkdn", "reason", "document"},
        ),
        ({"evidence": "none"}, {"tkdn"}),
        (
            {"certificate_number": " ", "issued_on": "", "valid_until": "x"},
            {"certificate_number", "issued_on", "valid_until"},
        ),
        ({"valid_until": "2026-11-19"}, {"valid_until"}),  # the day before the order
        ({"issued_on": "2026-11-21", "valid_until": "2027-11-20"}, {"issued_on"}),  # issued the day after it
        ({"evidence": "none", "tkdn": "0"}, {"evidence"}),  # what it counts as already
    )
    for changed, told in wrong:
        with pytest.raises(Invalid) as refusal:
            correct(staff, at, now, **changed)
        assert {fault.field for fault in refusal.value.faults} == told
    answer = person(staff).post(f"/koreksi-baris/{at[0]}/{at[1]}", GOOD | {"seen": "0", "tkdn": "101"}, status=422)
    assert GOOD["reason"] in answer.text, "what was typed is kept"
    for hand in (crew.pp, crew.ppk, crew.bendahara):
        with pytest.raises(Forbidden):
            correct(hand, at, now)
        with pytest.raises(SeparationOfDuties):
            correct(replace(hand, permissions=staff.permissions), at, now)
    with pytest.raises(WrongState):
        correct(staff, unpaid, now)
    assert person(staff).get("/koreksi-baris?nomor=%00x", status=404)
    number = session.get_one(Order, at[0]).number
    assert person(staff).get(f"/koreksi-baris?nomor={number}", status=303).location.endswith(f"/{at[0]}")
    person(crew.ppk).get(f"/koreksi-baris/{at[0]}", status=403)
    assert person(staff).post(f"/koreksi-baris/{at[0]}/{at[1]}", GOOD | {"seen": "7"}, status=409)
    assert whole(now).pdn_certified == 0, "nothing of all this was kept"


def test_the_midnights_of_jakarta_decide_year_and_evidence(crew, now):
    """17:00 UTC is midnight: one second earlier is another day for the evidence, and at New Year another year."""
    midnight = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    second = timedelta(seconds=1)
    with unit_of_work():
        product = makers.make_product(crew.vendor)
        makers.make_certificate(product, valid_until=date(2026, 12, 31))
    for moment, proof in ((midnight - second, "certified"), (midnight, "none")):
        day = moment.astimezone(UTC) + timedelta(hours=7)
        assert offers.read_offers([product.id], day.date())[product.id].evidence.evidence == proof
    with unit_of_work():
        last = makers.make_certificate(makers.make_product(crew.vendor), valid_until=date(2026, 11, 19))
        assert (
            offers.read_offers([last.product_id], date(2026, 11, 19))[last.product_id].evidence.evidence == "certified"
        )
        sent = makers.make_sent_order(crew, now, (session.get_one(type(product), last.product_id), 30))
        frozen = session.execute(select(OrderLine.evidence).where(OrderLine.order_id == sent.id)).scalar_one()
        assert frozen == "none", "its last valid day was yesterday"
    for moment in (midnight - second, midnight):
        with unit_of_work():
            order = makers.make_received_order(crew, now)
            session.flush()
            paying.pay(crew.bendahara, order.id, order.version, Proof("TRF-1", local_day(moment)), moment)
    old, new = whole(now, year=2026), whole(now, year=2027)
    assert (old.paid_total, new.paid_total) == (555_000, 555_000)
    assert whole(now, start=date(2026, 12, 31), end=date(2026, 12, 31)).paid_total == 555_000
    empty = totals(Filters(year=2031), now=now)
    assert (empty.rows, empty.shares.pdn, empty.shares.achievement) == ((), None, None)
    assert ratio_bp(old.pdn_value, old.planned) is None, "no plan, no division"
