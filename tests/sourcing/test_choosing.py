"""Choosing in public: what was seen is kept, a reason is asked when it must be, and the record is frozen with the order."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from shop import background
from shop.base.actor import Actor
from shop.base.errors import Conflict
from shop.db import session, unit_of_work
from shop.orders.models import Order
from shop.outbox.posting import drain
from shop.sourcing import lost, record_reading, record_trail
from shop.sourcing.models import ChoiceCount, ChoiceStep, ComparisonRecord
from tests import makers


def sending(crew, *lines, key="kunci-percobaan-1", **more):
    """Return the checkout form for (product id, quantity, price) of each line."""
    return {
        "key": key, "package_id": crew.package_id, "purpose": "Rapat RW", "headcount": "30",
        "deliver.address": "Jl. Medan Merdeka 1", "deliver.kecamatan": makers.GAMBIR, "deliver.at": "2026-11-25T10:00",
        "shown_total": sum(q * p for _, q, p in lines), "product_id": [i for i, _, _ in lines],
        "quantity": [q for _, q, _ in lines], "note": [""] * len(lines), "seen_price": [p for _, _, p in lines],
        "act": "send", **more,
    }  # fmt: skip


def steps():
    found = [
        (row.kind, [pair[0] for pair in row.seen], row.ranked)
        for row in session.scalars(select(ChoiceStep).order_by(ChoiceStep.id))
    ]
    session.rollback()
    return found


def only_order():
    session.rollback()
    found = session.scalars(select(Order.id)).one()
    session.rollback()
    return found


def test_a_passed_over_cheaper_box_needs_a_reason_and_all_is_frozen_with_the_order(
    app, crew, boxes, person, now, statements, monkeypatch
):
    dear, own, cheap = boxes
    pp = person(crew.pp)
    pp.get("/katalog?q=snack+kotak&sort=price")
    pp.get("/katalog?q=snack+kotak&sort=price")
    pp.get(f"/banding?produk={own},{cheap}&jumlah=30")
    assert steps() == [("search", [cheap, own, dear], True), ("compare", [own, cheap], False)], (
        "looked twice, kept once"
    )
    with monkeypatch.context() as busy:
        busy.setattr(record_trail, "keep", Mock(side_effect=Conflict("Sibuk", kind="busy")))
        assert "Snack kotak mewah" in pp.get(f"/produk/{dear}", follow_redirects=True).text, (
            "the page does not wait for its step"
        )
    assert len(steps()) == 2
    pp.post("/keranjang", {"product_id": own, "quantity": "30"})
    page = pp.get("/kirim").text
    assert steps()[2:] == [("product", [dear], False)], "what could not be written is written later, and once"
    assert re.search(r"Snack kotak hemat dari [^<]+ lebih murah: Rp15.000", page)
    assert f'name="reason-{own}"' in page

    wanted = (own, 30, 18_500)
    for said, field in (
        ({}, f"reason-{own}"),
        ({f"reason-{own}": " "}, f"reason-{own}"),
        ({f"reason-{own}": "lowest_price"}, f"reason-{own}"),
        ({f"reason-{own}": "bukan-daftar\x00"}, f"reason-{own}"),
        ({f"reason-{own}": "other", f"words-{own}": "   "}, f"words-{own}"),
        ({f"reason-{own}": "quality", f"words-{own}": "x" * 301}, f"words-{own}"),
    ):
        answer = pp.post("/kirim", sending(crew, wanted, **said), status=422)
        assert f'href="#f-{field}"' in answer.text, said
        assert "Rapat RW" in answer.text, "what was typed stays"
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        session.rollback()
    told = {f"reason-{own}": "quality", f"words-{own}": "Tahan sampai sore"}
    pp.post("/kirim", sending(crew, wanted, **told))
    pp.post("/kirim", sending(crew, wanted, **told))  # sent twice: the same order, the same record
    order_id = only_order()

    record = record_reading.record_of(order_id)
    assert record is not None
    assert record.intact
    line = record.lines[0]
    assert (line["first_id"], line["first_passed"], line["cheapest_id"], line["cheapest_passed"]) == (
        cheap,
        True,
        cheap,
        True,
    )
    assert {e["product_id"]: (e["unit_price"], e["compared"]) for e in line["equals"]} == {
        dear: (22_000, False), own: (18_500, True), cheap: (15_000, True),
    }  # fmt: skip
    assert (line["reason"], line["words"]) == ("quality", "Tahan sampai sore")
    assert (line["ceiling"]["amount"], line["ceiling"]["over"]) == (24_000, False)
    assert line["preference"]["industrial"] is False
    assert [step["asked"] for step in record.steps] == [{"q": "snack kotak", "sort": "price"}, {"jumlah": 30}]
    with pytest.raises(DatabaseError, match="append-only"), unit_of_work():
        session.execute(ComparisonRecord.__table__.update().values(fingerprint="0" * 64))
    session.rollback()

    its_papers(crew, person, statements, order_id, record.fingerprint)


def its_papers(crew, person, statements, order_id, fingerprint):
    """Look at everything the record and the defence are handed out as, as everybody who may and who may not."""
    pp = person(crew.pp)
    base = f"/pesanan/{order_id}"
    assert "Mutu atau isinya lebih cocok" in pp.get(base).text
    assert "Dipilih" in pp.get(f"{base}/perbandingan").text
    rows = list(csv.DictReader(io.StringIO(pp.get(f"{base}/perbandingan.csv").data.decode("utf-8-sig"))))
    assert [(r["pembanding"], r["dipilih"]) for r in rows] == [
        ("Snack kotak hemat", "tidak"), ("Snack kotak sedang", "ya"), ("Snack kotak mewah", "tidak"),
    ]  # fmt: skip
    assert pp.get(f"{base}/perbandingan.json").json["fingerprint"] == fingerprint
    assert pp.get(f"{base}/perbandingan.pdf").data.startswith(b"%PDF")
    with unit_of_work():
        auditor, stranger = makers.make_actor("auditor"), makers.make_crew().pp
    with statements() as seen:
        whole = person(auditor).get(f"{base}/berkas").text
    assert len(seen) <= 25  # each room with a part in it asks once; the auditor's notes came last
    for word in ("Berkas pertanggungjawaban", "Tahan sampai sore", crew.rup_code, "tersambung ke catatan sebelumnya"):
        assert word in whole
    assert person(auditor).get(f"{base}/berkas.pdf").data.startswith(b"%PDF")
    for path in ("perbandingan", "perbandingan.csv", "perbandingan.json", "perbandingan.pdf", "berkas", "berkas.pdf"):
        person(crew.producer).get(f"{base}/{path}", 404)
        person(stranger).get(f"{base}/{path}", 404)
    mine = person(crew.producer).get(base).text
    assert "Mengapa yang ini" not in mine
    assert "hemat" not in mine


def test_the_cheapest_needs_no_thinking_and_what_was_not_searched_says_so(crew, boxes, person, now):
    dear, own, cheap = boxes
    pp = person(crew.pp)
    pp.get("/katalog?q=snack+kotak&sort=-price")
    pp.post("/keranjang", {"product_id": cheap, "quantity": "30"})
    page = pp.get("/kirim").text
    assert '<option value="lowest_price" selected>' in page, "that it costs least is a fact, chosen beforehand"
    pp.post("/kirim", sending(crew, (cheap, 30, 15_000)), status=422)
    pp.post("/kirim", sending(crew, (cheap, 30, 15_000), **{f"reason-{cheap}": "lowest_price"}))
    first = only_order()
    assert record_reading.record_of(first).lines[0]["reason"] == "lowest_price"
    session.rollback()

    with unit_of_work():
        other = makers.make_crew(crew.vendor)
    again = person(other.pp)
    again.post("/kirim", sending(other, (own, 30, 18_500), key="kunci-percobaan-2"))
    second = session.scalars(select(Order.id).where(Order.id != first)).one()
    record = record_reading.record_of(second)
    assert not record.searched
    assert record.lines[0]["reason"] == ""
    assert "Tidak ada pencarian" in again.get(f"/pesanan/{second}/perbandingan").text
    # What could not be delivered in time, or lies on another shelf, is no equal.
    with unit_of_work():
        slow = makers.make_product(name="Snack kotak lambat", price=9_000, lead_time_hours=400)
        full = makers.make_product(name="Snack kotak kecil", price=9_000, daily_capacity=29)
        roti = makers.make_product(name="Roti snack", price=9_000, category_code="roti")
        record_trail.keep(other.pp, "search", {}, [(p, 9_000) for p in (slow.id, full.id, roti.id)] + [(own, 18_500)], now,
                          ranked=True)  # fmt: skip
    again.post("/kirim", sending(other, (own, 30, 18_500), key="kunci-percobaan-3"))
    assert dear


def test_import_needs_a_written_reason_and_food_never_misses_a_certificate(crew, person, client, now):
    with unit_of_work():
        foreign = makers.make_product(crew.vendor, name="Pulpen impor", category_code="atk", unit="buah", pdn=False)
        home = makers.make_product(crew.vendor, name="Pulpen lokal", category_code="atk", unit="buah")
        makers.make_certificate(home, tkdn_bp=4_000)
        rice = makers.make_product(crew.vendor, name="Nasi kotak", category_code="nasi-kotak", price=54_000, serves=1)
        ids = foreign.id, home.id, rice.id
    pens = [client.get(f"/produk/{i}", follow_redirects=True).text for i in ids]
    assert "Tahap 1" in pens[0]
    assert "Barang ini impor: alasan tertulis wajib" in pens[0]
    assert "Tahap 1" in pens[1]
    assert "Produk ini tidak termasuk" not in pens[1]
    assert "Bukan produk industri: tidak adanya TKDN tidak menghalangi" in pens[2]
    assert "Melewati pagu satuan" in pens[2]
    assert "belum pasti" in pens[2]
    pp = person(crew.pp)
    pp.post("/keranjang", {"product_id": ids[0], "quantity": "2"})
    assert f'name="import-{ids[0]}"' in pp.get("/kirim").text
    for said in ({}, {f"import-{ids[0]}": "          "}):
        answer = pp.post("/kirim", sending(crew, (ids[0], 2, 18_500), **said), status=422).text
        assert f'href="#f-import-{ids[0]}"' in answer
    pp.post("/kirim", sending(crew, (ids[0], 2, 18_500), **{f"import-{ids[0]}": "Belum ada pulpen bedah buatan lokal"}))
    line = record_reading.record_of(only_order()).lines[0]
    assert (line["imported"], line["preference"]["permitted"]) == (True, False)
    assert line["import_words"].startswith("Belum ada")


def test_the_trail_is_short_forgotten_after_a_month_and_nobody_elses(crew, boxes, person, client, now, statements):
    client.get("/katalog?q=snack")
    person(crew.ppk).get("/katalog?q=snack")
    person(crew.producer).get(f"/produk/{boxes[0]}", 301)
    assert steps() == [], "only who fills a basket leaves a trail"
    pp = person(crew.pp)
    for number in range(record_trail.MOST + 5):
        pp.get(f"/katalog?q=snack&price_max={30_000 + number}")
    assert len(steps()) == record_trail.MOST
    last = pp.get("/katalog?q=snack&price_max=30034")
    with statements() as seen:
        pp.get("/katalog?q=snack&price_max=30034")
    assert last.status_code == 200
    assert not [s for s in seen if "choice_trail" in s], "the same page again writes nothing"
    assert len(record_trail.read(crew.pp, now)) == record_trail.MOST
    assert record_trail.read(crew.ppk, now) == ()
    assert record_trail.read(Actor(None, "x", "public"), now) == ()
    later = now + timedelta(days=31)
    assert record_trail.read(crew.pp, later) == ()
    with unit_of_work():
        assert record_trail.any_old(later)
        record_trail.purge(later)
    assert steps() == []


def test_a_producer_hears_why_others_were_chosen_once_there_are_five(app, crew, boxes, person, now):
    _, own, cheap = boxes
    with unit_of_work():
        rival = makers.make_actor("vendor_owner", vendor_id=_vendor_of(cheap))
    pp, loser = person(crew.pp), person(rival)
    pp.get("/katalog?q=snack+kotak&sort=price")
    for number in range(5):
        if number == 4:
            drain(background.handlers(app), now + timedelta(minutes=5))
            assert "Belum cukup data" in loser.get("/produk-saya/alasan").text
        reason = {f"reason-{own}": "quality"}
        pp.post("/kirim", sending(crew, (own, 30, 18_500), key=f"kunci-percobaan-{number}", **reason))
    drain(background.handlers(app), now + timedelta(minutes=5))
    page = loser.get("/produk-saya/alasan").text
    assert "Mutu atau isinya lebih cocok dengan kebutuhan" in page
    assert "5 kali" in page
    names = [crew.vendor.name, "Snack kotak sedang", "Kelurahan"]
    assert not [name for name in names if name in page.split("<main")[1].split("</main")[0]]
    assert lost.own(crew.producer, now).chosen == 5
    person(crew.pp).get("/produk-saya/alasan", 403)
    assert session.scalar(select(func.sum(ChoiceCount.times))) == 15
    session.rollback()


def _vendor_of(product_id):
    from shop.catalog.models import Product

    return session.get_one(Product, product_id).vendor_id
