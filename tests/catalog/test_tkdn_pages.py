"""TKDN on a listing: papers with their dated rules, the answer that there is none, and the calculator."""

from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from shop.audit import trail
from shop.catalog.models import Certificate, Product, TkdnWorksheet
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.vendors.models import Vendor
from tests.makers import make_actor, make_certificate, make_office, make_product, make_vendor

PAPER = {
    "kind": "certified", "number": "8110/SJ-IND.8/TKDN/9/2023", "issuer": "Kementerian Perindustrian", "tkdn": "62,40",
    "bmp": "10", "issued_on": "2026-01-05", "valid_until": "2031-01-04",
}  # fmt: skip
SHEET = {
    "day": "2026-11-20", "material-1": "Kain", "cost-1": "60.000", "tkdn-1": "50", "material-2": "Kancing", "cost-2": "10000",
    "tkdn-2": "0", "material-3": "Benang", "cost-3": "30000", "tkdn-3": "100", "wni": "100", "overhead": "own", "hitung": "1",
}  # fmt: skip


@pytest.fixture
def vendor(shop):
    """A micro producer."""
    with unit_of_work():
        return make_vendor().id


@pytest.fixture
def number(vendor):
    """Its batik shirt."""
    with unit_of_work():
        return make_product(session.get_one(Vendor, vendor), name="Kemeja", category_code="kemeja-batik").id


@pytest.fixture
def browser(vendor, person):
    """Its owner's browser."""
    with unit_of_work():
        owner = make_actor("vendor_owner", vendor_id=vendor)
    return person(owner)


def scan():
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    return {"file": (io.BytesIO(out.getvalue()), "../sertifikat.png")}


def papers():
    session.rollback()
    return session.scalars(select(Certificate)).all()


def test_a_certificate_counts_at_once_and_everything_is_recorded(browser, number, client):
    page = f"/produk-saya/{number}/tkdn"
    browser.post(page, {**PAPER, **scan()})
    (paper,) = papers()
    assert (paper.kind, paper.tkdn_bp, paper.bmp_bp, paper.valid_until) == ("certified", 6_240, 1_000, date(2031, 1, 4))
    assert "62,40 %" in client.get(f"/produk/{number}-kemeja").text
    session.rollback()
    assert [entry.verb for entry in trail.history("product", number)] == ["add_tkdn"]
    assert session.scalars(select(OutboxMessage.kind)).all() == ["catalog.index"]
    answer = browser.get(f"{page}/{paper.id}/berkas")
    assert answer.mimetype == "image/webp"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    browser.post(f"{page}/{paper.id}/hapus")
    assert papers() == []
    last = trail.history("product", number)[-1]
    assert (last.verb, last.data["paper"]["number"], last.data["paper"]["tkdn_bp"]) == (
        "remove_tkdn",
        PAPER["number"],
        6_240,
    )


@pytest.mark.parametrize(("changed", "field"), [
    ({"valid_until": "2026-01-04"}, "valid_until"), ({"issued_on": "2026-12-31"}, "issued_on"), ({"issued_on": "31/13/2025"}, "issued_on"),
    ({"issued_on": "2001-01-01"}, "issued_on"), ({"tkdn": "100,01"}, "tkdn"), ({"tkdn": "0"}, "tkdn"), ({"tkdn": "banyak"}, "tkdn"),
    ({"bmp": "15,01"}, "bmp"), ({"number": ""}, "number"), ({"kind": "buatan"}, "kind"),
    ({"kind": "self_declared", "issued_on": "2025-12-11", "tkdn": "40,01"}, "tkdn"),
    ({"kind": "self_declared", "issued_on": "2022-10-31"}, "issued_on"),
])  # fmt: skip
def test_a_paper_that_cannot_be_is_refused_at_its_field_and_kept_on_the_screen(browser, number, changed, field):
    page = browser.post(f"/produk-saya/{number}/tkdn", {**PAPER, **changed, **scan()}, 422).text
    assert f'href="#f-{field}"' in page
    assert 'value="Kementerian Perindustrian"' in page
    assert papers() == []


def test_a_self_declaration_follows_the_cap_of_its_day(browser, number):
    page = f"/produk-saya/{number}/tkdn"
    browser.post(page, {**PAPER, "kind": "self_declared", "number": "IK-1", "issued_on": "2025-12-11", "tkdn": "40"})
    browser.post(page, {**PAPER, "kind": "self_declared", "number": "IK-2", "issued_on": "2025-12-12", "tkdn": "80"})
    assert [paper.tkdn_bp for paper in papers()] == [4_000, 8_000]


def test_a_certificate_needs_its_file_and_a_page_of_html_is_none(browser, number):
    page = f"/produk-saya/{number}/tkdn"
    assert 'href="#f-file"' in browser.post(page, PAPER, 422).text
    html = {"file": (io.BytesIO(b"<html><script>alert(1)</script>"), "sertifikat.pdf")}
    assert "bukan foto" in browser.post(page, {**PAPER, **html}, 422).text
    assert papers() == []


def test_only_a_small_business_may_declare_by_itself(shop, person):
    with unit_of_work():
        vendor = make_vendor(size="menengah")
        number, owner = make_product(vendor).id, make_actor("vendor_owner", vendor_id=vendor.id)
    page = person(owner).post(f"/produk-saya/{number}/tkdn", {**PAPER, "kind": "self_declared"}, 422).text
    assert "Hanya usaha mikro dan kecil" in page


def test_an_unknown_form_of_number_is_asked_about_and_kept(browser, number):
    browser.post(f"/produk-saya/{number}/tkdn", {**PAPER, **scan(), "number": "ABC/2027"})
    assert len(papers()) == 1
    assert "Periksa sekali lagi" in browser.get(f"/produk-saya/{number}/tkdn").text
    browser.post(f"/produk-saya/{number}/tkdn", {**PAPER, **scan(), "number": "abc/2027"}, 422)


def test_having_none_is_an_answer_until_there_is_one(browser, number):
    page = f"/produk-saya/{number}"
    browser.post(f"{page}/tkdn/tidak-punya")
    session.rollback()
    assert session.get_one(Product, number).tkdn_none
    browser.post(f"{page}/tkdn", {**PAPER, **scan()})
    session.rollback()
    assert not session.get_one(Product, number).tkdn_none
    browser.post(f"{page}/tkdn/tidak-punya", status=409)


def test_a_scan_is_for_its_producer_curators_and_auditors(browser, number, person, client):
    browser.post(f"/produk-saya/{number}/tkdn", {**PAPER, **scan()})
    path = f"/produk-saya/{number}/tkdn/{papers()[0].id}/berkas"
    with unit_of_work():
        officer, curator = make_actor("pp", office_id=make_office().id), make_actor("curator_province")
        auditor = make_actor("auditor")
        bare = make_certificate(session.get_one(Product, number)).id
    person(officer).get(path, 404)
    for allowed in (curator, auditor):
        person(allowed).get(path)
    assert client.get(path).status_code == 302
    browser.get(f"/produk-saya/{number}/tkdn/{bare}/berkas", 404)


def test_anybody_may_calculate_and_sees_the_working_with_its_sources(client, number):
    page = client.get("/kalkulator-tkdn", query_string={**SHEET, "bmp-jobs": "4", "bmp-esg": "1"})
    assert page.status_code == 200
    for words in (
        "TKDN 70,00 %",
        "BMP 5,00 %",
        "Rp60.000 dari Rp100.000",
        "Permenperin 35/2025 Ps.4",
        "satu sumber baik",
    ):
        assert words in page.text, words
    assert "Simpan sebagai bukti" not in page.text
    assert session.scalars(select(TkdnWorksheet)).all() == []


def test_the_calculator_asks_what_the_day_asks(client, shop):
    old = client.get("/kalkulator-tkdn?day=2025-12-11&hitung=1&total=1000000&foreign=350000").text
    assert "TKDN 65,00 %" in old
    assert "Biaya komponen asing" in old
    new = client.get("/kalkulator-tkdn?day=2025-12-12&hitung=1&total=1000000&foreign=350000")
    assert new.status_code == 422
    assert "berlaku rumus baru" in new.text


@pytest.mark.parametrize(("changed", "field"), [
    ({"cost-1": "gratis"}, "cost-1"), ({"tkdn-2": "101"}, "tkdn-2"), ({"wni": "120"}, "wni"), ({"overhead": "bulan"}, "overhead"),
    ({"rnd": "21"}, "rnd"), ({"bmp-esg": "2"}, "bmp-esg"), ({"day": "kemarin"}, "day"), ({"day": "1999-01-01"}, "day"),
])  # fmt: skip
def test_wrong_inputs_of_the_calculator_are_told_at_their_field(client, shop, changed, field):
    answer = client.get("/kalkulator-tkdn", query_string={**SHEET, **changed})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert 'value="Kain"' in answer.text


def test_a_kept_worksheet_is_the_evidence_of_a_declaration(browser, number):
    page = f"/produk-saya/{number}/tkdn"
    assert "Simpan sebagai bukti" in browser.get(f"{page}/hitung", query_string=SHEET).text
    answer = browser.post(f"{page}/hitung", SHEET)
    session.rollback()
    sheet = session.scalars(select(TkdnWorksheet)).one()
    assert (sheet.tkdn_bp, sheet.inputs["materials"][0], sheet.inputs["day"]) == (
        7_000,
        ["Kain", 60_000, 5_000],
        "2026-11-20",
    )
    assert sheet.method["cited"][0] == {
        "key": "tkdn.goods.method",
        "source": "Permenperin 35/2025 Ps.4",
        "confidence": "H",
    }
    assert answer.location == f"{page}?lembar={sheet.id}#lembar"
    assert "TKDN 70,00 %" in browser.get(f"{page}?lembar={sheet.id}").text
    browser.post(page, {**PAPER, "tkdn": "99", "worksheet": str(sheet.id), "number": "IK-7"})
    (paper,) = papers()
    assert (paper.kind, paper.tkdn_bp, paper.worksheet_id) == ("self_declared", 7_000, sheet.id)
    browser.get(f"{page}?lembar=999999", 404)
    browser.post(f"{page}/hitung", {**SHEET, "wni": "x"}, 422)
