"""The SPJ of an order and of a package's month: what lacks, and everything in one ZIP or one PDF, for those who may."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from flask import current_app
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from shop.audit import trail
from shop.base.clock import local_day
from shop.catalog.photos import KeptPhoto
from shop.db import session, unit_of_work
from shop.documents import band, bundling, checklist, drawing, pieces, reading
from shop.documents.bundling import About
from shop.documents.issuing import issue
from shop.handover import photos
from shop.handover.photos import Shot
from shop.orders import attaching, paying
from shop.orders.attaching import NewPaper
from shop.orders.models import Payment
from shop.orders.paying import Proof
from shop.papers.binding import Binder, Unbindable
from shop.papers.pdf import Paper
from shop.papers.pouring import BLOCK, Well
from shop.vendors.models import Vendor
from tests import makers

pytestmark = pytest.mark.usefixtures("clock")


def a_photo(colour, files):
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "WEBP")
    stem = hashlib.sha256(out.getvalue()).hexdigest()
    for width in (photos.WIDTH, photos.SMALL):
        files.put(out.getvalue(), "webp", key=photos.stored(stem, width))
    return Shot(KeptPhoto(stem, 640, 480))


def a_pdf(words, now):
    paper = Paper(words, now)
    paper.paragraph(words)
    return paper.content()


@pytest.fixture
def large(crew, now):
    """An order of Rp 15 million that was paid with tax kept back, with a proof, attachments and photos."""
    files = current_app.extensions["files"]
    with unit_of_work():
        product = makers.make_product(crew.vendor, price=30_000, name="Nasi kotak")
        order = makers.make_received_order(crew, now, (product, 500))
        session.flush()
        proof = files.put(a_pdf("BUKTI TRANSFER ASLI", now), "pdf")
        paying.pay(crew.bendahara, order.id, order.version, Proof("TRF-1", local_day(now), proof, "slip.exe.pdf"), now)
        for colour in ("red", "green"):
            photos.keep(crew.ppk, order.id, "receipt", a_photo(colour, files), now)
        broken = files.put(b"%PDF-1.7 broken %%EOF", "pdf")
        attaching.attach(crew.pp, order.id, NewPaper("invitation", broken, "=cmd()/../undangan.pdf"), now)
        return order.id


def of(rows):
    return {row.code: row.state for row in rows}


def unzipped(answer):
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    return archive


def titles(outline):
    return [titles(item) if isinstance(item, list) else item.title for item in outline]


def test_the_checklist_follows_the_value_and_says_who_mends(crew, now, statements):
    with unit_of_work():
        small = makers.make_paid_order(crew, now).id
        waiting = makers.make_confirmed_order(crew, now).id
    with statements() as seen:
        rows = checklist.read(small, now, for_vendor=False).rows
    assert len(seen) <= 20, seen
    assert of(rows) == {
        "comparison": "unneeded", "bak": "unneeded", "ban": "unneeded", "surat_pesanan": "there", "spk": "unneeded",
        "attendance": "there",
        "bap": "there", "bast": "there", "invoice": "there", "kuitansi": "there", "payment_report": "unneeded",
        "tax_slip": "unneeded" if not session.get_one(Payment, small).withheld else "there", "photos": "missing",
        "proof": "missing", "attachment_invitation": "missing", "attachment_attendance": "missing", "attachment_other": "missing",
    }  # fmt: skip
    told = {row.code: row for row in rows}
    assert "e-purchasing" in told["spk"].words[0][0]
    assert told["payment_report"].words[0][1] == {"low": "Rp10.000.000"}
    assert all(row.mends and row.words for row in rows if row.state == "missing")
    assert of(checklist.read(waiting, now, for_vendor=False).rows)["kuitansi"] == "later"
    producers = of(checklist.read(small, now, for_vendor=True).rows)
    assert not {"comparison", "attendance", "attachment_invitation"} & set(producers)
    assert band.is_electronic("E-Purchasing")
    with unit_of_work():  # outside e-purchasing an order of that value asks for an SPK, which is then drawn
        own = makers.make_crew(method="Pengadaan Langsung", pagu=200_000_000)
        makers.make_papers_complete(own)
        order = makers.make_confirmed_order(own, now, (makers.make_product(own.vendor, price=45_000), 1_000))
        order.total = 60_000_000
        session.flush()
        paper = issue(own.ppk, "spk", order.id, now)
        found = reading.paper_of(order.id, paper.id)
        said = PdfReader(io.BytesIO(drawing.draw(found, current_app.extensions["files"], ""))).pages[0].extract_text()
        assert "Surat Perintah Kerja" in said


def test_the_bundle_of_an_order_holds_what_the_checklist_says_under_right_fingerprints(crew, large, now, person):
    papers = {paper.kind: paper for paper in reading.of_order(large)}
    assert {"payment_report", "tax_slip", "attendance"} <= set(papers)
    archive = unzipped(person(crew.ppk).get(f"/pesanan/{large}/spj.zip"))
    names = archive.namelist()
    assert names[-2:] == ["daftar-isi.csv", "daftar-isi.json"]
    assert names[:-2] == sorted(names[:-2])
    assert all(name.isascii() and "/" not in name and "=" not in name for name in names)
    index = json.loads(archive.read("daftar-isi.json"))
    rows = {row["Berkas"]: row for row in index["files"]}
    assert set(rows) == set(names[:-2])
    for name, row in rows.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == row["SHA-256 berkas"]
    assert {row["Sidik isi"] for row in rows.values() if row["Sidik isi"]} == {p.fingerprint for p in papers.values()}
    there = {row.title for row in checklist.read(large, now, for_vendor=False).rows if row.state == "there"}
    assert {paper.title for paper in papers.values()} <= there
    assert {"Bukti bayar", "Foto serah terima", "Undangan"} <= there
    assert index["missing"][next(iter(index["missing"]))] == ["Daftar hadir yang ditandatangani", "Notulen"]
    assert len(list(csv.reader(io.StringIO(archive.read("daftar-isi.csv").decode("utf-8-sig"))))) == len(names) - 1
    slip = PdfReader(io.BytesIO(archive.read(next(n for n in names if "draf-bukti" in n))))
    assert "tidak melaporkan" in slip.pages[0].extract_text()
    assert "DRAF" in slip.pages[-1].extract_text()

    answer = person(crew.bendahara).get(f"/pesanan/{large}/spj.pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="spj-')
    pdf = PdfReader(io.BytesIO(answer.data), strict=True)
    assert pdf.trailer["/Root"]["/Lang"] == "id"
    assert pdf.metadata.title.startswith("Berkas SPJ ")
    outline = titles(pdf.outline)
    assert outline[0] == "Daftar isi"
    assert {paper.title for paper in papers.values()} <= set(outline[2])
    assert pdf.page_labels[:2] == ["i", "1"]
    front = pdf.pages[0].extract_text()
    assert papers["kuitansi"].number in front
    assert "Yang belum ada" in "".join(page.extract_text() for page in pdf.pages[:2])
    whole = [page.extract_text() for page in pdf.pages]
    assert "BUKTI TRANSFER ASLI" in "".join(whole)
    assert "tidak dapat disatukan" in "".join(whole)
    for number, page in enumerate(whole[1:], 1):
        assert f"Berkas, halaman {number}" in page
    for item in pdf.outline[2]:
        page = pdf.get_destination_page_number(item)
        link = next(a for a in pdf.pages[0]["/Annots"] if a.get_object()["/Dest"][0].get_object() == pdf.pages[page])
        assert link
    session.rollback()  # see what the doors have written meanwhile
    taken = [(entry.verb, entry.data["form"]) for entry in trail.history("order_bundle", large)]
    assert taken == [("bundle_taken", "zip"), ("bundle_taken", "pdf")]
    assert "Pernah diunduh" in person(crew.ppk).get(f"/pesanan/{large}/spj").text


def test_a_new_version_and_the_one_it_replaces_are_both_there_and_marked(crew, large, now, person):
    with unit_of_work():
        session.get_one(Vendor, crew.vendor.id).bank_account = "777000111"
        issue(crew.bendahara, "kuitansi", large, now, "Penerima berganti rekening")
    names = unzipped(person(crew.ppk).get(f"/pesanan/{large}/spj.zip")).namelist()
    assert [name[3:] for name in names if "kuitansi" in name] == ["kuitansi-v1-digantikan.pdf", "kuitansi-v2.pdf"]
    outline = titles(PdfReader(io.BytesIO(person(crew.ppk).get(f"/pesanan/{large}/spj.pdf").data)).outline)
    assert {"Kuitansi (versi 1, digantikan)", "Kuitansi (versi 2)"} <= set(outline[2])


def test_outsiders_hear_nothing_and_a_producer_gets_its_own_without_the_offices_papers(crew, large, now, person):
    with unit_of_work():
        stranger = makers.make_crew()
        auditor = makers.make_actor("auditor")
    paths = (f"/pesanan/{large}/spj", f"/pesanan/{large}/spj.zip", f"/pesanan/{large}/spj.pdf")
    month = f"/paket/{crew.package_id}/spj/2026-11"
    for who in (stranger.pp, stranger.ppk, stranger.producer):
        for path in paths:
            person(who).get(path, status=404)
    for suffix in ("zip", "pdf"):
        person(stranger.ppk).get(f"{month}.{suffix}", status=404)
        person(stranger.producer).get(f"{month}.{suffix}", status=404)
        person(crew.producer).get(f"{month}.{suffix}", status=404)
    for wrong in ("2026-13", "9999-11", "2026-1", "x", "2026-10"):  # the last: nothing was paid then
        person(crew.ppk).get(f"/paket/{crew.package_id}/spj/{wrong}.zip", status=404)
    person(crew.ppk).get(f"{month}.zip?bagian=2", status=404)
    person(crew.ppk).get(f"{month}.zip?bagian=0", status=422)
    names = unzipped(person(crew.producer).get(paths[1])).namelist()
    assert any("surat-pesanan" in name for name in names)
    assert not [name for name in names if "lampiran" in name or "daftar-hadir" in name or "perbandingan" in name]
    assert trail.history("order_bundle", large)[-1].actor == crew.producer.name
    for path in paths:
        assert person(auditor).get(path).status_code == 200


def test_a_packages_month_is_one_bundle_with_a_folder_and_a_bookmark_for_each_order(crew, large, now, person):
    with unit_of_work():
        others = [makers.make_paid_order(crew, now).id for _order in range(2)]
        session.get_one(Payment, others[0]).proof_key = "0" * 64 + ".pdf"  # a file that is gone costs nobody the rest
        makers.make_confirmed_order(crew, now)
    archive = unzipped(person(crew.pa).get(f"/paket/{crew.package_id}/spj/2026-11.zip"))
    folders = {name.split("/")[0] for name in archive.namelist() if "/" in name}
    assert sorted(folder[:4] for folder in folders) == ["001-", "002-", "003-"]
    index = json.loads(archive.read("daftar-isi.json"))
    assert [row["Keadaan"] for row in index["files"] if not row["SHA-256 berkas"]] == ["hilang dari penyimpanan"]
    pdf = PdfReader(io.BytesIO(person(crew.pa).get(f"/paket/{crew.package_id}/spj/2026-11.pdf").data), strict=True)
    assert sum(isinstance(item, list) for item in pdf.outline) == 3
    assert trail.history("package_bundle", crew.package_id)[0].data["orders"] == 3
    page = person(crew.ppk).get(f"/paket/{crew.package_id}").text
    assert f"/paket/{crew.package_id}/spj/2026-11.pdf" in page
    assert "November 2026" in page
    assert pieces.months(crew.package_id) == [(date(2026, 11, 1), 3)]


def test_bundles_are_handed_on_in_small_pieces_and_what_is_hostile_is_not_bound(crew, large, now):
    files = current_app.extensions["files"]
    big = files.put(b"%PDF-1.7\n" + hashlib.shake_128(b"seed").digest(3_000_000) + b"%%EOF", "pdf")
    with unit_of_work():
        attaching.attach(crew.pp, large, NewPaper("terms", big, "kak.pdf"), now)
    about = About("Uji", [], "Saya", now, "")
    for make in (bundling.as_zip, bundling.as_pdf):
        chunks = list(make(about, [pieces.of_one(large, now, for_vendor=False)], files))
        assert len(chunks) > 10
        assert max(map(len, chunks)) < 4 * BLOCK
    assert sum(map(len, bundling.as_zip(about, [pieces.of_one(large, now, for_vendor=False)], files))) > 3_000_000

    locked, armed = PdfWriter(), PdfWriter()
    for writer in (locked, armed):
        writer.append(io.BytesIO(a_pdf("isi", now)))
    locked.encrypt("rahasia")
    armed._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    armed.add_attachment("virus.exe", b"MZ")
    written = []
    for writer in (locked, armed):
        out = io.BytesIO()
        writer.write(out)
        written.append(out.getvalue())
    well = Well()
    binder = Binder(well, "Uji", now)
    for content in (written[0], b"", b"%PDF-", b"PK\x03\x04", a_pdf("x", now)[:900]):
        with pytest.raises(Unbindable):
            binder.add(content, 0, "x")
    binder.add(written[1], 0, "Ünïcode 😀")
    binder.finish(a_pdf("daftar", now))
    whole = well.pour()
    assert b"alert" not in whole
    assert b"EmbeddedFile" not in whole
    assert [page.extract_text()[:3] for page in PdfReader(io.BytesIO(whole), strict=True).pages] == ["daf", "isi"]
