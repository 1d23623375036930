"""From the city to one line, and what may be lost or won: sums add up, links lead on, rubbish is told and kept."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from shop.accounts.models import Office
from shop.base.actor import SYSTEM, Actor
from shop.base.errors import Forbidden
from shop.catalog.models import Product
from shop.db import session, unit_of_work
from shop.p3dn.posting import settle, settle_many
from shop.p3dn.rules import Fact, line_measures
from shop.reports import comparing, expiring
from shop.reports.asking import GROUPS, Ask
from tests import makers

MEAL = "5.1.02.01.01.0052"
CERTIFIED, PLAIN = 30 * 18_500, 10 * 20_000


@dataclass
class World:
    """A city of three levels with one paid order of two lines at the bottom, and one line at the middle a year earlier."""

    crew: Any
    city: str
    middle: str
    leaf: str
    certified_id: int
    vendor: str
    auditor: Actor
    number: str


def fact(line: int, office: int, value: int, vendor: int = 77) -> Fact:
    """One paid line that no order stands behind, as an import makes it."""
    counted = line_measures(
        value=value, pdn=True, umk=True, evidence="none", tkdn_bp=0, committed=True, paid=True, first=True
    )
    return Fact(f"line:{line}", line, line, 1, office, MEAL, makers.GAMBIR, vendor, "snack-kotak", "none", 0, counted)


@pytest.fixture
def world(app, now):
    with app.app_context():
        with unit_of_work():
            city = makers.make_office(name="Kota Uji", kind="kota")
            middle = makers.make_office(name="Kecamatan Uji", kind="kecamatan", parent_id=city.id)
            leaf = makers.make_office(name="Kelurahan Uji", parent_id=middle.id)
            crew = makers.make_crew(office=leaf)
            sure = makers.make_product(crew.vendor, name="Kue bersertifikat")
            makers.make_certificate(sure, valid_until=date(2026, 12, 10))
            plain = makers.make_product(crew.vendor, name="Kue biasa", price=20_000)
            order = makers.make_paid_order(crew, now, (sure, 30), (plain, 10))
            settle(SYSTEM, "order:900001", [fact(900_001, middle.id, 100_000)], now, on=date(2025, 3, 10))
            settle(SYSTEM, "order:900002", [fact(900_002, middle.id, 40_000)], now, on=date(2025, 12, 24))
            auditor = makers.make_actor("auditor")
            made = World(crew, city.code, middle.code, leaf.code, sure.id, crew.vendor.name, auditor, order.number)
        session.expunge_all()
        yield made


def text_of(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def link(text: str, start: str, within: str = "") -> str:
    """Return the first address that begins so, in a row that holds these words."""
    rows = [row for row in re.split(r"<tr>", text)[1:] if within in row] if within else [text]
    found = [
        unescape(href)
        for row in rows
        for href in re.findall(r'href="([^"]+)"', row)
        if unescape(href).startswith(start)
    ]
    assert found, (start, within)
    return found[0]


def test_from_the_city_to_a_line_in_four_clicks_by_every_road(world, client):
    # By names, one level at a time; the number of the last row opens its lines.
    text = text_of(client, "/laporan?tahun=2026")
    assert "Rp755.000" in text  # rolled up from two levels below
    assert "73,51 %" not in text
    text = text_of(client, link(text, "/laporan?", "Kota Uji"))
    text = text_of(client, link(text, "/laporan?", "Kecamatan Uji"))
    lines = text_of(client, link(text, "/p3dn/baris?", "Kelurahan Uji"))
    line = text_of(client, link(lines, "/p3dn/baris/", "Kue bersertifikat"))
    for said in (
        world.number, "Kue bersertifikat", "30 kotak", "Rp18.500", "45,00 %", "10 Desember 2026", world.vendor, MEAL,
        "Kelurahan Uji", "Rp555.000 × 45,00 % = Rp249.750", "Rp555.000 × 1 = Rp555.000", "Semua catatan",
    ):  # fmt: skip
        assert said in line, said
    assert "Orang " not in line  # no person who placed, received or paid
    assert len(re.findall(r"<td[^>]*>Rp555\.000</td>", line)) >= 4  # committed, paid, and both in the sum of entries
    # Any other breakdown: its tab, the figure, the line.
    for word in GROUPS:
        text = text_of(client, f"/laporan?menurut={word}&tahun=2026")
        lines = text_of(client, link(text.split("<tbody>")[1], "/p3dn/baris?"))
        assert "Nomor pesanan" in text_of(client, link(lines, "/p3dn/baris/")), word
        for href in {unescape(one) for one in re.findall(r'href="(/laporan[^"]*)"', text)}:
            assert client.get(href).status_code in {200, 401, 302}, href
    assert client.get("/p3dn/baris/999999999").status_code == 404


def test_every_table_adds_up_and_comes_as_a_file(world, client):
    whole = {"dibayar": CERTIFIED + PLAIN, "pdn": CERTIFIED + PLAIN}
    for word in GROUPS:
        for more in ("", f"&kantor={world.city}", f"&kantor={world.leaf}&rekening={MEAL}&masa=2026-Q4", "&urut=nama"):
            answer = client.get(f"/laporan.csv?tahun=2026&menurut={word}{more}")
            *rows, total = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
            assert total["nama"] == "TOTAL"
            assert int(total["paid_total"]) == whole["dibayar"], (word, more)
            for name in ("planned", "committed", "paid_total", "pdn_value", "tkdn_weighted", "umk_value", "lines"):
                assert sum(int(row[name]) for row in rows) == int(total[name]), (word, more, name)
            assert total["sistem"] == "e-Order Jakpreneur"
    answer = client.get(f"/laporan.xlsx?tahun=2026&menurut=bukti&kantor={world.middle}")
    told = {
        row[1]: row for row in CalamineWorkbook.from_object(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    }
    assert told["Bersertifikat TKDN"][4] == CERTIFIED
    assert told["TOTAL"][4] == CERTIFIED + PLAIN
    # An office's own spending stands beside that of the offices below it.
    text = text_of(client, f"/laporan?tahun=2025&kantor={world.middle}")
    assert "Kecamatan Uji saja" in text
    own = text_of(client, link(text, "/laporan?", "Kecamatan Uji saja"))
    assert "Rp140.000" in own
    assert "Kecamatan Uji saja" in own  # the filter that can be taken away again


def test_a_long_table_is_cut_but_adds_up(app, client, now):
    with app.app_context(), unit_of_work():
        settle_many(SYSTEM, [(f"order:{n}", [fact(n, 1, 1_000, vendor=n)]) for n in range(1, 131)], now)
    text = text_of(client, "/laporan?menurut=produsen")
    assert "30 lainnya" in text
    assert "Rp30.000" in text
    assert "Rp130.000" in text
    assert len(list(csv.reader(io.StringIO(text_of(client, "/laporan.csv?menurut=produsen"))))) == 132


def test_years_stand_side_by_side_on_the_same_days(world, client):
    text = text_of(client, "/laporan/banding?menurut=triwulan&tahun=2026")
    assert "20 Nov 2025" in text  # until today, a year earlier
    assert "tidak ada pembagi" in text  # the fourth quarter had nothing by then
    *rows, total = csv.DictReader(io.StringIO(text_of(client, "/laporan/banding.csv?menurut=triwulan&tahun=2026")))
    assert [row["kunci"] for row in rows] == ["2026-Q1", "2026-Q4"]
    assert (total["dibayar"], total["dibayar_hari_sama_tahun_lalu"], total["dibayar_setahun_lalu"]) == (
        "755000",
        "100000",
        "140000",
    )
    assert (total["selisih_rupiah"], total["selisih_poin_bp"]) == ("655000", "0")
    assert rows[1]["pdn_bp_tahun_lalu"] == rows[0]["pdn_bp"] == ""
    assert "Tahun 2024 tidak punya data" in text_of(client, "/laporan/banding?menurut=kantor&tahun=2025")
    for word in GROUPS:
        text_of(client, f"/laporan/banding?menurut={word}&tahun=2026&kantor={world.city}")
    assert client.get("/laporan/banding.xlsx?tahun=2026").data[:2] == b"PK"
    # A leap day has its neighbour; a February keeps its end.
    leap = comparing.compare(
        Ask(2024, "bulan", stretch="2024-02"), no_tree(), now=datetime(2024, 3, 9, tzinfo=UTC), label=plain
    )
    assert leap.same == (date(2023, 2, 1), date(2023, 2, 28))
    after = comparing.compare(
        Ask(2025, "bulan", stretch="2025-02"), no_tree(), now=datetime(2025, 3, 9, tzinfo=UTC), label=plain
    )
    assert after.earlier == (date(2024, 2, 1), date(2024, 2, 29))


def no_tree():
    from shop.p3dn.office_tree import tree_of

    return tree_of([])


def plain(_group, keys):
    return {key: key for key in keys}


def test_what_cannot_be_read_is_told_and_kept(world, client, person):
    text = text_of(client, "/laporan?tahun=dua&menurut=warna&rekening=abc&masa=2026-13&urut=x&asing=1", 422)
    assert text.count('class="error"') >= 5
    for typed in ('value="dua"', 'value="abc"', 'value="2026-13"'):
        assert typed in text
    assert client.get("/laporan?masa=2025-Q1&tahun=2026").status_code == 422
    assert client.get("/laporan/banding.csv?tahun=99").status_code == 422
    for office in ("OPD-404", "x%00y", "9" * 40):
        assert client.get(f"/laporan?kantor={office}").status_code == 404
    assert "Belum ada belanja pada masa ini" in text_of(client, "/laporan?tahun=2031")
    assert "Belum ada belanja pada kedua tahun ini" in text_of(client, "/laporan/banding?tahun=2031")
    reader = person(world.auditor)
    assert "Pilih 30, 90, atau 180 hari." in reader.get("/laporan/sertifikat-berakhir?hari=7", 422).text
    assert 'value="20x6"' in reader.get("/laporan/peluang-tkdn?tahun=20x6", 422).text
    assert reader.get("/laporan/peluang-tkdn?kantor=OPD-404", 404)
    assert "Belum ada peluang" in reader.get("/laporan/peluang-tkdn?tahun=2031").text
    with pytest.raises(Forbidden):
        expiring.impact(world.crew.producer, 90, date(2026, 11, 20))


def test_what_loses_its_proof_is_weighed_by_what_was_bought(world, person, now):
    reader, day = person(world.auditor), date(2026, 11, 20)
    found = expiring.impact(world.auditor, 90, day)
    lost = (CERTIFIED * 70 + 182) // 365  # 10 December to 18 February
    assert [(one.product_id, one.paid, one.lines, one.lost, one.falls_to) for one in found.endings] == [
        (world.certified_id, CERTIFIED, 1, lost, "none")
    ]
    assert found.offices == ((world.crew.office_id, lost),)
    page = reader.get("/laporan/sertifikat-berakhir").text
    assert "dari belanja triwulan depan kehilangan buktinya bila tidak diperpanjang" in page
    assert f"Rp{lost:,}".replace(",", ".") in page
    assert "Kelurahan Uji" in page
    rows = list(csv.DictReader(io.StringIO(reader.get("/laporan/sertifikat-berakhir.csv?hari=30").text)))
    assert [int(row["kehilangan_bukti_rupiah"]) for row in rows] == [(CERTIFIED * 10 + 182) // 365]
    with unit_of_work():  # a renewal that begins the day after takes it off the list; a gap of a day does not
        sure = session.get_one(Product, world.certified_id)
        later = makers.make_certificate(sure, issued_on=date(2026, 12, 12), valid_until=date(2030, 1, 1))
    assert len(expiring.impact(world.auditor, 90, day).endings) == 1
    with unit_of_work():
        session.merge(later).issued_on = date(2026, 12, 11)
    assert expiring.impact(world.auditor, 90, day).endings == ()
    assert "Tidak ada bukti TKDN yang berakhir" in reader.get("/laporan/sertifikat-berakhir").text


def test_chances_name_what_a_certified_producer_could_deliver(world, client, person, now):
    reader = person(world.auditor)
    page = reader.get(f"/laporan/peluang-tkdn?kantor={world.city}").text
    assert f"Rp{PLAIN:,}".replace(",", ".") in page
    assert "1 produsen" in page
    assert "kurang dari 5 baris dibayar" in page  # a price by one line would tell one office's bargain
    assert "/katalog?category=snack-kotak&amp;evidence=certified" in page
    rows = {row["kode"]: row for row in csv.DictReader(io.StringIO(reader.get("/laporan/peluang-tkdn.csv").text))}
    assert (rows["snack-kotak"]["tanpa_sertifikat"], rows["snack-kotak"]["dibayar"]) == ("200000", "755000")
    assert rows["snack-kotak"]["produk_bersertifikat"] == "1"
    assert rows[MEAL]["tanpa_sertifikat"] == "200000"
    with unit_of_work():  # sold out: nobody certified could deliver it today
        session.get_one(Product, world.certified_id).sold_out = True
    assert "Belum ada peluang" in reader.get("/laporan/peluang-tkdn").text


def test_no_page_asks_more_when_there_is_more_to_show(world, client, person, now, statements):
    reader = person(world.auditor)
    pages = [f"/laporan?menurut={word}&tahun=2026" for word in GROUPS]
    pages += [
        "/laporan/banding?menurut=produsen",
        "/p3dn/baris/1",
        "/laporan/sertifikat-berakhir",
        "/laporan/peluang-tkdn",
    ]

    def counted() -> list[int]:
        found = []
        for page in pages:
            with statements() as seen:
                reader.get(page)
            found.append(len(seen))
        return found

    counted()
    before = counted()
    with unit_of_work():
        for n in range(3):
            crew = makers.make_crew(
                office=makers.make_office(parent_id=session.query(Office).filter_by(code=world.city).one().id)
            )
            product = makers.make_product(crew.vendor, category_code="nasi-kotak")
            makers.make_certificate(product, valid_until=date(2026, 12, 1) + timedelta(days=n))
            makers.make_paid_order(crew, now, (product, 20 + n))
    after = counted()
    assert after == before, list(zip(pages, before, after, strict=True))
    assert max(after) <= 20
