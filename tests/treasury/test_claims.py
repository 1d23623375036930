"""A claim is offered to one bank at a time; whoever holds the code learns whether it is open, paid or withdrawn."""

from __future__ import annotations

import contextvars
import csv
import io
import re
import threading

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from shop.base.errors import Conflict, Invalid, NotFound, WrongState
from shop.db import db, session, unit_of_work
from shop.orders import adjusting, paying
from shop.orders.loading import lock_order
from shop.orders.models import Order
from shop.orders.paying import Proof
from shop.treasury import pledging
from shop.treasury.models import ClaimPledge
from tests import makers


def code_of(page):
    return re.search(r"/periksa-tagihan/([A-Z2-9-]{19})", page.text).group(1)


@pytest.fixture
def look(client):
    """Return a function that opens a page as a visitor, in a context of its own: the test's session is older."""
    return lambda path: contextvars.Context().run(client.get, path)


def make(crew, now, count=1):
    with unit_of_work():
        return [makers.make_received_order(crew, now).id for _ in range(count)]


def test_a_claim_from_its_offer_to_its_payment(app, crew, person, look, now):
    first, second = make(crew, now, 2)
    crew.vendor.bank_account = "9988776655"
    producer, office = person(crew.producer), person(crew.bendahara)
    assert "Belum ada tagihan" not in producer.get("/tagihan").text
    wrong = producer.post("/tagihan", {"bank": " ", "orders": [str(first)]}, 422)
    assert "3 sampai 80 huruf" in wrong.text
    assert f'value="{first}" checked' in wrong.text
    assert "Pilih 1 sampai 50" in producer.post("/tagihan", {"bank": "Bank Jakarta"}, 422).text
    for rubbish in ("0", "-1", "x", "\0", str(2**70), "999999"):
        producer.post("/tagihan", {"bank": "Bank Jakarta", "orders": [rubbish]}, 404)
    producer.post("/tagihan", {"bank": " Bank \0 Jakarta ", "orders": [str(first), str(second), str(first)]})
    again = producer.post("/tagihan", {"bank": "Bank Lain", "orders": [str(first)]}, 409)
    assert "sudah ditawarkan kepada Bank Jakarta" in again.text
    code = code_of(producer.get("/tagihan"))
    found = look(f"/periksa-tagihan/{code}").text
    for said in ("Tagihan ini ada dan belum dibayar", "Bank Jakarta", "Rp555.000", "Rp538.350", "25 November 2026"):
        assert said in found
    assert "9988776655" not in found
    assert look(f"/periksa-tagihan?kode={code.lower().replace('-', '+')}").headers["Location"].endswith(code)
    assert "Ditawarkan kepada Bank Jakarta" in office.get("/uang/belum-dibayar").text
    _statements(producer, code)

    with unit_of_work():
        order = session.get_one(
            Order, session.scalars(db.select(ClaimPledge.order_id).where(ClaimPledge.code == code)).one()
        )
        paying.pay(crew.bendahara, order.id, order.version, Proof("TRF-001", now.date()), now)
    found = look(f"/periksa-tagihan/{code}").text
    assert "Tagihan ini sudah dibayar" in found
    assert "Rp555.000" not in found  # whoever holds an old code has no claim to know more
    with pytest.raises(WrongState), unit_of_work():
        pledging.offer(crew.producer, [order.id], "Bank Lain", now)
    for rubbish in ("AAAA-BBBB-CCCC-DDDD", "%00", "a" * 500, "0000-0000-0000-0000"):
        assert look(f"/periksa-tagihan/{rubbish}").status_code == 404


def _statements(producer, code):
    rows = list(csv.DictReader(io.StringIO(producer.get("/tagihan.csv?bank=Bank+Jakarta").text)))
    assert len(rows) == 2
    assert (rows[0]["kotor_rupiah"], rows[0]["bersih_rupiah"], rows[0]["keadaan"]) == (
        "555000", "538350", "Terbuka, belum dibayar")  # fmt: skip
    assert code in {row["kode_periksa"] for row in rows}
    assert len(list(csv.reader(io.StringIO(producer.get("/tagihan.csv?bank=Bank+Lain").text)))) == 1
    book = CalamineWorkbook.from_filelike(io.BytesIO(producer.get("/tagihan.xlsx").data))
    assert book.get_sheet_by_name("Tagihan").to_python()[-1][2:4] == [1_110_000.0, 1_076_700.0]
    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(producer.get("/tagihan.pdf").data)).pages)
    for said in (code, "Rp1.110.000", "bukan jaminan", "belum cukup"):
        assert said in paper.replace("\n", " ")


def test_withdrawn_changed_and_forged_claims_say_so(crew, person, look, now):
    (order_id,) = make(crew, now)
    producer = person(crew.producer)
    producer.post("/tagihan", {"bank": "Bank Satu", "orders": [str(order_id)]})
    old = code_of(producer.get("/tagihan"))
    pledge = session.scalars(db.select(ClaimPledge)).one().id
    with unit_of_work():
        others = makers.make_crew()
    person(others.producer).post(f"/tagihan/{pledge}/cabut", status=404)
    person(others.producer).post("/tagihan", {"bank": "Bank Satu", "orders": [str(order_id)]}, 404)
    person(crew.bendahara).post(f"/tagihan/{pledge}/cabut", status=403)
    producer.post(f"/tagihan/{pledge}/cabut")
    producer.post(f"/tagihan/{pledge}/cabut", status=409)
    assert "Tawaran ini sudah dicabut" in look(f"/periksa-tagihan/{old}").text
    producer.post("/tagihan", {"bank": "Bank Dua", "orders": [str(order_id)]})
    new = code_of(producer.get("/tagihan"))
    assert new != old
    assert "penawaran ke-2" in look(f"/periksa-tagihan/{new}").text
    with unit_of_work():
        order = lock_order(crew.ppk, order_id)
        prices = {line.id: line.unit_price - 500 for line in order.lines}
        adjusting.adjust(crew.ppk, order, adjusting.Change(unit_prices=prices), "adjust", now)
    assert "Nilai pesanan berubah" in look(f"/periksa-tagihan/{new}").text
    with unit_of_work():
        row = session.scalars(db.select(ClaimPledge).where(ClaimPledge.code == new)).one()
        session.execute(
            update(ClaimPledge).where(ClaimPledge.id == row.id).values(content={**row.content, "gross": 10**9})
        )
    forged = look(f"/periksa-tagihan/{new}").text
    assert "tidak cocok dengan sidiknya" in forged
    assert "Rp1.000.000.000" not in forged


def test_of_two_who_offer_the_same_claim_at_once_one_wins_and_many_are_one_page(app, crew, now, person, statements):
    (order_id,) = make(crew, now)
    gate, done = threading.Barrier(3), []

    def go(bank):
        with app.app_context():
            gate.wait()
            try:
                with unit_of_work():
                    pledging.offer(crew.producer, [order_id], bank, now)
                done.append("ok")
            except Conflict as error:
                done.append(error.kind)
            db.session.remove()

    threads = [threading.Thread(target=go, args=(f"Bank {n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["already-offered", "already-offered", "ok"]
    with statements() as few:
        person(crew.producer).get("/tagihan")
    more = make(crew, now, 4)
    with unit_of_work():
        pledging.offer(crew.producer, more, "Bank 9", now)
    with statements() as many:
        person(crew.producer).get("/tagihan")
    assert len(many) == len(few)
    for ids, bank in ((range(1, 60), "Bank 9"), (more, "4111 1111 1111 1111")):
        with pytest.raises(Invalid), unit_of_work():
            pledging.offer(crew.producer, ids, bank, now)
    with pytest.raises(NotFound):
        pledging.check("bukan kode")
