"""The pages of papers: on the order, for anybody who checks one, and how an office numbers and describes itself."""

from __future__ import annotations

from datetime import date

import pytest

from shop.base.errors import Invalid
from shop.db import session, unit_of_work
from shop.documents import numbering, reading
from shop.orders.numbering import DEFAULT, check_template, compose
from tests import makers

pytestmark = pytest.mark.usefixtures("clock")
BAD = (
    "", "SP/{year}", "{seq}/{year}", "{seq}{opd_code}/{year}", "{seq}/{opd_code}/{year}/{year}", "{seq.__class__}/{opd_code}/{year}",
    "{seq!r}/{opd_code}/{year}", "{seq:99999d}/{opd_code}/{year}", "{0}/{opd_code}/{year}", "1{seq}/{opd_code}/{year}",
    "{seq}/{opd_code}/{year}/{", "{{seq}}/{opd_code}/{year}", "{seq}/{opd_code:04d}/{year}", "<b>/{seq}/{opd_code}/{year}",
    "{seq}/{opd_code}/{year}\x00", "{seq}/{opd_code}/{year}/" + "x" * 60, " {seq}/{opd_code}/{year}", '{seq}/{opd_code}/{year}/"',
)  # fmt: skip


def test_templates_that_could_give_a_number_twice_or_read_the_program_are_refused():
    for template in BAD:
        with pytest.raises(Invalid):
            check_template(template, "SP", "OPD-0031")
    for template in (DEFAULT, "SP-{year}.{opd_code} {seq:09d}", "{opd_code}/{kind}/{month}/{year}/{seq}"):
        check_template(template, "SP", "OPD-0031")
    assert (
        compose("{opd_code}/{kind}/{month}/{year}/{seq}", 7, "KW", "OPD-1", date(2026, 3, 1), 2026)
        == "OPD-1/KW/03/2026/7"
    )


def test_the_pa_sets_how_papers_are_numbered_and_what_is_given_keeps_its_number(crew, person, now):
    with unit_of_work():
        old = makers.make_paid_order(crew, now).number
    office = old.split("/")[2]
    pa = person(crew.pa)
    assert "0002/SP/" in pa.get("/kantor/penomoran").text
    for sent in (
        {"series": "SP", "template": "{seq}", "valid_from": ""}, {"series": "SP", "template": "{seq}", "valid_from": "2026-11-19"},
        {"series": "SP", "valid_from": "9999-99-99"}, {"series": "SP", "template": "\x00", "valid_from": "2999-01-01"},
    ):  # fmt: skip
        answer = pa.post("/kantor/penomoran", sent, 422)
        assert "f-template" in answer.text
        assert "f-valid_from" in answer.text
    pa.post("/kantor/penomoran", data={"series": "NOPE", "template": DEFAULT}, status=404)
    pattern = "{opd_code}/PESAN/{year}/{seq:03d}"
    for template in ("{seq}/x/{opd_code}/{year}", pattern):  # the same day once more: the first is replaced
        sent = {"series": "SP", "template": template, "valid_from": "2026-11-20"}
        pa.post("/kantor/penomoran", data=sent, status=303)
    later = {"series": "KW", "template": "{kind}/{opd_code}/{year}/{seq}", "valid_from": "2026-12-01"}
    pa.post("/kantor/penomoran", data=later, status=303)
    with unit_of_work():
        order = makers.make_paid_order(crew, now)
        assert order.number == f"{office}/PESAN/2026/002"
        order_id = order.id
    assert reading.newest(reading.of_order(order_id))["kuitansi"].number.startswith("0002/KW/")
    with unit_of_work():
        assert {row.series: len(row.later) for row in numbering.patterns(crew.pa, now)}["KW"] == 1
    person(crew.pp).get("/kantor/penomoran", 403)


def test_the_order_page_says_who_mends_what_lacks_and_then_issues_signs_and_replaces(bare, person, now, statements):
    with unit_of_work():
        order_id = makers.make_confirmed_order(bare, now).id
    pp, pa, home = person(bare.pp), person(bare.pa), f"/pesanan/{order_id}"
    page = pp.get(home).text
    assert "NIP pejabat yang memesan belum diisi." in page
    assert "Produsen, di halaman Usaha saya" in page
    answer = pp.post(f"{home}/dokumen/surat_pesanan/terbit", status=422)
    assert "NIB produsen belum diisi." in answer.text
    pp.post("/profil/nip", data={"nip": "123"}, status=422)
    pp.post("/profil/nip", data={"nip": "19800101 200501 1 002"}, status=303)
    masked = "•••• 1002"
    assert masked in pp.get("/profil").text
    pp.post("/profil/nip", data={"nip": masked}, status=303)
    said = {
        "address": "Jl. Medan Merdeka Barat 1, Jakarta",
        "npwp": "00.123.456.7-890.100",
        "pptk_name": "Siti",
        "pptk_nip": "1" * 18,
    }
    wrong = pa.post(
        "/kantor/identitas", data={"address": " ", "npwp": "12", "pptk_nip": "x", "version": "1"}, status=422
    )
    assert (wrong.status_code, wrong.text.count("f-pptk_nip") > 1, "f-npwp" in wrong.text) == (422, True, True)
    pa.post("/kantor/identitas", data=said | {"version": "999"}, status=409)
    pa.post("/kantor/identitas", data=said | {"version": "1"}, status=303)
    with unit_of_work():
        makers.make_papers_complete(bare)
    pp.post(f"{home}/dokumen/surat_pesanan/terbit", status=303)
    with statements() as one:
        page = pp.get(home).text
    assert "0123456789" not in page
    paper = reading.newest(reading.of_order(order_id))["surat_pesanan"]
    pp.post(f"{home}/dokumen/{paper.id}/tanda-tangan", data={"party": "buyer"}, status=303)
    pp.post(f"{home}/dokumen/{paper.id}/tanda-tangan", data={"party": "\x00"}, status=404)
    assert pp.get(f"{home}/dokumen/{paper.id}").data.startswith(b"%PDF")
    pp.get(f"{home}/dokumen/{2**62}", status=404)
    with unit_of_work():
        session.get_one(type(bare.vendor), bare.vendor.id).address = "Jl. Baru 7, Gambir"
    answer = pp.post(f"{home}/dokumen/surat_pesanan/terbit", data={"why_surat_pesanan": " "}, status=422)
    assert (answer.status_code, "f-why_surat_pesanan" in answer.text) == (422, True)
    sent = {"why_surat_pesanan": "Alamat produsen pindah"}
    pp.post(f"{home}/dokumen/surat_pesanan/terbit", data=sent, status=303)
    with statements() as two:
        assert "Versi lama" in pp.get(home).text
    assert len(two) == len(one)


def test_anybody_checks_a_paper_by_code_or_number_and_reads_no_private_number(crew, client, now):
    with unit_of_work():
        order_id = makers.make_paid_order(crew, now).id
    paper = reading.newest(reading.of_order(order_id))["kuitansi"]
    for address in (f"/cek/{paper.check_code.lower()}", f"/cek?kode={paper.number}", f"/cek?kode={paper.check_code}"):
        text = client.get(address, follow_redirects=True).text
        for words in (
            "Dokumen ini asli dan berlaku",
            paper.fingerprint,
            "Rp555.000",
            crew.vendor.name,
            crew.bendahara.name,
        ):
            assert words in text
        for secret in ("3171010101800001", "1230009988", "19800101"):
            assert secret not in text
        assert (paper.check_code in text) == (paper.number not in address)  # numbers can be guessed, codes cannot
    bast = reading.newest(reading.of_order(order_id))["bast"]
    assert crew.ppk.name in client.get(f"/cek/{bast.check_code}").text
    for rubbish in ("/cek/AAAAA-AAAAA", "/cek/%00", "/cek/" + "x" * 3000, "/cek?kode=%00x", "/cek?kode=" + "9" * 400):
        answer = client.get(rubbish)
        assert (answer.status_code, "Periksa huruf demi huruf" in answer.text) == (404, True)
