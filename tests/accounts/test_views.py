"""The account pages as a browser meets them."""

from __future__ import annotations

import re
from contextvars import Context
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.accounts import tokens, views
from shop.accounts.models import Office, UserAccount
from shop.accounts.permissions import Role
from shop.db import session
from tests.accounts.people_makers import NOW, PASSWORD, make_hat, make_office, make_officer, make_user, worn

REASON = "Kelurahan hanya punya dua pegawai, PPK merangkap PP."


class Visitor:
    """A browser that reads the CSRF token off the page before it sends a form.

    Requests run in an empty context: the application context of the test would lend all of them one `g`.
    """

    def __init__(self, app: Flask, page: str = "/masuk") -> None:
        self.client: FlaskClient = app.test_client()
        self.page = page

    def get(self, path, **more):
        session.rollback()
        return Context().run(self.client.get, path, **more)

    def post(self, path, data=None, page=None):
        text = self.get(page or self.page, follow_redirects=True).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', text)
        assert found, text[:500]
        return Context().run(self.client.post, path, data={"csrf_token": found[1], **(data or {})})

    def sign_in(self, identifier="123456", password=PASSWORD, **more):
        answer = self.post("/masuk", {"identifier": identifier, "password": password, **more}, page="/masuk")
        self.page = "/profil"
        return answer


@pytest.fixture
def visitor(shop):
    return Visitor(shop)


def signed_in(shop, **more):
    other = Visitor(shop)
    assert other.sign_in(**more).status_code == 302
    return other


def test_signing_in_leads_on_and_keeps_the_language(shop, visitor):
    make_user(locale="en")
    answer = visitor.sign_in(next="/pesanan?halaman=2")
    assert (answer.status_code, answer.location) == (302, "/pesanan?halaman=2")
    assert "lang=en" in str(answer.headers.getlist("Set-Cookie"))
    page = visitor.get("/profil")
    assert page.status_code == 200
    assert "Sari Wulandari" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert visitor.get("/masuk?next=/profil").location == "/profil"


@pytest.mark.parametrize(
    "target",
    [
        "https://jahat.example",
        "//jahat.example",
        "/\\jahat.example",
        "\\\\jahat",
        "javascript:alert(1)",
        "/\t/jahat.example",
        "/a\nLocation: x",
        "",
        "masuk",
        "/masuk",
        "/masuk?next=/masuk",
        "/" + "x" * 5000,
        "/\x00",
    ],
)
def test_next_leads_only_to_this_site(target):
    assert views.local_path(target) == "/"


@pytest.mark.parametrize("target", ["/", "/pesanan", "/katalog?q=nasi+kotak&tkdn=40", "/produk/7/kue-lapis#foto"])
def test_next_keeps_paths_of_this_site(target):
    assert views.local_path(target) == target


def test_a_wrong_password_keeps_the_name_and_drops_the_password(visitor, shop):
    make_user()
    answer = visitor.sign_in('"><script>alert(1)</script>', "rahasia-yang-diketik")
    assert answer.status_code == 401
    assert "<title>Kesalahan: Masuk" in answer.text
    assert "NRK/e-mail atau kata sandi salah." in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert "rahasia-yang-diketik" not in answer.text


def test_empty_and_long_fields_are_named(visitor, shop):
    answer = visitor.sign_in("", "")
    assert answer.status_code == 422
    assert 'href="#f-identifier"' in answer.text
    assert 'href="#f-password"' in answer.text
    assert visitor.sign_in("x" * 5000, "y" * 300_000).status_code == 422


def test_a_lock_answers_429_and_when_to_come_back(visitor, shop):
    make_user()
    codes = [visitor.sign_in(password="salah sekali").status_code for _ in range(6)]
    assert codes == [401, 401, 401, 401, 429, 429]
    answer = visitor.sign_in()
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    assert "15 menit" in answer.text


def test_a_form_without_its_mark_is_refused(shop):
    make_user()
    answer = shop.test_client().post("/masuk", data={"identifier": "123456", "password": PASSWORD})
    assert answer.status_code == 400


def test_demo_logins_show_only_in_a_demo(shop, visitor, settings):
    shop.extensions["demo_logins"] = lambda: [
        {"label": "PPK", "place": "Dinas <b>X</b>", "identifier": "900001", "password": "contoh-saja-2026"}
    ]
    assert "contoh-saja-2026" not in visitor.get("/masuk").text
    settings.demo = "small"
    page = visitor.get("/masuk").text
    assert "contoh-saja-2026" in page
    assert "<b>X</b>" not in page


def test_signing_out_ends_this_session_only(shop):
    make_user()
    here, there = signed_in(shop), signed_in(shop)
    assert here.post("/keluar").status_code == 302
    assert here.get("/profil").location == "/masuk?next=/profil"
    assert there.get("/profil").status_code == 200


def test_signing_out_everywhere_kills_every_session(shop):
    actor = worn(make_user())
    here, there = signed_in(shop), signed_in(shop)
    assert here.post("/keluar-semua").location == "/masuk"
    assert here.get("/profil").status_code == 302
    assert there.get("/profil").status_code == 302
    assert signed_in(shop).get("/profil").status_code == 200
    assert actor.user_id


def test_changing_the_password_keeps_this_session_and_ends_the_others(shop):
    make_user()
    here, there = signed_in(shop), signed_in(shop)
    new = {"old_password": PASSWORD, "new_password": "gerobak biru tua", "repeated": "gerobak biru tua"}
    assert here.post("/profil/kata-sandi", {**new, "repeated": "lain lagi saja"}).status_code == 422
    wrong = here.post("/profil/kata-sandi", {**new, "old_password": "bukan ini"})
    assert wrong.status_code == 422
    assert "Kata sandi saat ini salah." in wrong.text
    assert "gerobak" not in wrong.text
    assert here.post("/profil/kata-sandi", new).status_code == 302
    assert here.get("/profil").status_code == 200
    assert there.get("/profil").status_code == 302
    assert signed_in(shop, password="gerobak biru tua")


def test_the_hat_is_switched_and_remembered(shop):
    user_id, office_id = make_officer("pp")
    ppk = make_hat(user_id, "ppk", office_id=office_id)
    here = signed_in(shop)
    assert here.post("/peran", {"hat_id": ppk, "next": "/profil"}).location == "/profil"
    assert "PPK · Dinas Pendidikan" in here.get("/profil").text
    here.post("/keluar")
    here.page = "/masuk"
    here.sign_in()
    with here.client.session_transaction() as visit:
        assert visit["hat"] == ppk


def test_signing_in_leads_to_the_desk_unless_a_page_was_asked_for(visitor):
    assert 'name="next" value="/meja"' in visitor.get("/masuk").text
    assert 'name="next" value="/profil"' in visitor.get("/masuk?next=/profil").text


def test_a_refused_page_offers_the_other_hats_and_comes_back(shop):
    user_id, office_id = make_officer("ppk")
    pp = make_hat(user_id, "pp", office_id=office_id)
    page = signed_in(shop).get("/keranjang")
    assert page.status_code == 403
    assert 'name="next" value="/keranjang"' in page.text
    assert page.text.count(f'name="hat_id" value="{pp}"') == 2  # in the menu and on the page


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("ppk", True),
        ("pp", True),
        ("auditor", True),
        ("admin", True),
        ("curator_province", False),
        ("attendant", False),
    ],
)
def test_the_menu_names_only_what_the_hat_may_open(shop, role, shown):
    user_id = make_user()
    make_hat(user_id, role, office_id=make_office() if role in {"ppk", "pp"} else None)
    page = signed_in(shop).get("/profil").text
    for path in ("/pesanan", "/paket"):
        assert (f'href="{path}"' in page) is shown


@pytest.mark.parametrize(
    ("hat_id", "status"), [("9999", 404), ("0", 422), ("-1", 422), ("x", 422), ("", 422), ("9" * 400, 422)]
)
def test_a_hat_of_somebody_else_or_nobody_is_refused(shop, hat_id, status):
    make_officer("pp")
    assert signed_in(shop).post("/peran", {"hat_id": hat_id}).status_code == status


def test_a_hat_that_ends_overnight_is_gone_from_the_session(shop, clock):
    user_id, office_id = make_officer("pp")
    make_hat(user_id, "pa_kpa", office_id=office_id, valid_until=date(2026, 11, 20))
    here = signed_in(shop)
    with here.client.session_transaction() as visit:
        visit["hat"] = 2
    assert here.get("/kantor/tugas").status_code == 200
    clock.shift(timedelta(hours=16))
    with here.client.session_transaction() as visit:
        visit.modified = True
    signed = signed_in(shop)
    assert signed.get("/kantor/tugas").status_code == 403


def test_a_token_is_shown_once_and_revoked(shop):
    user_id, _ = make_officer("ppk")
    here = signed_in(shop)
    page = here.post("/profil/token", {"name": "SIMDA <i>", "hat_id": 0, "days": 30})
    assert page.status_code == 200
    text = re.search(r"eoj_[A-Za-z0-9_-]{40,}", page.text)[0]
    assert tokens.actor_for_token(text, NOW)[0].user_id == user_id
    session.rollback()
    again = here.get("/profil").text
    assert text not in again
    assert text[:12] in again
    assert "<i>" not in again
    token_id = re.search(r"/profil/token/(\d+)/cabut", again)[1]
    assert here.post(f"/profil/token/{token_id}/cabut").status_code == 302
    assert tokens.actor_for_token(text, NOW) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "\x00"},
        {"hat_id": "77"},
        {"hat_id": "x"},
        {"days": "1000"},
        {"days": "9" * 5000},
    ],
)
def test_a_wrong_token_form_is_told_and_kept(shop, wrong):
    make_user()
    answer = signed_in(shop).post("/profil/token", {"name": "SIMDA", "hat_id": 0, "days": 30, **wrong})
    assert answer.status_code == 422
    assert "<title>Kesalahan: Profil" in answer.text
    assert "eoj_" not in answer.text


@pytest.mark.parametrize("token_id", ["1", str(2**63 - 1), str(2**63), "9" * 30])
def test_somebody_elses_token_answers_404(shop, token_id):
    other = worn(make_user("ana@jakarta.go.id", nrk=None))
    from shop.db import unit_of_work

    with unit_of_work():
        tokens.create_token(other, "punya Ana", NOW)
    make_user()
    assert signed_in(shop).post(f"/profil/token/{token_id}/cabut").status_code == 404


def test_the_language_is_kept(shop):
    user_id = make_user()
    here = signed_in(shop)
    assert here.post("/profil/bahasa", {"locale": "en"}).status_code == 302
    assert session.get(UserAccount, user_id).locale == "en"
    assert '<html lang="en"' in here.get("/profil").text
    assert here.post("/profil/bahasa", {"locale": "xx"}).status_code == 422


def test_pa_kpa_relaxes_openly_and_restores(shop):
    _, office_id = make_officer("pa_kpa")
    here = signed_in(shop)
    here.page = "/kantor/tugas"
    assert "Berlaku penuh" in here.get("/kantor/tugas").text
    short = here.post("/kantor/tugas/longgarkan", {"reason": "perlu"})
    assert short.status_code == 422
    assert ">perlu</textarea>" in short.text.replace("\n", "")
    assert here.post("/kantor/tugas/longgarkan", {"reason": f"{REASON} <script>"}).status_code == 302
    page = here.get("/kantor/tugas").text
    assert REASON in page
    assert "&lt;script&gt;" in page
    assert "Sari Wulandari" in page
    assert here.post("/kantor/tugas/longgarkan", {"reason": REASON}).status_code == 409
    assert here.post("/kantor/tugas/pulihkan").status_code == 302
    assert session.get(Office, office_id).relaxed_duties is False


@pytest.mark.parametrize("role", [r.value for r in (Role.PPK, Role.PP, Role.BENDAHARA)])
def test_other_hats_do_not_open_the_page_of_duties(shop, role):
    make_officer(role)
    here = signed_in(shop)
    assert here.get("/kantor/tugas").status_code == 403
    assert here.post("/kantor/tugas/longgarkan", {"reason": REASON}).status_code == 403


@pytest.mark.parametrize("path", ["/profil", "/kantor/tugas"])
def test_visitors_are_led_to_the_sign_in_page(shop, visitor, path):
    assert visitor.get(path).location == f"/masuk?next={path}"


@pytest.mark.parametrize(
    "path",
    [
        "/keluar",
        "/keluar-semua",
        "/peran",
        "/profil/kata-sandi",
        "/profil/bahasa",
        "/profil/token",
        "/profil/token/1/cabut",
        "/kantor/tugas/longgarkan",
        "/kantor/tugas/pulihkan",
    ],
)
def test_visitors_cannot_send_account_forms(shop, visitor, path):
    assert visitor.post(path, page="/masuk").status_code == 401


def test_markup_in_names_is_only_text(shop):
    user_id = make_user(name="<script>alert('sari')</script>")
    make_hat(user_id, "pa_kpa", office_id=make_office(name="<img src=x onerror=alert(1)>"))
    here = signed_in(shop)
    for path in ("/profil", "/kantor/tugas"):
        page = here.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_pages_carry_no_inline_script_or_style(shop):
    make_officer("pa_kpa")
    here = signed_in(shop)
    for path in ("/profil", "/kantor/tugas"):
        page = here.get(path).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page)
