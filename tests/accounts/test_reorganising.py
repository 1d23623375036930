"""Offices renamed and merged in the middle of a year: nothing of before is rewritten, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shop.accounts import offices, reorganising
from shop.accounts.models import Office
from shop.base.errors import Conflict, Forbidden, Invalid, Stale
from shop.budgets.importing import import_packages
from shop.db import session, unit_of_work
from shop.orders import paying, receiving
from shop.orders.paying import Proof
from shop.p3dn import office_tree
from shop.reference.files import OfficeRow
from tests import makers
from tests.orders.test_together import all_at_once

DECREE = {"decree": "Kepgub 12/2026", "reason": "Penataan perangkat daerah"}


@pytest.fixture
def two(app):
    """An office that will go, the one that takes it, and an admin."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            crew, heir = makers.make_crew(), makers.make_office()
            admin, above = makers.make_actor("admin"), makers.make_office()
            session.get_one(Office, crew.office_id).parent_id = above.id
            found = crew, heir.id, admin, above.id
        yield found


def code(office_id):
    return session.execute(select(Office.code).where(Office.id == office_id)).scalar_one()


def do(verb, actor, now, **sent):
    with unit_of_work():
        verb(actor, DECREE | {"day": "2026-11-20"} | sent, now)


def test_an_office_that_was_merged_pays_what_it_ordered_and_orders_no_more(two, now, person):
    crew, heir, admin, above = two
    with unit_of_work():
        makers.make_paid_order(crew, now)
        waits = makers.make_arrived_order(crew, now).id
    gone = code(crew.office_id)
    with pytest.raises(Forbidden):
        do(reorganising.merge, crew.pa, now, office=gone, into=code(heir))
    with pytest.raises(Invalid) as refusal:
        do(reorganising.merge, admin, now, office=gone, into=gone, decree=" ", reason=" ", day="2026-11-21")
    assert {fault.field for fault in refusal.value.faults} == {"into", "decree", "reason", "day"}
    with pytest.raises(Conflict, match="di bawah kantor ini"):
        do(reorganising.merge, admin, now, office=code(above), into=gone)
    do(reorganising.merge, admin, now, office=gone, into=code(heir))
    with pytest.raises(Conflict, match="sudah digabung"):
        do(reorganising.merge, admin, now, office=gone, into=code(above))
    with pytest.raises(Conflict, match="Pilih penerusnya"):
        do(reorganising.merge, admin, now, office=code(above), into=gone)
    parents = {crew.office_id: above, heir: None, above: None}
    assert reorganising.tree(parents, reorganising.mergers())[crew.office_id] == heir
    with pytest.raises(Conflict, match="digabung sejak 20 November 2026"), unit_of_work():
        makers.make_sent_order(crew, now)
    head = "kd_rup,nama_paket,tahun_anggaran,kode_kantor,kode_rekening,pagu\n"
    with unit_of_work():
        report = import_packages(admin, f"{head}90010001,Rapat,2026,{gone},5.1.02.01.01.0052,5000000\n".encode(), now)
    assert "kantor penerusnya" in report.faults[0].message
    with unit_of_work():
        order = receiving.receive(crew.ppk, waits, 4, now)
        session.flush()
        paying.pay(crew.bendahara, waits, order.version, Proof("TRF-2", now.date()), now)
    page = person(admin).get("/p3dn?group_by=office").text
    assert "digabung ke" in page
    assert office_tree.with_all_below(heir) == (heir, crew.office_id), "what it bought is in the successor's sums"
    below = person(admin).get(f"/laporan?tahun=2026&kantor={code(heir)}&menurut=kantor").text
    assert "digabung ke" in below
    assert f"kantor={gone}" in below
    assert gone in person(admin).get(f"/api/v1/p3dn/totals?group_by=office&office={gone}").text
    assert "digabung ke" in person(admin).get("/kantor/perubahan").text


def test_a_new_name_counts_from_its_day_and_the_old_one_is_told_with_old_lines(app, two, now, person):
    crew, _heir, admin, _above = two
    of = code(crew.office_id)
    was = session.get_one(Office, crew.office_id).name
    with unit_of_work():
        makers.make_paid_order(crew, now)
    later = now + timedelta(days=5)
    send = {"office": of, "name": "Kelurahan Baru", "seen": was, "day": "2026-11-25"}
    with pytest.raises(Invalid):
        do(reorganising.rename, admin, later, **send | {"name": was})
    do(reorganising.rename, admin, later, **send)
    with pytest.raises(Stale):
        do(reorganising.rename, admin, later, **send | {"name": "Kelurahan Lain"})
    told, both = [], send | {"seen": "Kelurahan Baru", "day": "2026-11-26"}
    session.rollback()

    def work(number):
        try:
            do(reorganising.rename, admin, later + timedelta(days=1), **both | {"name": f"Kelurahan Baru {number}"})
        except Stale as refusal:
            told.append(refusal)

    assert all_at_once(app, work, buyers=2) == []
    assert len(told) == 1, "one renames, the other is told that the name is another by now"
    newest = session.get_one(Office, crew.office_id, populate_existing=True).name
    with pytest.raises(Conflict, match="lebih baru"):
        do(reorganising.rename, admin, later, **send | {"name": "Kelurahan Lain", "seen": newest})
    page = person(admin).get(f"/p3dn/baris?office={of}").text
    assert f"dulu {was}" in page
    past = reorganising.past([crew.office_id])[crew.office_id]
    assert [past.name_on(date(2026, 11, day), newest) for day in (24, 25, 26)] == [
        was, "Kelurahan Baru", newest,
    ]  # fmt: skip
    row = OfficeRow(of, was, "kelurahan", None, makers.GAMBIR, needs_checking=False)
    with unit_of_work():
        offices.load_offices([row])
    assert session.get_one(Office, crew.office_id, populate_existing=True).name == newest, "a decree is not loaded over"
    with pytest.raises(Invalid, match="ada 2 kali"), unit_of_work():
        offices.load_offices([row, replace(row, name="Lain")])
    answer = person(admin).post(
        "/kantor/perubahan/nama", send | DECREE | {"name": "\x00", "office": "x" * 99}, status=422
    )
    assert "Tidak ada kantor dengan kode itu." in answer.text
