"""The pages of approval: from the checkout to the PPK and back, with everything typed kept."""

from __future__ import annotations

import io

from sqlalchemy import select

from shop.accounts.models import Office
from shop.approvals.models import ApprovalLine, ApprovalRequest
from shop.db import session, unit_of_work
from shop.orders import attaching, cart, places
from shop.orders.models import Order
from shop.risk import notes
from shop.sourcing import record_reading, record_trail
from tests import makers

FORM = {
    "purpose": "Rapat koordinasi RW",
    "headcount": "30",
    "deliver.at": "2026-11-25T10:00",
    "deliver.address": "Kantor Kelurahan, Jl. Medan Merdeka 1",
    "deliver.kecamatan": makers.GAMBIR,
}


def asked(crew, goods, person, now, key="minta-00000001"):
    """Ask through the checkout and return the request's id."""
    with unit_of_work():
        cart.put(crew.pp, goods[0].id, 30, "", now)
        cart.put(crew.pp, goods[1].id, 10, "", now)
    sent = FORM | {
        "act": "ask", "key": key, "package_id": crew.package_id, "shown_total": "900000",
        "product_id": [goods[0].id, goods[1].id], "quantity": ["30", "10"], "note": ["", ""],
    }  # fmt: skip
    answer = person(crew.pp).post("/kirim", sent)
    session.rollback()
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def test_from_the_basket_to_the_ppk_and_out_as_an_order(crew, goods, person, now):
    pp, ppk = person(crew.pp), person(crew.ppk)
    with unit_of_work():
        cart.put(crew.pp, goods[0].id, 30, "", now)
    page = pp.get("/kirim").text
    assert "Minta persetujuan PPK" in page
    assert 'value="send"' not in page
    sent = FORM | {"act": "send", "key": "kunci-00000001", "package_id": crew.package_id, "shown_total": "600000",
                   "product_id": [goods[0].id], "quantity": ["30"], "note": [""]}  # fmt: skip
    refused = pp.post("/kirim", sent, 409).text  # whoever sends it all the same hears why, and keeps what was typed
    assert "mewajibkan persetujuan PPK untuk pesanan di atas Rp500.000" in refused
    assert 'value="Rapat koordinasi RW"' in refused
    wrong = pp.post("/kirim", sent | {"act": "ask", "purpose": "x"}, 422).text
    assert 'href="#f-purpose"' in wrong
    request_id = asked(crew, goods, person, now)
    assert "Keranjang Anda kosong" in pp.get("/keranjang").text or "basket-line" not in pp.get("/keranjang").text
    home = ppk.get("/persetujuan").text
    assert '<b class="count"><span class="sr">giliran Anda: </span>1</b>' in home
    assert "Rapat koordinasi RW" in ppk.get("/persetujuan?status=giliran").text
    first, second = session.scalars(select(ApprovalLine.id).order_by(ApprovalLine.id))
    told = ppk.post(
        f"/persetujuan/{request_id}/jawab",
        {"version": 1, "act": "lines", f"line-{first}": "yes", f"line-{second}": "no", f"reason-{second}": "other",
         f"words-{second}": " ", "message": "Tolong cari yang lain"},
        422,
    ).text  # fmt: skip
    assert f'href="#f-words-{second}"' in told
    assert "Tolong cari yang lain" in told
    ppk.post(
        f"/persetujuan/{request_id}/jawab",
        {"version": 1, "act": "lines", f"line-{first}": "yes", f"line-{second}": "no", f"reason-{second}": "price"},
    )
    late = ppk.post(f"/persetujuan/{request_id}/jawab", {"version": 1, "act": "all"}, 409).text
    assert "sudah dijawab" in late
    page = pp.get(f"/persetujuan/{request_id}").text
    assert "Harganya terlalu tinggi" in page
    assert "Kirim yang disetujui, Rp600.000" in page
    pp.post(f"/persetujuan/{request_id}/kirim", {"version": 2, "shown_total": "1"}, 409)
    done = pp.post(f"/persetujuan/{request_id}/kirim", {"version": 2, "shown_total": "600000"})
    again = pp.post(f"/persetujuan/{request_id}/kirim", {"version": 2, "shown_total": "600000"})
    assert done.headers["Location"] == again.headers["Location"]
    session.rollback()
    order = session.scalars(select(Order)).one()
    assert order.total == 600_000
    assert f"oleh {crew.ppk.name}" in pp.get(f"/pesanan/{order.id}").text
    assert "Persetujuan PPK" not in person(crew.producer).get(f"/pesanan/{order.id}").text


def test_all_or_none_in_one_click_and_taking_it_back(crew, goods, person, now):
    pp, ppk = person(crew.pp), person(crew.ppk)
    yes, no, back = (asked(crew, goods, person, now, f"minta-0000000{n}") for n in range(3))
    ppk.post(f"/persetujuan/{yes}/jawab", {"version": 1, "act": "all"})
    refused = ppk.post(
        f"/persetujuan/{no}/jawab", {"version": 1, "act": "none", "reason": "", "note": "Kurang tepat"}, 422
    ).text
    assert refused.count('href="#f-reason"') == 1
    assert 'value="Kurang tepat"' in refused
    ppk.post(f"/persetujuan/{no}/jawab", {"version": 1, "act": "none", "reason": "budget"})
    pp.post(f"/persetujuan/{back}/tarik", {"version": 1})
    pp.post(f"/persetujuan/{back}/tarik", {"version": 1}, 409)
    session.rollback()
    states = {row.id: row.state for row in session.execute(select(ApprovalRequest.id, ApprovalRequest.state))}
    assert states == {yes: "answered", no: "refused", back: "withdrawn"}
    assert ppk.get(f"/persetujuan/{no}").text.count("Anggaran paket ini ditahan") == 2


def test_places_papers_and_words_wait_with_the_request_and_go_along_with_what_was_approved(
    app, crew, goods, person, now
):
    with unit_of_work():
        for product, pieces in ((goods[0], 30), (goods[1], 10)):
            cart.put(crew.pp, product.id, pieces, "", now)
        cheap = makers.make_product(name="Nasi kotak hemat", price=15_000)
        stranger = makers.make_crew()
        cheap_id = cheap.id
        record_trail.keep(crew.pp, "compare", {}, [(goods[0].id, 20_000), (cheap_id, 15_000)], now, ranked=False)
    pp, ppk = person(crew.pp), person(crew.ppk)
    form = FORM | {
        "act": "ask", "key": "minta-00000009", "package_id": crew.package_id, "shown_total": "900000",
        "product_id": [goods[0].id, goods[1].id], "quantity": ["30", "10"], "note": ["", ""],
        "risk_note": "Rapat pagi dan siang, undangan 12", "places": "2",
        "p2.address": "Balai RW 02", "p2.kecamatan": makers.GAMBIR, f"p2.q.{goods[0].id}": "12", "p2.contact": "Ibu Sri",
        "p3.address": "Balai RW 03", "p3.kecamatan": makers.GAMBIR, f"p3.q.{goods[1].id}": "10",
        "attachment_kind": "invitation",
    }  # fmt: skip
    asked_why = pp.post("/kirim", form, 422).text  # who says yes wants to read why not the cheaper one
    assert f'href="#f-reason-{goods[0].id}"' in asked_why
    paper = {"attachment": (io.BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"), "undangan.pdf")}
    because = {f"reason-{goods[0].id}": "quality", f"words-{goods[0].id}": "Tahan sampai sore"}
    at = pp.post("/kirim", form | because | paper, content_type="multipart/form-data").headers["Location"]
    page = ppk.get(at).text
    for words in (
        "Balai RW 02",
        "Balai RW 03",
        "12 kotak Nasi kotak",
        "undangan.pdf",
        "Tahan sampai sore",
        "undangan 12",
    ):
        assert words in page
    assert ppk.get(f"{at}/lampiran/1").data.startswith(b"%PDF")
    for wrong in ("0", "2", "9" * 18):
        ppk.get(f"{at}/lampiran/{wrong}", 404)
    person(stranger.ppk).get(f"{at}/lampiran/1", 404)
    session.rollback()
    first, second = session.scalars(select(ApprovalLine.id).order_by(ApprovalLine.id))
    ppk.post(f"{at}/jawab", {"version": 1, "act": "lines", f"line-{first}": "yes", f"line-{second}": "no",
                             f"reason-{second}": "price"})  # fmt: skip
    for _click in range(2):
        pp.post(f"{at}/kirim", {"version": 2, "shown_total": "600000"})
    session.rollback()
    order = session.scalars(select(Order.id)).one()
    stops = places.of_order(order)
    assert [(stop.address, sum(stop.shares.values())) for stop in stops] == [
        ("Kantor Kelurahan, Jl. Medan Merdeka 1", 18), ("Balai RW 02", 12),
    ]  # fmt: skip
    assert [kept.name for kept in attaching.of_order(order)] == ["undangan.pdf"]
    assert [note.words for note in notes.of_order(order)] == ["Rapat pagi dan siang, undangan 12"]
    record = record_reading.record_of(order)
    line = record.lines[0]
    assert (line["agreement"]["source"], line["unit_price"], line["reason"]) == ("approval", 20_000, "quality")
    assert [equal["product_id"] for equal in line["equals"]] == [goods[0].id, cheap_id]
    assert "Harga yang disetujui PPK" in pp.get(f"/pesanan/{order}/perbandingan").text
    assert pp.get(f"/pesanan/{order}/perbandingan.pdf").data.startswith(b"%PDF")


def test_strangers_hear_nothing_and_a_list_costs_the_same_whatever_its_length(crew, goods, person, now, statements):
    request_id = asked(crew, goods, person, now)
    with unit_of_work():
        other, auditor = makers.make_crew(), makers.make_actor("auditor")
    for actor in (other.pp, other.ppk, other.pa):
        person(actor).get(f"/persetujuan/{request_id}", 404)
        assert "Rapat koordinasi" not in person(actor).get("/persetujuan").text
    person(other.ppk).post(f"/persetujuan/{request_id}/jawab", {"act": "all", "version": 1}, 404)
    for verb in ("kirim", "tarik"):
        person(other.pp).post(f"/persetujuan/{request_id}/{verb}", {"version": 1, "shown_total": "900000"}, 404)
    for actor in (crew.producer, crew.bendahara):
        person(actor).get("/persetujuan", 403)
    page = person(auditor).get(f"/persetujuan/{request_id}").text
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    ppk = person(crew.ppk)
    ppk.get("/persetujuan")
    with statements() as few:
        ppk.get("/persetujuan")
    for number in range(12):
        asked(crew, goods, person, now, f"minta-1000{number:04d}")
    with statements() as many:
        assert ppk.get("/persetujuan").text.count('<li class="panel">') == 13
    assert len(few) == len(many) <= 8, many


def test_the_limit_is_the_pa_kpas_and_two_of_them_do_not_overwrite_each_other(crew, person):
    pa = person(crew.pa)
    assert "Di atas Rp500.000 perlu persetujuan PPK" in pa.get("/kantor/persetujuan").text
    for wrong in ("0", "-5", "sepuluh", "9" * 30, "1,5"):
        page = pa.post("/kantor/persetujuan", {"amount": wrong, "seen": "500000"}, 422).text
        assert 'href="#f-amount"' in page
    pa.post("/kantor/persetujuan", {"amount": "10.000.000", "seen": "500000"})
    pa.post("/kantor/persetujuan", {"amount": "1.000.000", "seen": "500000"}, 409)
    session.rollback()
    assert session.scalar(select(Office.approval_above).where(Office.id == crew.office_id)) == 10_000_000
    pa.post("/kantor/persetujuan", {"amount": "", "seen": "10000000"})
    session.rollback()
    assert session.scalar(select(Office.approval_above).where(Office.id == crew.office_id)) is None
    for actor in (crew.pp, crew.ppk, crew.bendahara):
        person(actor).get("/kantor/persetujuan", 403)
