"""Many packages on one screen: who can go goes at once, the others stay and say why."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from shop.accounts import delegating
from shop.accounts.delegating import Leave
from shop.accounts.hats import actor_of
from shop.accounts.models import Office
from shop.audit import trail
from shop.base.clock import local_day
from shop.budgets import mailing
from shop.budgets.models import Package, PackageDocument
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from tests import makers

ROWS = 'name="pick"'


def stock(crew, now, count, *, papers=("kak",), **changed):
    """Make packages of the crew's office with documents, and return their ids."""
    with unit_of_work():
        office = session.get_one(Office, crew.office_id)
        made = [makers.make_package(office, crew.ppk, crew.pp, **changed) for _ in range(count)]
        for package in made:
            for kind in papers:
                session.add(PackageDocument(package_id=package.id, kind=kind, title="Berkas", added_by=crew.ppk.user_id,
                                            added_at=now))  # fmt: skip
        ids = [package.id for package in made]
    session.rollback()
    return ids


def ticks(ids):
    session.rollback()
    return [
        f"{row.id}:{row.version}"
        for row in session.execute(select(Package.id, Package.version).where(Package.id.in_(ids)))
    ]


def test_two_hundred_packages_go_on_in_a_fixed_number_of_statements(crew, now, person, statements):
    few = stock(crew, now, 2, state="available", ppk_id=None, pp_id=None)
    pa, ppk = person(crew.pa), person(crew.ppk)
    pa.get("/paket/disposisi")
    with statements() as two:
        assert pa.get("/paket/disposisi").text.count(ROWS) == 2
    many = few + stock(crew, now, 198, state="available", ppk_id=None, pp_id=None)
    with statements() as lots:
        assert pa.get("/paket/disposisi?semua=1").text.count("checked") == 200
    assert len(two) == len(lots) <= 8, lots
    with statements() as seen:
        page = pa.post("/paket/disposisi", {"user_id": crew.ppk.user_id, "pick": ticks(many)}, 200).text
    assert f"200 paket diserahkan kepada {crew.ppk.name}." in page
    assert len(seen) <= 25, len(seen)
    assert "checked" not in page
    with statements() as lots:
        assert ppk.get("/paket/disposisi").text.count(ROWS) == 200
    assert len(lots) <= 9, lots
    page = ppk.post("/paket/disposisi", {"user_id": crew.pp.user_id, "pick": ticks(many)}, 200).text
    assert f"200 paket diserahkan kepada {crew.pp.name}." in page
    session.rollback()
    assert {p.state for p in session.scalars(select(Package))} == {"with_pp"}
    assert [row.verb for row in trail.history("package", many[7])] == ["assign_ppk", "assign_pp"]
    with unit_of_work():  # one mail each, not two hundred
        payloads = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "budgets.news")).all()
        mailing.handle(payloads, now)
    mails = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail")).all()
    assert [mail["params"]["count"] for mail in mails] == [200, 200]


def test_rows_that_cannot_go_stay_and_say_why_and_the_others_go(crew, strangers, now, person):
    ready = stock(crew, now, 2, state="with_ppk", pp_id=None)
    bare = stock(crew, now, 1, papers=(), state="with_ppk", pp_id=None, name="Tanpa KAK")
    dear = stock(crew, now, 1, state="with_ppk", pp_id=None, pagu=150_000_000, name="Tanpa HPS")
    with unit_of_work():
        other = makers.make_actor("ppk", office_id=crew.office_id)
    foreign = stock(crew, now, 1, state="with_ppk", pp_id=None, ppk_id=other.user_id, name="Milik PPK lain")
    ppk = person(crew.ppk)
    page = ppk.get("/paket/disposisi").text
    assert page.count(ROWS) == 2
    assert "KAK belum dilampirkan." in page
    assert "perlu HPS, dan HPS belum dilampirkan" in page
    stale = ticks(ready[:1])[0].replace(":1", ":7")
    sent = [stale, *ticks([*ready[1:], *bare, *dear, *foreign, strangers.package_id]), "abc", "9" * 40 + ":1", "\x00"]
    page = ppk.post("/paket/disposisi", {"user_id": crew.pp.user_id, "pick": sent}, 200).text
    assert "1 paket diserahkan kepada" in page
    assert "6 paket tidak ikut" in page
    for told in ("sudah diubah orang lain", "KAK belum", "perlu HPS", "tidak ada di tangan Anda"):
        assert told in page
    session.rollback()
    assert [session.get_one(Package, of).state for of in (*ready, *bare, *dear, *foreign)] == [
        "with_ppk", "with_pp", "with_ppk", "with_ppk", "with_ppk",
    ]  # fmt: skip


def test_what_is_no_disposition_is_refused_and_the_ticks_stay(crew, strangers, now, person):
    ids = stock(crew, now, 1, state="with_ppk", pp_id=None)
    ppk = person(crew.ppk)
    for who in (strangers.pp.user_id, crew.ppk.user_id, "", "x", "9" * 40):
        page = ppk.post("/paket/disposisi", {"user_id": who, "pick": ticks(ids)}, 422).text
        assert 'href="#f-user_id">Pilih orang yang memegang peran itu' in page
        assert page.count("checked") == 1
    assert "Centang paling sedikit satu" in ppk.post("/paket/disposisi", {"user_id": crew.pp.user_id}, 422).text
    too_many = [f"{number}:1" for number in range(1, 300)]
    ppk.post("/paket/disposisi", {"user_id": crew.pp.user_id, "pick": too_many}, 422)
    for actor in (crew.pp, crew.bendahara):
        person(actor).get("/paket/disposisi", 403)
        person(actor).post("/paket/disposisi", {"user_id": crew.pp.user_id, "pick": ticks(ids)}, 403)
    ppk.get("/paket/disposisi?tahun=abc", 422)
    assert ppk.get("/paket/disposisi?rekening=%00&semua=2").text.count(ROWS) == 1


def test_one_account_is_filtered_and_a_deputy_hands_on_for_the_one_on_leave(crew, now, person):
    stock(crew, now, 2, state="with_ppk", pp_id=None)
    stock(crew, now, 1, state="with_ppk", pp_id=None, account_code="5.1.02.01.01.0024", name="Kertas")
    with unit_of_work():
        deputy = makers.make_actor("bendahara", office_id=crew.office_id)
        day = local_day(now)
        delegating.delegate(
            crew.ppk, Leave(crew.ppk.hat_id, deputy.user_id, day, day + timedelta(days=1), "Sakit gigi"), now
        )
    worn = next(hat for hat in actor_of(deputy.user_id, day)[1] if hat.for_user_id)
    deputy = actor_of(deputy.user_id, day, worn.hat_id)[0]
    session.rollback()
    browser = person(deputy)
    page = browser.get("/paket/disposisi?rekening=5.1.02.01.01.0024&semua=1").text
    assert page.count(ROWS) == page.count("checked") == 1
    ids = session.scalars(select(Package.id).where(Package.name == "Kertas")).all()
    page = browser.post("/paket/disposisi", {"user_id": crew.pp.user_id, "pick": ticks(ids)}, 200).text
    assert "1 paket diserahkan kepada" in page
    assert f"{deputy.name} menggantikan {crew.ppk.name}." in browser.get(f"/paket/{ids[0]}").text
