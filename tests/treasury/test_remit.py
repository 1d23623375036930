"""Remitting: sums are the books' and the orders', a deposit counts once, and nobody's numbers leave the treasurer."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from shop.audit.models import AuditEntry
from shop.base.errors import Conflict, Invalid, NotFound
from shop.books.models import MoneySum
from shop.books.posting import balances
from shop.db import session, unit_of_work
from shop.documents import issuing, reading
from shop.orders import paying
from shop.orders.models import Order
from shop.orders.models_tax import OrderTax
from shop.treasury import remit_lists, remitting
from shop.treasury.models_bank import BankMatch
from shop.treasury.models_remit import TaxDeposit, TaxSlip
from shop.treasury.remitting import Told
from tests import makers
from tests.treasury.bank_makers import HEAD, line, load, make_owed

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NTPN = "A1B2C3D4E5F6G7H8"
NOVEMBER = 202611
NPWP = "0012345678012000"


@pytest.fixture
def crew(app):
    """An office that paid one producer without PPN and one with it, both in November 2026."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            vendor = makers.make_vendor(name="=Dapur Nyak", legal_form="cv", npwp=NPWP)
            made = makers.make_crew(vendor, pagu=900_000_000)
        yield made


@pytest.fixture
def paid(crew, now):
    """Two orders paid: Rp 5 million, and Rp 11.1 million by a PKP."""
    with unit_of_work():
        pkp = makers.make_vendor(legal_form="pt", pkp=True, npwp="0099999999012000")
    orders = [make_owed(crew, now, 5_000_000), make_owed(crew, now, 11_100_000, pkp)]
    for order_id in orders:
        pay(crew, order_id, now)
    return orders


def pay(crew, order_id, now, **more):
    with unit_of_work():
        proof = replace(paying.Proof("TRF-77", now.date()), **more)
        paying.pay(crew.bendahara, order_id, session.get_one(Order, order_id).version, proof, now)


def told(code="PPH22", amount=225_000, ntpn=NTPN, on=date(2026, 11, 20)):
    return Told(code, ntpn, amount, on)


def record(actor, now, *more, month=NOVEMBER, **changed):
    with unit_of_work():
        return remitting.record(actor, month, told(*more, **changed), now).id


def test_what_is_to_be_deposited_is_what_books_and_orders_say_each_tax_by_itself(crew, paid, now):
    dues = {d.code: d for d in remit_lists.dues(crew.office_id, NOVEMBER, NOVEMBER)}
    assert {code: d.kept for code, d in dues.items()} == {"PPH22": 75_000 + 150_000, "PPN": 1_100_000}
    assert remit_lists.line_sums(crew.office_id, NOVEMBER)["treasurer"] == {"PPH22": 225_000, "PPN": 1_100_000}
    assert session.scalar(select(func.sum(OrderTax.remit_treasurer))) == sum(d.kept for d in dues.values())
    lines, after = remit_lists.lines(crew.office_id, NOVEMBER, full=True)
    assert after is None
    assert sum(x.amount for x in lines if x.by == "treasurer") == 1_325_000
    assert {x.npwp for x in lines} == {NPWP, "0099999999012000"}
    assert remit_lists.dues(None, NOVEMBER, NOVEMBER) == list(dues.values()), "the city has this office alone"
    assert dues["PPH22"].due_on == date(2026, 12, 15)
    assert (dues["PPH22"].unsure, dues["PPN"].unsure) == (False, True)
    assert remit_lists.due_day("PPH22", 202612)[0] == date(2027, 1, 15)
    assert remit_lists.due_day("PPH22", 202610)[0] == date(2026, 11, 16), "the 15th is a Sunday"


def test_a_deposit_in_parts_moves_the_books_once_each_and_never_above_what_is_left(crew, paid, now):
    first = record(crew.bendahara, now, amount=100_000)
    assert balances(f"remit:{first}") == {"withheld:PPH22": 100_000, "bank": -100_000}
    for changed, field in (
        ({"amount": 125_001, "ntpn": "B" * 16}, "amount"), ({"amount": 1}, "ntpn"), ({"ntpn": "pendek"}, "ntpn"),
        ({"code": "PPH23", "ntpn": "C" * 16}, "code"), ({"on": date(2026, 11, 21), "ntpn": "D" * 16}, "deposited_on"),
        ({"on": date(2026, 10, 31), "ntpn": "E" * 16}, "deposited_on"), ({"amount": 0, "ntpn": "F" * 16}, "amount"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            record(crew.bendahara, now, **changed)
        assert field in [fault.field for fault in refused.value.faults], changed
    record(crew.bendahara, now, amount=125_000, ntpn=" a1b2 c3d4 e5f6 g7h9 ")
    left = {d.code: d.left for d in remit_lists.dues(crew.office_id, NOVEMBER, NOVEMBER)}
    assert left == {"PPH22": 0, "PPN": 1_100_000}
    session.rollback()
    with pytest.raises(Invalid), unit_of_work():
        remitting.reverse(crew.bendahara, first, " ", now)
    with unit_of_work():
        remitting.reverse(crew.bendahara, first, "salah jumlah", now)
    assert balances(f"remit:{first}") == {"withheld:PPH22": 0, "bank": 0}
    with pytest.raises(Conflict), unit_of_work():
        remitting.reverse(crew.bendahara, first, "salah lagi", now)
    due = {d.code: d for d in remit_lists.dues(crew.office_id, NOVEMBER, NOVEMBER)}["PPH22"]
    assert (due.kept, due.deposited) == (225_000, 125_000), "a reversal is no tax that was kept back"
    record(crew.bendahara, now, amount=100_000)
    rows = session.execute(select(MoneySum.debit, MoneySum.credit).where(MoneySum.account == "withheld:PPH22")).all()
    assert {debit - credit for debit, credit in rows if debit} == {0}


def test_the_treasurer_records_at_the_page_and_sees_all_faults_with_what_was_typed(crew, paid, person, now):
    treasurer, here = person(crew.bendahara), "/bendahara/setor/2026-11"
    sent = {"code": "PPN", "ntpn": "A1\0", "amount": "1,5", "deposited_on": "2026-13-40"}
    page = treasurer.post(here, sent, 422).text
    for field in ("amount", "deposited_on", "proof"):
        assert f'href="#f-{field}"' in page
    assert 'value="1,5"' in page
    program = {
        **sent,
        "ntpn": NTPN,
        "amount": "1.100.000",
        "deposited_on": "2026-11-20",
        "proof": (io.BytesIO(b"MZ\x90"), "bukti.pdf"),
    }
    assert "bukan foto" in treasurer.post(here, program, 422).text
    treasurer.post(here, {**program, "proof": (io.BytesIO(PDF), "bukti.pdf")})
    session.rollback()
    deposit = session.scalar(select(TaxDeposit))
    assert (deposit.code, deposit.amount, deposit.ntpn) == ("PPN", 1_100_000, NTPN)
    assert treasurer.get(f"/bendahara/setor/bukti/{deposit.id}").data == PDF
    assert "sudah dicatat" in treasurer.post(here, {**program, "proof": (io.BytesIO(PDF), "b.pdf")}, 422).text
    slip = session.scalar(select(OrderTax.id).where(OrderTax.pph > 0).limit(1))
    assert (
        "5 sampai 40"
        in treasurer.post(f"/bendahara/setor/bukti-potong/{slip}", {"tax": "pph", "number": "="}, 422).text
    )
    treasurer.post(f"/bendahara/setor/bukti-potong/{slip}", {"tax": "pph", "number": "25000012345"})
    treasurer.post(f"/bendahara/setor/bukti-potong/{slip}", {"tax": "pph", "number": "25000054321"})
    session.rollback()
    assert session.scalar(select(TaxSlip.number)) == "25000054321"
    load(crew.bendahara, now, HEAD + line(date(2026, 11, 20), f"MPN {NTPN}", 1_100_000))
    treasurer.post("/bendahara/rekening/cocok-semua")
    answer = treasurer.post(f"/bendahara/setor/batal/{deposit.id}", {"note": "salah catat"}, 409)
    assert "Lepas dulu" in answer.text
    # A movement let go of, and the deposit reversed: what was proposed for it before is not there to take any more.
    row, match = session.execute(select(BankMatch.row_id, BankMatch.id)).one()
    treasurer.post(f"/bendahara/rekening/{row}/lepas", {"match": str(match), "note": "salah baris"})
    treasurer.post(f"/bendahara/setor/batal/{deposit.id}", {"note": "salah 4111 1111 1111 1111"}, 422)
    treasurer.post(f"/bendahara/setor/batal/{deposit.id}", {"note": "salah catat"})
    treasurer.post(f"/bendahara/rekening/{row}/cocok", {"kind": "deposit", "target": str(deposit.id)}, 409)
    card = {"tax": "pph", "number": "4111111111111111"}
    treasurer.post(f"/bendahara/setor/bukti-potong/{slip}", card, 422)
    for odd in ("2026-13", "2026-1", "abc", "9999-01", "20261101"):
        treasurer.get(f"/bendahara/setor/{odd}", 404)


def test_files_are_drafts_without_formulas_and_who_took_them_is_on_the_trail(crew, paid, person):
    treasurer = person(crew.bendahara)
    text = treasurer.get("/bendahara/setor/2026-11/daftar.csv").text
    assert text.startswith("\ufeffDRAF")
    assert ";'=Dapur Nyak;" in text
    assert NPWP in text
    session.rollback()
    numbers = reading.numbers_of(paid, ("bast", "kuitansi"))
    for order_id in paid:  # an inspector finds the papers of each line by their numbers
        assert ";{bast};{kuitansi}\r".format(**numbers[order_id]) in text
        assert numbers[order_id]["bast"] in treasurer.get("/bendahara/setor/2026-11").text
    book = CalamineWorkbook.from_filelike(io.BytesIO(treasurer.get("/bendahara/setor/2026-11/daftar.xlsx").data))
    slips = book.get_sheet_by_name("BPPU").to_python()
    assert [row[6] for row in slips[1:]] == [5_000_000, 10_000_000], "PPN has no slip of this kind"
    assert book.get_sheet_by_name("Disetor bendahara").to_python()[-1][10] == 1_325_000
    assert "2026" in treasurer.get("/bendahara/setor.xlsx?tahun=2026").headers["Content-Disposition"]
    session.rollback()
    trail = session.execute(select(AuditEntry.user_id, AuditEntry.data).where(AuditEntry.verb == "tax_export")).all()
    assert [(user, data["file"]) for user, data in trail] == [
        (crew.bendahara.user_id, file) for file in ("csv", "xlsx", "recap-2026")
    ]


def test_the_draft_of_a_slip_names_the_ntpn_once_its_tax_is_deposited(crew, paid, now):
    def draft(reason=""):
        with unit_of_work():
            return issuing.issue(crew.bendahara, "tax_slip", paid[0], now, reason).content

    assert [slip["ntpn"] for slip in draft()["slips"]] == [[]]
    wrong = record(crew.bendahara, now, ntpn="W" * 16)
    with unit_of_work():
        remitting.reverse(crew.bendahara, wrong, "Salah nomor", now)
    record(crew.bendahara, now, amount=200_000)
    assert draft("Pajaknya sudah disetor")["slips"][0]["ntpn"] == [NTPN]


def test_another_office_sees_nothing_the_programme_sees_sums_and_no_whole_number(crew, paid, person, statements, now):
    deposit = record(crew.bendahara, now)
    with unit_of_work():
        other, staff, auditor = makers.make_crew(), makers.make_actor("programme"), makers.make_actor("auditor")
    stranger, here = person(other.bendahara), "/bendahara/setor/2026-11"
    stranger.get(f"{here}?kantor={crew.office_id}", 404)
    stranger.post(f"/bendahara/setor/batal/{deposit}", {"note": "bukan milikku"}, 404)
    stranger.get(f"/bendahara/setor/bukti/{deposit}", 404)
    line_id = session.scalar(select(OrderTax.id).limit(1))
    stranger.post(f"/bendahara/setor/bukti-potong/{line_id}", {"tax": "pph", "number": "25000012345"}, 404)
    with pytest.raises(NotFound), unit_of_work():
        remitting.note_slip(other.bendahara, line_id, "pph", "25000012345", now)
    assert "225.000" not in stranger.get(here).text
    person(crew.producer).get(here, 403)
    assert "1.325.000" in person(staff).get(here).text
    person(staff).get(f"{here}/daftar.csv", 404)
    person(staff).post(here, {}, 403)
    for who in (staff, auditor):
        page = person(who).get(f"{here}?kantor={crew.office_id}").text
        assert NPWP not in page
        assert NPWP not in person(who).get(f"{here}/daftar.csv?kantor={crew.office_id}").text
    person(auditor).get(f"{here}?kantor=99999999999999999999", 404)
    reader = person(crew.bendahara)
    reader.get(here)
    with statements() as seen:
        reader.get(here)
    few = len(seen)
    for total in (3_000_000, 4_000_000, 6_000_000):
        pay(crew, make_owed(crew, now, total), now)
    with statements() as seen:
        reader.get(here)
    assert len(seen) == few


def test_what_was_told_differently_is_said_and_what_is_late_stands_on_the_desk(crew, person, clock, now):
    order_id = make_owed(crew, now, 5_000_000)
    pay(crew, order_id, now, withheld=60_000, note="sesuai bukti potong lama")
    treasurer = person(crew.bendahara)
    assert "menurut aturan Rp75.000" in treasurer.get("/bendahara/setor/2026-11").text
    assert "Pajak yang harus disetor" not in treasurer.get("/meja").text
    clock.move_to(now + timedelta(days=14))
    assert "Pajak yang harus disetor" in treasurer.get("/meja").text
    clock.move_to(now + timedelta(days=40))
    assert "Setoran pajak yang terlambat" in treasurer.get("/meja").text
    assert "Terlambat" in treasurer.get("/bendahara/setor").text
    record(crew.bendahara, now, amount=60_000)
    assert "Setoran pajak yang terlambat" not in treasurer.get("/meja").text
    person(crew.pa).get("/bendahara/setor")
