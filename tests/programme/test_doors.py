"""The programme's pages: each way through them by form, what goes wrong told at its field, strangers shut out."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shop.db import session, unit_of_work
from shop.programme import facilities, helping, joining
from shop.programme.models import Event, FacilityRecord, HelpMatch, HelpNeed, Participation
from tests import makers

CAKUNG = "31.75.06"
EVENT = {
    "kind": "matching",
    "name": "Temu bisnis",
    "from_day": "2026-11-20",
    "places": "30",
    "about": "Baris satu\nBaris dua",
}


@pytest.fixture
def desk(staff, person):
    """The browser of the programme's staff."""
    return person(staff)


def only(model):
    session.rollback()
    return session.scalars(select(model)).one()


def test_staff_record_a_facility_mend_it_and_a_stale_screen_changes_nothing(crew, desk):
    home = f"/program/produsen/{crew.vendor.id}"
    page = desk.post(
        f"{home}/fasilitas",
        {"facility": "P2", "from_day": "kemarin", "until_day": "2026-01-01", "note": "Kelas roti"},
        422,
    ).text
    assert 'href="#f-from_day"' in page
    assert 'value="Kelas roti"' in page
    desk.post(f"{home}/fasilitas", {"facility": "P2", "from_day": "2026-11-01", "note": "Kelas roti"})
    number = only(FacilityRecord).id
    mended = {"version": "1", "facility": "P2", "from_day": "2026-11-02", "until_day": "2026-11-03", "note": ""}
    desk.post(f"{home}/fasilitas/{number}", mended)
    page = desk.post(f"{home}/fasilitas/{number}", {**mended, "note": "Layar lama"}, 409).text
    assert "sudah diubah orang lain" in page
    assert 'value="Layar lama"' in page
    assert only(FacilityRecord).until_day == date(2026, 11, 3)
    desk.post(f"{home}/fasilitas/{number}", {"version": "2", "remove": "1"})
    session.rollback()
    assert session.scalar(select(FacilityRecord)) is None


def test_a_mentor_meets_only_producers_of_the_own_kecamatan(crew, mentor, person):
    browser = person(mentor)
    with unit_of_work():
        far = makers.make_vendor(kecamatan_code=CAKUNG, name="Jauh sekali").id
    for lacking in ("", "?belum=guide", "?belum=capital"):
        page = browser.get(f"/program/produsen{lacking}").text
        assert "Jauh sekali" not in page
        assert crew.vendor.name in page
    browser.get(f"/program/produsen/{crew.vendor.id}")
    for path in (
        f"/program/produsen/{far}",
        f"/program/produsen?kecamatan={CAKUNG}",
        f"/program/corong?kecamatan={CAKUNG}",
    ):
        browser.get(path, 404)
    for path in ("fasilitas", "pengampu", "fasilitas/1"):
        browser.post(f"/program/produsen/{far}/{path}", {}, 404)
    for path in ("/program/bantuan", "/program/acara/baru"):
        browser.get(path, 403)


def test_guidance_by_form_for_one_and_for_a_kecamatan_shows_at_the_producer(crew, desk, mentor, person):
    with unit_of_work():
        dinas = makers.make_office(kind="dinas", name="Dinas Contoh").id
    desk.post(f"/program/produsen/{crew.vendor.id}/pengampu", {"agency_id": "x"}, 422)
    desk.post(f"/program/produsen/{crew.vendor.id}/pengampu", {"agency_id": "", "mentor_id": str(mentor.user_id)})
    desk.post("/program/produsen/pengampu?kecamatan=", {"agency_id": str(dinas)}, 422)
    desk.post(f"/program/produsen/pengampu?kecamatan={makers.GAMBIR}", {"agency_id": str(dinas)})
    page = person(crew.producer).get("/program-saya").text
    assert "Dinas Contoh" in page
    assert mentor.name in page


def test_a_matching_from_entering_to_its_result(crew, desk, person, now):
    mine = person(crew.producer)
    page = desk.post("/program/acara/baru", {**EVENT, "name": "x", "from_day": "", "places": "banyak"}, 422).text
    assert all(f'href="#f-{name}"' in page for name in ("name", "from_day", "places"))
    assert 'value="banyak"' in page
    with unit_of_work():
        code = makers.make_office(code="OPD-9001").code
    desk.post("/program/acara/baru", {**EVENT, "from_day": "2026-11-21", "offices": code.lower()})
    number = only(Event).id
    assert "Temu bisnis" in mine.get("/acara").text
    mine.post(f"/program-saya/acara/{number}/ikut")
    assert "Anda terdaftar" in mine.get("/program-saya").text
    mine.post(f"/program-saya/acara/{number}/batal")
    mine.post(f"/program-saya/acara/{number}/ikut")
    desk.post(f"/program/acara/{number}/ubah", {**EVENT, "version": "9", "name": "Nama ketikan"}, 409)
    desk.post(f"/program/acara/{number}/ubah", {**EVENT, "version": "1", "offices": code})
    desk.post(f"/program/acara/{number}/hadir", {f"hadir-{crew.vendor.id}": "ya", "hadir-x": "ya"})
    assert only(Participation).attended is True
    page = mine.post(f"/program-saya/acara/{number}/penjualan", {"sales": "sejuta"}, 422).text
    assert 'value="sejuta"' in page
    mine.post(f"/program-saya/acara/{number}/penjualan", {"sales": "Rp750.000"})
    page = desk.get(f"/program/acara/{number}").text
    assert "Rp750.000" in page
    assert "Aturan, bukan bukti" in page
    desk.get(f"/program/acara/{number}/pesanan")
    desk.get(f"/program/acara/{number}/ubah")
    desk.post(f"/program/acara/{number}/batal", {"version": "2"}, 409)
    desk.get("/program/acara/999", 404)


def test_help_from_asking_to_taking(crew, desk, person):
    mine = person(crew.producer)
    page = mine.post("/program-saya/bantuan", {"kind": "emas", "title": "Oven besar", "amount": "2.000.000"}, 422).text
    assert 'value="Oven besar"' in page
    mine.post("/program-saya/bantuan", {"kind": "loan", "title": "Oven besar", "amount": "2.000.000"})
    need = only(HelpNeed).id
    offer = {"kind": "loan", "title": "Pinjaman warga", "amount": "1.000.000", "places": "1", "until_day": "2026-12-31"}
    assert (
        "Ada 2 hal"
        in desk.post("/program/bantuan/tawaran", {**offer, "places": "", "until_day": "2020-01-01"}, 422).text
    )
    desk.post("/program/bantuan/tawaran", offer)
    page = desk.get("/program/bantuan").text
    assert "Hanya menutup Rp1.000.000 dari Rp2.000.000." in page
    assert "Pemerintah hanya mempertemukan" in page
    desk.post(f"/program/bantuan/{need}/pasang/1")
    match = only(HelpMatch).id
    desk.post(f"/program/bantuan/pasangan/{match}/tarik")
    desk.post(f"/program/bantuan/{need}/pasang/1")
    match = only(HelpMatch).id
    assert "1 tawaran menunggu" in mine.get("/meja").text
    assert "Pinjaman warga" in mine.get("/program-saya").text
    mine.post(f"/program-saya/tawaran/{match}", {"jawaban": "terima"})
    assert only(HelpMatch).answer == "taken"
    desk.post("/program/bantuan/tawaran/1/tutup")
    desk.get("/program/bantuan/tawaran")


def test_somebody_elses_help_and_events_are_not_there(crew, staff, person, now):
    with unit_of_work():
        other = makers.make_crew()
        need = helping.ask(crew.producer, helping.NeedEntry("loan", "Oven rahasia"), now).id
        entry = helping.OfferEntry("loan", "Pinjaman", "", None, None, None, "", 1, date(2026, 12, 31))
        match = helping.match(staff, need, helping.offer(staff, entry, now).id, now).id
        event = makers.make_event(staff).id
        joining.join(crew.producer, event, now)
    stranger = person(other.producer)
    for path in (f"bantuan/{need}/tutup", f"tawaran/{match}", f"acara/{event}/batal", f"acara/{event}/penjualan"):
        stranger.post(f"/program-saya/{path}", {"jawaban": "terima", "sales": "5"}, 404)
    assert "Oven rahasia" not in stranger.get("/program-saya").text
    person(crew.pp).get("/program-saya", 403)
    person(crew.pp).get("/program/corong", 403)


def test_the_funnel_is_shown_downloaded_and_given_targets(crew, desk, staff, now):
    with unit_of_work():
        for code in ("P1", "P4"):
            facilities.record(staff, crew.vendor.id, facilities.Entry(code, date(2026, 9, 1)), now)
    page = desk.get("/program/corong").text
    assert "1 produsen berizin lebih dari 30 hari" in page
    assert crew.vendor.name in desk.get("/program/corong/produsen?tahap=stuck").text
    assert crew.vendor.name in desk.get("/program/corong/produsen?tahap=P4&periode=2026-T3").text
    desk.get("/program/corong?periode=2026-S9", 422)
    desk.get("/program/corong/produsen?tahap=P9", 422)
    assert 'href="#f-P2"' in desk.post("/program/sasaran", {"year": "2026", "P2": "banyak"}, 422).text
    desk.post("/program/sasaran", {"year": "2026", "P4": "4"})
    assert "25,00 %" in desk.get("/program/corong?periode=2026").text
    rows = list(csv.DictReader(io.StringIO(desk.get("/program/corong.csv?periode=2026").text)))
    assert len(rows) == 9  # one kecamatan has anybody
    mine = [row for row in rows if row["kecamatan"] == makers.GAMBIR and row["stage"] == "P4"]
    assert [(row["producers"], row["registered"], row["share_bp"]) for row in mine] == [("1", "1", "10000")]


def test_lists_ask_the_same_however_long_they_are(crew, desk, staff, person, now, statements):
    with unit_of_work():
        for _ in range(2):
            joining.join(crew.producer, makers.make_event(staff).id, now)
        helping.ask(crew.producer, helping.NeedEntry("loan", "Modal"), now)
    mine = person(crew.producer)
    pages = [
        (desk, path)
        for path in (
            "/program/produsen",
            "/program/acara",
            "/program/bantuan",
            "/program/bantuan/tawaran",
            "/program/kolaborator",
            "/meja",
        )
    ]
    pages += [(mine, "/program-saya"), (mine, "/acara"), (desk, "/program/acara/1")]

    def counts():
        found = []
        for browser, path in pages:
            with statements() as seen:
                browser.get(path)
            found.append(len(seen))
        return found

    counts()
    few = counts()
    with unit_of_work():
        for index in range(12):
            other = makers.make_actor("vendor_owner", vendor_id=makers.make_vendor().id)
            entry = helping.OfferEntry("loan", f"Pinjaman {index}", "", None, None, None, "", 3, date(2026, 12, 31))
            offer = helping.offer(staff, entry, now).id
            helping.match(staff, helping.ask(other, helping.NeedEntry("loan", "Modal"), now).id, offer, now)
            event = makers.make_event(
                staff, from_day=date(2026, 12, 3), until_day=date(2026, 12, 3) + timedelta(days=index)
            )
            joining.join(crew.producer, event.id, now)
            joining.join(other, 1, now)
            facilities.record(staff, other.vendor_id, facilities.Entry("P1", date(2026, 1, 1)), now)
    assert counts() == few
