"""Papers that count and stop counting by themselves, holds that end by themselves, and who may see and judge whom."""

import io
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from shop import background
from shop.accounts.granting import grant_hat
from shop.base.actor import SYSTEM
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound
from shop.catalog import indexing, offers, reading
from shop.catalog import reminding as certificate_reminding
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.outbox.posting import drain
from shop.search import Query
from shop.vendors import conflicts, holds, papers, reminding
from shop.vendors import reading as overview
from shop.vendors.models import PaperReminder, Vendor, VendorPaper
from tests import makers
from tests.browsing import Person

TODAY = date(2026, 11, 20)


@pytest.fixture
def here(app):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
        yield app


@pytest.fixture
def vendor(here):
    with unit_of_work():
        made = makers.make_vendor()
        makers.make_product(made, name="Kue halal", halal=True)
    return made.id


def owner_of(vendor_id):
    return makers.make_actor("vendor_owner", vendor_id=vendor_id)


def mails():
    session.rollback()
    return [row.payload for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "mail"))]


def indexed_as_halal(app):
    return len(app.extensions["search"].find(Query(facets={"halal": ("1",)})).hits)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-3, 2), st.none() | st.integers(0, 4), st.booleans()), max_size=4))
def test_halal_counts_the_same_for_orders_pages_and_the_index(here, spans):
    with unit_of_work():
        made = makers.make_vendor()
        product = makers.make_product(made, halal=True).id
        for first, length, gone in spans:
            issued = TODAY + timedelta(days=first)
            makers.make_paper(
                made,
                issued_on=issued,
                valid_until=None if length is None else issued + timedelta(days=length),
                withdrawn_at=makers.WHEN if gone else None,
            )
    expected = any(first <= 0 and (length is None or first + length >= 0) for first, length, gone in spans if not gone)
    assert offers.read_offers([product], TODAY)[product].halal is expected
    assert reading.product_facts(product, TODAY).halal is expected
    told = papers.halal_spans([made.id]).get(made.id, [])
    assert any(papers.counts(*span, TODAY) for span in told) is expected
    session.rollback()


def test_a_halal_paper_stops_counting_at_midnight_by_itself_and_starts_again_with_a_new_one(here, vendor, now):
    engine = here.extensions["search"]
    with unit_of_work():
        owner = owner_of(vendor)
        papers.add_paper(owner, papers.NewPaper("halal", "ID1", "BPJPH", date(2026, 1, 1), TODAY), now)
    indexing.rebuild(engine, now)
    assert indexed_as_halal(here) == 1
    tomorrow = now + timedelta(days=1)
    assert indexing.refresh_evidence(engine, tomorrow) == 1
    assert indexed_as_halal(here) == 0
    with unit_of_work():
        papers.add_paper(owner, papers.NewPaper("halal", "ID2", "BPJPH", date(2026, 2, 1), None), tomorrow)
    for _round in range(2):
        drain(background.handlers(here), tomorrow)
    assert indexed_as_halal(here) == 1
    with unit_of_work():
        paper = session.scalars(select(VendorPaper.id).where(VendorPaper.number == "ID2")).one()
        papers.withdraw_paper(owner, paper, tomorrow)
    for _round in range(2):
        drain(background.handlers(here), tomorrow)
    assert indexed_as_halal(here) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "sim"}, "kind"),
        ({"number": " "}, "number"),
        ({"kind": "nib", "number": "12"}, "number"),
        ({"issued_on": ""}, "issued_on"),
        ({"issued_on": "2026-11-21"}, "issued_on"),
        ({"issued_on": "30-02-2026"}, "issued_on"),
        ({"valid_until": "2026-01-09"}, "valid_until"),
        ({"file": (io.BytesIO(b"<html>bukan foto</html>"), "halal.jpg")}, "file"),
    ],
)
def test_a_wrong_paper_is_refused_at_its_field_and_nothing_is_kept(here, vendor, changed, field):
    with unit_of_work():
        owner = owner_of(vendor)
    form = {"kind": "halal", "number": "ID9", "issued_on": "2026-01-10"} | changed
    answer = Person(here, owner).post("/usaha/dokumen", form, 422)
    assert f'href="#f-{field}"' in answer.text
    session.rollback()
    assert session.scalars(select(VendorPaper)).all() == []


def test_the_file_of_a_paper_opens_for_its_producer_and_the_place_s_curators_only(here, vendor):
    with unit_of_work():
        owner, other = owner_of(vendor), owner_of(makers.make_vendor().id)
        programme, officer = makers.make_actor("programme"), makers.make_actor("auditor")
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(picture, "JPEG")
    picture.seek(0)
    mine = Person(here, owner)
    mine.post(
        "/usaha/dokumen", {"kind": "pirt", "number": "P1", "issued_on": "10/01/2026", "file": (picture, "../../x.jpg")}
    )
    session.rollback()
    paper = session.scalars(select(VendorPaper.id)).one()
    session.rollback()
    answer = mine.get(f"/dokumen-usaha/{paper}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "image/webp"
    Person(here, programme).get(f"/dokumen-usaha/{paper}")
    for stranger in (other, officer):
        Person(here, stranger).get(f"/dokumen-usaha/{paper}", 404)
    Person(here, other).post(f"/usaha/dokumen/{paper}/keluarkan", status=404)
    Person(here, other).post(
        "/usaha/dokumen", {"kind": "pirt", "number": "P2", "issued_on": "10/01/2026", "replaces": str(paper)}, 404
    )


def test_the_wallet_says_in_words_what_counts(here, vendor):
    with unit_of_work():
        owner, row = owner_of(vendor), session.get_one(Vendor, vendor)
        makers.make_paper(row, kind="nib", number="9120301234567")
        makers.make_paper(row, valid_until=TODAY + timedelta(days=12))
        makers.make_paper(row, kind="pirt", valid_until=TODAY - timedelta(days=1))
    page = Person(here, owner).get("/usaha/dokumen").text
    for words in ("Berlaku, tanpa batas", "Berakhir 12 hari lagi", "Sudah berakhir, tidak dihitung", "•••• 4567"):
        assert words in page
    assert "9120301234567" not in page


def test_reminders_go_once_each_and_after_days_off_only_the_nearest(here, vendor, now):
    last = TODAY + timedelta(days=100)
    with unit_of_work():
        owner_of(vendor)
        makers.make_paper(session.get_one(Vendor, vendor), valid_until=last)
        product = makers.make_product(session.get_one(Vendor, vendor))
        makers.make_certificate(product, valid_until=last)
    for days, expected in ((0, 0), (10, 1), (11, 1), (95, 2), (99, 3), (100, 3), (101, 3)):
        for job in (reminding.remind_of_papers, certificate_reminding.remind_of_certificates):
            job(now + timedelta(days=days))
        assert len(mails()) == 2 * expected, days
    steps = session.scalars(select(PaperReminder.days_before).order_by(PaperReminder.days_before.desc())).all()
    assert steps == [90, 90, 7, 7, 1, 1]


def test_a_hold_takes_products_out_tells_why_and_ends_by_itself_the_day_after(here, vendor, now):
    indexing.rebuild(here.extensions["search"], now)
    with unit_of_work():
        boss, owner = makers.make_actor("programme"), owner_of(vendor)
    form = {"kind": "pause", "reason": "hygiene", "words": "Dapur diperiksa.", "until_day": "22-11-2026"}
    Person(here, boss).post(f"/produsen-program/{vendor}/tahan", form)
    session.rollback()
    handlers = background.handlers(here)
    for _round in range(2):
        drain(handlers, now + timedelta(minutes=1))
    assert not here.extensions["search"].find(Query()).hits
    banner = Person(here, owner).get("/usaha").text
    assert "Dapur diperiksa." in banner
    assert "22 November 2026" in banner
    for days, state in ((2, "paused"), (3, "active"), (4, "active")):
        holds.end_due(now + timedelta(days=days))
        session.expire_all()
        assert session.get_one(Vendor, vendor).state == state
        session.rollback()
    for _round in range(2):
        drain(handlers, now + timedelta(days=3))
    assert len(here.extensions["search"].find(Query()).hits) == 1


def test_a_hold_needs_reason_words_and_an_end_and_is_lifted_early_with_a_reason(here, vendor, now):
    with unit_of_work():
        boss, mentor = makers.make_actor("programme"), makers.make_actor("mentor")
    wrong = (("x", "hygiene", "a", TODAY), ("pause", "x", "a", TODAY), ("pause", "price", " ", TODAY),
             ("pause", "price", "a", None), ("pause", "price", "a", TODAY - timedelta(days=1)),
             ("pause", "price", "a", TODAY + timedelta(days=367)))  # fmt: skip
    for kind, reason, words, until in wrong:
        with pytest.raises(Invalid), unit_of_work():
            holds.hold(boss, vendor, kind, reason, words, until, now)
    with pytest.raises(Forbidden), unit_of_work():
        holds.hold(mentor, vendor, "pause", "price", "a", TODAY, now)
    with unit_of_work():
        first = holds.hold(boss, vendor, "pause", "price", "a", TODAY, now).id
    with pytest.raises(Conflict), unit_of_work():
        holds.hold(boss, vendor, "pause", "price", "a", TODAY, now)
    with unit_of_work():
        second = holds.hold(boss, vendor, "suspension", "fraud", "a", TODAY, now).id
    with pytest.raises(Conflict), unit_of_work():
        holds.lift(boss, first, "salah", now)
    with pytest.raises(Invalid), unit_of_work():
        holds.lift(boss, second, " ", now)
    with unit_of_work():
        holds.lift(boss, second, "Sudah jelas.", now)
    assert session.get_one(Vendor, vendor).state == "active"
    session.rollback()


def test_who_stands_for_a_kecamatan_sees_only_its_producers(here, now, statements):
    from dataclasses import replace

    with unit_of_work():
        near, far = makers.make_vendor(), makers.make_vendor(kecamatan_code="31.72.01")
        for _more in range(40):
            makers.make_vendor()
        curator = replace(makers.make_actor("curator_province"), region_code=makers.GAMBIR)
    with statements() as seen:
        rows, onward = overview.producers(curator)
    assert len(seen) == 1
    assert len(rows) == overview.PAGE
    rest, end = overview.producers(curator, after=onward)
    assert end is None
    assert {row.id for row in (*rows, *rest)}.isdisjoint({far.id})
    assert len(rows) + len(rest) == 41
    assert overview.producer(curator, near.id).id == near.id
    with pytest.raises(NotFound):
        overview.producer(curator, far.id)
    with pytest.raises(NotFound), unit_of_work():
        holds.hold(curator, far.id, "pause", "price", "a", TODAY, now)


def test_a_conflict_is_told_by_oneself_or_by_admin_and_removed_by_admin_only(here, vendor, now):
    with unit_of_work():
        curator, admin = makers.make_actor("curator_province"), makers.make_actor("admin")
    with unit_of_work():
        told = conflicts.tell_conflict(curator, curator.user_id, vendor, "sepupu pemilik", now)
    assert conflicts.conflict_between(curator.user_id, vendor, TODAY) == "sepupu pemilik"
    assert conflicts.conflict_between(admin.user_id, vendor, TODAY) is None
    with pytest.raises(Conflict), unit_of_work():
        conflicts.tell_conflict(curator, curator.user_id, vendor, "lagi", now)
    with pytest.raises(Forbidden), unit_of_work():
        conflicts.tell_conflict(curator, admin.user_id, vendor, "teman", now)
    Person(here, curator).post(f"/benturan-kepentingan/{told}/hapus", status=403)
    assert "sepupu pemilik" in Person(here, admin).get("/benturan-kepentingan").text
    Person(here, admin).post(f"/benturan-kepentingan/{told}/hapus")
    session.rollback()
    assert conflicts.conflict_between(curator.user_id, vendor, TODAY) is None


def test_who_wears_a_hat_of_the_producer_has_a_conflict_on_the_days_of_the_hat(here, vendor):
    with unit_of_work():
        staff = makers.make_actor("vendor_staff", vendor_id=vendor)
    assert conflicts.conflict_between(staff.user_id, vendor, TODAY) is not None
    assert conflicts.conflict_between(staff.user_id, vendor, date(2025, 12, 31)) is None


def test_a_paper_in_place_of_one_that_no_database_can_hold_is_not_there(here, vendor, clock):
    here.config["WTF_CSRF_ENABLED"] = False
    paper = {"kind": "halal", "number": "ID1", "issued_on": "2026-01-01", "replaces": "9" * 30}
    Person(here, makers.make_actor_of(vendor)).post("/usaha/dokumen", paper, 404)
    assert session.scalars(select(VendorPaper)).all() == []


def test_a_mentor_has_a_place_and_without_one_sees_nobody(here, vendor, now):
    with unit_of_work():
        paper = makers.make_paper(session.get_one(Vendor, vendor), file_key="0" * 64 + ".pdf").id
        mentor, somewhere = makers.make_actor("mentor"), makers.make_mentor()
        user_id = makers.make_actor("pp", office_id=makers.make_office().id).user_id
        with pytest.raises(Invalid):
            grant_hat(SYSTEM, user_id, "mentor", now)
        grant_hat(SYSTEM, user_id, "mentor", now, region_code=makers.GAMBIR)
    assert overview.producers(mentor)[0] == []
    for found in (overview.producer, papers.paper_file):
        with pytest.raises(NotFound):
            found(mentor, vendor if found is overview.producer else paper)
    assert overview.producer(somewhere, vendor).id == vendor
    assert papers.paper_file(somewhere, paper)[0].endswith(".pdf")
