"""Findings are told before, kept after, and never lost: by the pages, as officer, auditor, producer and stranger meet them."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from shop import background
from shop.audit import trail
from shop.catalog import versions
from shop.db import session, unit_of_work
from shop.orders import confirming
from shop.orders.models import Order
from shop.outbox.posting import drain
from shop.risk import flagging, gathering, register
from shop.risk.models import RiskFlag, RiskNote
from shop.risk.rules.contract import Top
from shop.sourcing.models import PriceCount
from shop.vendors.models import ConflictOfInterest
from tests import makers
from tests.orders.test_journey import checkout_form

WORDS = "Rapat pagi dan siang, undangan nomor 12"


@pytest.fixture
def box(crew):
    """Boxes on sale since long ago: an order of two hundred is Rp 4 million."""
    with unit_of_work():
        return makers.make_product(crew.vendor, name="Lemper", price=20_000)


@pytest.fixture
def auditor(crew):
    with unit_of_work():
        return makers.make_actor("auditor")


def work(app, now):
    """What the background does after the commit."""
    while drain(background.handlers(app), now + timedelta(minutes=1)):
        pass
    session.rollback()


def order(crew, now, box, pieces):
    with unit_of_work():
        return makers.make_sent_order(crew, now, (box, pieces)).id


def live(order_id):
    session.rollback()
    rows = session.execute(
        select(RiskFlag.rule, RiskFlag.facts).where(RiskFlag.order_id == order_id, RiskFlag.superseded_at.is_(None))
    )
    return {row.rule: row.facts for row in rows}


def test_a_basket_that_crosses_with_earlier_orders_is_warned_of_and_its_explanation_is_kept(
    app, crew, box, auditor, person, now
):
    first = order(crew, now - timedelta(days=2), box, 300)
    pp = person(crew.pp)
    pp.post("/keranjang", {"product_id": box.id, "quantity": "300"})
    page = pp.get("/kirim").text
    assert "Belanja dipecah di bawah batas" in page
    assert "menjadi Rp12.000.000 dan melewati batas Rp10.000.000" in page
    assert session.get_one(Order, first).number in page
    form = checkout_form(page, crew, headcount="200")
    # Rubbish in what the rules look at is left out by them, and told at sending.
    for wrong in ({"deliver.at": "9999-12-31T23:59:59+00:00"}, {"deliver.at": "0001-01-01T00:00"}, {"headcount": "٣"},
                  {"headcount": "9" * 30}, {"headcount": "0"}, {"purpose": "\0" + "a" * 999}):  # fmt: skip
        pp.post("/kirim", {**form, **wrong, "act": "recount"}, 200)
    # What is too short to be an explanation is refused with everything kept, and nothing is sent.
    page = pp.post("/kirim", {**form, "risk_note": "ya"}, 422).text
    assert "10 sampai 500 huruf" in page
    assert ">\nya</textarea>" in page
    assert "300 porsi Snack kotak untuk 200 orang" in page
    assert session.scalar(select(func.count()).select_from(Order)) == 1
    # A warning never blocks: with words or without, the order goes out.
    pp.post("/kirim", {**form, "risk_note": f" {WORDS}\0 "})
    session.rollback()
    sent = session.scalar(select(func.max(Order.id)))
    assert session.execute(select(RiskNote.order_id, RiskNote.words, RiskNote.before_sending)).all() == [
        (sent, WORDS, True)
    ]
    work(app, now)
    assert {"splitting", "over_headcount"} <= set(live(sent))
    assert live(sent)["splitting"]["orders"] == [[first, session.get_one(Order, first).number]]
    for who in (crew.pp, crew.ppk, crew.bendahara, auditor):
        page = person(who).get(f"/pesanan/{sent}").text
        assert "melewati batas Rp10.000.000" in page
        assert WORDS in page
    for path in (f"/pesanan/{sent}", "/pesanan/masuk", "/meja"):
        page = person(crew.producer).get(path).text
        assert "auditor" not in page.lower()
        assert WORDS not in page
    person(crew.producer).get(f"/pesanan/{sent}/risiko", 403)
    assert trail.verify().first_broken is None


def test_judging_again_changes_nothing_and_nothing_is_lost(app, crew, box, person, now):
    with unit_of_work():
        makers.make_certificate(box)
    big = order(crew, now - timedelta(days=3), box, 600)
    with unit_of_work():
        confirming.cancel(crew.pp, big, 1, "event_off", "", now)
    again = order(crew, now, box, 490)
    work(app, now)
    assert {"cancel_reorder", "below_limit", "over_headcount"} <= set(live(again))
    before = live(again)
    assert "0 tanda baru, 0 tidak berlaku" in app.test_cli_runner().invoke(args=["risk", "rerun"]).output
    assert live(again) == before
    with unit_of_work():
        session.execute(update(Order).where(Order.id == again).values(headcount=500))
    later = now + timedelta(hours=1)
    with unit_of_work():
        change = flagging.judge_order(again, later)
        assert flagging.judge_order(999_999, later) == flagging.Change()
    assert (change.raised, change.superseded) == (0, 1)
    assert set(before) - set(live(again)) == {"over_headcount"}
    gone = session.scalars(select(RiskFlag).where(RiskFlag.rule == "over_headcount", RiskFlag.order_id == again)).one()
    assert gone.superseded_at == later
    page = person(crew.ppk).get(f"/pesanan/{again}/risiko").text
    assert "Yang tidak berlaku lagi (1)" in page
    output = app.test_cli_runner().invoke(args=["risk", "rerun", "--since", "2026-11-19"]).output
    assert output.startswith("1 pesanan dinilai")


def test_what_the_facts_are_gathered_from(app, crew, now):
    """Prices and first showing from the kept versions, ties from both tables, the year from the packages."""
    with unit_of_work():
        product = makers.make_product(crew.vendor, price=20_000, serves=2)
        for days, price in ((90, 15_000), (70, 16_000), (5, 20_000)):
            product.price, product.version = price, product.version + 1
            session.flush()
            versions.keep_version(crew.producer, product, now - timedelta(days=days))
        session.add(
            ConflictOfInterest(
                user_id=crew.ppk.user_id, vendor_id=crew.vendor.id, relation="adik", told_by=1, told_at=now
            )
        )
        makers.make_actor("vendor_staff", vendor_id=crew.vendor.id, user_id=crew.pp.user_id)
        # Eight boxes paid last month at Rp 19,000, and many this month that do not count yet: an old order is judged
        # again by what was known then.
        for month, price, lines in ((date(2026, 10, 1), 19_000, 8), (date(2026, 11, 1), 30_000, 99)):
            session.add(PriceCount(category_code="snack-kotak", unit="kotak", kecamatan_code="", month=month, price=price,
                                   lines=lines))  # fmt: skip
    made = [order(crew, now + timedelta(minutes=n), product, 30) for n in range(2)]
    (purchase,) = gathering.purchases([flagging._draft(made[1])])
    (goods,) = purchase.goods
    assert goods.prices == ((now - timedelta(days=70), 16_000), (now - timedelta(days=5), 20_000))
    assert goods.first_seen == now - timedelta(days=90)
    assert (goods.food, goods.portions, goods.band_high, goods.band_count) == (True, 60, 19_000, 8)
    assert goods.top == Top(24_000, 10_000, per_person=True)
    assert purchase.ties == ("pp", "ppk")
    assert [one.id for one in purchase.earlier] == [made[0]]
    share = purchase.shares["snack-kotak"]
    assert (share.office_amount, share.vendor_amount, share.vendor_orders) == (600_000, 600_000, 1)
    assert {"price_rise", "conflict", "above_price"} <= {one.finding.code for one in register.judge(purchase)}


def test_the_office_explains_and_nobody_else_does(crew, box, auditor, person, now):
    number = order(crew, now, box, 500)
    path = f"/pesanan/{number}/risiko"
    with unit_of_work():
        stranger = makers.make_crew()
    ppk = person(crew.ppk)
    for words in (" ", "", "\0", "pendek", "a" * 501):
        page = ppk.post(path, {"risk_note": words}, 422).text
        assert "10 sampai 500 huruf" in page
    assert ">\n" + "a" * 501 + "</textarea>" in page
    ppk.post(path, {"risk_note": WORDS})
    assert WORDS in ppk.get(path).text
    for who in (stranger.pp, stranger.ppk):
        person(who).get(path, 404)
        person(who).post(path, {"risk_note": WORDS}, 404)
    person(auditor).get(path)
    person(auditor).post(path, {"risk_note": WORDS}, 403)
    person(crew.bendahara).post(path, {"risk_note": WORDS}, 403)
    for turn in range(19):
        ppk.post(path, {"risk_note": f"{WORDS} {turn}"})
    assert "sudah 20" in ppk.post(path, {"risk_note": WORDS}, 409).text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(RiskNote)) == 20


def test_the_auditors_list_is_narrowed_paged_and_downloaded_in_one_statement_a_page(
    app, crew, auditor, person, now, statements
):
    with unit_of_work():
        other = makers.make_crew()
        box = makers.make_product(crew.vendor, price=20_000)
        made = [
            makers.make_sent_order(who, now + timedelta(minutes=n), (box, 490)).id
            for n, who in enumerate((crew, other, crew))
        ]
        for number in made:
            flagging.judge_order(number, now + timedelta(hours=1))
        # Enough for three pages, without thirty orders more.
        session.execute(
            RiskFlag.__table__.insert(),
            [
                {"order_id": made[2], "office_id": crew.office_id, "month": now.date().replace(day=1),
                 "rule": f"old_{n}", "rule_from": now.date(), "facts": {}, "raised_at": now, "superseded_at": now}
                for n in range(40)
            ],
        )  # fmt: skip
    session.rollback()
    browser = person(auditor)
    page = browser.get("/audit/risiko").text
    assert page.index(f"/pesanan/{made[2]}/risiko") < page.index(f"/pesanan/{made[1]}/risiko")
    assert page.count("Nilai tepat di bawah batas</b>") == 3
    code = session.scalar(select(Order.number).where(Order.id == made[1])).split("/")[2]
    narrowed = browser.get(f"/audit/risiko?aturan=below_limit&kantor={code}&bulan=2026-11").text
    assert narrowed.count('data-label="Tanda"') == 1
    assert "Tidak ada tanda" in browser.get("/audit/risiko?bulan=2026-10").text
    for wrong in (
        "aturan=tidak-ada",
        "kantor=%00",
        "bulan=2026-13",
        "bulan=%D9%A3026-11",
        "setelah=9-x",
        "setelah=" + "9" * 30,
    ):
        browser.get(f"/audit/risiko?{wrong}", 422)
        browser.get(f"/audit/risiko.csv?{wrong}", 422)
    rows = list(csv.DictReader(io.StringIO(browser.get("/audit/risiko.csv?aturan=below_limit").text)))
    assert [row["total"] for row in rows] == ["9800000"] * 3
    from shop.risk import reading

    first = reading.flags(auditor, reading.Wanted(), 2)
    second = reading.flags(auditor, reading.Wanted(after=reading.place_from(first.following)), 100)
    seen = [(row.order_id, row.finding.code) for row in (*first.rows, *second.rows)]
    assert seen == sorted(set(seen), reverse=True)
    assert second.following is None
    with statements() as asked:
        reading.flags(auditor, reading.Wanted())
    assert len(asked) == 1
    for who in (crew.pp, crew.ppk, crew.producer):
        person(who).get("/audit/risiko", 403)


def test_facts_cost_the_same_statements_however_much_there_is(app, crew, box, person, now, statements):
    def asked(number):
        session.rollback()
        with statements() as seen:
            register.judge(gathering.purchases([flagging._draft(number)])[0])
        return len(seen)

    asked(order(crew, now, box, 3))  # holidays and rules are read once
    few = asked(order(crew, now, box, 3))
    with unit_of_work():
        for n in range(12):
            makers.make_sent_order(crew, now + timedelta(minutes=n), (box, 1), (makers.make_product(crew.vendor), 1))
    session.rollback()
    assert asked(session.scalar(select(func.max(Order.id)))) == few <= 9


def test_the_public_page_tells_every_rule_in_both_languages_without_signing_in(app, client):
    with app.app_context(), unit_of_work():
        makers.make_reference()
    page = client.get("/aturan-risiko").text
    english = client.get("/aturan-risiko?lang=en").text
    for rule in register.RULES.values():
        assert f'id="{rule.code}"' in page
        assert rule.title in page
        assert rule.title not in english
    assert "Rp2.000.000, Rp10.000.000, Rp50.000.000, Rp200.000.000" in page
    assert "belum pasti" in page
    assert "not certain" in english
