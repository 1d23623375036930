"""The public JSON door: figures, the lines behind them, and what may not be asked."""

from __future__ import annotations

import pytest

from shop.accounts.models import Office
from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.p3dn.posting import settle
from shop.p3dn.rules import MEASURES

MEAL, PAPER = "5.1.02.01.01.0052", "5.1.02.01.01.0025"


def get(client, path, **words):
    return client.get(f"/api/v1/p3dn/{path}", query_string=words)


def every_line(client, **words):
    items, cursor = [], {}
    while True:
        answer = get(client, "lines", per_page=2, **words, **cursor).get_json()
        items += answer["items"]
        if answer["next"] is None:
            return items
        cursor = {"cursor": answer["next"]}


def summed(items):
    return {name: sum(item[name] for item in items) for name in MEASURES}


def test_totals_name_system_moment_and_basis(posted, client):
    body = get(client, "totals", year=2026).get_json()
    assert body["system"] == "e-Order Jakpreneur"
    assert body["as_of"].startswith("2026-11-20T10:00")
    assert body["as_of"].endswith("+07:00")
    assert body["basis"] == "paid_gross_incl_tax_excl_shipping"
    assert (body["from"], body["to"], body["rows"]) == ("2026-01-01", "2026-12-31", [])
    assert body["total"] == {
        "planned": 900_000, "committed": 449_999, "paid_total": 449_999, "pdn_value": 350_000, "pdn_certified": 300_000,
        "tkdn_weighted": 140_000, "umk_value": 449_999, "orders": 2, "lines": 3,
    }  # fmt: skip


@pytest.mark.parametrize("group_by", ["office", "month", "account", "kecamatan", "vendor", "evidence"])
def test_rows_sum_to_the_total_and_open_to_their_lines(posted, client, group_by):
    body = get(client, "totals", year=2026, group_by=group_by).get_json()
    assert body["rows"]
    assert summed(body["rows"]) == body["total"]
    for row in body["rows"]:
        assert row["label"]
        behind = every_line(client, year=2026, **{group_by: row["key"]})
        assert summed(behind) == {name: row[name] for name in MEASURES}
        assert {item[group_by] for item in behind} == {row["key"]}


def test_plans_stand_under_a_key_of_their_own(posted, client):
    rows = get(client, "totals", year=2026, group_by="vendor").get_json()["rows"]
    plan = next(row for row in rows if row["key"] == "")
    assert (plan["label"], plan["planned"], plan["paid_total"]) == ("Belum dipesan (rencana)", 900_000, 0)


def test_filters_narrow_totals_and_lines_alike(posted, client):
    for words in ({"office": "OPD-2"}, {"account": PAPER}, {"from": "2026-09-01", "to": "2026-09-30"},
                  {"office": "OPD-1", "account": MEAL, "year": "2026"}, {"from": "2026-11-20"}, {"year": "2031"}):  # fmt: skip
        body = get(client, "totals", **words).get_json()
        assert summed(every_line(client, **words)) == body["total"]


def test_an_office_may_be_named_by_id_and_an_account_loosely(posted, client):
    by_code = get(client, "totals", office="OPD-1").get_json()["total"]
    with posted.app_context():
        number = session.query(Office.id).filter_by(code="OPD-1").scalar()
    assert get(client, "totals", office=number).get_json()["total"] == by_code
    assert get(client, "totals", account="5.1.2.01.01.0052").get_json()["total"]["planned"] == 900_000


def test_a_year_without_data_is_zero_not_an_error(posted, client):
    body = get(client, "totals", year=2019, group_by="office").get_json()
    assert body["rows"] == []
    assert set(body["total"].values()) == {0}


def test_an_empty_shop_answers(app, client):
    assert get(client, "totals").get_json()["total"]["planned"] == 0
    assert get(client, "lines").get_json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("path", "words", "field"),
    [
        ("totals", {"yaer": "2026"}, "yaer"),
        ("totals", {"year": "20x6"}, "year"),
        ("totals", {"year": "1"}, "year"),
        ("totals", {"year": ""}, "year"),
        ("totals", {"to": ""}, "to"),
        ("totals", {"year": ["2025", "2026"]}, "year"),
        ("totals", {"office": "a\x00b"}, "office"),
        ("totals", {"account": "52"}, "account"),
        ("totals", {"from": "20260101"}, "from"),
        ("totals", {"from": "2026-02-30"}, "from"),
        ("totals", {"group_by": "colour"}, "group_by"),
        ("totals", {"vendor": "7"}, "vendor"),
        ("lines", {"cursor": "x"}, "cursor"),
        ("lines", {"per_page": "101"}, "per_page"),
        ("lines", {"per_page": "0"}, "per_page"),
        ("lines", {"month": "2026-13"}, "month"),
        ("lines", {"evidence": "maybe"}, "evidence"),
        ("lines", {"vendor": "x"}, "vendor"),
        ("lines", {"measure": "profit"}, "measure"),
    ],
)
def test_what_cannot_be_asked_is_named(posted, client, path, words, field):
    answer = get(client, path, **words)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]
    assert answer.get_json()["errors"][0]["message"]


@pytest.mark.parametrize("office", ["OPD-404", "9" * 40, "0", "１"])
def test_an_office_that_is_not_there_is_not_found(posted, client, office):
    assert get(client, "totals", office=office).status_code == 404
    assert get(client, "lines", office=office).status_code == 404


@pytest.mark.parametrize(
    "words",
    [
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"year": "2025", "from": "2026-01-01"},
        {"year": "2026", "to": "2025-01-01"},
    ],
)
def test_days_that_exclude_each_other_select_nothing(posted, client, words):
    body = get(client, "totals", group_by="office", **words).get_json()
    assert (body["rows"], set(body["total"].values())) == ([], {0})
    assert get(client, "lines", **words).get_json() == {"items": [], "next": None}


def test_any_well_formed_cursor_is_a_place(posted, client):
    for cursor in ("0.0.0", "9999999.1.999999999999999999", "1.5.2"):
        assert get(client, "lines", cursor=cursor).status_code == 200


def test_far_away_days_are_no_burden(posted, client):
    words = {"from": "0001-01-01", "to": "9999-12-31"}
    assert get(client, "totals", **words).get_json()["total"] == get(client, "totals").get_json()["total"]
    assert get(client, "lines", **words).status_code == 200


def test_a_page_in_progress_is_not_torn_by_a_new_posting(posted, client, now, paid_fact):
    before = get(client, "totals").get_json()["total"]
    page = get(client, "lines", per_page=3).get_json()
    with posted.app_context():
        with unit_of_work():
            settle(SYSTEM, "order:9", [paid_fact(9, 91, 1, 7, value=1_000)], now)
        session.remove()
    rest, cursor = page["items"], page["next"]
    while cursor:
        page = get(client, "lines", per_page=3, cursor=cursor).get_json()
        rest, cursor = rest + page["items"], page["next"]
    assert summed(rest) == before


def test_a_line_carries_its_own_share_and_photograph(posted, client):
    item = next(i for i in every_line(client, office="OPD-1") if i["line"] == 11)
    assert item["month"] == "2026-11"
    assert (item["office"], item["office_name"], item["account"], item["vendor"]) == ("OPD-1", "Dinas Satu", MEAL, "7")
    assert (item["evidence"], item["tkdn_bp"], item["tkdn_weighted"], item["orders"]) == (
        "certified",
        4_000,
        120_000,
        1,
    )
