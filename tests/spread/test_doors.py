"""The pages: what everybody may see, every figure to its lines, no name of a producer; and the list of those who help."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from shop.audit.models import AuditEntry
from shop.base.errors import Forbidden
from shop.db import session, unit_of_work
from shop.spread import picturing, unsold
from shop.vendors.models import Vendor
from tests import makers
from tests.spread.conftest import NAMES

PUBLIC = ("/pemerataan", "/pemerataan?tahun=2025", "/pemerataan?triwulan=4", "/pemerataan?kategori=nasi-kotak",
          "/pemerataan?kecamatan=31.71.01&triwulan=1", "/pemerataan/ketepatan", "/pemerataan.csv")  # fmt: skip
RUBBISH = ("tahun=dua", "tahun=99999999999999999999", "tahun=-1", "tahun=%00", "triwulan=5", "triwulan=%00", "kategori=tidak-ada",
           "kategori=%00", "kecamatan=31.71", "kecamatan=%27", "kategori=snack-kotak&kecamatan=31.71.01")  # fmt: skip


@pytest.fixture
def taken(city, now):
    picturing.take_due(now)
    session.rollback()
    return city


def plain(page):
    """Return a page's words, one space between them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_everybody_reads_the_spread_and_nobody_is_named(taken, app, client, statements):
    for path in PUBLIC:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert [name for name in NAMES if f"Warung {name}" in answer.text] == [], path
    whole = client.get("/pemerataan").text
    for words in (
        "5 produsen teratas menerima 96,00 % belanja yang dibayar: Rp2.400.000 dari Rp2.500.000.",
        "3 dari 10 produsen di etalase belum mendapat pesanan pada masa ini; 2 di antaranya belum pernah sama sekali.",
        "7 produsen mendapat pesanan, 6 di antaranya untuk pertama kali.",
        "Rata-rata 1,1 pesanan per produsen (8 pesanan dibagi 7 produsen)",
        "Koefisien Gini 0,37 di antara 6 produsen yang dibayar, 0,62 bila 10 produsen",
        "1 produsen jumlahnya di bawah nol setelah pembetulan",
        "Sumber: e-Order Jakpreneur",
        "20 November 2026 pukul 10.00 WIB",
    ):
        assert words in plain(whole), words
    few = plain(client.get("/pemerataan?kategori=nasi-kotak").text)
    assert "tidak ditampilkan: baru 1 produsen dibayar" in few
    assert "5 produsen teratas" not in few
    assert "Belum dihitung" in client.get("/pemerataan?tahun=2019").text
    assert "Belum ada produsen di sini" in client.get("/pemerataan?kategori=tumpeng").text
    for query in RUBBISH:
        for page in ("/pemerataan", "/pemerataan.csv", "/pemerataan.xlsx"):
            assert client.get(f"{page}?{query}").status_code == 422, (page, query)
    assert client.get("/pemerataan/ketepatan?tahun=x").status_code == 422

    figures = set(re.findall(r'href="(/p3dn/baris\?[^"]+)"[^>]*>(-?Rp[\d.]+)', whole))
    assert len(figures) == 5  # the city, two kecamatan, two categories; the cities lead to the kecamatan of /p3dn
    for address, amount in figures:  # opened, each figure is the sum of its lines
        lines = client.get(unescape(address)).text
        assert f'<b class="money">{amount}</b>' in lines, address
    with statements() as first:
        client.get("/pemerataan")
    with app.app_context(), unit_of_work():
        for number in range(12):  # a city with more shelves and kecamatan asks nothing more
            shelf = ("kue-basah", "kue-kering", "keripik", "tumpeng")[number % 4]
            makers.make_product(makers.make_vendor(kecamatan_code=f"31.7{number % 5 + 1}.02"), category_code=shelf)
        picturing.recount(picturing.pictures(2026)["2026"].as_of)
    with statements() as second:
        assert "Kue kering" in client.get("/pemerataan").text
    assert len(first) == len(second) <= 8, first


def test_what_is_downloaded_is_what_is_shown(taken, client):
    rows = list(csv.DictReader(io.StringIO(client.get("/pemerataan.csv").get_data(as_text=True).lstrip("\ufeff"))))
    city = rows[0]
    assert (city["breakdown"], city["total"], city["top"], city["gini"], city["negative"]) == (
        "city",
        "2450000",
        "9600",
        "3667",
        "1",
    )
    lone = next(row for row in rows if row["key"] == "nasi-kotak")
    assert (lone["paid"], lone["total"], lone["top"], lone["gini"], lone["median"]) == ("1", "1000000", "", "", "")
    assert len(rows) == 1 + 2 + 2 + 2
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/pemerataan.xlsx").data))
    sheet = book.get_sheet_by_index(0).to_python()
    assert any(2_450_000 in row and 9_600 in row for row in sheet)
    assert csv_is_empty(client.get("/pemerataan.csv?tahun=2019"))


def csv_is_empty(answer):
    return answer.status_code == 200 and len(answer.get_data(as_text=True).strip().splitlines()) == 1


def test_how_punctual_both_sides_are_is_told_of_offices_and_of_many(taken, client):
    page = plain(client.get("/pemerataan/ketepatan").text)
    assert "25,00 % 6 dari 24" in page  # six producers refused one order of four
    assert "66,67 % 12 dari 18" in page
    gambir, cakung = (re.search(rf"{name} (\d+) [\d,]+ %", page) for name in ("Gambir", "Cakung"))
    assert gambir
    assert gambir[1] == "5"
    assert cakung is None
    assert "1 wilayah punya kurang dari 5 produsen, jadi tidak ditampilkan." in page


def test_those_who_never_sold_are_listed_for_those_who_help(taken, person, statements, now):
    with unit_of_work():
        staff, auditor = (makers.make_actor(role) for role in ("programme", "auditor"))
    helix, ixora = (taken.vendors[letter] for letter in "HI")
    desk = person(staff)
    page = desk.get("/program/belum-terjual").text
    assert page.index(helix.name) < page.index(ixora.name)
    assert [name for name in NAMES if name[0] not in "HI" and f"Warung {name}" in page] == []
    for words in (
        "di etalase sejak 1 Jun 2024",
        "di etalase sejak 1 Agu 2026",
        "Ada produk tanpa foto",
        "Hanya satu produk yang dijual",
    ):
        assert words in plain(page), words
    assert f'href="/program/produsen/{helix.id}"' in page
    assert "/program/produsen/" not in person(auditor).get("/program/belum-terjual").text
    for stranger in (taken.crew.pp, taken.crew.pa, taken.crew.producer):
        person(stranger).get("/program/belum-terjual", 403)
        person(stranger).get("/program/belum-terjual.csv", 403)
        with pytest.raises(Forbidden):
            unsold.page(stranger, unsold.Asked(), now)
    assert helix.name not in desk.get("/program/belum-terjual?kecamatan=31.75.06").text
    assert helix.name not in desk.get("/program/belum-terjual?kategori=nasi-kotak").text
    desk.get("/program/belum-terjual?kecamatan=31.99.99", 404)
    for query in ("kategori=%00", "sesudah=-1", "sesudah=9999999999999999999", "sesudah=%00"):
        desk.get(f"/program/belum-terjual?{query}", 422)

    first, after = unsold.page(staff, unsold.Asked(), now, per_page=1)
    last, end = unsold.page(staff, unsold.Asked(after=after), now, per_page=1)
    assert [row.id for row in (*first, *last)] == [helix.id, ixora.id]
    assert end is None
    with statements() as two:
        desk.get("/program/belum-terjual")
    with unit_of_work():
        for _ in range(33):
            makers.make_product(makers.make_vendor())
        session.get_one(Vendor, ixora.id).state = "paused"
        picturing.recount(now)
    with statements() as many:
        long = desk.get("/program/belum-terjual").text
    assert len(many) == len(two) <= 14, many
    assert ixora.name not in long
    following = re.search(r'href="([^"]+)" rel="next"', long)
    assert following is not None
    shown = [re.findall(r"/program/produsen/(\d+)", text) for text in (long, desk.get(unescape(following[1])).text)]
    assert [len(ids) for ids in shown] == [30, 4]

    rows = list(csv.reader(io.StringIO(desk.get("/program/belum-terjual.csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert [row[0] for row in rows[1:]] == [*shown[0], *shown[1]]
    assert rows[1][1:5] == [helix.name, "Gambir", "2024-06-01", "1"]
    session.rollback()
    noted = session.scalars(select(AuditEntry).where(AuditEntry.verb == "export_unsold")).all()
    assert [(entry.user_id, entry.data["kecamatan"]) for entry in noted] == [(staff.user_id, "")]
