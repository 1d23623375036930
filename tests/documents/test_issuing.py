"""Papers are complete or not at all, numbered without gaps, never changed, only superseded; each side signs its own."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from shop.addenda import agreeing
from shop.addenda.contents import Wanted
from shop.audit import trail
from shop.base.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from shop.db import session, unit_of_work
from shop.documents import drawing, reading, signing
from shop.documents.issuing import Missing, issue
from shop.documents.models import IssuedDocument, Signature
from shop.orders.models import Order
from shop.vendors.models import Vendor
from tests import makers


def papers_of(order_id):
    session.rollback()
    return reading.newest(reading.of_order(order_id))


def words_of(paper):
    pdf = PdfReader(io.BytesIO(drawing.draw(paper, None, "https://toko.contoh")))
    assert pdf.metadata.title.endswith(paper.number)
    assert pdf.trailer["/Root"]["/Lang"] == "id"
    return " ".join("".join(page.extract_text() for page in pdf.pages).split())


def test_what_lacks_is_told_all_at_once_and_the_paper_waits_until_it_is_filled_in(bare, now):
    with unit_of_work():
        order_id = makers.make_confirmed_order(bare, now).id
    assert "surat_pesanan" not in papers_of(order_id)
    with pytest.raises(Missing) as told, unit_of_work():
        issue(bare.pp, "surat_pesanan", order_id, now)
    assert {need.path for need in told.value.needs} == {
        "officer.nip", "seller.nib", "seller.tax_number", "seller.address", "seller.bank_account",
    }  # fmt: skip
    assert all(need.mends[1].startswith("/") for need in told.value.needs)
    with unit_of_work():
        makers.make_papers_complete(bare)
    with unit_of_work():
        assert issue(bare.pp, "surat_pesanan", order_id, now).version == 1


def test_an_order_carries_its_papers_from_acceptance_to_payment(crew, now):
    with unit_of_work():
        order = makers.make_paid_order(crew, now)
        order_id, number = order.id, order.number
    found = papers_of(order_id)
    assert {"surat_pesanan", "bap", "bast", "kuitansi", "invoice"} <= set(found)
    assert found["surat_pesanan"].number == number
    assert all(paper.intact and paper.state == "valid" for paper in found.values())
    # Sending was the office's signature, accepting the producer's: nobody presses twice.
    assert [(signed.label, signed.name) for signed in found["surat_pesanan"].signatures] == [
        ("Pejabat Pengadaan atau PPK", crew.pp.name), ("Penyedia", crew.producer.name),
    ]  # fmt: skip
    assert [signed.label for signed in found["kuitansi"].signatures] == ["Bendahara"]
    said = words_of(found["surat_pesanan"])
    for words in ("198001012005011002", crew.rup_code, "5.1.02.01.01.0052", "3171010101800001", "1230009988",
                  "lima ratus lima puluh lima ribu rupiah", "APBD tahun 2026", found["surat_pesanan"].check_code):  # fmt: skip
        assert words in said
    assert "Perkiraan pajak di dalam harga" in said
    assert found["kuitansi"].content["taxes"]["dpp"] == found["invoice"].content["taxes"]["dpp"] > 0
    said = words_of(found["kuitansi"])
    for words in (
        "Rp555.000",
        "Harga tanpa pajak (DPP)",
        "Diterima penyedia",
        "PPTK",
        "Siti Rahmawati",
        "Dian Pertiwi",
        "Bendahara Pengeluaran",
    ):
        assert words in said
    assert "Meterai" not in said
    assert found["bast"].content["kind"] == "bast"
    assert [(signed.label, signed.how) for signed in found["bast"].signatures] == [("PPK", "step")]
    assert "Nilai yang dibayar" in words_of(found["bast"])
    with pytest.raises(DatabaseError), unit_of_work():
        session.execute(update(IssuedDocument).values(number="9999/SP"))
    with pytest.raises(DatabaseError), unit_of_work():
        session.execute(delete(Signature))


def test_changed_facts_make_a_new_version_with_a_reason_and_the_old_one_says_so(crew, now):
    with unit_of_work():
        order_id = makers.make_confirmed_order(crew, now).id
    first = papers_of(order_id)["surat_pesanan"]
    with unit_of_work():
        assert issue(crew.pp, "surat_pesanan", order_id, now).id == first.id
        session.get_one(Vendor, crew.vendor.id).bank_account = "777000111"
    for reason in ("", " ", "\x00\n", "x" * 301):
        with pytest.raises(Invalid) as told, unit_of_work():
            issue(crew.pp, "surat_pesanan", order_id, now, reason)
        assert told.value.faults[0].field == "reason"
    with unit_of_work():
        second = issue(crew.pp, "surat_pesanan", order_id, now, "Rekening produsen berganti")
        assert (second.number, second.version, second.supersedes_id) == (first.number, 2, first.id)
        second_code = second.check_code
        assert second_code != first.check_code
    old = reading.check_paper(first.check_code.lower().replace("-", " ")).paper
    assert (old.state, old.newer_code) == ("superseded", papers_of(order_id)["surat_pesanan"].check_code)
    assert reading.check_paper(first.number).paper.version == 2
    with pytest.raises(WrongState), unit_of_work():
        signing.sign(crew.pp, order_id, first.id, "buyer", now)
    told = [entry.data for entry in trail.history("order", order_id) if entry.verb == "document_issued"]
    with unit_of_work():
        seen, wanted = session.get_one(Order, order_id).version, Wanted(purpose="Rapat RT", reason="Acaranya berganti")
        number = agreeing.propose(crew.pp, order_id, seen, wanted, now).number
    with unit_of_work():
        agreeing.accept(crew.producer, order_id, number, session.get_one(Order, order_id).version, now)
    third = papers_of(order_id)["surat_pesanan"]  # what both signed needs nobody to issue it
    assert (third.version, third.content["purpose"], third.reason) == (
        3,
        "Rapat RT",
        "Addendum ditandatangani kedua pihak.",
    )
    assert {(signed.party, signed.name) for signed in third.signatures} == {
        ("buyer", crew.pp.name), ("seller", crew.producer.name),
    }  # fmt: skip
    assert told[-1]["fingerprint"] == reading.check_paper(second_code).paper.fingerprint
    assert "777000111" not in str(told)


def test_each_side_signs_its_own_and_nobody_signs_for_another(crew, now):
    with unit_of_work():
        order_id = makers.make_confirmed_order(crew, now).id
        stranger, neighbour = makers.make_crew(), makers.make_actor("pp", office_id=crew.office_id)
    with unit_of_work():  # a version nobody has agreed to yet
        session.get_one(Vendor, crew.vendor.id).bank_account = "777000111"
        issue(crew.pp, "surat_pesanan", order_id, now, "Rekening produsen berganti")
    paper = papers_of(order_id)["surat_pesanan"]
    for actor, party, fault in (
        (stranger.pp, "buyer", NotFound), (stranger.producer, "seller", NotFound), (crew.producer, "buyer", Forbidden),
        (crew.bendahara, "buyer", Forbidden), (neighbour, "buyer", Forbidden), (crew.pp, "mayor", NotFound),
    ):  # fmt: skip
        with pytest.raises(fault), unit_of_work():
            signing.sign(actor, order_id, paper.id, party, now)
    with unit_of_work():
        signing.sign(crew.producer, order_id, paper.id, "seller", now)
    for _twice in range(2):
        with unit_of_work():
            signing.sign(crew.pp, order_id, paper.id, "buyer", now)
    with pytest.raises(Conflict), unit_of_work():
        signing.sign(crew.ppk, order_id, paper.id, "buyer", now)
    signed = papers_of(order_id)["surat_pesanan"].signatures
    assert [(one.party, one.how) for one in signed] == [("seller", "account"), ("buyer", "account")]
    assert "ditandatangani secara elektronik" in words_of(papers_of(order_id)["surat_pesanan"])
    assert session.scalar(select(func.count(Signature.id)).where(Signature.fingerprint == paper.fingerprint)) == 2


def test_outsiders_wrong_kinds_and_wrong_moments_change_nothing_and_leave_no_gap(crew, now):
    with unit_of_work():
        order_id = makers.make_confirmed_order(crew, now).id
        stranger = makers.make_crew()
    for actor, kind, fault in (
        (stranger.pp, "surat_pesanan", NotFound), (stranger.producer, "surat_pesanan", NotFound),
        (crew.pp, "rubbish", NotFound), (crew.producer, "comparison", NotFound),
        (crew.bendahara, "kuitansi", WrongState), (crew.pp, "kuitansi", Forbidden),
    ):  # fmt: skip
        with pytest.raises(fault), unit_of_work():
            issue(actor, kind, order_id, now)
    with unit_of_work():
        first = makers.make_paid_order(crew, now).id
    with pytest.raises(RuntimeError), unit_of_work():
        makers.make_paid_order(crew, now)
        raise RuntimeError
    with unit_of_work():
        second = makers.make_paid_order(crew, now).id
    one, two = papers_of(first)["kuitansi"].number, papers_of(second)["kuitansi"].number
    assert (one[:7], two[:7]) == ("0001/KW", "0002/KW")
    with unit_of_work():
        order = session.get_one(Order, order_id)
        from shop.orders import confirming

        confirming.cancel(crew.ppk, order_id, order.version, "event_off", "Rapat batal sama sekali", now)
    assert papers_of(order_id)["surat_pesanan"].state == "cancelled"
    with pytest.raises(WrongState), unit_of_work():
        issue(crew.pp, "surat_pesanan", order_id, now)
