"""QRIS from the public page to a paid order: nothing is stored that need not be, nothing counts as paid without proof."""

import io

import pytest
from pypdf import PdfWriter
from sqlalchemy import select

from shop.audit.models import AuditEntry
from shop.base.errors import Conflict, Invalid, NotFound, SeparationOfDuties
from shop.db import session, unit_of_work
from shop.orders.models import Order, Payment
from shop.orders.paying import Proof
from shop.payments import qris_channel
from shop.payments.channels import open_request
from shop.payments.models import PaymentRequest
from shop.qris.checking import check
from shop.vendors.models import Vendor
from tests import makers
from tests.makers import make_qris

NMID = "ID1020000000001"


@pytest.fixture
def here(app):
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
        yield app


@pytest.fixture
def crew(here):
    with unit_of_work():
        return makers.make_crew(makers.make_vendor(name="Dapur Uji Jakpreneur"))


def paper():
    out = io.BytesIO()
    book = PdfWriter()
    book.add_blank_page(100, 100)
    book.write(out)
    return out.getvalue()


def test_programs_read_a_code_and_make_one_for_one_sale(here, client):
    code = make_qris()
    told = client.post("/api/v1/qris/inspect", json={"payload": code}).json
    assert told == {
        "valid": True, "initiation": "static", "amount": None, "merchant": "DAPUR UJI JAKPRENEUR", "criteria": "UMI", "errors": [],
    }  # fmt: skip
    made = client.post("/api/v1/qris/dynamic", json={"payload": code, "amount": 2_625_000, "bill": "SP-0001/2026"})
    assert made.json == {"payload": made.json["payload"]}
    assert made.json["payload"].endswith("62230112SP-0001/20260703A016304CE15")
    told = client.post("/api/v1/qris/inspect", json={"payload": made.json["payload"]}).json
    assert (told["valid"], told["initiation"], told["amount"]) == (True, "dynamic", 2_625_000)
    tipped = {"payload": code, "amount": 75_000, "tip": {"kind": "percent", "value": 500}}
    assert "54057500055020357015" in client.post("/api/v1/qris/dynamic", json=tipped).json["payload"]

    broken = client.post(
        "/api/v1/qris/inspect", json={"payload": f"{code[:-4]}0000"}, headers={"Accept-Language": "en"}
    )
    assert broken.status_code == 200
    assert broken.json["valid"] is False
    assert [(e["field"], e["message"]) for e in broken.json["errors"]] == [
        ("63", "The check digits do not match: something was changed or miscopied. Do not pay.")
    ]
    assert broken.json["merchant"] == "DAPUR UJI JAKPRENEUR"  # what can be read is told
    assert client.post("/api/v1/qris/inspect", json={"payload": "00\0"}).json["valid"] is False
    assert client.post("/api/v1/qris/inspect", json={"payload": "00\ud83c"}).status_code == 422
    for door, body, fields in (
        ("inspect", {"payload": code, "store": True}, {"store"}),
        ("inspect", {}, {"payload"}),
        ("inspect", {"payload": "0" * 1025}, {"payload"}),
        ("dynamic", {"payload": code, "amount": 10_000_001}, {"amount"}),
        ("dynamic", {"payload": code, "amount": 1.5}, {"amount"}),
        (
            "dynamic",
            {"payload": "x", "amount": 1, "bill": "a\nb", "tip": {"kind": "fixed", "value": 0}},
            {"payload", "bill", "tip"},
        ),
        ("dynamic", {"payload": code, "amount": 1, "tip": {"kind": "gift"}}, {"tip.kind"}),
    ):
        refused = client.post(f"/api/v1/qris/{door}", json=body)
        assert refused.status_code == 422, (body, refused.text)
        assert {e["field"] for e in refused.json["errors"]} == fields, (body, refused.text)
    assert client.post("/api/v1/qris/inspect", data="{" * 20_000, content_type="application/json").status_code == 413
    assert client.post("/api/v1/qris/inspect", data="[", content_type="application/json").status_code == 400


def test_anybody_reads_a_code_on_the_page_and_takes_a_picture_of_one_for_a_sale(here, client):
    here.config["WTF_CSRF_ENABLED"] = False
    code = make_qris(name="WARUNG <B>&")
    assert client.get("/qris").status_code == 200
    told = client.post("/qris", data={"payload": f"  {code}\r\n"})
    assert told.status_code == 200
    assert "WARUNG &lt;B&gt;&amp;" in told.text
    assert NMID in told.text
    assert "Usaha mikro" in told.text
    asked = {"payload": code, "amount": "1.000.000", "bill": "SP-1"}
    made = client.post("/qris", data=asked)
    assert (made.status_code, "<svg" in made.text) == (200, True)
    assert "Rp3.000" in made.text  # the fee of a micro business
    assert "Belum terkonfirmasi sampai ada bukti" in made.text
    assert "no-store" in made.headers["Cache-Control"]
    picture = client.post("/qris/gambar.png", data=asked)
    assert picture.data.startswith(b"\x89PNG")
    assert "attachment" in picture.headers["Content-Disposition"]
    for wrong, field in (({"amount": "10.000.001"}, "amount"), ({"amount": "banyak"}, "amount"), ({"bill": "x" * 26}, "bill"),
                         ({"payload": f"{code[:-4]}0000"}, "payload"), ({"payload": "\U0001f35c\0"}, "payload")):  # fmt: skip
        for path in ("/qris", "/qris/gambar.png"):
            refused = client.post(path, data=asked | wrong)
            assert refused.status_code == 422, (path, wrong)
            assert f'href="#f-{field}"' in refused.text
            assert '<svg class="qr"' not in refused.text
    assert "SP-1" in refused.text  # what was typed is kept


def fresh(crew):
    session.rollback()
    return session.get_one(Vendor, crew.vendor.id, populate_existing=True)


def version(crew):
    return fresh(crew).version


def test_a_producer_keeps_its_own_code_and_others_see_it_masked(crew, person):
    owner = person(crew.producer)
    page = owner.get("/usaha/qris")
    assert "Unggah foto belum bisa" in page.text
    wrong = {"qris": f"{make_qris()[:-4]}0000", "version": version(crew)}
    refused = owner.post("/usaha/qris", wrong, 422)
    assert "Angka pemeriksa tidak cocok" in refused.text
    assert wrong["qris"] in refused.text
    once = make_qris().replace("010211", "010212")
    for code in ("\0", "halo", once, "🍜" * 300):
        owner.post("/usaha/qris", {"qris": code, "version": version(crew)}, 422)
    assert fresh(crew).qris == ""

    owner.post("/usaha/qris", {"qris": f" {make_qris()}\n", "version": version(crew)})
    vendor = fresh(crew)
    assert (vendor.qris, vendor.qris_nmid) == (make_qris(), NMID)
    owner.post("/usaha/qris", {"qris": make_qris(name="ORANG LAIN"), "version": vendor.version - 1}, 409)
    noted = session.scalars(select(AuditEntry).where(AuditEntry.verb == "vendors.changed")).all()[-1]
    assert noted.data["fields"] == ["qris", "qris_nmid"]
    assert NMID not in str(noted.data)

    kept = owner.get("/usaha/qris").text
    assert NMID not in kept
    assert make_qris() not in kept
    assert "Nama di kode QRIS berbeda" not in kept
    answer = owner.post("/usaha/qris", {"qris": make_qris(name="ORANG LAIN"), "version": version(crew)})
    assert answer.location == "/usaha/qris"
    assert "Nama di kode QRIS berbeda" in owner.get("/usaha/qris").text

    with unit_of_work():
        staff, helper = makers.make_actor("programme"), makers.make_actor("vendor_staff", vendor_id=crew.vendor.id)
    seen = person(staff).get(f"/produsen-program/{crew.vendor.id}").text
    assert "•••• 0001" in seen
    assert NMID not in seen
    person(helper).post("/usaha/qris", {"remove": "1", "version": version(crew)}, 403)
    owner.post("/usaha/qris", {"remove": "1", "version": version(crew)})
    assert fresh(crew).qris == ""


def received(crew, now, boxes=30):
    with unit_of_work():
        order = makers.make_received_order(crew, now, (makers.make_product(crew.vendor), boxes))
    return order.id, order.version


def test_an_order_is_paid_by_the_code_only_when_its_proof_is_there(crew, person, now):
    order_id, version = received(crew, now)
    url = f"/pesanan/{order_id}/bayar/qris"
    treasurer = person(crew.bendahara)
    assert "belum memasang kode QRIS" in treasurer.post(url, {"version": version}, 409).text
    with unit_of_work():
        session.get_one(Vendor, crew.vendor.id).qris = make_qris()
    treasurer.get(url, 404)
    treasurer.post(url, {"version": version - 1}, 409)
    person(crew.pp).post(url, {"version": version}, 403)
    with unit_of_work():
        others = makers.make_crew()
    for path in (url, f"{url}/bukti", f"{url}/batal"):
        person(others.bendahara).post(path, {"version": version}, 404)
    person(others.bendahara).get(f"{url}/gambar.png", 404)

    assert treasurer.post(url, {"version": version}).location == url
    treasurer.post(url, {"version": version}, 409)  # one live request
    asked = session.scalars(select(PaymentRequest)).one()
    told = check(asked.details["payload"], 10_000_000)
    order = session.get_one(Order, order_id)
    assert (told.valid, told.amount, told.bill) == (True, asked.amount, order.number[:25].strip())
    page = treasurer.get(url).text
    assert "<svg" in page
    assert "Belum terkonfirmasi sampai ada bukti" in page
    assert treasurer.get(f"{url}/gambar.png").data.startswith(b"\x89PNG")

    with unit_of_work():  # the code of an open payment does not move
        session.get_one(Vendor, crew.vendor.id).qris = make_qris(name="ORANG LAIN")
    assert "ORANG LAIN" not in treasurer.get(url).text
    right = {"reference": "RRN 1234567890", "paid_on": "2026-11-20"}
    for wrong, field in (
        ({"proof": (io.BytesIO(b"MZ\x90\0program"), "bukti.pdf")}, "proof"),
        ({}, "proof"),
        ({"proof": (io.BytesIO(paper()), "b.pdf"), "reference": " "}, "reference"),
        ({"proof": (io.BytesIO(paper()), "b.pdf"), "paid_on": "2026-11-19"}, "paid_on"),
        ({"proof": (io.BytesIO(paper()), "b.pdf"), "paid_on": "2026-11-21"}, "paid_on"),
    ):
        refused = treasurer.post(f"{url}/bukti", right | wrong, 422)
        assert f'href="#f-{field}"' in refused.text
    session.rollback()
    assert session.get_one(Order, order_id, populate_existing=True).state == "received"
    treasurer.post(f"{url}/bukti", right | {"proof": (io.BytesIO(paper()), "layar.pdf")})
    session.rollback()
    order, paid = session.get_one(Order, order_id, populate_existing=True), session.scalars(select(Payment)).one()
    assert (order.state, paid.channel, paid.reference) == ("paid", "qris", "RRN 1234567890")
    assert paid.withheld == order.total - asked.amount
    assert session.get_one(PaymentRequest, asked.id, populate_existing=True).state == "succeeded"
    treasurer.get(url, 404)
    treasurer.post(f"{url}/bukti", right | {"proof": (io.BytesIO(paper()), "layar.pdf")}, 404)  # money counts once


def test_the_channel_says_why_it_cannot_serve_and_a_closed_code_frees_the_order(crew, person, now):
    with unit_of_work():
        session.get_one(Vendor, crew.vendor.id).qris = make_qris(extra={"05": "x" * 25, "08": "y" * 25, "07": "z" * 25})
    order_id, version = received(crew, now)
    with pytest.raises(Conflict, match="tidak dapat dipakai"), unit_of_work():
        open_request(crew.bendahara, order_id, "qris", version, now)
    with unit_of_work():
        session.get_one(Vendor, crew.vendor.id).qris = make_qris()
    large, large_version = received(crew, now, 600)
    with pytest.raises(Conflict, match="di atas batas"), unit_of_work():
        open_request(crew.bendahara, large, "qris", large_version, now)
    with unit_of_work():
        both = makers.make_actor("bendahara", office_id=crew.office_id, user_id=crew.ppk.user_id)
    with pytest.raises(SeparationOfDuties), unit_of_work():
        open_request(both, order_id, "qris", version, now)

    with unit_of_work():
        open_request(crew.bendahara, order_id, "qris", version, now)
    url = f"/pesanan/{order_id}/bayar/qris"
    person(crew.bendahara).post(f"{url}/batal", {"note": "  "}, 422)
    with pytest.raises(Invalid, match="sebelum kode"), unit_of_work():
        qris_channel.prove(crew.bendahara, order_id, Proof("RRN1", now.date().replace(day=1)), now)
    person(crew.bendahara).post(f"{url}/batal", {"note": "Aplikasi bank sedang gangguan"})
    session.rollback()
    assert session.scalars(select(PaymentRequest)).one().state == "cancelled"
    with pytest.raises(NotFound), unit_of_work():
        qris_channel.prove(crew.bendahara, order_id, Proof("RRN1", now.date()), now)
    with unit_of_work():
        open_request(crew.bendahara, order_id, "qris", version, now)
