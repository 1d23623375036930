"""The pages of packages: whose they are, what is shown and handed out, and what it costs."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from shop.accounts import tokens
from shop.accounts.models import Office
from shop.base.actor import SYSTEM
from shop.budgets.models import Package, PackageDocument
from shop.db import session, unit_of_work
from tests import makers

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MARKUP = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def pdf(name="kak.pdf", content=PDF):
    return (io.BytesIO(content), name)


@pytest.fixture
def attached(crew, person):
    person(crew.ppk).post(f"/paket/{crew.package_id}/dokumen", {"kind": "kak", "title": "KAK rapat", "file": pdf()})
    session.rollback()
    return session.scalars(select(PackageDocument.id)).one()


def test_somebody_elses_package_and_papers_are_not_there(crew, strangers, person, attached):
    for actor in (strangers.pa, strangers.ppk, strangers.pp, strangers.bendahara):
        person(actor).get(f"/paket/{crew.package_id}", 404)
        person(actor).get(f"/paket/{crew.package_id}/dokumen/{attached}", 404)
        person(actor).get(
            f"/paket/{strangers.package_id}/dokumen/{attached}", 404
        )  # a paper of ours under an address of theirs
        person(actor).post(f"/paket/{crew.package_id}/serahkan", {"user_id": actor.user_id, "version": 1}, 404)
    person(strangers.ppk).post(f"/paket/{crew.package_id}/dokumen", {"kind": "kak", "title": "KAK", "file": pdf()}, 404)
    person(crew.producer).get(f"/paket/{crew.package_id}", 403)
    assert crew.rup_code not in person(strangers.pp).get("/paket").text


def test_an_auditor_sees_all_and_changes_nothing(crew, person, attached):
    with unit_of_work():
        auditor = makers.make_actor("auditor")
    session.rollback()
    page = person(auditor).get(f"/paket/{crew.package_id}").text
    assert "KAK rapat" in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    person(auditor).get(f"/paket/{crew.package_id}/dokumen/{attached}")
    person(auditor).post(f"/paket/{crew.package_id}/serahkan", {"user_id": 1, "version": 1}, 403)
    person(auditor).post(f"/paket/{crew.package_id}/dokumen", {"kind": "kak"}, 403)


def test_papers_come_as_downloads_under_a_name_of_ours(crew, person, attached):
    answer = person(crew.pp).get(f"/paket/{crew.package_id}/dokumen/{attached}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == f"attachment; filename=kak-{attached}.pdf"
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "public" not in answer.headers.get("Cache-Control", "")
    person(crew.pp).get(f"/paket/{crew.package_id}/dokumen/999", 404)


@pytest.mark.parametrize(
    "name", ["../../x.pdf", "a%0d%0aX-Evil: 1.pdf", "a\tb\x1b.pdf", "=cmd.pdf", MARKUP, "é" * 300 + ".exe", ""]
)
def test_the_name_of_an_upload_reaches_neither_disk_nor_header(crew, person, name):
    page = person(crew.ppk)
    page.post(
        f"/paket/{crew.package_id}/dokumen",
        {"kind": "kak", "title": "KAK rapat", "file": pdf(name)},
        303 if name else 422,
    )
    session.rollback()
    for found in session.scalars(select(PackageDocument)).all():
        answer = page.get(f"/paket/{crew.package_id}/dokumen/{found.id}")
        assert answer.headers["Content-Disposition"] == f"attachment; filename=kak-{found.id}.pdf"
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"%PDF-1.4 no end", b"MZ\x90\x00", b"\x89PNG\r\n\x1a\n" + b"x" * 50],
)
def test_what_is_no_paper_is_refused_and_what_was_typed_stays(crew, person, content):
    answer = person(crew.ppk).post(
        f"/paket/{crew.package_id}/dokumen", {"kind": "kak", "title": "KAK rapat RW", "file": pdf(content=content)}, 422
    )
    assert "KAK rapat RW" in answer.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(PackageDocument)) == 0


def test_a_refused_persons_upload_is_not_kept(app, crew, person):
    with unit_of_work():
        other = makers.make_actor("ppk", office_id=crew.office_id)
    session.rollback()
    person(other).post(f"/paket/{crew.package_id}/dokumen", {"kind": "kak", "title": "KAK", "file": pdf()}, 403)
    assert not list((app.config["SHOP"].var / "files").rglob("*.*"))


def test_markup_in_every_text_is_only_text(crew, person):
    with unit_of_work():
        package = session.get_one(Package, crew.package_id)
        package.name, package.mak, package.fund_source, package.method = MARKUP, MARKUP, "<b>x</b>", "<i>y</i>"
        session.get_one(Office, crew.office_id).name = MARKUP
    session.rollback()
    ppk = person(crew.ppk)
    ppk.post(f"/paket/{crew.package_id}/dokumen", {"kind": "kak", "title": MARKUP, "file": pdf()})
    for actor, path in (
        (crew.ppk, f"/paket/{crew.package_id}"),
        (crew.pa, "/paket"),
        (crew.pp, "/keranjang"),
        (crew.pa, "/paket/impor"),
    ):
        page = person(actor).get(path).text
        for raw in ("<script>alert", "<img src=x", "<b>x</b>", "<i>y</i>"):
            assert raw not in page, path
    answer = ppk.post(f"/paket/{crew.package_id}/dokumen", {"kind": MARKUP, "title": MARKUP, "amount": MARKUP}, 422)
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in person(crew.pa).get(f"/paket?q={MARKUP}").text


def test_wildcards_find_only_themselves(crew, person):
    with unit_of_work():
        office = session.get_one(Office, crew.office_id)
        makers.make_package(office, crew.ppk, crew.pp, name="Diskon 50%_khusus")
    session.rollback()
    for words, found in (("%", 1), ("_", 1), ("50%_k", 1), ("%%%%", 0), ("\\", 0), ("makan", 1)):
        page = person(crew.pp).get("/paket", query_string={"q": words}).text
        assert page.count('<li class="panel">') == found, words


def test_a_list_costs_the_same_whatever_its_length(crew, person, statements):
    page = person(crew.pa)
    page.get("/paket")
    with statements() as few:
        page.get("/paket")
    with unit_of_work():
        office = session.get_one(Office, crew.office_id)
        for _ in range(20):
            makers.make_package(office, crew.ppk, crew.pp)
    session.rollback()
    with statements() as many:
        assert page.get("/paket").text.count('<li class="panel">') == 21
    assert len(few) == len(many) <= 5, many


def test_handing_on_through_the_pages_and_a_stale_screen(crew, person):
    with unit_of_work():
        other = makers.make_actor("pp", office_id=crew.office_id)
    session.rollback()
    ppk = person(crew.ppk)
    refused = ppk.post(f"/paket/{crew.package_id}/serahkan", {"user_id": other.user_id, "version": 1}, 422)
    assert "Lampirkan KAK" in refused.text
    ppk.post(f"/paket/{crew.package_id}/dokumen", {"kind": "kak", "title": "KAK rapat", "file": pdf()})
    ppk.post(f"/paket/{crew.package_id}/serahkan", {"user_id": other.user_id, "version": 1})
    assert other.name in ppk.get(f"/paket/{crew.package_id}").text
    ppk.post(f"/paket/{crew.package_id}/serahkan", {"user_id": other.user_id, "version": 1}, 409)
    nobody = ppk.post(f"/paket/{crew.package_id}/serahkan", {"user_id": "x", "version": "y"}, 422).text
    assert 'href="#f-user_id">Pilih orang yang memegang peran itu' in nobody


def test_importing_through_the_page_names_rows_columns_and_reasons(crew, person):
    code = session.scalar(select(Office.code).where(Office.id == crew.office_id))
    head = "kd_rup,nama_paket,tahun_anggaran,kode_kantor,kode_rekening,pagu\n"
    pa = person(crew.pa)
    wrong = pa.post("/paket/impor", {"file": (io.BytesIO(f"{head}1,x,2026,<b>,5,0\n".encode()), "rup.csv")}, 422).text
    for told in ("kd_rup", "Kode RUP harus 4 sampai 20 angka.", "kode_rekening", "&lt;b&gt;"):
        assert told in wrong
    assert "“<b>”" not in wrong
    text = f"{head}90010001,Makan minum,2026,{code},5.1.2.1.1.52,1000000\n"
    done = pa.post("/paket/impor", {"file": (io.BytesIO(text.encode()), "rup.csv")}, 200).text
    assert "1 paket baru" in done
    assert "kosong" in pa.post("/paket/impor", {}, 422).text
    person(crew.ppk).get("/paket/impor", 403)


def test_a_year_that_is_none_is_told(crew, person):
    for year in ("9" * 30, "1999", "abc", "-1", "２０２６"):
        person(crew.pa).get("/paket", 422, query_string={"tahun": year})
    person(crew.pa).get("/paket?tahun=2025")


@pytest.fixture
def ask(app, crew, now):
    """Return a function that asks the JSON door as the Pejabat Pengadaan."""
    from contextvars import Context

    with unit_of_work():
        token = tokens.create_token(SYSTEM, "uji", now, user_id=crew.pp.user_id)
    session.rollback()

    def get(path, **more):
        return Context().run(app.test_client().get, path, headers={"Authorization": f"Bearer {token}"}, **more)

    return get


def test_the_json_door_lists_what_one_may_order_from(crew, strangers, ask, now):
    with unit_of_work():
        makers.make_sent_order(crew, now)
        office = session.get_one(Office, crew.office_id)
        makers.make_package(office, crew.ppk, crew.pp, state="with_ppk", pp_id=None)
    answer = ask("/api/v1/packages").json
    assert [item["rup_code"] for item in answer["items"]] == [crew.rup_code]
    assert answer["items"][0] == {
        "rup_code": crew.rup_code,
        "name": "Makan minum rapat",
        "account_code": "5.1.02.01.01.0052",
        "year": 2026,
        "pagu": 20_000_000,
        "committed": 555_000,
        "realised": 0,
        "left": 19_445_000,
    }
    assert (answer["total"], answer["page"], answer["per_page"]) == (1, 1, 24)
    assert ask("/api/v1/packages?year=2025").json["items"] == []
    for wrong in ("year=2018", "year=x", "page=0", "per_page=101", "per_page=-1"):
        assert ask(f"/api/v1/packages?{wrong}").status_code == 422


def test_the_json_door_is_closed_without_a_token_and_to_cookies(app, crew, person):
    assert app.test_client().get("/api/v1/packages").status_code == 401
    person(crew.pp).get("/api/v1/packages", 401)
