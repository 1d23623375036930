"""English is complete: every text has its translation, pages show nothing else, and each of these laws bites."""

from __future__ import annotations

import ast

import pytest
from babel.messages.catalog import Catalog
from flask_babel import get_translations

from shop.accounts import mail
from shop.accounts.permissions import Role
from shop.base.errors import Conflict, Forbidden
from shop.settings import ROOT
from shop.web.errors import told
from shop.web.language import compile_translations, gettext
from tests.accounts.people_makers import NOW
from translations import check, extract

PAGES = (
    "/", "/katalog", "/katalog?q=tidakadaini", "/katalog?evidence=certified&sort=price", "/kategori", "/p3dn", "/p3dn/baris",
    "/masuk", "/tentang", "/sumber", "/api", "/privasi", "/meja", "/pesanan", "/pesanan?status=giliran", "/pesanan?q=0", "/paket",
    "/paket/impor", "/keranjang", "/kirim", "/profil", "/kantor/tugas", "/produk-saya", "/tidak-ada",
    "/acara", "/program-saya", "/program/corong", "/program/corong?periode=2026-S2", "/program/corong/produsen", "/program/produsen",
    "/program/produsen/1", "/program/acara", "/program/acara/1", "/program/acara/1/ubah", "/program/acara/1/pesanan",
    "/program/kolaborator", "/program/bantuan", "/program/bantuan/tawaran", "/sumber/tax.ppn",
    "/kalkulator-pajak?amount=11100000&form=cv&pkp=1", "/kalkulator-pajak?amount=3500000&kind=catering",
)  # fmt: skip

REDIRECTS = {301, 302, 303, 308}
SAME_IN_ENGLISH = {
    "PPK", "PA/KPA", "KAK", "HPS", "CV", "PT", "PBJT", "PPN", "PPh Pasal 21", "PPh Pasal 22", "PPh Pasal 23",
}  # fmt: skip


def catalogue(**pairs):
    made = Catalog("en")
    for msgid, english in pairs.items():
        made.add(msgid, english)
    return made


def texts(source):
    return {text for _line, text in extract.spoken(ast.parse(source))}


# --- the real catalogue ----------------------------------------------------------------------------------------------


def test_every_text_is_said_in_english_and_no_page_speaks_past_it():
    assert check.faults() == []


def test_the_catalogue_on_disk_is_what_the_extractor_writes():
    written = extract.renew(extract.found(), extract.read())
    assert written == extract.ENGLISH.read_bytes(), "run: python3 dev flask translations extract"


def test_the_catalogue_carries_no_dates_places_or_names_of_machines():
    words = extract.ENGLISH.read_text()
    for churn in ("-Date:", "Generated-By", "\n#:", "fuzzy", str(ROOT)):
        assert churn not in words


def test_english_has_two_plural_forms(app):
    with app.test_request_context("/?lang=en"):
        plural = get_translations().ngettext
        assert [plural("%(num)s produk", "%(num)s produk", n) for n in (0, 1, 2)] == [
            "%(num)s products", "%(num)s product", "%(num)s products"]  # fmt: skip


# --- each law bites --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('raise Invalid.at("name", "Isi nama Anda.")', "Isi nama Anda."),
        ('raise Conflict("Stok %(left)s lagi", kind="out-of-stock", left=1)', "Stok %(left)s lagi"),
        ('FieldFault("deliver.at", "%(vendor)s tutup pada hari itu.")', "%(vendor)s tutup pada hari itu."),
        ('def f(message="Periksa kembali isian Anda."): ...', "Periksa kembali isian Anda."),
        ('LABELS: Final = {"sent": "Dikirim", "no": "Diperiksa PPK"}', "Diperiksa PPK"),
        ('LABELS: Final = {"sent": "Dikirim"}', "Dikirim"),
        ('MUST = {"sent": "terima atau tolak pesanan ini"}', "terima atau tolak pesanan ini"),
        ('mail.notify(ids, "Pesanan %(number)s tiba", "Buka /pesanan/%(id)s.", now)', "Pesanan %(number)s tiba"),
        ('x = _l("Ya")', "Ya"),
        ('ngettext("%(num)s paket", "%(num)s paket", n)', ("%(num)s paket", "%(num)s paket")),
        ('raise ValueError("Isi dengan bilangan bulat.")', "Isi dengan bilangan bulat."),
    ],
)
def test_a_text_is_found_wherever_it_is_written(source, text):
    assert text in texts(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Says what this module is for."""',
        'X: Final = 1\n"""What the constant is for."""',
        'CheckConstraint("State is one of these")',
        'log.warning("Mail was refused")',
        'Field(description="Code of the office, or its id")',
        'raise ValueError("no such line")',
        'x = f"Dead end: {y} that is"',
        'response.headers["Cache-Control"] = "no-store"',
        'KEY = {"Idempotency-Key": "Made at the client, 8 to 200 characters"}',
        'STATES = {"sent": "vendor"}',
    ],
)
def test_what_is_not_for_people_is_left_out(source):
    assert texts(source) == set()


def test_parts_of_pages_are_searched_too(tmp_path):
    for name, text in (("templates/_parts/x.html", '{{ _("Kurangi") }}'), ("shop/demo/x.py", 'A = "Isi demo ini."')):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    assert extract.found(tmp_path) == {"Kurangi": ["templates/_parts/x.html"]}


def test_a_missing_translation_is_told_with_its_file():
    known = catalogue(Ya="Yes", Tidak="")
    said = check.untranslated({"Ya": ["a.py"], "Tidak": ["b.py"], "Mungkin": ["c.html"]}, known)
    assert list(said) == ["b.py: no English for 'Tidak'", "c.html: no English for 'Mungkin'"]


def test_a_missing_plural_is_told():
    known = Catalog("en")
    known.add(("%(num)s paket", "%(num)s paket"), ("%(num)s package", ""))
    assert list(check.untranslated({("%(num)s paket", "%(num)s paket"): ["x"]}, known)) != []
    assert list(check.untranslated({("satu", "satu"): ["x"]}, catalogue(satu="one"))) != []


@pytest.mark.parametrize(
    "english", ["Order has arrived", "Order %(nomor)s", "Order %(number)s, %(more)s", "%(number)s is 5 % off"]
)
def test_a_translation_that_loses_a_placeholder_is_told(english):
    assert list(check.broken_slots(catalogue(**{"Pesanan %(number)s tiba": english}))) != []


def test_placeholders_may_change_places():
    assert (
        list(check.broken_slots(catalogue(**{"%(a)s dari %(b)s": "of %(b)s, %(a)s", "TKDN 25 % ke atas": "25% up"})))
        == []
    )


def test_a_translation_that_nothing_asks_for_is_told():
    assert list(check.leftovers({"Ya": ["a.py"]}, catalogue(Ya="Yes", Dulu="Once"))) == ["nothing says 'Dulu'"]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>Belum ada {{ n }}</p>", "Belum ada …"),
        ('<p>{{ _("Baik") }} sekali</p>', "… sekali"),
        ('<img alt="Gambar {{ name }}">', "Gambar …"),
        ("{% if x %}<b>Tutup</b>{% endif %}", "Tutup"),
        ('<input placeholder="Cari produk">', "Cari produk"),
        ('{{ button("Simpan") }}', "Simpan"),
        ('{{ notice("Ada yang salah di sini", "bad") }}', "Ada yang salah di sini"),
        ('{% set menu = [("/katalog", "Lihat katalog")] %}', "Lihat katalog"),
    ],
)
def test_words_outside_a_translation_are_told(page, text):
    assert check.bare_texts(page) == [text]


@pytest.mark.parametrize(
    "page",
    [
        '<p class="lead big">{{ _("Belum ada %(what)s", what="kotak nasi") }}</p>',
        "{# Komentar untuk pembuat #}<b>e-Order Jakpreneur</b> · TKDN {{ x }} / RUP",
        '{% if kind == "danger" %}<i data-t="x"></i>{% endif %}{{ button(_("Ya"), "gold big", "basket") }}',
        "<pre><code>GET /api/v1/products</code></pre>",
    ],
)
def test_names_codes_and_translated_words_pass(page):
    assert check.bare_texts(page) == []


def test_new_texts_wait_for_their_english_and_old_ones_keep_it():
    fresh = extract.renew(["Ya", "Baru", ("%(num)s foto", "%(num)s foto")], catalogue(Ya="Yes", Dulu="Once")).decode()
    assert 'msgid "Ya"\nmsgstr "Yes"' in fresh
    assert 'msgid "Baru"\nmsgstr ""' in fresh
    assert 'msgstr[1] ""' in fresh
    assert "Dulu" not in fresh


def test_the_command_tells_and_fails(app, monkeypatch):
    run = app.test_cli_runner().invoke
    assert run(args=["translations", "check"]).exit_code == 0
    monkeypatch.setattr(extract, "found", dict)
    monkeypatch.setattr(check, "found", lambda _root: {"Mungkin": ["c.html"]})
    told_so = run(args=["translations", "check"])
    assert told_so.exit_code == 1
    assert "no English for 'Mungkin'" in told_so.output


# --- at the doors ----------------------------------------------------------------------------------------------------


class Unknown:
    """Stands behind the catalogue and writes down what it did not know."""

    def __init__(self):
        self.asked = set()

    def gettext(self, message):
        self.asked.add(message)
        return message

    ugettext = gettext

    def ngettext(self, one, many, n):
        self.asked.add(one)
        return one if n == 1 else many

    ungettext = ngettext


@pytest.fixture
def unknown(app):
    """Give what English pages ask for in vain."""
    with app.test_request_context("/?lang=en"):
        listener = Unknown()
        get_translations().add_fallback(listener)
        return listener


def test_no_page_of_any_role_asks_for_words_that_english_lacks(city, unknown):
    paths = (*PAGES, f"/produk/{city.product_id}-{city.slug}", f"/produsen/{city.maker_slug}", f"/paket/{city.crew.package_id}",
             f"/produk-saya/{city.product_id}", *(f"/pesanan/{order}" for order in city.orders.values()))  # fmt: skip
    shown = 0
    for visitor in [city.person(role) for role in Role]:
        for path in paths:
            answer = visitor._open("GET", path + ("&" if "?" in path else "?") + "lang=en")
            if answer.status_code not in REDIRECTS:
                assert '<html lang="en">' in answer.text, path
                shown += 1
    assert shown > 100
    assert "PPK" in unknown.asked, "the listener hears"
    assert unknown.asked <= SAME_IN_ENGLISH


def test_a_role_in_a_refusal_is_named_in_the_readers_language(app):
    with app.test_request_context("/?lang=en"):
        assert told(Forbidden("Peran Anda saat ini (%(role)s) tidak boleh melakukan ini.", role="Bendahara")) == (
            "Your current role (Treasurer) may not do this.")  # fmt: skip
        assert told(Forbidden("Ganti peran Anda ke %(hat)s untuk melakukan ini.", hat="Bendahara · Dinas Kesehatan")) == (
            "Switch your role to Treasurer · Dinas Kesehatan to do this.")  # fmt: skip
        assert (
            told(Conflict("Paket ini untuk tahun anggaran %(year)s.", year=2026))
            == "This package is for budget year 2026."
        )
    with app.test_request_context("/"):
        assert "(Bendahara)" in told(
            Forbidden("Peran Anda saat ini (%(role)s) tidak boleh melakukan ini.", role="Bendahara")
        )


def test_a_reason_in_a_mail_is_told_in_the_readers_language(tmp_path):
    folder = compile_translations(tmp_path)
    payload = {
        "key": "k", "to": "b@contoh.id", "name": "Budi", "locale": "en", "subject": "Pesanan %(number)s ditolak",
        "body": "%(vendor)s menolak: %(reason)s %(words)s\nPagu sudah kembali. Halaman pesanan: /pesanan/%(id)s",
        "params": {"number": "7", "vendor": "Dapur Bu Tini", "reason": "Waktunya terlalu dekat", "words": "", "id": 3},
    }  # fmt: skip
    english = mail.compose(payload, "x@y.id", folder, NOW)
    assert english["Subject"] == "Order 7 was refused"
    assert "Dapur Bu Tini refused: Too short notice" in english.get_content()
    assert (
        "menolak: Waktunya terlalu dekat"
        in mail.compose({**payload, "locale": "id"}, "x@y.id", folder, NOW).get_content()
    )


def test_a_text_without_placeholders_may_hold_a_percent_sign_and_nothing_stays_nothing(app):
    for lang in ("id", "en"):
        with app.test_request_context(f"/?lang={lang}"):
            assert app.jinja_env.from_string('{{ _("62,40 % dari") }}|{{ _("") }}').render() == "62,40 % dari|"
            assert gettext("") == ""
