"""The treasurer's one page, and the channels of people: transfer, government credit card, autodebet."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.accounts.models import Office
from shop.audit.models import AuditEntry
from shop.base.errors import Conflict, Invalid, SeparationOfDuties
from shop.db import session, unit_of_work
from shop.orders import adjusting
from shop.orders.loading import lock_order
from shop.orders.models import Order, Payment
from shop.orders.models_tax import OrderTax
from shop.orders.paying import Proof
from shop.outbox.models import OutboxMessage
from shop.payments import autodebet, lists, mailing, office_accounts
from shop.payments.by_hand import looks_like_card
from shop.payments.channels import open_request
from shop.payments.models import OfficeAccount, PaymentRequest
from tests import makers


@pytest.fixture
def crew(app):
    """An office with a package of Rp 20 million, and a producer."""
    with app.app_context():
        with unit_of_work():
            made = makers.make_crew()
        yield made


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FILES = {"content_type": "multipart/form-data"}
CARD = "4111 1111 1111 1111"


def paper():
    return io.BytesIO(PDF), "bukti.pdf"


def waiting(crew, now, boxes=30, **vendor):
    """A received order of a producer that told its bank account; returns its id."""
    values = {"bank_name": "Bank DKI", "bank_account": "50112233445", "bank_holder": "Dian Purnama"} | vendor
    with unit_of_work():
        for name, value in values.items():
            setattr(session.merge(crew.vendor), name, value)
        return makers.make_received_order(
            crew, now, (makers.make_product(crew.vendor, price=100_000, category_code="alat-kebersihan"), boxes)
        ).id


def look(order_id):
    session.rollback()
    return session.get_one(Order, order_id)


def newest(order_id):
    session.rollback()
    query = select(PaymentRequest).where(PaymentRequest.order_id == order_id).order_by(PaymentRequest.id.desc())
    return session.scalars(query).first()


def seen_now(order_id):
    """Return which request is on the screen: its id and version."""
    found = newest(order_id)
    return found.id, found.version


def told(now):
    """Let the outbox hand over what waits about payments; return the mails: (to, subject, placeholders)."""
    with unit_of_work():
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "payments.news")).all()
        mailing.handle([row.payload for row in rows], now)
        for row in rows:
            session.delete(row)
    session.rollback()
    mails = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "mail")).all()
    return [
        (m.payload["to"], m.payload["subject"] % m.payload["params"])
        for m in mails
        if "Autodebet" in m.payload["subject"]
    ]


def test_the_page_says_whom_to_pay_how_much_why_and_by_which_channel(crew, person, now):
    first = waiting(crew, now, npwp="0123456789012345", tax_paper="sk_pp55", tax_paper_number="S-77/PP55/2026",
                    tax_paper_from=now.date().replace(month=1, day=5), tax_paper_until=now.date().replace(month=12))  # fmt: skip
    second = waiting(crew, now, 15)
    page = person(crew.bendahara).get(f"/pesanan/{first}/bayar")
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("Rp2.985.000", "50112233445", "Dian Purnama", "Rp15.000", "PPh final UMKM", "Surat ini dipakai",
                  look(second).number, f'href="/pesanan/{second}"', "hari kerja", "Kartu Kredit Pemerintah",
                  "belum mendaftarkan rekening autodebet", "belum memasang kode QRIS", "Gerbang pembayaran belum diatur"):  # fmt: skip
        assert words in page.text, words
    refused = person(crew.bendahara).post(
        "/pembayaran/gerbang", {"order_id": first, "version": look(first).version}, 409
    )
    assert "Gerbang pembayaran belum diatur" in refused.text
    # The whole account number is for its payer alone, on this page alone.
    for who, path in (
        (crew.ppk, f"/pesanan/{first}"),
        (crew.bendahara, f"/pesanan/{first}"),
        (crew.bendahara, "/bayar"),
    ):
        assert "50112233445" not in person(who).get(path).text
    for who in (crew.ppk, crew.pp, crew.pa, crew.producer):
        person(who).get(f"/pesanan/{first}/bayar", 403)
    with unit_of_work():
        elsewhere = makers.make_crew()
    for path in (f"/pesanan/{first}/bayar", "/pesanan/999999/bayar"):
        person(elsewhere.bendahara).get(path, 404)
    person(elsewhere.bendahara).post(f"/pesanan/{first}/bayar/transfer", {}, 404)
    # The order's page leads here and has no form of its own any more.
    order_page = person(crew.bendahara).get(f"/pesanan/{first}").text
    assert f'href="/pesanan/{first}/bayar"' in order_page
    assert "Nomor bukti transfer" not in order_page
    person(crew.bendahara).post(f"/pesanan/{first}/pay", {"version": look(first).version}, 404)
    assert f'href="/pesanan/{first}/bayar"' in person(crew.bendahara).get("/meja").text


def test_a_transfer_is_recorded_with_its_proof_and_everybody_reads_the_taxes_as_frozen(crew, person, now):
    order_id = waiting(crew, now)
    bendahara, at = person(crew.bendahara), f"/pesanan/{order_id}/bayar"
    version = look(order_id).version
    good = {"version": version, "reference": "SP2D-0001", "paid_on": "2026-11-20"}
    wrong = {"version": version, "reference": " ", "paid_on": "kemarin", "withheld": "1,5", "note": "tetap ada"}
    page = bendahara.post(f"{at}/transfer", wrong, 422, **FILES).text
    for words in ("misalnya 25-11-2026", "rupiah bulat", "Pilih berkas bukti bayar", "tetap ada"):
        assert words in page
    other = {**good, "withheld": "10.000", "note": " . "}
    assert "tulis alasannya" in bendahara.post(f"{at}/transfer", {**other, "proof": paper()}, 422, **FILES).text
    program = io.BytesIO(b"MZ\x90 program"), "bukti.pdf"
    assert 'href="#f-proof"' in bendahara.post(f"{at}/transfer", {**good, "proof": program}, 422, **FILES).text
    stale = bendahara.post(f"{at}/transfer", {**good, "version": version - 1, "proof": paper()}, 409, **FILES).text
    assert "Tidak ada yang berubah" in stale
    for changed in ({"reference": f"TRF {CARD}"}, {"note": CARD}, {"proof": (io.BytesIO(PDF), f"{CARD}.pdf")}):
        page = bendahara.post(f"{at}/transfer", {**good, "proof": paper(), **changed}, 422, **FILES).text
        assert "tampak seperti nomor kartu" in page
    assert look(order_id).state == "received"
    assert CARD not in str(session.scalars(select(AuditEntry.data)).all())
    bendahara.post(f"{at}/transfer", {**other, "note": "Bukti potong no. 7", "proof": paper()}, **FILES)
    assert look(order_id).state == "paid"
    paid = session.get_one(Payment, order_id)
    assert (paid.withheld, paid.channel, paid.note) == (10_000, "transfer", "Bukti potong no. 7")
    seen = person(crew.producer).get(f"/pesanan/{order_id}").text
    for words in ("Anda terima", "Rp2.990.000", "Rp10.000", "jumlah lain daripada hitungan"):
        assert words in seen, words
    assert "SP2D-0001" in person(crew.ppk).get(f"/pesanan/{order_id}").text
    # Twice is once: the page has nothing to pay any more.
    assert bendahara.get(at, 303).location == f"/pesanan/{order_id}"
    bendahara.post(f"{at}/transfer", {**good, "version": look(order_id).version, "proof": paper()}, 409, **FILES)


def test_a_card_shows_its_last_four_digits_and_nothing_like_a_whole_number_is_kept(crew, person, now, caplog):
    order_id = waiting(crew, now)
    bendahara, at = person(crew.bendahara), f"/pesanan/{order_id}/bayar/kkpd"
    good = {"version": look(order_id).version, "slip": "APP-123456", "last4": "1111", "slip_on": "2026-11-20"}
    for changed in ({"slip": CARD}, {"last4": "4111111111111111"}, {"slip": "4111-1111-1111-1111"}, {"note": CARD}):
        page = bendahara.post(at, {**good, **changed, "slip_proof": paper()}, 422, **FILES).text
        assert "tampak seperti nomor kartu" in page
        assert not re.search(r"4111[ -]?1111[ -]?1111", page + caplog.text)
    named = (io.BytesIO(PDF), "4111111111111111.pdf")
    assert "nomor kartu" in bendahara.post(at, {**good, "slip_proof": named}, 422, **FILES).text
    page = bendahara.post(at, {**good, "last4": "12a", "slip_proof": paper()}, 422, **FILES).text
    assert "4 angka terakhir kartu, misalnya" in page
    page = bendahara.post(at, {**good, "slip": "x", "slip_proof": paper()}, 422, **FILES).text
    assert 'href="#f-slip"' in page
    assert newest(order_id) is None
    bendahara.post(at, {**good, "slip_proof": paper()}, **FILES)
    made = newest(order_id)
    assert (made.state, made.amount, made.details) == ("succeeded", 3_000_000, {"last4": "1111"})
    # PMK 59/2022: the treasurer collects nothing from a card payment for goods.
    frozen = session.scalars(select(OrderTax).where(OrderTax.order_id == order_id)).one()
    assert (frozen.pph_code, frozen.remit_treasurer, session.get_one(Payment, order_id).channel) == (
        "PPH22_CARD",
        0,
        "kkpd",
    )
    assert looks_like_card("5500\u00a00000 0000 0004")
    assert not looks_like_card("RRN 123456789012")


def test_autodebet_is_asked_decided_by_another_and_paid_when_the_bank_has_debited(crew, person, now, clock):
    order_id = waiting(crew, now)
    bendahara, pa, at = person(crew.bendahara), person(crew.pa), f"/pesanan/{order_id}/bayar"
    version = {"version": look(order_id).version}
    assert "belum mendaftarkan" in bendahara.post(f"{at}/autodebet", version, 409).text
    page = pa.post("/kantor/rekening", {"request": 0, "bank": " ", "number": "12ab", "holder": ""}, 422).text
    for words in ("Isi nama bank", "hanya angka", "nama pemilik", 'value="12ab"'):
        assert words in page
    account = {"request": 0, "bank": "Bank DKI", "number": "70010002000", "holder": "Bendahara Kelurahan"}
    pa.post("/kantor/rekening", account)
    pa.post("/kantor/rekening", account, 409)  # another was registered meanwhile
    shown = pa.get("/kantor/rekening").text
    assert "2000" in shown
    assert "70010002000" not in shown
    bendahara.post("/kantor/rekening", account, 403)

    bendahara.post(f"{at}/autodebet", version)
    first = newest(order_id)
    assert (first.state, first.amount) == ("asked", 2_910_000)
    assert "70010002000" not in str(first.details)
    assert "Minta debit" not in bendahara.get(at).text
    bendahara.post(f"{at}/autodebet", version, 409)
    typed = {**version, "reference": "SP2D-9", "paid_on": "2026-11-20", "proof": paper()}
    assert "masih terbuka" in bendahara.post(f"{at}/transfer", typed, 409, **FILES).text
    assert "menunggu persetujuan Anda" in pa.get("/meja").text
    assert "Rp2.910.000" in pa.get("/bayar/persetujuan").text
    seen = {"request": first.id, "seen": first.version}
    bendahara.post(f"{at}/autodebet/setuju", seen, 403)
    assert "5 sampai 300" in pa.post(f"{at}/autodebet/tolak", {**seen, "note": " a "}, 422).text
    pa.post(f"{at}/autodebet/setuju", {**seen, "seen": 99}, 409)
    pa.post(f"{at}/autodebet/tolak", {**seen, "note": "Anggaran kas belum cair"})
    assert "Anggaran kas belum cair" in bendahara.get(at).text
    assert "Anggaran kas" not in person(crew.producer).get(f"/pesanan/{order_id}").text

    bendahara.post(f"{at}/autodebet", {"version": look(order_id).version})
    second = newest(order_id)
    pa.post(f"{at}/autodebet/setuju", {"request": second.id, "seen": second.version})
    pa.post(f"{at}/autodebet/setuju", {"request": second.id, "seen": second.version}, 409)
    assert "catat debit bank" in bendahara.get("/meja").text
    assert {subject.split(":")[0].rsplit(" ", 1)[-1] for _, subject in told(now)} >= {"disetujui", "ditolak", "Anda"}
    clock.shift(timedelta(days=1))
    second = newest(order_id)
    proof = {"request": second.id, "seen": second.version, "reference": "ND-5512", "paid_on": "2026-11-19"}
    early = bendahara.post(f"{at}/autodebet/bukti", {**proof, "proof": paper()}, 422, **FILES).text
    assert "sebelum autodebet ini disetujui" in early
    assert 'value="ND-5512"' in early
    bendahara.post(f"{at}/autodebet/bukti", {**proof, "paid_on": "2026-11-21", "proof": paper()}, **FILES)
    paid = look(order_id)
    assert (paid.state, newest(order_id).state, paid.relaxed) == ("paid", "succeeded", [])
    assert session.get_one(Payment, order_id).channel == "autodebet"
    person(crew.ppk).post(f"/pesanan/{order_id}/close", {"version": paid.version})


def test_nobody_decides_or_proves_an_autodebet_of_the_own_even_where_duties_are_relaxed(crew, now):
    order_id = waiting(crew, now)
    with unit_of_work():
        session.execute(update(Office).values(relaxed_duties=True, relaxed_reason="Pegawai dua orang saja", relaxed_at=now, relaxed_by=crew.pa.user_id))  # fmt: skip
        both_pay = makers.make_actor("bendahara", office_id=crew.office_id, user_id=crew.pa.user_id)
        office_accounts.register(crew.pa, 0, "Bank DKI", "70010002000", "Kelurahan", now)
    version = look(order_id).version
    with unit_of_work():
        open_request(both_pay, order_id, "autodebet", version, now)
    seen = seen_now(order_id)
    with pytest.raises(SeparationOfDuties, match="Anda yang meminta"), unit_of_work():
        autodebet.approve(crew.pa, order_id, seen, now)
    with unit_of_work():
        autodebet.cancel(crew.bendahara, order_id, seen, "Salah saluran", now)
        office_accounts.withdraw(crew.pa, session.scalars(select(OfficeAccount.id)).one(), now)
    assert newest(order_id).words == "Salah saluran"
    with unit_of_work():
        office_accounts.register(crew.pa, 0, "Bank DKI", "70010002000", "Kelurahan", now)
    version = look(order_id).version
    with unit_of_work():
        open_request(crew.bendahara, order_id, "autodebet", version, now)
    seen = seen_now(order_id)
    with unit_of_work():
        autodebet.approve(crew.pa, order_id, seen, now)
    seen = seen_now(order_id)
    with pytest.raises(SeparationOfDuties, match="Anda yang menyetujui"), unit_of_work():
        autodebet.prove(both_pay, order_id, seen, Proof("ND-1", now.date()), now)
    # Somebody else approves in the PA/KPA's place: it is the PA/KPA's approval all the same. The asker's deputy is the asker.
    with unit_of_work():
        autodebet.cancel(crew.bendahara, order_id, seen, "Diulang lewat pengganti", now)
        deputy = replace(makers.make_actor("pa_kpa", office_id=crew.office_id), for_user_id=crew.pa.user_id)
    version = look(order_id).version
    with unit_of_work():
        open_request(crew.bendahara, order_id, "autodebet", version, now)
    seen = seen_now(order_id)
    of_asker = replace(deputy, for_user_id=crew.bendahara.user_id)
    with pytest.raises(SeparationOfDuties, match="Anda yang meminta"), unit_of_work():
        autodebet.approve(of_asker, order_id, seen, now)
    with unit_of_work():
        autodebet.approve(deputy, order_id, seen, now)
    seen = seen_now(order_id)
    with pytest.raises(SeparationOfDuties, match="Anda yang menyetujui"), unit_of_work():
        autodebet.prove(both_pay, order_id, seen, Proof("ND-1", now.date()), now)
    with pytest.raises(Invalid) as told, unit_of_work():
        autodebet.cancel(crew.bendahara, order_id, seen, f"Pakai {CARD} saja", now)
    assert "nomor kartu" in told.value.faults[0].message
    # What is open has its amount already: nothing else may become of the order meanwhile.
    with pytest.raises(Conflict, match="masih terbuka"), unit_of_work():
        adjusting.adjust(crew.ppk, lock_order(crew.ppk, order_id), adjusting.Change(), "adjust", now)
    assert look(order_id).state == "received"


def test_the_office_reads_what_to_pay_in_a_fixed_number_of_statements_page_by_page(
    crew, person, statements, now, monkeypatch
):
    bendahara, counts = person(crew.bendahara), {}
    assert "Tidak ada yang menunggu dibayar" in bendahara.get("/bayar").text
    made = [waiting(crew, now, 1)]
    for more in (1, 3):
        made += [waiting(crew, now, 1) for _ in range(more)]
        bendahara.get("/bayar")
        with statements() as seen:
            bendahara.get("/bayar")
        counts[len(made)] = len(seen)
    assert len(set(counts.values())) == 1, counts
    monkeypatch.setattr(lists, "SIZE", 2)
    shown, path = [], "/bayar"
    while path:
        page = bendahara.get(path).text
        shown += re.findall(r'<a href="/pesanan/(\d+)/bayar">', page)
        following = re.search(r"/bayar\?sesudah=[0-9-]+", page)
        path = following[0] if following else ""
    assert sorted(map(int, shown)) == sorted(made)
    assert "Rp500.000" in page
    for rubbish in (
        "x",
        "1",
        "1-",
        "9" * 40 + "-1",
        "-1-1",
        "99999999999999999999-1",
        "１-１",
        "0" * 5000 + "-1",
        "1-" + "9" * 19,
        "1-" + "0" * 20 + "9" * 30,
    ):
        bendahara.get(f"/bayar?sesudah={rubbish}", 422)
