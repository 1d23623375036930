"""A home cook registers on her phone: nothing is lost, nothing is shown whole, nothing is saved by half."""

import pytest
from sqlalchemy import select

from shop.accounts.models import Hat, UserAccount
from shop.audit.models import AuditEntry
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.vendors.models import DeliveryArea, Vendor
from tests import makers
from tests.browsing import Person

NUMBERS = {
    "nik": "3172054101900001",
    "phone": "+6281234567890",
    "nib": "9120301234567",
    "npwp": "012345678901000",
    "bank_account": "5012345678",
}
FIRST = {
    "name": "Siti Aminah",
    "email": "siti@contoh.id",
    "phone": "0812 3456 7890",
    "password": "kue lapis hangat pagi",
    "business": "Dapur Siti",
    "kind": "jakpreneur",
    "kecamatan_code": "31.75.06",
    "agree": "1",
}
STEPS = {
    "identitas": {
        "name": "Dapur Siti",
        "owner_name": "Siti Aminah",
        "nik": "3172 0541 0190 0001",
        "legal_form": "individual",
        "kecamatan_code": "31.75.06",
        "address": "Jl. Melati 3, Cakung",
    },
    "izin": {"nib": NUMBERS["nib"], "kbli_code": "10110"},
    "pajak": {
        "npwp": "01.234.567.8-901.000",
        "turnover_class": "to_500m",
        "tax_paper": "decl_500m",
        "tax_paper_year": "2026",
    },
    "rekening": {"bank_name": "Bank DKI", "bank_account": NUMBERS["bank_account"], "bank_holder": "Siti Aminah"},
    "jam": {"opens_at": "07.30", "closes_at": "16:00", "closed-6": "1"},
}


@pytest.fixture
def here(app):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
        yield app


def vendor_now():
    session.rollback()
    session.expire_all()
    return session.scalars(select(Vendor).order_by(Vendor.id.desc())).first()


def save(client, step, status=302, **changed):
    data = STEPS.get(step, {}) | {"version": vendor_now().version} | changed
    session.rollback()
    answer = client.post(f"/usaha/{step}", data=data)
    assert answer.status_code in {status, 303 if status == 302 else status}, answer.text[:3000]
    return answer


def registered(client):
    assert client.post("/daftar", data=FIRST).status_code == 303
    for step in STEPS:
        save(client, step)


def test_one_page_makes_account_business_and_hat_and_signs_in(here, client):
    answer = client.post("/daftar", data=FIRST)
    assert (answer.status_code, answer.location) == (303, "/usaha")
    vendor = vendor_now()
    assert (vendor.state, vendor.name, vendor.phone) == ("registering", "Dapur Siti", NUMBERS["phone"])
    hat = session.scalars(select(Hat).where(Hat.vendor_id == vendor.id)).one()
    assert hat.role == "vendor_owner"
    assert "5 langkah" in client.get("/usaha").text
    assert client.get("/daftar").status_code == 302


def test_a_taken_e_mail_is_said_with_the_way_to_sign_in_and_nothing_is_written(here, client):
    client.post("/daftar", data=FIRST)
    stranger = here.test_client()
    answer = stranger.post("/daftar", data=FIRST | {"email": " SITI@contoh.id", "business": "Toko Lain"})
    assert answer.status_code == 409
    assert "/masuk?next=/usaha" in answer.text
    assert "Toko Lain" in answer.text  # what was typed is kept
    assert FIRST["password"] not in answer.text
    assert [v.name for v in session.scalars(select(Vendor))] == ["Dapur Siti"]


def test_every_fault_of_the_first_page_is_told_at_once_and_changes_nothing(here, client):
    answer = client.post(
        "/daftar",
        data={"email": "x", "phone": "1", "password": "", "business": "", "kind": "pt", "kecamatan_code": "31"},
    )
    assert answer.status_code == 422
    for field in ("phone", "business", "kind", "kecamatan_code", "agree"):
        assert f'href="#f-{field}"' in answer.text
    assert session.scalars(select(UserAccount)).all() == []


def test_steps_are_kept_one_by_one_and_the_last_makes_the_business_active(here, client):
    client.post("/daftar", data=FIRST)
    refused = client.post("/usaha/selesai", data={"version": vendor_now().version}, follow_redirects=True)
    assert "belum lengkap" in refused.text
    for step in STEPS:
        save(client, step)
    vendor = vendor_now()
    assert {name: getattr(vendor, name) for name in NUMBERS} == NUMBERS
    assert (vendor.size, vendor.opens_at, vendor.closed_weekdays) == ("mikro", 450, 64)
    session.rollback()
    assert client.post("/usaha/selesai", data={"version": vendor.version}).status_code == 303
    vendor = vendor_now()
    assert vendor.state == "active"
    assert vendor.registered_at is not None
    posted = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "programme.registered")).one()
    assert posted.payload == {"vendor_id": vendor.id}
    session.rollback()
    assert client.post("/usaha/selesai", data={"version": vendor.version}).status_code == 409


def test_no_page_trail_or_mail_shows_a_whole_number_and_an_empty_field_keeps_it(here, client, capfd):
    registered(client)
    programme = Person(here, makers_actor("programme"))
    vendor_id = vendor_now().id
    session.rollback()
    pages = [
        client.get(path).text for path in ("/usaha", *(f"/usaha/{step}" for step in STEPS), "/usaha/dokumen", "/profil")
    ]
    pages += [programme.get(path).text for path in ("/produsen-program", f"/produsen-program/{vendor_id}")]
    assert any("•••• 5678" in page for page in pages)
    kept = [str(row.data) for row in session.scalars(select(AuditEntry))]
    kept += [str(row.payload) for row in session.scalars(select(OutboxMessage))]
    said = "".join(capfd.readouterr())
    session.rollback()
    for number in NUMBERS.values():
        for text in (*pages, *kept, said):
            assert number not in text
            assert number.removeprefix("+62") not in text
    save(client, "rekening", bank_account="")
    assert vendor_now().bank_account == NUMBERS["bank_account"]


def makers_actor(role):
    session.rollback()
    with unit_of_work():
        return makers.make_actor(role)


def test_an_nib_of_another_producer_is_refused_at_its_field_and_nothing_is_saved(here, client):
    with unit_of_work():
        makers.make_vendor(nib=NUMBERS["nib"])
    client.post("/daftar", data=FIRST)
    answer = save(client, "izin", 409)
    assert 'href="#f-nib"' in answer.text
    assert "petugas program" in answer.text
    assert (vendor_now().nib, vendor_now().kbli_code) == (None, None)


def test_who_saves_an_old_page_is_told_and_keeps_what_was_typed(here, client):
    client.post("/daftar", data=FIRST)
    old = vendor_now().version
    save(client, "rekening")
    answer = save(client, "rekening", 409, version=old, bank_name="Bank Lain")
    assert "Bank Lain" in answer.text
    assert vendor_now().bank_name == "Bank DKI"


@pytest.mark.parametrize(
    ("step", "changed", "field"),
    [
        ("identitas", {"nik": "123"}, "nik"),
        ("identitas", {"kecamatan_code": "99"}, "kecamatan_code"),
        ("izin", {"nib": "12345"}, "nib"),
        ("izin", {"kbli_code": "00000"}, "kbli_code"),
        ("pajak", {"tax_paper_year": "2019"}, "tax_paper_year"),
        ("pajak", {"turnover_class": "to_2b"}, "tax_paper"),
        ("pajak", {"tax_paper": "sk_pp55", "tax_paper_number": "S-1", "tax_paper_from": "2026-05-01",
                   "tax_paper_until": "2025-05-01"}, "tax_paper_until"),
        ("pajak", {"tax_paper": "sk_pp55", "tax_paper_number": "S-1", "tax_paper_from": "2027-05-01",
                   "tax_paper_until": "2028-05-01"}, "tax_paper_from"),
        ("rekening", {"bank_account": "12"}, "bank_account"),
        ("jam", {"closes_at": "06:00"}, "closes_at"),
        ("jam", {"opens_at": "99:99"}, "opens_at"),
        ("jam", {f"closed-{day}": "1" for day in range(7)}, "closed-0"),
        ("kirim", {"to-31.71.01": "1", "cost-31.71.01": "murah"}, "cost-31.71.01"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_saved(here, client, step, changed, field):
    client.post("/daftar", data=FIRST)
    before = vendor_now().version
    answer = save(client, step, 422, **changed)
    assert f'href="#f-{field}"' in answer.text
    assert vendor_now().version == before


def test_delivery_places_are_replaced_as_a_whole_and_none_means_everywhere(here, client):
    client.post("/daftar", data=FIRST)
    save(client, "kirim", **{"to-31.71.01": "1", "cost-31.71.01": "15.000", "cost-31.71.02": "9"})
    assert [(a.kecamatan_code, a.cost) for a in session.scalars(select(DeliveryArea))] == [("31.71.01", 15_000)]
    save(client, "kirim")
    assert session.scalars(select(DeliveryArea)).all() == []


def test_a_line_of_business_is_found_by_words_without_javascript_and_keeps_the_typed_number(here, client):
    client.post("/daftar", data=FIRST)
    answer = client.post("/usaha/izin", data={"search": "1", "words": "daging", "nib": "912"})
    assert answer.status_code == 200
    assert "10110" in answer.text


def test_nobody_reaches_another_business_by_its_steps(here, client):
    with unit_of_work():
        staff = makers.make_actor("vendor_staff", vendor_id=makers.make_vendor().id)
    Person(here, staff).get("/usaha", 403)
    client.post("/daftar", data=FIRST)
    assert client.get("/usaha/lain").status_code == 404
    assert client.post("/usaha/lain").status_code == 404


def test_areas_made_from_an_older_page_do_not_go_over_newer_ones(here, client):
    client.post("/daftar", data=FIRST)
    version = vendor_now().version
    session.rollback()
    for cost, status in (("15000", 303), ("9000", 409)):
        answer = client.post("/usaha/kirim", data={"version": version, "to-31.75.06": "1", "cost-31.75.06": cost})
        assert answer.status_code == status
    assert session.scalars(select(DeliveryArea.cost)).all() == [15_000]
