"""From a promise to the year's end on the page: set, refused, raced, forecast, ranked, alerted, answered."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from html import unescape

import pytest
from sqlalchemy import select

from shop import background
from shop.accounts.models import Office
from shop.base.errors import Conflict, NotFound
from shop.db import session, unit_of_work
from shop.outbox.models import OutboxMessage
from shop.targets import alerting, goals
from shop.targets.goals import NewGoal
from shop.targets.models import P3dnAlert, P3dnTarget
from tests import makers

GOOD = {
    "pdn": "85,5",
    "umk": "60",
    "commitment": "Rp250.000.000",
    "source": "SK Kepala Dinas 12/2026",
    "reason": "Janji kinerja",
}


def text(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def code_of(office_id):
    return session.get_one(Office, office_id).code


def test_a_target_is_set_above_the_rule_kept_and_never_overwritten(crew, person, client, now):
    code = code_of(crew.office_id)
    path = f"/target/{code}"
    said = text(client.get(path))
    assert "80,00 %" in said
    assert "Kantor ini memakai aturan kota." in said
    assert "Tetapkan sasaran" not in said
    pa = person(crew.pa)
    pa.post(path, data={"year": "2026", "version": "0", **GOOD})
    late = pa.post(path, data={"year": "2026", "version": "0", **GOOD, "pdn": "90"}, status=409)
    assert 'value="90"' in late.text  # what was typed stays
    pa.post(path, data={"year": "2026", "version": "1", **GOOD, "pdn": "90"})
    said = text(pa.get(path))
    assert "90,00 %" in said
    assert "85,50 %" in said  # the history
    assert "SK Kepala Dinas 12/2026" in said
    wrong = {"pdn": "79,99", "umk": "101", "commitment": "0", "source": "x", "reason": " \u00a0 "}
    refused = pa.post(path, data={"year": "2026", "version": "2", **wrong}, status=422)
    assert "Tidak boleh di bawah aturan kota, yaitu 80,00 %" in text(refused)
    assert refused.text.count('class="error"') == 5
    assert 'value="79,99"' in refused.text
    pa.post(path, data={"year": "2025", "version": "0", **GOOD}, status=409)
    pa.post(path, data={"year": "99999999999", "version": "9" * 39}, status=422)
    person(crew.ppk).post(path, data=GOOD, status=403)
    session.rollback()
    assert session.scalars(select(P3dnTarget.version)).all() == [1, 2]


def test_only_the_own_office_or_the_programme_and_no_closed_one(crew, person, now):
    with unit_of_work():
        other = makers.make_office()
        closed = makers.make_office(active=False)
        staff, admin = makers.make_actor("programme"), makers.make_actor("admin")
        codes = other.code, closed.code, closed.id
    pa = person(crew.pa)
    pa.post(f"/target/{codes[0]}", data={}, status=404)
    pa.post("/target/tidak-ada", data={}, status=404)
    pa.get("/target/a%00b", status=404)
    person(staff).post(f"/target/{codes[0]}", data={"year": "2027", "version": "0", **GOOD})
    refused = person(admin).post(f"/target/{codes[1]}", data={"year": "2026", "version": "0", **GOOD}, status=409)
    assert "ditutup atau digabung" in text(refused)
    new = NewGoal(8_000, 4_000, None, "Surat 1/2026", "Sesuai aturan")
    with pytest.raises(NotFound), unit_of_work():
        goals.put(crew.pa, codes[2], 2026, 0, new, now)
    with unit_of_work():
        goals.put(crew.pa, crew.office_id, 2026, 0, new, now)
    with pytest.raises(Conflict), unit_of_work():  # two at the very same moment: the key is the judge
        session.add(P3dnTarget(office_id=crew.office_id, year=2026, version=1, pdn_bp=9_000, umk_bp=4_000, source="",
                               reason="", set_by=crew.pa.user_id, set_at=now))  # fmt: skip


def test_the_page_of_an_office_tells_both_sides_the_gap_and_how_the_year_will_end(crew, client, post, plan, statements):
    office, code = crew.office_id, code_of(crew.office_id)
    with unit_of_work():
        plan(office, 2_000_000)
        for month in range(1, 7):
            post(office, 100_000, date(2026, month, 2), pdn=month > 3)
        post(office, 150_000, date(2026, 11, 19), paid=False)
        for month in (2, 3, 4, 5, 12, 12, 12, 12):
            post(office, 100_000, date(2025, month, 3))
    page = client.get(f"/target/{code}")
    said = text(page)
    # 300.000 of 600.000 are PDN; 80 % would be 480.000. The year before had paid half by now: 600.000 × 800 ÷ 400.
    for words in ("50,00 %", "Rp300.000", "Rp600.000", "kurang Rp180.000", "sekitar Rp1.200.000",
                  "paling tinggi Rp1.200.000", "pola tahun lalu",
                  "Rp600.000 × Rp800.000 ÷ Rp400.000", "Masih perlu Rp660.000, lebih dari sisa belanja",
                  "37,50 %", "e-Order Jakpreneur", "tanpa ongkos kirim"):  # fmt: skip
        assert words in said, words
    links = {unescape(link) for link in re.findall(r'href="(/p3dn/baris\?[^"]*)"', page.text)}
    assert len(links) > 12
    lines = client.get(f"/p3dn/baris?year=2026&office={code}&measure=pdn_value").text
    assert "Rp300.000" in lines
    assert all(client.get(link).status_code == 200 for link in sorted(links)[::5])
    for year, words in (
        (2025, "Tahun ini sudah selesai: yang dibayar Rp800.000"),
        (2027, "belum mulai"),
        (2019, "belum ada persen"),
    ):
        assert words in text(client.get(f"/target/{code}?tahun={year}"))
    assert client.get(f"/target/{code}?tahun=1").status_code == 422
    with statements() as few:
        client.get(f"/target/{code}")
    with unit_of_work():
        for month in range(1, 11):
            post(office, 1_000, date(2026, month, 9))
    with statements() as more:
        client.get(f"/target/{code}")
    assert len(more) == len(few) <= 18


def test_the_ranking_is_fair_and_the_same_statements_for_many_offices(crew, client, post, plan, statements):
    with unit_of_work():
        offices = [makers.make_office(name=f"Kantor {letter}").id for letter in "ABCDEF"]
        for place, office in enumerate(offices[:4]):
            for n in range(5):
                post(office, 100_000, date(2026, 3, n + 2), pdn=n >= place, umk=False)
        post(offices[4], 100_000, date(2026, 3, 2))
        plan(offices[3], 20_000_000_000)
    client.get("/target?tahun=2026")  # rules and holidays are read once
    with statements() as few:
        page = client.get("/target?tahun=2026")
    said = text(page)
    assert "1 Kantor A 100,00 %" in said
    assert "3 Kantor C 60,00 %" in said
    assert said.index("Kantor D") < said.index("Kantor A")  # the large class stands first, and has its own first place
    assert "Pesanan masih terlalu sedikit" in said
    assert "satu pesanan saja" in said
    assert "4 kantor diperingkat, 1 dengan pesanan terlalu sedikit" in said
    assert "Belum membayar apa pun tahun ini" in said
    with unit_of_work():
        for _ in range(60):
            post(makers.make_office().id, 5_000, date(2026, 4, 4))
    with statements() as more:
        assert client.get("/target?tahun=2026&urut=selisih&jenis=umk").status_code == 200
    assert len(more) == len(few) <= 12
    assert "Kantor A" not in text(client.get("/target?page=2"))
    assert "terlalu sedikit" in text(client.get("/target?page=2"))
    rows = list(csv.DictReader(io.StringIO(client.get("/target.csv?tahun=2026").text)))
    first = next(row for row in rows if row["kantor"] == "Kantor C")
    assert (first["peringkat"], first["pembilang_rupiah"], first["penyebut_rupiah"]) == ("3", "300000", "500000")
    assert (first["bagian_bp"], first["selisih_bp"], first["kurang_rupiah"]) == ("6000", "-2000", "100000")
    assert zipfile.is_zipfile(io.BytesIO(client.get("/target.xlsx?tahun=2026").data))
    for wrong in ("?tahun=x", "?urut=%00", "?jenis=tkdn", "?page=0"):
        assert client.get(f"/target{wrong}").status_code == 422
    assert "Belum ada kantor yang bisa diperingkat" in text(client.get("/target?tahun=2020"))


def test_alerts_are_made_once_a_month_told_once_answered_and_superseded(
    crew, person, client, now, post, plan, app, statements
):
    office, code = crew.office_id, code_of(crew.office_id)
    with unit_of_work():
        plan(office, 2_000_000)
        for n in range(6):
            post(office, 100_000, date(2026, 5, n + 2), pdn=False)
        rival = makers.make_crew()
    ppk = person(crew.ppk)
    ppk.get("/meja")
    with statements() as before:
        ppk.get("/meja")
    assert alerting.judge_due(now) >= 2
    assert alerting.judge_due(now) == 0
    standing = session.scalars(select(P3dnAlert).where(P3dnAlert.office_id == office).order_by(P3dnAlert.id)).all()
    assert [alert.rule for alert in standing] == ["pdn_behind", "commitment_missed", "not_ordered"]
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == alerting.NEWS)).all()
    assert len(told) == 1
    with unit_of_work():
        background.handlers(app).inside[alerting.NEWS]([told[0].payload], now)
    mails = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "mail")).all()
    assert len(mails) == 2  # PA/KPA and PPK
    assert mails[0]["params"]["code"] == code
    assert mails[0]["params"]["points"] == [
        ["PDN di bawah sasaran"],
        ["Komitmen PDN tidak akan tercapai"],
        ["Rencana yang belum dipesan"],
    ]
    with statements() as after:
        desk = ppk.get("/meja")
    assert "Peringatan sasaran P3DN" in desk.text
    assert len(after) <= len(before) + 1
    alert_id = standing[0].id
    session.rollback()
    page = ppk.get(f"/target/{code}")
    assert "Masih Rp1.400.000 dari rencana Rp2.000.000 belum dipesan" in text(page)
    assert "belum dipesan, dan" not in text(client.get(f"/target/{code}"))
    path = f"/target-peringatan/{alert_id}"
    person(rival.ppk).post(path, data={"note": "Sudah dijadwalkan"}, status=404)
    person(crew.bendahara).post(path, data={"note": "Sudah dijadwalkan"}, status=403)
    ppk.post(path, data={"note": " "}, status=422)
    ppk.post(path, data={"note": "Pesan dari UMK mulai Desember"})
    ppk.post(path, data={"note": "Sekali lagi saja"}, status=409)
    assert "Pesan dari UMK mulai Desember" in text(ppk.get(f"/target/{code}"))
    december = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    with unit_of_work():
        post(office, 2_000_000, date(2026, 11, 30), umk=True)
    alerting.judge_due(december)
    rows = session.scalars(select(P3dnAlert).where(P3dnAlert.office_id == office).order_by(P3dnAlert.id)).all()
    assert [row.rule for row in rows if row.superseded_at is None] == ["pdn_behind"]
    assert len(rows) == 4
    assert session.scalars(select(OutboxMessage).where(OutboxMessage.kind == alerting.NEWS)).all()[1:] == []
    session.rollback()
    ppk.post(path, data={"note": "Terlambat menjawab"}, status=409)
    assert "3 peringatan sebelumnya" in text(ppk.get(f"/target/{code}"))
