"""Samples anybody draws again, notes only auditors read, questions answered once, and figures proved run after run."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from shop.audit import trail
from shop.base.actor import SYSTEM
from shop.base.clock import utc_now
from shop.base.errors import Conflict
from shop.budgets import facts
from shop.db import session, unit_of_work
from shop.orders.models import Order
from shop.oversight import concluding, drawing, notes, reading, verifying
from shop.oversight.concluding import Judged
from shop.oversight.drawing import Plan
from shop.oversight.models import AuditAnswer, AuditSampleItem, ExportRecord, VerifyRun, VerifyStep
from shop.p3dn import posting
from shop.p3dn.models import P3dnTotal
from tests import makers

WORDS = "Undangan rapatnya tidak ada di berkas"


def test_anybody_draws_the_same_with_a_hash_and_nothing_else():
    members = [(n, n * 1_000, n % 3) for n in range(1, 101)]
    by_hash = sorted(members, key=lambda m: hashlib.sha256(f"benih|{m[0]}".encode()).hexdigest())
    simple = drawing.draw(Plan("simple", "benih", 10), reversed(members))
    assert [item.order_id for item in simple.items] == [m[0] for m in by_hash[:10]]
    strata = drawing.draw(Plan("strata", "benih", 10), members)
    assert sorted(i.stratum for i in strata.items) == ["0"] * 3 + ["1"] * 4 + ["2"] * 3
    top = drawing.draw(Plan("top", "benih", 5, 99_000), members)
    assert [i.order_id for i in top.items if i.stratum == "sure"] == [m[0] for m in by_hash if m[1] >= 99_000]
    assert len(top.items) == 7
    unit = drawing.draw(Plan("unit", "benih", 10), members)
    assert (unit.interval, sum(i.hits for i in unit.items)) == (505_000, 10)
    start, end, expected = int(hashlib.sha256(b"benih|0").hexdigest(), 16) % 505_000, 0, set()
    for order_id, amount, _ in by_hash:
        expected |= {order_id for k in range(10) if end <= start + k * 505_000 < end + amount}
        end += amount
    assert {i.order_id for i in unit.items} == expected
    for method in drawing.METHODS:
        assert len(drawing.draw(Plan(method, "x", 1000, 1), members).items) == 100
        assert drawing.draw(Plan(method, "x", 3, 1), []).items == []


def test_what_a_sample_says_about_all():
    right, wrong = Judged(1_000, "", 1, 0), Judged(1_000, "", 1, 500)
    assert concluding.conclude("simple", [right] * 8 + [wrong] * 2, {"": 100}, None).projected == 10_000
    assert concluding.conclude("unit", [right] * 9 + [wrong], {"": 100}, 4_000).projected == 2_000
    assert concluding.conclude("unit", [right] * 9 + [Judged(9_000, "", 2, 500)], {"": 100}, 4_000).projected == 500
    assert concluding.conclude("simple", [wrong] * 4, {"": 100}, None).projected is None  # below five
    assert concluding.conclude("simple", [wrong] * 4, {"": 4}, None).projected == 2_000  # everything there is
    unready = concluding.conclude("simple", [wrong] * 9 + [Judged(1, "", 1, None)], {"": 100}, None)
    assert (unready.projected, unready.found, unready.is_small) == (None, 4_500, True)
    sure = [Judged(50, "sure", 1, 7), *[Judged(10, "rest", 1, 1)] * 5]
    assert concluding.conclude("top", sure, {"sure": 1, "rest": 50}, None).projected == 57


def test_a_sample_is_drawn_judged_and_taken_along(crew, auditors, person, now):
    first, second = map(person, auditors)
    form = {"nama": "Uji petik November", "cara": "simple", "ukuran": "50", "benih": "ST-12"}
    assert "jadi tidak ada sampel" in first.post("/audit/sampel/baru", form, 409).text
    with unit_of_work():
        box = makers.make_product(crew.vendor, price=10_000)
        made = [makers.make_paid_order(crew, now, (box, n)).id for n in (1, 2, 3)]
    page = first.post(
        "/audit/sampel/baru?status=paid", {"nama": " ", "cara": "x", "ukuran": "0", "benih": ""}, 422
    ).text
    for field in ("nama", "cara", "ukuran", "benih"):
        assert f'href="#f-{field}"' in page
    first.post("/audit/sampel/baru?status=paid", {**form, "cara": "top", "batas": "9" * 40}, 422)
    path = first.post("/audit/sampel/baru?status=paid", form).location
    assert "Populasinya hanya 3 pesanan" in first.get(path).text
    assert "persis sama" in second.get(f"{path}/ulang").text
    for bad in ({}, {"putusan": "wrong", "salah": "99.999.999", "catatan": WORDS}, {"putusan": "right", "salah": "5"},
                {"putusan": "wrong", "salah": "1000", "catatan": " "}):  # fmt: skip
        first.post(f"{path}/{made[0]}", bad, 422)
    first.post(f"{path}/999999", {"putusan": "right"}, 404)
    for order_id in made:
        second.post(f"{path}/{order_id}", {"putusan": "right"})
    first.post(f"{path}/{made[2]}", {"putusan": "wrong", "salah": "30.000", "catatan": WORDS})
    page = first.get(path).text
    assert "3 dari 3 dinilai" in page
    assert "Rp30.000 / Rp60.000" in page
    for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        assert first.get(f"{path}.{kind}").data.startswith(start)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ExportRecord)) == 2
    with unit_of_work():
        makers.make_paid_order(crew, now, (box, 4))
    assert "tidak sama" in second.get(f"{path}/ulang").text
    with pytest.raises(Exception, match="append-only"), unit_of_work():
        session.execute(text("DELETE FROM audit_sample_item"))
    for who in (crew.pp, crew.producer):
        person(who).get(path, 403)
    first.get("/audit/sampel/999", 404)


def test_notes_are_the_auditors_and_a_question_is_answered_once(crew, auditors, person, now, work, settings):
    first, second = map(person, auditors)
    with unit_of_work():
        order_id = makers.make_sent_order(crew, now).id
        stranger = makers.make_crew()
    note = {"tentang": "order", "id": str(order_id), "isi": WORDS, "untuk": "draft"}
    for bad in ({"isi": " "}, {"untuk": "x"}, {"tentang": "office", "id": str(crew.office_id), "untuk": "office"}):
        first.post("/audit/catatan", {**note, **bad}, 422)
    for bad in ({"id": "9" * 18}, {"id": "\0"}, {"tentang": "x"}, {"id": "٣"}):
        first.post("/audit/catatan", {**note, **bad}, 404)
    first.post("/audit/catatan", note)
    second.get("/audit/catatan/1", 404)  # somebody else's draft
    second.post("/audit/catatan/1", note, 404)
    assert WORDS not in second.get(f"/audit/catatan?tentang=order&id={order_id}").text
    assert WORDS not in second.get(f"/pesanan/{order_id}").text
    first.post("/audit/catatan/1", {"isi": "Sudah ditelusuri di SPJ", "untuk": "auditors"})
    first.post("/audit/catatan/1", {"isi": "Dua kali diganti", "untuk": "auditors"}, 409)
    second.post("/audit/catatan/2", {"isi": "Bukan milik saya", "untuk": "auditors"}, 409)
    ppk = person(crew.ppk)
    assert "ditelusuri" not in ppk.get(f"/pesanan/{order_id}").text
    question = "Mohon daftar hadir rapatnya"
    first.post("/audit/catatan", {**note, "isi": question, "untuk": "office"})
    work()
    assert any("Auditor bertanya" in path.read_text() for path in (settings.var / "mail").rglob("*.eml"))
    path = f"/pesanan/{order_id}/tanya/3"
    assert question in ppk.get(f"/pesanan/{order_id}").text
    assert question in ppk.get(path).text
    for who, status in ((stranger.ppk, 404), (crew.pp, 403), (crew.producer, 403), (auditors[0], 403)):
        person(who).post(path, {"jawaban": "Terlampir di SPJ"}, status)
    ppk.post(path.replace("/3", "/2"), {"jawaban": "Terlampir di SPJ"}, 404)  # not shared with the office
    assert ">\nx</textarea>" in ppk.post(path, {"jawaban": "x"}, 422).text
    ppk.post(path, {"jawaban": "Terlampir di SPJ"})
    assert "sudah dijawab" in ppk.post(path, {"jawaban": "Sekali lagi"}, 409).text
    work()
    assert "Terlampir di SPJ" in second.get("/audit/catatan/3").text
    producer = person(crew.producer).get(f"/pesanan/{order_id}").text
    assert question not in producer
    assert "auditor" not in producer.lower()
    session.rollback()
    assert session.scalars(select(AuditAnswer.words)).all() == ["Terlampir di SPJ"]
    assert notes.note(auditors[0], 1).later == 2


def test_figures_are_proved_by_one_at_a_time_and_differences_are_named(app, crew, auditors, person, now, work):
    with unit_of_work():
        order_id = makers.make_paid_order(crew, now).id
        admin = makers.make_actor("admin")
        for source, planned in facts.statements():  # the makers' package was never imported
            posting.settle(SYSTEM, source, planned, now)
    browser, colleague = person(auditors[0]), person(admin)
    assert reading.latest() is None
    path = browser.post("/audit/verifikasi").location
    assert "sedang berjalan" in colleague.post("/audit/verifikasi", {}, 409).text
    assert "Belum." in browser.get(path).text
    work()
    page = browser.get(path).text
    assert "Semuanya sama" in page
    assert reading.latest().is_same
    assert verifying.run(1, utc_now) == ""  # the message comes twice
    with unit_of_work():
        session.execute(update(P3dnTotal).where(P3dnTotal.dim == "").values(paid_total=P3dnTotal.paid_total + 7))
    path = colleague.post("/audit/verifikasi").location
    work()
    page = colleague.get(path).text
    assert "Ada selisih" in page
    assert "Dibayar seharusnya Rp" in page
    assert "/p3dn/baris?" in page
    assert not reading.latest().is_same
    assert "ada" in browser.get("/audit").text
    # A run that was killed is told as broken off, and the next one begins.
    with unit_of_work():
        verifying.ask(auditors[0], now - timedelta(hours=1))
        session.execute(update(VerifyRun).where(VerifyRun.id == 3).values(started_at=now - timedelta(hours=1)))
    assert "terputus" in browser.get("/audit/verifikasi").text
    with pytest.raises(Conflict), unit_of_work():
        verifying.ask(auditors[0], now - timedelta(minutes=50))
    browser.post("/audit/verifikasi")
    work()
    session.rollback()
    outcomes = session.scalars(select(VerifyRun.outcome).order_by(VerifyRun.id)).all()
    assert outcomes == ["same", "different", "broken_off", "different"]
    assert session.scalar(select(func.count()).select_from(VerifyStep)) == 9
    assert not verifying.nightly(now)  # asked for today already
    assert verifying.nightly(now + timedelta(days=1))
    for who in (crew.pp, crew.producer):
        person(who).get("/audit/verifikasi", 403)
        person(who).post("/audit/verifikasi", {}, 403)
    browser.get("/audit/verifikasi/999", 404)
    told = {"kind": "facts", "where": f"order:{order_id} line:1", "numbers": [["umk_value", 5, 0]]}
    with app.test_request_context():
        difference = app.view_functions["oversight_verify.show"].__globals__["difference"]
        assert difference(told)[1:] == ("UMK seharusnya Rp5, tercatat Rp0", f"/pesanan/{order_id}")
    assert trail.verify().first_broken is None


def test_an_auditor_changes_nothing_but_what_is_the_rooms_own(app, crew, auditors, person, now):
    """Every POST of the application, with the ids there are: none moves the business; most are refused."""
    with unit_of_work():
        made = [
            make(crew, now).id for make in (makers.make_sent_order, makers.make_received_order, makers.make_paid_order)
        ]
    tables = ("purchase_order", "order_line", "budget_package", "product", "vendor", "office", "payment", "ledger_entry",
              "p3dn_total", "risk_note", "money_transfer", "hat")  # fmt: skip

    def state():
        session.rollback()
        return [session.execute(text(f"SELECT * FROM {name}")).all() for name in tables]

    before, browser = state(), person(auditors[0])
    own, tried = ("oversight", "accounts", "assets"), 0
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.rule.startswith("/api/") or rule.endpoint.startswith(own):
            continue
        for order_id in made if "order_id" in rule.arguments else made[:1]:
            values = {name: order_id if name == "order_id" else "1" for name in rule.arguments}
            path = rule.rule
            for name, value in values.items():
                path = re.sub(rf"<[^<>]*\b{name}>", str(value), path)
            browser._open(
                "POST", path, data={"csrf_token": browser._token, "version": "1", "reason": "other", "words": WORDS}
            )
            tried += 1
    assert tried > 100
    assert state() == before
    assert session.scalar(select(func.count()).select_from(AuditSampleItem)) == 0
    assert session.get_one(Order, made[0]).state == "sent"
