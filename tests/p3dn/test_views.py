"""The public pages: every figure is a link, every number names its system, and nothing divides by zero."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from shop.base.actor import SYSTEM
from shop.db import session, unit_of_work
from shop.p3dn.posting import settle_many
from shop.sheets import commas


def page(client, path, **words):
    answer = client.get(path, query_string=words)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_page_shows_shares_with_both_sides(posted, client):
    text = page(client, "/p3dn", year=2026)
    assert "77,78 %" in text  # 350.000 of 449.999
    assert "Rp350.000" in text
    assert "Rp449.999" in text
    assert "e-Order Jakpreneur" in text
    assert "Rumus BPKP" in text


def test_an_empty_year_shows_dashes_and_no_error(app, client):
    text = page(client, "/p3dn")
    assert "–" in text
    assert "Belum ada belanja" in text


@pytest.mark.parametrize("group_by", ["office", "month", "account", "kecamatan", "vendor", "evidence"])
def test_every_link_behind_a_figure_opens(posted, client, group_by):
    text = page(client, "/p3dn", year=2026, group_by=group_by)
    links = {unescape(link) for link in re.findall(r'href="(/p3dn/baris\?[^"]*)"', text)}
    assert len(links) > 8
    for link in sorted(links):
        assert client.get(link).status_code == 200


def test_the_chart_needs_no_inline_style(posted, client):
    text = page(client, "/p3dn", year=2026)
    assert "<svg" in text
    assert "style=" not in text
    assert not re.search(r"\son[a-z]+=", text)


def test_the_lines_page_says_what_it_adds_up_to(posted, client):
    text = page(client, "/p3dn/baris", year=2026, vendor="7", measure="pdn_value")
    assert "Rp300.000" in text
    assert page(client, "/p3dn/baris", year=2026, month="2026-09")
    assert page(client, "/p3dn/baris", vendor="", month="2026-01")
    assert page(client, "/p3dn/baris", year=2025, month="2026-01")


def test_fields_left_empty_in_the_form_count_as_not_given(posted, client):
    assert "Rp350.000" in page(
        client, "/p3dn", year="", office="", account="", to="", group_by="office", **{"from": ""}
    )


def test_wrong_filters_answer_as_such(posted, client):
    assert client.get("/p3dn?year=x").status_code == 422
    assert client.get("/p3dn?from=2026-03-02&to=2026-03-01").status_code == 422
    assert client.get("/p3dn?year=2025&from=2026-03-02").status_code == 422
    assert client.get("/p3dn/baris.csv?office=OPD-404").status_code == 404


def test_a_long_breakdown_is_cut_but_adds_up(app, client, now, paid_fact):
    with app.app_context():
        with unit_of_work():
            settle_many(
                SYSTEM, [(f"order:{n}", [paid_fact(n, n * 10 + 1, 1, n, value=1_000)]) for n in range(1, 131)], now
            )
        session.remove()
    text = page(client, "/p3dn", year=2026, group_by="vendor")
    assert "80 lainnya" in text
    assert "Rp80.000" in text


def test_the_download_sums_to_the_page(posted, client):
    answer = client.get("/p3dn/baris.csv?year=2026")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert sum(int(row["paid_total"]) for row in rows) == 449_999
    assert sum(int(row["orders"]) for row in rows) == 2


def test_a_name_cannot_become_a_formula():
    table = "".join(commas.written(["Nama", "Nilai"], [[("=1+1", -5), ("Dinas", "@x")]]))
    assert table.splitlines() == ["Nama,Nilai", "'=1+1,-5", "Dinas,'@x"]


def test_the_front_asks_as_much_of_a_full_year_as_of_an_empty_one(posted, client, statements):
    for path in ("/p3dn?year=2026", "/p3dn?year=2031"):
        client.get(path)  # rules and regions are read once a process
    with statements() as full:
        text = page(client, "/p3dn", year=2026)
    with statements() as empty:
        page(client, "/p3dn", year=2031)
    assert len(empty) <= len(full) <= 22
    assert text.count('role="img"') == 3
    for link in sorted({unescape(link) for link in re.findall(r'href="(/p3dn/baris\?[^"]*)"', text)}):
        assert client.get(link).status_code == 200
    assert "27,50 %" in page(client, "/p3dn/cara")
