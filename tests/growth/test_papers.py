"""Statement, letter and recap: what they say is what the rows say, and who may see it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from shop.audit import trail
from shop.base.codes import CLEAR
from shop.base.errors import Conflict, NotFound
from shop.db import session, unit_of_work
from shop.growth import declaring, letters, recap, statement
from shop.growth.declaring import MonthFigures, SizeFigures
from shop.growth.models import TurnoverLetter
from shop.orders.models import Order
from shop.outbox.models import OutboxMessage
from shop.web.limits import limiter

OCTOBER = date(2026, 10, 1)


def state(crew, now, month=OCTOBER, version=0, **figures):
    with unit_of_work():
        declaring.declare_month(crew.producer, month, version, MonthFigures(**figures), now)


def size(crew, now, day, **figures):
    with unit_of_work():
        declaring.declare_size(crew.producer, SizeFigures(day, 3, **figures), now)


def issue(crew, now, last=OCTOBER, count=6):
    with unit_of_work():
        return letters.issue_letter(crew.producer, last, count, now).id


def noticed():
    session.rollback()
    return session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "programme.noticed")).all()


def test_the_result_is_all_sales_less_costs_and_withheld_tax(crew, paid, now):
    paid(4_000_000, date(2026, 10, 5), 60_000)
    paid(9_000_000, date(2026, 11, 1))
    state(
        crew,
        now,
        outside_sales=1_000_000,
        materials=700_000,
        wages=300_000,
        rent=50_000,
        transport=20_000,
        other_costs=1,
    )
    found = statement.read_statement(crew.producer, OCTOBER, now)
    assert found.result == 4_000_000 + 1_000_000 - 1_070_001 - 60_000
    assert found.position is None
    assert not found.is_complete


def test_without_costs_there_is_no_result_and_the_position_is_the_latest_by_the_months_end(crew, paid, owner, now):
    paid(4_000_000, date(2026, 10, 5))
    size(crew, now, date(2026, 9, 30), cash=5_000_000, debts=1_000_000)
    size(crew, now, date(2026, 11, 1), cash=9_000_000)
    found = statement.read_statement(crew.producer, OCTOBER, now)
    assert found.result is None
    assert found.position.equity == 4_000_000
    page = owner.get("/perkembangan/laporan/2026-10").text
    assert "belum lengkap" in page
    assert "Biaya bulan ini belum diisi" in page


def test_what_was_owed_at_the_months_end_stays_owed_in_its_statement_after_it_is_paid(crew, received, paid, now):
    number = received(2_000_000, days_ago=5)
    paid(3_000_000, date(2026, 12, 2))
    november = date(2026, 11, 1)
    assert statement.read_statement(crew.producer, november, now).owed == 5_000_000
    assert statement.read_statement(crew.producer, OCTOBER, now).owed == 0
    with unit_of_work():
        session.execute(update(Order).where(Order.id == number).values(received_at=now - timedelta(days=40)))
    assert statement.read_statement(crew.producer, OCTOBER, now).owed == 2_000_000


def test_the_first_complete_statement_printed_is_p6_and_no_other(crew, owner, now):
    owner.post("/perkembangan/laporan/2026-10/cetak")
    assert noticed() == []
    state(crew, now, wages=1)
    size(crew, now, date(2026, 10, 31), cash=1)
    size(crew, now, date(2026, 11, 1), cash=1)
    state(crew, now, date(2026, 11, 1), wages=1)
    owner.post("/perkembangan/laporan/2026-11/cetak")  # still running
    assert noticed() == []
    for month in ("2026-10", "2026-10"):
        assert owner.post(f"/perkembangan/laporan/{month}/cetak").location == f"/perkembangan/laporan/{month}/pdf"
    assert noticed() == [{"vendor_id": crew.vendor.id, "facility": "P6"}]
    assert owner.get("/perkembangan/laporan/2026-10/pdf").data[:5] == b"%PDF-"
    assert len(noticed()) == 1


def test_a_letter_says_what_is_known_and_stays_as_it_was_issued(crew, paid, now):
    paid(4_000_000, date(2026, 10, 5))
    paid(1_000_000, date(2026, 4, 30))
    state(crew, now, outside_sales=250_000)
    number = issue(crew, now)
    said = letters.own_letter(crew.producer, number).content
    assert (said["orders"], said["count"], said["declared"], said["kiosk"], said["offices"]) == (
        4_000_000,
        1,
        250_000,
        None,
        1,
    )
    assert [m["month"] for m in said["months"]] == ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert sum(m["orders"] for m in said["months"]) == said["orders"]
    paid(9_000_000, date(2026, 10, 6))
    state(crew, now, version=1, outside_sales=1)
    assert letters.own_letter(crew.producer, number).content == said
    assert letters.own_letter(crew.producer, issue(crew, now)).content["orders"] == 13_000_000


def test_every_code_is_new_and_without_letters_that_look_alike(crew, now):
    codes = {letters.own_letter(crew.producer, issue(crew, now)).code for _ in range(30)}
    assert len(codes) == 30
    assert all(re.fullmatch(r"[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){3}", code) for code in codes)
    assert len(CLEAR) ** 16 >= 2**80


def test_a_letter_about_months_that_cannot_be_is_refused_at_its_field(owner):
    for last, count in (("2026-11", "6"), ("2026-10", "2"), ("2026-10", "25"), ("2026-10", ""), ("2019-06", "24"),
                        ("x", "6"), ("", "enam"), ("2027-01", "6")):  # fmt: skip
        page = owner.post("/perkembangan/surat", {"last": last, "count": count}, 422).text
        assert 'id="e-last"' in page or 'id="e-count"' in page
    session.rollback()
    assert session.query(TurnoverLetter).count() == 0


def test_anyone_with_the_code_reads_the_letter_and_nothing_of_identity_or_bank(crew, paid, client, now):
    crew.vendor.bank_account = "1234509876"
    paid(4_000_123, date(2026, 10, 5))
    with unit_of_work():
        session.merge(crew.vendor)
    code = letters.own_letter(crew.producer, issue(crew, now)).code
    answer = client.get(f"/periksa?kode={code.lower().replace('-', ' ')}")
    assert answer.location == f"/periksa/{code}"
    answer = client.get(answer.location)
    assert "Rp4.000.123" in answer.text
    assert "asli dan tidak berubah" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "1234509876" not in answer.text


def test_a_letter_somebody_changed_in_the_database_is_told_even_with_a_new_fingerprint(crew, client, now):
    number = issue(crew, now)
    code = letters.own_letter(crew.producer, number).code
    content = dict(letters.own_letter(crew.producer, number).content) | {"orders": 999_999_999}
    for sets in ({"content": content}, {"content": content, "fingerprint": letters.fingerprint(content)}):
        with unit_of_work():
            session.execute(update(TurnoverLetter).values(**sets))
        page = client.get(f"/periksa/{code}").text
        assert "tidak cocok dengan sidiknya" in page
        assert "999.999.999" not in page


def test_a_withdrawn_letter_says_so_to_everyone_and_shows_no_amounts(crew, paid, owner, client, now):
    paid(4_000_123, date(2026, 10, 5))
    number = issue(crew, now)
    owner.post(f"/perkembangan/surat/{number}/tarik")
    page = client.get(f"/periksa/{letters.own_letter(crew.producer, number).code}").text
    assert "sudah ditarik" in page
    assert "4.000.123" not in page
    owner.post(f"/perkembangan/surat/{number}/tarik", status=409)
    with pytest.raises(Conflict), unit_of_work():
        letters.withdraw_letter(crew.producer, number, now)


def test_unknown_codes_and_what_is_no_code_get_one_and_the_same_answer(crew, client, now, statements):
    issue(crew, now)
    answers, counts = [], []
    for code in ("K7QX-9M2P-HT4W-B8ZD", "AAAA-AAAA-AAAA-AAAA", "x", "0000-0000-0000-0000", "A" * 300, "%00"):
        with statements() as seen:
            answers.append(client.get(f"/periksa/{code}"))
        counts.append(len(seen))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert len(set(counts)) == 1


def test_nobody_withdraws_or_reads_a_neighbours_letter(crew, neighbour, now):
    number = issue(crew, now)
    with pytest.raises(NotFound):
        letters.own_letter(neighbour.producer, number)
    with pytest.raises(NotFound), unit_of_work():
        letters.withdraw_letter(neighbour.producer, number, now)
    assert letters.own_letters(neighbour.producer) == ([], 0)
    assert trail.history("turnover_letter", number)[-1].verb == "issue"


def test_checking_is_slowed_down_for_who_tries_codes(app, crew):
    app.config["RATELIMIT_ENABLED"] = True
    limiter.init_app(app)
    limiter.enabled = True
    try:
        client = app.test_client()
        found = [client.get(f"/periksa/K7QX-9M2P-HT4W-B8{n:02}").status_code for n in range(32)]
    finally:
        limiter.enabled = False
    assert (found[0], found[29], found[30]) == (404, 404, 429)


def rows_of(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_sums_of_page_pdf_and_workbook_are_the_sums_of_the_listed_orders(crew, neighbour, paid, received, owner, now):
    for n in range(7):
        paid(1_000_003 + n, date(2026, 1 + n, 28), 10 + n)
    paid(5_000_000, date(2025, 12, 31))
    paid(5_000_000, date(2026, 5, 5), who=neighbour)
    received(700_000)
    found = recap.read_recap(crew.producer, 2026, None, now)
    listed = [
        row for page in range(3) for row in recap.paid_orders(crew.producer, 2026, None, offset=page * 3, limit=3)
    ]
    assert len({row.order_id for row in listed}) == found.total.count == 7
    assert sum(row.paid for row in listed) == found.total.paid == 7_000_042
    assert sum(row.withheld for row in listed) == found.total.withheld == 91
    assert {(r.paid_on.replace(day=1), r.paid, r.withheld) for r in listed} == {
        (m.month, m.paid, m.withheld) for m in found.months
    }
    sheets = rows_of(owner.get("/rekap.xlsx").data)
    orders = sheets["Pesanan"]
    assert orders[-1][6:] == [sum(row[c] for row in orders[1:-1]) for c in (6, 7, 8)] == [7_000_042, 91, 6_999_951]
    assert sheets["Belum dibayar"][-1][2] == found.owed == 700_000
    assert [type(row[0]) for row in orders[1:-1]] == [date] * 7
    page = owner.get("/rekap").text
    assert "Rp7.000.042" in page
    assert "5.000.000" not in page
    assert owner.get("/rekap.pdf").data[:5] == b"%PDF-"


def test_an_office_that_never_ordered_here_is_not_there_and_one_that_did_narrows_everything(
    crew, neighbour, paid, owner, now
):
    paid(1_000_000, date(2026, 5, 5))
    assert recap.read_recap(crew.producer, 2026, crew.office_id, now).total.paid == 1_000_000
    for office in (neighbour.office_id, 10**18, 0):
        owner.get(f"/rekap?kantor={office}", 404)
    owner.get("/rekap?kantor=x", 404)
    owner.get("/rekap?tahun=1999", 422)
    assert [number for number, _name in recap.read_recap(crew.producer, 2026, None, now).offices] == [crew.office_id]


def test_a_debt_is_counted_in_working_days_and_is_late_after_the_third(crew, received, now):
    received(1_000_000, days_ago=7)  # Friday 13 November: five working days before Friday 20
    received(2_000_000, days_ago=1)
    debt = recap.read_recap(crew.producer, 2026, None, now).debts[0]
    assert (debt.count, debt.amount, debt.working_days, debt.since) == (2, 3_000_000, 5, date(2026, 11, 13))
    assert (debt.late_count, debt.late_amount) == (1, 1_000_000)


def test_what_people_typed_is_text_in_the_workbook_and_never_a_formula(crew, paid, owner):
    number = paid(1_000_000, date(2026, 5, 5))
    with unit_of_work():
        session.execute(update(Order).where(Order.id == number).values(purpose="=HYPERLINK(1)"))
    content = owner.get("/rekap.xlsx").data
    assert rows_of(content)["Pesanan"][1][3] == "=HYPERLINK(1)"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = "".join(book.read(n).decode() for n in book.namelist() if "sheet" in n)
    assert "<f>" not in sheets


def test_the_recap_takes_as_many_statements_for_many_orders_as_for_one(paid, received, owner, statements):
    paid(1_000_000, date(2026, 10, 5))
    received(500_000)
    owner.get("/rekap")
    with statements() as few:
        owner.get("/rekap")
    for n in range(8):
        paid(1_000_000 + n, date(2026, 1 + n, 5))
        received(1_000 + n)
    with statements() as many:
        owner.get("/rekap")
    assert len(many) == len(few)


def test_no_page_of_naik_kelas_is_heavier_than_an_old_phone_can_bear(paid, owner):
    for n in range(10):
        paid(1_000_000 + n, date(2026, 1 + n, 5))
    for path in ("/perkembangan", "/perkembangan/laporan/2026-10", "/perkembangan/surat", "/rekap"):
        assert len(owner.get(path).data) < 60_000
