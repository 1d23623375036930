"""The search finds by everything at once, page by page, from indexes; what leaves leaves a record."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from shop.accounts.models import Office
from shop.base.errors import Invalid
from shop.catalog.categories import chain
from shop.db import session, unit_of_work
from shop.orders.models import Order
from shop.oversight import asking, search
from shop.oversight.models import ExportEnd, ExportRecord
from shop.risk import flagging
from tests import makers

TODAY = date(2026, 11, 20)


def ask(**fields):
    return asking.wanted(fields, asking.offices(), TODAY)


def ids(auditor, now, **fields):
    return [row.id for row in search.page(auditor, ask(**fields), now).rows]


@pytest.fixture
def orders(crew, now):
    """Of the crew: a flagged one of Rp 9.8 million, a paid one in time. Of an office below: one paid much too late."""
    with unit_of_work():
        box = makers.make_product(crew.vendor, name="Lemper ayam 100%", price=20_000)
        sure = makers.make_product(makers.make_vendor(name="Dapur Bu Siti"), name="Kursi kayu", price=500_000)
        makers.make_certificate(sure)
        below = makers.make_crew(session.get_one(type(crew.vendor), sure.vendor_id),
                                 makers.make_office(parent_id=crew.office_id))  # fmt: skip
        flagged = makers.make_sent_order(crew, now, (box, 490)).id
        paid = makers.make_paid_order(crew, now - timedelta(days=3), (box, 2)).id
        late = makers.make_received_order(below, now - timedelta(days=90), (sure, 3)).id
        session.flush()
        flagging.judge_order(flagged, now)
    with unit_of_work():
        from shop.orders import paying

        order = session.get_one(Order, late)
        paying.pay(below.bendahara, late, order.version, paying.Proof("TRF-9", TODAY), now)
    session.rollback()
    return flagged, paid, late


def test_one_search_by_everything_there_is(crew, auditors, orders, now):
    who, (flagged, paid, late) = auditors[0], orders
    code = session.scalar(select(Office.code).where(Office.id == crew.office_id))
    numbers = dict(session.execute(select(Order.id, Order.number)).all())
    assert ids(who, now) == [flagged, paid, late]
    assert ids(who, now, kantor=code) == [flagged, paid]
    assert ids(who, now, kantor=code, bawahan="1") == [flagged, paid, late]
    assert ids(who, now, produsen="bu siti") == [late]
    assert ids(who, now, produsen="tidak ada") == []
    assert ids(who, now, produk="lemper AYAM 100%") == [flagged, paid]
    assert ids(who, now, produk="lemper_ayam") == []  # a sign of LIKE is a letter
    assert ids(who, now, kategori="snack-kotak", bukti="certified") == [late]
    assert ids(who, now, rekening="5.1.02", paling_sedikit="Rp1.500.000", paling_banyak="9.800.000") == [flagged, late]
    assert ids(who, now, status="paid") == [paid, late]
    assert ids(who, now, bayar_dari="2026-11-19") == [late]
    assert ids(who, now, bayar_sampai="2026-11-18") == [paid]
    assert ids(who, now, dari="2026-11-17", sampai="2026-11-19") == [paid]
    assert ids(who, now, risiko="below_limit") == ids(who, now, risiko="ada", status="sent") == [flagged]
    assert ids(who, now, risiko="tidak") == [paid, late]
    assert ids(who, now, telat="1") == [late]
    above = chain("snack-kotak")[-1]
    assert above != "snack-kotak"
    assert ids(who, now, kategori=above, bukti="certified") == [late]  # a shelf is asked with all below it
    with unit_of_work():
        session.execute(update(Order).where(Order.id == late).values(channel="api", corrected=True))
    assert ids(who, now, cara="api") == ids(who, now, koreksi="ada") == [late]
    assert ids(who, now, koreksi="tidak") == [flagged, paid]
    assert ids(who, now, nomor=numbers[late], status="sent") == [late]  # a whole number is enough
    assert ids(who, now, nomor=numbers[late][:-3])[-1] == late
    assert search.page(who, ask(), now).rows[0].flags == tuple(sorted(search.page(who, ask(), now).rows[0].flags))
    for size in (1, 2):
        seen, after = [], ""
        while after is not None:
            found = search.page(who, ask(), now, after, size)
            seen, after = [*seen, *(row.id for row in found.rows)], found.following
        assert seen == [flagged, paid, late]


def test_what_cannot_be_is_told_at_every_field_and_nothing_is_asked(crew, auditors, person):
    with pytest.raises(Invalid) as told:
        ask(kantor="tidak-ada", dari="2026-11-20", sampai="2026-11-01", bayar_dari="x", paling_sedikit="9" * 30, status="x",
            bukti="x", risiko="x", kategori="x", rekening="a", produk="x" * 200)  # fmt: skip
    fields = {fault.field for fault in told.value.faults}
    assert fields == {"kantor", "sampai", "bayar_dari", "paling_sedikit", "status", "bukti", "risiko", "kategori",
                      "rekening", "produk"}  # fmt: skip
    browser = person(auditors[0])
    for wrong in ("dari=2024-01-01&sampai=2026-01-01", "dari=0001-01-01", "sampai=9999-12-31", "setelah=9-x",
                  "paling_sedikit=2&paling_banyak=1", "bayar_dari=2026-02-01&bayar_sampai=2026-01-01",
                  "dari=2026-06-01&bayar_sampai=2026-05-01", "setelah=" + "9" * 18 + "-1"):  # fmt: skip
        browser.get(f"/audit/pesanan?{wrong}", 422)
    page = browser.get("/audit/pesanan?dari=2024-01-01&sampai=2026-01-01&produk=kue", 422).text
    assert "paling lama satu tahun" in page
    assert 'value="kue"' in page
    browser.get("/audit/pesanan.csv?status=x", 422)
    browser.get("/audit/pesanan.csv?surat=" + "a" * 101, 422)
    for who in (crew.pp, crew.ppk, crew.pa, crew.producer):
        for path in (
            "/audit",
            "/audit/pesanan",
            "/audit/pesanan.csv",
            "/audit/sampel",
            "/audit/catatan",
            "/audit/ekspor",
        ):
            person(who).get(path, 403)
    assert session.scalar(select(ExportRecord.id)) is None


def test_every_export_leaves_a_record_and_a_torn_one_is_seen(app, auditors, orders, person, now):
    browser = person(auditors[0])
    answer = browser.get("/audit/pesanan.csv?status=paid&surat=ST-12/2026")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["order_id"]) for row in rows] == [orders[1], orders[2]]
    browser.get("/audit/risiko.csv?aturan=below_limit")
    session.rollback()
    first, second = session.execute(
        select(*ExportRecord.__table__.columns, ExportEnd.rows, ExportEnd.bytes, ExportEnd.sha256)
        .join(ExportEnd, ExportEnd.export_id == ExportRecord.id)
        .order_by(ExportRecord.id)
    ).all()
    assert (first.what, first.assignment, first.rows, first.bytes) == ("orders", "ST-12/2026", 2, len(answer.data))
    assert first.sha256 == hashlib.sha256(answer.data).hexdigest()
    assert first.wanted == {"status": "paid", "dari": "2025-11-19", "sampai": "2026-11-20"}
    assert "Status: Sudah dibayar" in first.words
    assert (second.what, second.wanted, second.rows) == ("risk", {"aturan": "below_limit"}, 1)
    browser.client.head("/audit/pesanan.csv")  # asks for the heading alone
    from tests.browsing import Person

    torn = Person(app, auditors[0])
    with torn.client.session_transaction() as kept:
        kept.update(torn._session)
    answer = torn.client.get("/audit/pesanan.csv", buffered=False)
    answer.close()  # hung up before the first byte
    session.rollback()
    assert session.scalars(select(ExportRecord.what)).all() == ["orders", "risk", "orders"]
    with unit_of_work():
        admin = makers.make_actor("admin")
    for who in (admin, auditors[1]):
        page = person(who).get("/audit/ekspor").text
        assert page.count("tidak selesai") == 1
        assert "ST-12/2026" in page
        assert first.sha256[:16] in page
    person(auditors[0]).get("/audit/ekspor?sebelum=x", 422)
    with pytest.raises(Exception, match="append-only"), unit_of_work():
        session.execute(text("UPDATE export_record SET person = 'x'"))


@pytest.mark.sqlite_only  # an empty PostgreSQL walks through everything
def test_a_page_takes_the_same_statements_however_much_there_is_and_sorts_nothing(
    crew, auditors, orders, now, statements
):
    def asked(**fields):
        wanted = ask(**fields)
        session.rollback()
        with statements() as seen:
            search.page(auditors[0], wanted, now)
        return seen

    few = len(asked())
    with unit_of_work():
        for n in range(8):
            makers.make_sent_order(crew, now + timedelta(minutes=n))
    seen = asked(produk="lemper", risiko="ada", bukti="none", status="sent")
    assert len(asked()) == few == 2
    assert len(seen) <= 2
    wanted = ask(produk="lemper", risiko="tidak")
    conditions = search._conditions(wanted, now)
    query = select(Order.id).where(*conditions).order_by(Order.placed_at.desc(), Order.id.desc()).limit(30)
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": False, "render_postcompile": True})
    values = [compiled._bind_processors.get(k, lambda v: v)(compiled.params[k]) for k in compiled.positiontup]
    plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(values))]
    assert any("ix_purchase_order_placed" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in plan), plan
