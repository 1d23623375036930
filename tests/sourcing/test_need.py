"""From the need: only who can, and whatever is offered can really be placed; why the others fell out; who comes first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from shop.base.errors import Conflict, Invalid
from shop.catalog.models import CapacityDay, LeadTier, PriceTier, Product
from shop.db import session, unit_of_work
from shop.orders import cart, track_record
from shop.orders.models import CartLine, Order
from shop.orders.placing import place_order
from shop.orders.wish import Delivery, WantedLine
from shop.sourcing import need_search, record_reading
from shop.sourcing.able import REASONS, REFUSED
from shop.sourcing.need import CHEAP, NEAR, PUNCTUAL, Need
from shop.vendors.models import ClosedDay, DeliveryArea, Vendor
from tests import makers

SERVED = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
"""Wednesday 25 November at ten in Jakarta; now is Friday 20 November, ten o'clock."""
MENTENG, PASAR_MINGGU = "31.71.06", "31.74.04"
NEED = Need(headcount=40, at=SERVED, kecamatan=makers.GAMBIR, shelf="snack-kotak")


@pytest.fixture
def crew(app):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            made = makers.make_crew(pagu=2_000_000_000)
        yield made


def kitchen(vendor=None, product=None):
    """One producer with one box."""
    return makers.make_product(makers.make_vendor(**(vendor or {})), **(product or {}))


def who_can(crew, need, now):
    return [row.offer.id for row in need_search.find(crew.pp, need, now).found]


def order_of(crew, need, product_id, pieces, total):
    wish = makers.make_wish(crew, total=total, headcount=need.headcount)
    place = Delivery("Kantor Kelurahan, Jl. Medan Merdeka 1", need.kecamatan, need.at)
    return replace(wish, lines=(WantedLine(product_id, pieces),), delivery=place)


def street(now):
    """One kitchen for each reason, and three that can. Returns {reason or name: product}."""
    made = {
        "plain": kitchen(),
        "serves": kitchen(product={"serves": 8, "price": 150_000, "unit": "tampah"}),
        "tiers": kitchen(product={"price": 30_000}),
        "off": kitchen(product={"sold_out": True}),
        "closed": kitchen({"closed_weekdays": 1 << 2}),
        "holiday": kitchen(),
        "far": kitchen(),
        "lead": kitchen(product={"lead_time_hours": 24}),
        "slow": kitchen(product={"lead_time_hours": 24 * 6}),
        "full": kitchen(product={"daily_capacity": 60}),
        "small": kitchen(product={"daily_capacity": 39}),
        "stock": kitchen(product={"stock": 39}),
        "least": kitchen(product={"min_order": 41}),
        "paused": kitchen({"state": "paused"}),
        "draft": kitchen(product={"state": "paused"}),
    }
    session.add_all(
        [
            PriceTier(product_id=made["tiers"].id, min_quantity=40, price=22_000),
            DeliveryArea(vendor_id=made["tiers"].vendor_id, kecamatan_code=makers.GAMBIR, cost=40_000),
            DeliveryArea(vendor_id=made["far"].vendor_id, kecamatan_code=MENTENG, cost=0),
            ClosedDay(vendor_id=made["holiday"].vendor_id, day=date(2026, 11, 25)),
            LeadTier(product_id=made["lead"].id, min_quantity=40, hours=24 * 7),
            CapacityDay(product_id=made["full"].id, day=date(2026, 11, 25), booked=21),
        ]
    )
    session.flush()
    return made


def test_what_is_offered_can_be_placed_and_what_falls_out_for_a_reason_cannot(crew, now):
    with unit_of_work():
        made = street(now)
        ids = {name: product.id for name, product in made.items()}
    answer = need_search.find(crew.pp, NEED, now)
    assert {row.offer.id for row in answer.found} == {ids[name] for name in ("plain", "serves", "tiers")}
    assert answer.whole
    assert answer.seen == len(made) - 1  # the draft does not even stand on the shelf
    told = dict(answer.fallen)
    expected = {"off": 2, "closed": 2, "far": 1, "lead": 2, "full": 2, "stock": 1, "least": 1}
    assert told == {REASONS[reason]: number for reason, number in expected.items()}
    by_id = {row.offer.id: row for row in answer.found}
    assert (by_id[ids["serves"]].pieces, by_id[ids["serves"]].per_head) == (5, 18_750)  # eight at one tray
    tiers = by_id[ids["tiers"]]
    assert (tiers.total, tiers.per_head, tiers.shipping) == (40 * 22_000 + 40_000, 23_000, 40_000)
    for number, row in enumerate(answer.found):
        with unit_of_work():
            wish = order_of(crew, NEED, row.offer.id, row.pieces, row.total)
            assert place_order(crew.pp, wish, f"bisa-{number:08d}", now).order_ids
    refused = set(ids) - {"plain", "serves", "tiers"}
    for name in sorted(refused):
        wish = order_of(crew, NEED, ids[name], 40, 40 * 18_500)
        with pytest.raises((Conflict, Invalid)) as told_why, unit_of_work():
            place_order(crew.pp, wish, f"tidak-{name:>8}".replace(" ", "x"), now)
        assert getattr(told_why.value, "kind", "") != "total-changed", name
    assert set(expected) <= REFUSED


def test_wishes_about_food_and_money_leave_out_what_placing_would_take(crew, now):
    with unit_of_work():
        sure, ends, bare = (makers.make_vendor() for _ in range(3))
        makers.make_paper(sure)
        makers.make_paper(ends, valid_until=date(2026, 11, 24))  # counts today, not on the day of serving
        halal = [makers.make_product(v, halal=True, price=20_000).id for v in (sure, ends, bare)]
        green = kitchen(product={"attributes": {"vegetarian": "ya"}, "allergens": ["none"], "price": 26_000}).id
        nutty = kitchen(product={"allergens": ["peanut", "egg"], "price": 24_000}).id
        early = kitchen({"opens_at": 11 * 60, "closes_at": 20 * 60}).id
    assert early not in who_can(crew, NEED, now)
    assert early in who_can(crew, replace(NEED, at=SERVED + timedelta(hours=2)), now)
    assert who_can(crew, replace(NEED, halal=True), now) == [halal[0]]
    assert who_can(crew, replace(NEED, vegetarian=True), now) == [green]
    # An allergen that was never stated is not absent: only who says that there is none, or names others, is offered.
    assert set(who_can(crew, replace(NEED, avoid=frozenset({"peanut"})), now)) == {green}
    assert set(who_can(crew, replace(NEED, avoid=frozenset({"milk"})), now)) == {green, nutty}
    assert set(who_can(crew, replace(NEED, budget=20_000), now)) == set(halal)
    few = need_search.find(crew.pp, replace(NEED, budget=19_999), now)
    assert not few.found
    assert [(c.budget, c.producers) for c in few.changes if c.budget] == [(20_000, 3)]
    assert set(who_can(crew, replace(NEED, budget=20_000), now)) == set(halal)


def test_few_who_can_hear_what_would_help_and_it_is_true(crew, now):
    tomorrow = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday
    with unit_of_work():
        for hours in (73, 73, 73):
            kitchen(product={"lead_time_hours": hours})
        weekday = kitchen({"closed_weekdays": 1}).id
        kitchen(product={"daily_capacity": 25})
        kitchen(product={"daily_capacity": 30})
    need = replace(NEED, at=tomorrow)
    answer = need_search.find(crew.pp, need, now)
    assert not answer.found
    later, next_day = answer.changes
    assert (later.at, later.producers) == (tomorrow + timedelta(hours=2), 3)
    assert (next_day.at, next_day.producers) == (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), 4)
    for change in answer.changes:
        assert len(who_can(crew, need.moved(change.at), now)) == change.producers
    assert weekday in who_can(crew, need.moved(next_day.at), now)
    # Forty are too many for either small kitchen; together they serve everybody, and both orders can be placed.
    assert [(part.pieces, part.people) for part in answer.together] == [(30, 30), (10, 10)]
    with unit_of_work():
        total = sum(part.total for part in answer.together)
        wish = order_of(crew, need, answer.together[0].offer.id, 30, total)
        lines = tuple(WantedLine(part.offer.id, part.pieces) for part in answer.together)
        assert len(place_order(crew.pp, replace(wish, lines=lines), "bersama-0001", now).order_ids) == 2
    crowd = need_search.find(crew.pp, replace(need, headcount=10_000), now)
    assert (crowd.together, crowd.together_people) == ((), 15)  # forty of their fifty-five are taken by now


def test_the_fair_order_lets_those_come_first_whom_the_office_has_not_chosen(crew, now):
    with unit_of_work():
        often, once, never, dear = (kitchen(product={"price": p}) for p in (10_000, 11_000, 18_000, 25_000))
        proven = kitchen(product={"price": 40_000})
        makers.make_certificate(proven)
        near = makers.make_crew(often)
        far = kitchen({"kecamatan_code": PASAR_MINGGU}, {"price": 9_000})
    for number, product in enumerate((often, often, once)):
        with unit_of_work():
            place_order(crew.pp, order_of(crew, NEED, product.id, 1, product.price), f"pilih-{number:08d}", now)
    ids = [p.id for p in (proven, far, never, dear, once, often)]
    assert who_can(crew, NEED, now) == ids
    assert who_can(crew, replace(NEED, order=CHEAP), now)[:3] == [far.id, often.id, once.id]
    assert who_can(crew, replace(NEED, order=NEAR), now)[-1] == far.id
    # Another office has chosen nobody, and a new quarter begins anew.
    assert who_can(near, NEED, now)[0] == proven.id
    assert who_can(near, NEED, now)[1] == far.id
    january = datetime(2027, 1, 4, 3, 0, tzinfo=UTC)
    assert who_can(crew, replace(NEED, at=january + timedelta(days=3)), january)[:2] == [far.id, often.id]
    assert track_record.quarter_of(january) == 20271
    # Equals take turns: over some days each of five alike stands first at least once, and all day long it is the same one.
    with unit_of_work():
        session.execute(Product.__table__.update().values(sold_out=True))
        alike = {kitchen(product={"price": 18_000}).id for _ in range(5)}
    firsts = set()
    for days in range(60):
        day = now + timedelta(days=days)
        found = [
            who_can(crew, NEED.moved(day + timedelta(days=5)), moment) for moment in (day, day + timedelta(hours=5))
        ]
        assert found[0] == found[1]
        firsts.add(found[0][0])
    assert len(firsts) >= 4, firsts
    assert firsts <= alike


def test_one_producer_has_one_card_and_punctuality_needs_five_deliveries(crew, now, person):
    with unit_of_work():
        makers.make_product(crew.vendor, price=30_000)
        best = makers.make_product(crew.vendor, price=20_000)
        newcomer, late = kitchen(product={"price": 19_000}), kitchen(product={"price": 18_000})
        session.add_all(
            [
                track_record.VendorRecord(vendor_id=crew.vendor.id, answered=20, refused=1, expired=1, delivered=20, on_time=18),
                track_record.VendorRecord(vendor_id=newcomer.vendor_id, answered=4, refused=0, expired=0, delivered=4, on_time=4),
                track_record.VendorRecord(vendor_id=late.vendor_id, answered=10, refused=0, expired=0, delivered=10, on_time=2),
            ]
        )  # fmt: skip
    found = need_search.find(crew.pp, replace(NEED, order=PUNCTUAL), now).found
    assert [row.offer.id for row in found] == [best.id, late.id, newcomer.id]
    assert found[0].others == 1
    page = (
        person(crew.pp)
        .get(f"/kebutuhan?orang=40&tiba=2026-11-25T10:00&kecamatan={makers.GAMBIR}&jenis=snack-kotak")
        .text
    )
    assert "Tepat waktu 18 dari 20" in page
    assert "menolak atau tidak menjawab 2 dari 22 pesanan" in page
    assert "4 dari 4" not in page  # four deliveries say more about chance
    assert page.count("belum cukup catatan") == 1


def test_from_the_desk_to_a_sent_order_nothing_is_typed_twice(crew, now, person):
    with unit_of_work():
        makers.make_sent_order(crew, now)  # the office's last: thirty people, at the kelurahan in Gambir
        kitchen(product={"price": 24_000, "unit": "dus"})
    browser = person(crew.pp)
    assert 'href="/kebutuhan"' in browser.get("/meja").text
    page = browser.get("/kebutuhan").text
    assert 'value="30"' in page
    assert 'value="2026-11-23T10:00"' in page  # the next working day
    action, product, pieces = re.search(
        r'action="(/kebutuhan/keranjang\?[^"]*)".*?name="product_id" value="(\d+)".*?name="quantity" value="(\d+)"', page, re.DOTALL
    ).groups()  # fmt: skip
    action = action.replace("&amp;", "&")
    assert pieces == "30"
    for bad in (
        {"product_id": product},
        {"product_id": "0", "quantity": "1"},
        {"product_id": "\0", "quantity": "x"},
        {},
    ):
        assert browser.post(action, bad, status=404 if bad.get("product_id") == "0" else 422)
    assert session.scalar(select(func.count()).select_from(CartLine)) == 0
    for _twice in range(2):  # the same tap again sets the same number, it does not add
        answer = browser.post(action, {"product_id": product, "quantity": pieces})
        assert answer.location == "/kirim"
    session.rollback()  # look anew
    assert [line.quantity for line in cart.read(crew.pp, now.date())] == [30]
    form = browser.get("/kirim").text
    for words in (
        'value="30"',
        "Rapat koordinasi RW",
        'value="2026-11-23T10:00"',
        "Kantor Kelurahan, Jl. Medan Merdeka 1",
    ):
        assert words in form
    sent = dict(re.findall(r'<input type="hidden" name="(key|shown_total|product_id|note)" value="([^"]*)"', form))
    sent |= {"package_id": str(crew.package_id), "purpose": "Rapat koordinasi RW", "headcount": "30", "quantity": "30",
             "deliver.at": "2026-11-23T10:00", "deliver.address": "Kantor Kelurahan, Jl. Medan Merdeka 1",
             "deliver.kecamatan": makers.GAMBIR, "act": "send"}  # fmt: skip
    assert browser.post("/kirim", sent).location.startswith("/kirim/selesai")
    session.rollback()
    placed = session.scalars(select(Order).order_by(Order.id.desc())).first()
    assert (placed.headcount, placed.purpose) == (30, "Rapat koordinasi RW")
    # Taken straight from the need: its step is in the record, and the reader sees for how many people it was.
    record = record_reading.record_of(placed.id)
    assert [(step["kind"], step["asked"]["headcount"]) for step in record.steps] == [("need", 30)]
    assert record.steps[0]["ranked"]
    assert record.lines[0]["first_id"] == int(product)
    # Compared for the people of the need: as many pieces as feed them, the need kept on every way out.
    hers = {"orang": "40", "tiba": "2026-11-25T10:00", "kecamatan": makers.GAMBIR, "jenis": "snack-kotak"}
    to = browser.get("/kebutuhan/banding", status=303, query_string={**hers, "produk": product}).location
    assert "orang=40" in to
    page = browser.get(to).text
    assert "Harga di sini untuk 40 orang" in page
    assert 'name="quantity" value="40"' in page
    assert 'action="/kebutuhan/keranjang?orang=40' in page
    assert "Tepat waktu" in page
    for rubbish in ("orang=0", "orang=x&tiba=%00", "orang=40&tiba=1999-01-01T10:00", "orang=" + "9" * 30):
        assert "Harga di sini untuk" not in browser.get(f"/banding?produk={product}&{rubbish}").text
    answer = browser.get(
        "/kebutuhan/banding?produk=3&produk=4&produk=3&produk=x&produk=5&produk=6&produk=7", status=303
    )
    assert answer.location == "/banding?produk=3,4,5,6"


def test_bad_input_is_answered_field_by_field_and_kept(crew, now, person):
    with unit_of_work():
        for _ in range(3):
            kitchen()
    browser = person(crew.pp)
    good = {"orang": "40", "tiba": "2026-11-25T10:00", "kecamatan": makers.GAMBIR, "jenis": "snack-kotak"}

    def ask(status=422, **changed):
        return browser.get("/kebutuhan", status, query_string=good | changed).text

    assert "3 produsen bisa" in ask(200)
    everything = ask(
        orang="0",
        tiba="2026-11-20T09:00",
        kecamatan="32.01.01",
        anggaran="0",
        jenis="nasi-padang",
        alamat="Ruang Mawar",
    )
    for said in ("1 sampai 100.000", "Waktu itu sudah lewat", "44 kecamatan", "lebih dari 0", "dari daftar"):
        assert said in everything
    for kept in ('value="0"', 'value="2026-11-20T09:00"', 'value="Ruang Mawar"'):
        assert kept in everything
    assert "Waktu itu terlalu jauh" in ask(tiba="2028-01-01T10:00")
    assert "Isi tanggal dan jam" in ask(tiba="besok")
    fitri = ask(tiba="2027-03-10T10:00")  # Lebaran of 2027, and the days off around it
    assert "hari libur" in fitri
    assert "Idul Fitri" in fitri
    assert 'name="libur"' in fitri
    assert "produsen bisa" not in fitri
    assert "3 produsen bisa" in ask(200, tiba="2027-03-10T10:00", libur="1")  # an explicit tick: some offices do work
    assert "Sabtu atau Minggu" in ask(200, tiba="2026-11-28T10:00")
    assert "3 produsen bisa" in ask(200, orang="10.000")  # kitchens without a limit say so
    other = makers.make_actor_of(crew.vendor.id)
    person(other).get("/kebutuhan", 403)


def test_cost_in_statements_does_not_grow_with_the_catalogue(crew, now, statements):
    def count(many):
        with unit_of_work():
            for _ in range(many):
                kitchen()
        need_search.find(crew.pp, NEED, now)
        session.rollback()
        with statements() as seen:
            answer = need_search.find(crew.pp, NEED, now)
        return len(seen), answer

    few, _answer = count(4)
    many, answer = count(60)
    assert many <= few + 2  # one more window, never one more for each product
    assert answer.producers >= 36
    assert len(answer.found) == need_search.PER_PAGE
    pages = [{row.offer.id for row in need_search.find(crew.pp, NEED, now, page).found} for page in (1, 2, 3, 99)]
    assert not pages[0] & pages[1]
    assert pages[3]  # beyond the end is the end
    assert session.scalar(select(func.count()).select_from(Vendor)) > answer.producers
