"""The pages of curation: a queue that costs the same however many wait, one case, verdict and next, the producer's story."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from shop.catalog.models import Product
from shop.curation import queue, submitting
from shop.curation.models import CurationCase
from shop.db import session, unit_of_work
from shop.vendors.models import VendorPaper
from tests import makers
from tests.curation.conftest import ACCEPT, judge, refuse

TEBET = "31.74.01"
SCORED = {f"score-{name}": "4" for name in ("taste", "packaging", "hygiene", "halal", "photo")}
GOODS = {"category_code": "atk"}


def many(count, now, **changed):
    """Let `count` further listings wait, written as rows: what is tested is reading them."""
    vendor = makers.make_vendor()
    content = {"name": "Snack", "category_code": "snack-kotak", "photos": []}
    for number in range(count):
        product = makers.make_product(vendor, state="submitted")
        row = {
            "product_id": product.id,
            "vendor_id": vendor.id,
            "kecamatan_code": makers.GAMBIR,
            "round": 1,
            "state": "kecamatan",
            "content": content | {"name": f"Snack {number:03}"},
            "recheck": False,
            "lane": "food",
            "submitted_at": now,
            "waiting_since": now + timedelta(minutes=number),
            "version": 1,
        }
        session.execute(insert(CurationCase).values(**row | changed))


def version(number):
    session.rollback()
    return session.execute(select(CurationCase.version).where(CurationCase.id == number)).scalar_one()


def decide(browser, number, status=303, query="", **fields):
    return browser.post(f"/kurasi/{number}{query}", {"version": version(number), **fields}, status)


def names(page):
    return re.findall(r'<a class="cover" href="/kurasi/[^"]*">([^<]*)</a>', page)


def test_each_hat_sees_what_waits_at_its_own_stage_and_place_oldest_first(table, person, now):
    with unit_of_work():
        makers.make_case(None, now - timedelta(days=3), name="Lebih lama")
        makers.make_case(makers.make_vendor(kecamatan_code=TEBET), now, name="Dari Tebet")
        onward = makers.make_case(None, now, name="Sudah di provinsi").id
    judge(table.gambir, onward, ACCEPT, now)
    page = person(table.gambir).get("/kurasi").text
    assert names(page) == ["Lebih lama", "Keripik singkong"]
    assert "Menunggu 3 hari" in page
    assert "2 produk" in page
    assert names(person(table.province).get("/kurasi").text) == ["Sudah di provinsi"]


def test_the_queue_is_filtered_by_kind_and_by_what_is_looked_at_again(table, person, now):
    with unit_of_work():
        makers.make_case(None, now, name="Pulpen", **GOODS)
    judge(table.gambir, table.case_id, refuse(), now)
    browser = person(table.gambir)
    assert names(browser.get("/kurasi?jalur=goods").text) == ["Pulpen"]
    for lane in ("food", "recheck", "service"):
        assert "Tidak ada yang menunggu di sini" in browser.get(f"/kurasi?jalur={lane}").text
    for wrong in ("jalur=apa", "setelah=besok", "setelah=-1", "setelah=" + "9" * 40 + "-1", "setelah=1-"):
        browser.get(f"/kurasi?{wrong}", 422)


def test_pages_follow_each_other_without_gap_or_repeat_while_cases_are_decided(table, person, now):
    with unit_of_work():
        many(45, now)
    browser, seen, path = person(table.gambir), [], "/kurasi"
    while path:
        page = browser.get(path).text
        seen += names(page)
        if len(seen) == queue.SIZE:  # what is decided meanwhile moves no other row to another page
            judge(table.gambir, table.case_id, ACCEPT, now)
        found = re.search(r'<a rel="next" href="([^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else None
    assert sorted(seen) == ["Keripik singkong", *(f"Snack {n:03}" for n in range(45))]


def test_the_queue_asks_the_same_few_questions_for_three_as_for_many(table, person, now, statements):
    browser = person(table.gambir)
    browser.get("/kurasi")
    with statements() as few:
        browser.get("/kurasi")
    with unit_of_work():
        many(60, now)
    with statements() as lots:
        browser.get("/kurasi")
    assert len(lots) == len(few) <= 7


def test_a_case_and_its_story_ask_the_same_questions_after_many_rounds(table, person, now, statements):
    curator, owner = person(table.gambir), person(table.owner)
    pages = (curator, f"/kurasi/{table.case_id}"), (owner, f"/produk-saya/{table.product_id}/kurasi")
    counted = []
    for _ in range(2):
        for browser, path in pages:
            browser.get(path)
            with statements() as asked:
                browser.get(path)
            counted.append(len(asked))
        for _round in range(4):
            with unit_of_work():
                row = session.get_one(Product, table.product_id)
                submitting.withdraw(table.owner, row.id, row.version, now)
                session.flush()
                latest = submitting.submit(table.owner, row.id, row.version, now)
        pages = (curator, f"/kurasi/{latest}"), pages[1]
    assert counted[:2] == counted[2:]
    assert max(counted) <= 18


@pytest.mark.sqlite_only
@pytest.mark.parametrize("lane", [None, "food"])
def test_queue_and_neighbours_walk_along_an_index_and_sort_nothing(table, now, statements, lane):
    case = session.get_one(CurationCase, table.case_id)
    with statements() as asked:
        queue.read_queue(table.gambir, lane, queue.place_of(now, 1), now)
        queue.beside(table.province, case, lane, now)
    for statement in [one for one in asked if "FROM curation_case" in one]:
        bound = ("'x'",) * statement.count("?")
        plan = " ".join(row[-1] for row in session.execute(text(_filled("EXPLAIN QUERY PLAN " + statement, bound))))
        assert "TEMP B-TREE" not in plan, (statement, plan)
        assert "SCAN curation_case" not in plan, (statement, plan)


def _filled(statement, values):
    for value in values:
        statement = statement.replace("?", value, 1)
    return statement


def test_more_than_999_are_not_counted_out(table, person, now, monkeypatch):
    monkeypatch.setattr(queue, "MOST", 2)
    with unit_of_work():
        many(5, now)
    assert queue.count(table.gambir, None, now) == 3


def test_a_case_shows_the_listing_as_handed_in_its_papers_and_what_stands_against_it(table, person, now):
    from datetime import date

    with unit_of_work():
        for kind, number, until in (
            ("halal", "ID3111", date(2026, 11, 19)),
            ("pirt", "2053171", date(2027, 1, 1)),
            ("nib", "9120001234567", None),
        ):
            session.add(
                VendorPaper(
                    vendor_id=table.vendor_id,
                    kind=kind,
                    number=number,
                    issued_on=date(2025, 1, 1),
                    valid_until=until,
                    added_at=now,
                )
            )
        session.get_one(Product, table.product_id).name = "Sudah diganti sesudahnya"
    page = person(table.gambir).get(f"/kurasi/{table.case_id}").text
    assert "Keripik singkong" in page
    assert "Sudah diganti" not in page
    assert "Hari terakhir: 19 Nov 2026" in page
    assert "Sudah berakhir, tidak dihitung" in page
    assert "Hari terakhir: 1 Jan 2027" in page
    assert "tidak ada sertifikat halal yang berlaku hari ini" in page
    assert "9120001234567" not in page
    assert "•••• 4567" in page


def test_after_a_verdict_the_next_case_of_the_same_part_opens_and_after_the_last_the_queue(table, person, now):
    with unit_of_work():
        second = makers.make_case(None, now + timedelta(minutes=1)).id
        makers.make_case(None, now + timedelta(minutes=2), **GOODS)
        third = makers.make_case(None, now + timedelta(minutes=3)).id
    browser = person(table.gambir)
    page = browser.get(f"/kurasi/{second}?jalur=food").text
    assert f'rel="prev" href="/kurasi/{table.case_id}?jalur=food"' in page
    assert f'rel="next" href="/kurasi/{third}?jalur=food"' in page
    answer = decide(browser, second, query="?jalur=food", **SCORED, decision="accept")
    assert answer.location == f"/kurasi/{third}?jalur=food"
    # After the youngest comes the oldest again, until nothing is left.
    assert decide(browser, third, query="?jalur=food", decision="refuse", reasons="label").location.startswith(
        f"/kurasi/{table.case_id}"
    )
    assert decide(browser, table.case_id, query="?jalur=food", **SCORED, decision="accept").location == (
        "/kurasi?jalur=food"
    )


def test_a_wrong_verdict_keeps_what_was_ticked_and_the_late_one_hears_why(table, person, now):
    browser = person(table.gambir)
    page = decide(
        browser, table.case_id, 422, **SCORED | {"score-taste": "9"}, decision="refuse", words="Kurang asin"
    ).text
    assert "Kurang asin" in page
    assert 'href="#f-score-taste"' in page
    assert 'href="#f-reasons"' in page
    assert page.count(" checked") == 5  # four scores and the decision
    late = version(table.case_id)
    judge(table.gambir, table.case_id, ACCEPT, now)
    with unit_of_work():
        other = makers.make_curator()
    page = person(other).post(f"/kurasi/{table.case_id}", {"version": late, **SCORED, "decision": "accept"}, 409).text
    assert "kurator lain memutuskannya" in page


def test_who_steps_aside_sees_the_producer_no_more_and_the_others_still_do(table, person, now):
    with unit_of_work():
        other, third = makers.make_curator(), makers.make_case(None, now + timedelta(minutes=5)).id
    browser = person(table.gambir)
    browser.post(f"/kurasi/{table.case_id}/benturan", {"note": " "}, 422)
    answer = browser.post(f"/kurasi/{table.case_id}/benturan", {"note": "sepupu saya"})
    assert answer.location == f"/kurasi/{third}"
    assert "Keripik singkong" not in names(browser.get("/kurasi").text)
    page = browser.get(f"/kurasi/{table.case_id}").text
    assert "kurator lain yang menilainya" in page
    assert "score-taste" not in page
    decide(browser, table.case_id, 403, **SCORED, decision="accept")
    browser.post(f"/kurasi/{table.case_id}/benturan", {"note": "sepupu saya"})  # told twice changes nothing
    assert "Keripik singkong" in names(person(other).get("/kurasi").text)


def test_the_producer_reads_where_it_is_why_it_was_refused_and_how_to_mend_it(table, person, now):
    browser, path = person(table.owner), f"/produk-saya/{table.product_id}/kurasi"
    page = browser.get(path).text
    assert "Menunggu kurator kecamatan" in page
    assert "Menunggu sejak Jumat, 20 November 2026" in page
    judge(table.gambir, table.case_id, refuse("label", "other", words="Label terbalik."), now)
    page = browser.get(path).text
    assert "Label belum lengkap" in page
    assert "Cantumkan nama produk" in page
    assert "Label terbalik." in page
    assert f'href="/produk-saya/{table.product_id}"' in page
    assert table.gambir.name not in page  # curators are not named to those they judge


def test_strangers_find_nothing(table, person, now):
    with unit_of_work():
        stranger = makers.make_actor("vendor_owner", vendor_id=makers.make_vendor().id)
        tebet = makers.make_curator(TEBET)
    person(stranger).get(f"/produk-saya/{table.product_id}/kurasi", 404)
    person(stranger).get(f"/kurasi/{table.case_id}", 403)
    person(tebet).get(f"/kurasi/{table.case_id}", 404)
    person(tebet).post(f"/kurasi/{table.case_id}", {"version": 1, **SCORED, "decision": "accept"}, 404)
    person(tebet).post(f"/kurasi/{table.case_id}/benturan", {"note": "sepupu"}, 404)


def test_the_desk_of_a_curator_leads_to_the_queue(table, person):
    page = person(table.gambir).get("/meja").text
    assert "Menunggu kurasi Anda" in page
    assert 'href="/kurasi"' in page
