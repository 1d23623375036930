"""Bank statements: read whole or not at all, nothing twice, and no order paid but by a person's hand, once."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shop.base.actor import SYSTEM
from shop.base.clock import local_day
from shop.base.errors import Conflict, Invalid, NotFound, SeparationOfDuties, ShopError
from shop.books.accounts import BANK, REFUND_DUE
from shop.books.models import MoneyPosting
from shop.books.posting import Event, Transfer, balances, post
from shop.db import session, unit_of_work
from shop.orders import paying
from shop.orders.models import Order, Payment
from shop.treasury import accepting, matching, statement_reading
from shop.treasury.models_bank import BankMatch, BankProposal, BankRow
from tests import makers
from tests.treasury.bank_makers import HEAD, line, load, make_owed, net, propose


@pytest.fixture
def crew(app):
    """An office with money enough, and a producer with a bank account."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            vendor = makers.make_vendor(name="Dapur Nyak Dian", bank_holder="SITI AMINAH", npwp="0012345678012000")
            made = makers.make_crew(vendor, pagu=900_000_000)
        yield made


def read(text, encoding="utf-8"):
    delimiter, lines = statement_reading.cells_of(text.encode(encoding))
    shape = statement_reading.recognise(delimiter, lines)
    return statement_reading.read(lines, shape)


def accept(actor, row_id, kind, target, now):
    with unit_of_work():
        return accepting.accept(actor, row_id, kind, target, now)


def open_rows():
    session.rollback()
    return session.scalars(select(BankRow).order_by(BankRow.id)).all()


SHAPES = {
    "semicolons, decimal comma, two columns, BOM": """\ufeffTanggal;Keterangan;Debet;Kredit;Saldo
20/11/2026;TRF NYAK DIAN;1.555.000,00;0,00;9
21/11/2026;SETOR;;25.000,00;9
Total;;1.555.000,00;25.000,00;
""",
    "heads below a letterhead, D/K letter": """BANK DKI
Periode: November

Tgl Transaksi,Uraian,Nominal,D/K
20-11-26,TRF NYAK DIAN,"1,555,000.00",D
21-11-26,SETOR,"25,000.00",K
""",
    "tabs, ISO days with a time, signed": (
        "date\tdescription\tamount\n2026-11-20 10:01:02\tTRF NYAK DIAN\t-1555000\n2026-11-21\tSETOR\t25000\n"
    ),
    "letters behind the amount": """Tanggal,Keterangan,Mutasi
20/11/2026,TRF NYAK DIAN,"1,555,000.00 DB"
21/11/2026,SETOR,"25,000.00 CR"
""",
    "months first, as it shows": """Posting Date,Remark,Amount,DB/CR
11/20/2026,TRF NYAK DIAN,1555000,DB
11/21/2026,SETOR,25000,CR
""",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_five_shapes_of_statements_say_the_same(shape):
    encoding = "utf-8" if shape.endswith("BOM") else "latin-1"
    found = [(r.day, r.way, r.amount, r.words) for r in read(SHAPES[shape], encoding).rows]
    assert found == [
        (date(2026, 11, 20), "out", 1_555_000, "TRF NYAK DIAN"),
        (date(2026, 11, 21), "in", 25_000, "SETOR"),
    ]


def test_a_statement_that_cannot_be_read_names_its_lines_and_is_not_half_kept(crew, person, now):
    bad = (
        HEAD
        + "32/11/2026;A;1.000,00;0,00;0\n20/11/2026;B;=1+1;0,00;0\n20/11/2026;C;1.000,00;2.000,00;0\n20/11/2026;D;1.000,00;0,00;0\n"
    )
    with pytest.raises(Invalid) as refused:
        read(bad)
    assert [fault.field for fault in refused.value.faults] == ["line:2", "line:3", "line:4"]
    treasurer = person(crew.bendahara)

    def send(content):
        return treasurer.post("/bendahara/rekening", {"file": (io.BytesIO(content), "mutasi.csv")}, 422)

    assert "Baris 3: Jumlah atau arahnya" in send(bad.encode()).text
    for content in (
        b"MZ\x90\0",
        b"\x7fELF\2\1",
        b"%PDF-1.4",
        b"PK\3\4",
        b"a\0b;c",
        b"   ",
        b"x" * 505_000,
        b"Tanggal;Jumlah\n" * 4_000,
    ):
        assert 'role="alert"' in send(content).text, content[:10]
    assert "belum terjadi" in send((HEAD + line(local_day(now) + timedelta(days=1), "besok", 1_000)).encode()).text
    assert session.scalar(select(func.count()).select_from(BankRow)) == 0


def test_unknown_heads_are_asked_for_and_what_was_told_is_used(crew, person):
    treasurer = person(crew.bendahara)
    content = "Kapan|x;Apa;Berapa\n20/11/2026;=HYPERLINK(1) 4111-1111-1111-1111;-1.000\n"
    asked = treasurer.post("/bendahara/rekening", {"file": (io.BytesIO(content.encode()), "m.csv")}, 422).text
    assert "Tunjukkan kolom" in asked
    told = {"content": content, "file_name": "m.csv", "head": "1", "k-day": "0", "k-words": "1", "order": "dmy"}
    assert "Tunjukkan kolom tanggal" in treasurer.post("/bendahara/rekening", told, 422).text
    treasurer.post("/bendahara/rekening", {**told, "k-amount": "2"})
    (row,) = open_rows()
    assert (row.amount, row.way, row.words) == (1_000, "out", "=HYPERLINK(1) •••• 1111")


def test_the_same_statement_twice_and_an_overlapping_one_keep_each_movement_once(crew, now):
    day = local_day(now)
    twin = line(day, "BIAYA ADMIN", 5_000)
    assert load(crew.bendahara, now, HEAD + twin + twin).kept == 2
    assert load(crew.bendahara, now, HEAD + twin + twin).kept == 0
    assert load(crew.bendahara, now, HEAD + twin + twin + twin + line(day, "LAIN", 7_000)).kept == 2


def test_a_sure_row_pays_its_order_by_hand_and_an_ambiguous_one_stands_side_by_side(crew, person, statements, now):
    day = local_day(now)
    sure, twin, other = (make_owed(crew, now, total) for total in (5_000_000, 1_000_000, 1_000_000))
    amount = net(sure, day)
    assert amount < 5_000_000
    text = HEAD + line(day, f"TRF {session.get_one(Order, sure).number.replace('/', ' ')} SITI AMINAH", amount)
    text += line(day, "TRF SITI AMINAH", net(twin, day)) + line(day, "TRF SITI AMINAH", 4_999_999)
    load(crew.bendahara, now, text)
    session.rollback()
    given = {(p.row_id, p.target_id): p for p in session.scalars(select(BankProposal))}
    first, second, third = (row.id for row in open_rows())
    assert given[first, sure].sure
    assert {"exact", "number", "name", "soon"} == set(given[first, sure].reasons)
    assert [given[second, order].sure for order in (twin, other)] == [False, False]
    assert "others" in given[second, twin].reasons
    assert all(row != third for row, _target in given)
    assert session.scalar(select(func.count()).select_from(Payment)) == 0, "nothing is paid by itself"

    treasurer = person(crew.bendahara)
    with statements() as seen:
        page = treasurer.get("/bendahara/rekening").text
    assert "Bandingkan dulu" in page
    few = len(seen)
    treasurer.post("/bendahara/rekening/cocok-semua")
    session.rollback()
    payment = session.get_one(Payment, sure)
    assert (payment.withheld, payment.paid_on) == (5_000_000 - amount, day)
    assert payment.reference.startswith(f"MUTASI-{first} ")
    accept(crew.bendahara, second, "order", other, now)
    with pytest.raises(Conflict):
        accept(crew.bendahara, second, "order", twin, now)
    owed = [make_owed(crew, now, 700_000 + n) for n in range(4)]
    load(crew.bendahara, now, HEAD + "".join(line(day, f"lain {n}", net(owed[n % 4], day)) for n in range(30)))
    with statements() as seen:
        assert matching.judge(crew.bendahara, now).values
    assert len(seen) <= 11, "as many for four orders as for one, and none of them behind the write lock"
    with statements() as seen:
        treasurer.get("/bendahara/rekening")
    assert len(seen) <= few
    assert "MUTASI" not in treasurer.get("/bendahara/rekening?status=cocok&sebelum=99999999999999999999").text


def test_a_row_confirms_a_payment_made_before_and_is_let_go_until_the_order_is_closed(crew, now):
    day, order_id = local_day(now), make_owed(crew, now, 3_000_000)
    with unit_of_work():
        order = session.get_one(Order, order_id)
        amount = net(order_id, day)
        paying.pay(crew.bendahara, order_id, order.version, paying.Proof("TRF-1", day), now)
    load(crew.bendahara, now, HEAD + line(day, "TRF DAPUR NYAK DIAN", amount))
    (row,) = open_rows()
    accept(crew.bendahara, row.id, "payment", order_id, now)
    match = session.scalar(select(BankMatch.id))
    with pytest.raises(Invalid), unit_of_work():
        accepting.undo(crew.bendahara, row.id, match, " ", now)
    with unit_of_work():
        accepting.undo(crew.bendahara, row.id, match, "salah baris", now)
    propose(crew.bendahara, now)
    accept(crew.bendahara, row.id, "payment", order_id, now)
    session.rollback()
    with unit_of_work():
        order = session.get_one(Order, order_id)
        paying.close(crew.ppk, order_id, order.version, now)
    again = session.scalar(select(BankMatch.id).where(BankMatch.undone_at.is_(None)))
    with pytest.raises(Conflict), unit_of_work():
        accepting.undo(crew.bendahara, row.id, again, "salah lagi", now)
    postings = select(func.count()).select_from(MoneyPosting).where(MoneyPosting.name == "paid")
    assert session.scalar(postings) == 1


def test_money_that_is_owed_back_is_booked_once_by_the_statement_that_shows_it(crew, now):
    order_id, today = make_owed(crew, now, 500_000), local_day(now)
    of_order = f"order:{order_id}"
    with unit_of_work():
        where = (crew.office_id, crew.vendor.id, today)
        post(SYSTEM, Event(of_order, "late:pi_1", *where, [Transfer(REFUND_DUE, BANK, 75_000)], "gateway"), now)
    load(crew.bendahara, now, HEAD + line(today, "PENGEMBALIAN DANA", came=75_000))
    row_id = open_rows()[0].id
    proposed = session.scalars(select(BankProposal)).one()
    assert (proposed.kind, proposed.sure) == ("refund", False)  # nothing names it: a person decides
    for _again in "12":
        assert accept(crew.bendahara, row_id, "refund", proposed.target_id, now) == "refund"
        assert balances(of_order)[REFUND_DUE] == 0
        match_id = session.scalars(select(BankMatch.id).where(BankMatch.undone_at.is_(None))).one()
        with unit_of_work():
            accepting.undo(crew.bendahara, row_id, match_id, "Salah baris", now)
        assert balances(of_order)[REFUND_DUE] == 75_000
        with unit_of_work():
            assert matching.keep(matching.judge(crew.bendahara, now)) == 1
    with unit_of_work():  # the channel tells of it first: then the statement only confirms
        where = (crew.office_id, crew.vendor.id, today)
        post(SYSTEM, Event(of_order, "refund:1", *where, [Transfer(BANK, REFUND_DUE, 75_000)], "gateway"), now)
    accept(crew.bendahara, row_id, "refund", proposed.target_id, now)
    assert balances(of_order)[REFUND_DUE] == 0


def test_who_may_not_pay_may_not_match_and_another_offices_rows_are_not_there(crew, person, now):
    day, order_id = local_day(now), make_owed(crew, now, 1_000_000)
    load(crew.bendahara, now, HEAD + line(day, "SITI AMINAH", net(order_id, day)))
    (row,) = open_rows()
    with unit_of_work():
        other = makers.make_crew()
        two_hats = makers.make_actor("bendahara", office_id=crew.office_id, user_id=crew.ppk.user_id)
    with pytest.raises(SeparationOfDuties):
        accept(two_hats, row.id, "order", order_id, now)
    with pytest.raises(NotFound):
        accept(other.bendahara, row.id, "order", order_id, now)
    stranger = person(other.bendahara)
    stranger.post(f"/bendahara/rekening/{row.id}/cocok", {"kind": "order", "target": str(order_id)}, 404)
    stranger.post(f"/bendahara/rekening/{row.id}/lepas", {"match": "1", "note": "bukan milikku"}, 404)
    assert "SITI AMINAH" not in stranger.get("/bendahara/rekening").text
    person(crew.producer).get("/bendahara/rekening", 403)
    treasurer = person(crew.bendahara)
    treasurer.post(f"/bendahara/rekening/{row.id}/cocok", {"kind": "payment", "target": str(order_id)}, 404)
    session.rollback()
    assert session.get_one(Order, order_id).state == "received"


def test_any_choice_of_matches_pays_each_order_once(crew, now):
    """Whatever is pressed, in whichever order and how often: one payment an order, one order a row, books in step."""
    day = local_day(now)
    orders = [make_owed(crew, now, 1_000_000) for _ in range(4)]
    amount = net(orders[0], day)
    load(crew.bendahara, now, HEAD + "".join(line(day, f"SITI AMINAH {n}", amount) for n in range(5)))
    rows = [row.id for row in open_rows()]

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.tuples(st.sampled_from(rows), st.sampled_from(orders), st.sampled_from(["order", "payment"])), max_size=6
        )
    )
    def press(choices):
        for row, order_id, kind in choices:
            try:
                accept(crew.bendahara, row, kind, order_id, now)
            except ShopError:
                session.rollback()
        session.rollback()
        paid = session.scalars(select(Payment.order_id)).all()
        held = session.execute(select(BankMatch.row_id, BankMatch.target_id)).all()
        assert sorted(paid) == sorted(match.target_id for match in held)
        assert len({match.row_id for match in held}) == len(held) == len(set(paid))
        posted = session.scalar(select(func.count()).select_from(MoneyPosting).where(MoneyPosting.name == "paid"))
        assert posted == len(paid)

    press()
