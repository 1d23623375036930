"""Side by side: up to four, differences said in words, rubbish answered; and the ceilings of the year."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from shop.audit.models import AuditEntry
from shop.budgets import ceilings
from shop.budgets.models import UnitCeiling
from shop.db import session, unit_of_work
from tests import makers


def test_four_stand_side_by_side_and_a_fifth_is_told(crew, boxes, client, person, statements):
    with unit_of_work():
        more = [makers.make_product(crew.vendor, name=f"Snack kotak {n}").id for n in (4, 5)]
        draft = makers.make_product(crew.vendor, name="Rahasia dapur", state="draft").id
    dear, own, cheap = boxes
    page = client.get(f"/banding?produk={own}&produk={cheap}&jumlah=30").text
    table = page.split("<table")[1]
    first_row = table.split("<tbody>")[1].split("</tr>")[0]
    assert "Simpan di" in first_row, "what the category asks stands first"
    assert "Beda" in first_row
    assert "Suhu ruang" in first_row
    assert "Beda" not in table.split("Untuk jumlah")[1].split("</tr>")[0]
    assert "Rp555.000" in page
    assert "Snack kotak mewah" in page.split("Barang sejenis")[1]

    four = ",".join(map(str, (dear, own, cheap, more[0])))
    three = ",".join(map(str, (own, *more)))
    client.get(f"/banding?produk={own}")
    with statements() as one:
        client.get(f"/banding?produk={own}")
    with statements() as many:
        client.get(f"/banding?produk={three}")
    assert len(one) == len(many) <= 9
    answer = client.get(f"/banding?produk={four},{more[1]}")
    assert answer.status_code == 422
    assert "Paling banyak 4 produk sekaligus" in answer.text
    assert "Snack kotak mewah" in answer.text, "the first four are still there"
    for query, words in (
        (f"produk={own},abc", "tidak terbaca"),
        (f"produk={own},%00", "tidak terbaca"),
        (f"produk={own},{10**30}", "tidak terbaca"),
        (f"produk={own},{2**62}", "tidak ada lagi"),
        (f"produk={own},{draft}", "tidak ada lagi"),
        (f"produk={own}&jumlah=0", "Jumlah harus"),
        (f"produk={own}&jumlah=1.5", "Jumlah harus"),
    ):
        answer = client.get(f"/banding?{query}")
        assert answer.status_code == 422, query
        assert words in answer.text, query
        assert "Rahasia" not in answer.text
    assert "Belum ada yang dibandingkan" in client.get("/banding").text
    assert 'form="banding"' in client.get("/katalog").text
    assert f"/banding?produk={own}," in client.get(f"/produk/{own}", follow_redirects=True).text
    assert "Ongkos kirim ke kantor Anda" in person(crew.pp).get(f"/banding?produk={own},{cheap}").text


def test_the_programme_keeps_ceilings_and_the_past_stays(crew, person, now):
    with unit_of_work():
        staff = makers.make_actor("programme")
    desk, officer = person(staff), person(crew.pp)
    assert "Rp53.000" in officer.get("/pagu-satuan").text
    assert "Tetapkan pagu baru" not in officer.get("/pagu-satuan").text
    good = {"subject": "snack", "per": "person", "amount": "26.000", "from_day": "2026-12-01", "source": "Kepgub 1/2026",
            "confidence": "H", "reason": "Standar harga DKI terbit"}  # fmt: skip
    officer.post("/pagu-satuan", good, status=403)
    bad = {
        "subject": "\x00",
        "per": "lusin",
        "amount": "0",
        "from_day": "2026-11-19",
        "source": " ",
        "confidence": "Z",
        "reason": " ",
    }
    answer = desk.post("/pagu-satuan", bad, status=422).text
    assert answer.count('<a href="#f-') == 7, "every fault at once"
    assert "2026-11-19" in answer
    for field, value in (("amount", "99999999999999999999"), ("from_day", "9999-12-31"), ("reason", "x" * 301)):
        assert f'href="#f-{field}"' in desk.post("/pagu-satuan", {**good, field: value}, status=422).text
    desk.post("/pagu-satuan", good)
    desk.post("/pagu-satuan", {**good, "subject": "snack-kotak", "amount": "25.000", "from_day": "2026-11-20"})
    tops = {
        day: ceilings.ceiling_for("kue-basah", day) for day in (date(2026, 11, 30), date(2026, 12, 1), date(2023, 1, 1))
    }
    assert [top and top.amount for top in tops.values()] == [24_000, 26_000, None]
    own = ceilings.ceiling_for("snack-kotak", date(2026, 12, 1))
    assert own.amount == 25_000, "one for the category goes before one for all snacks"
    assert (own.exceeded(25_000), own.exceeded(25_001), own.exceeded(50_001, 2), own.exceeded(50_000, 2)) == (
        False,
        True,
        True,
        False,
    )
    assert ceilings.ceiling_for("atk", date(2026, 12, 1)) is None
    page = officer.get("/pagu-satuan").text
    assert "Belum berlaku" in page
    assert session.scalar(select(AuditEntry.data).where(AuditEntry.verb == "set_ceiling").limit(1))["amount"] == 26_000
    with unit_of_work():
        assert ceilings.load_ceilings(now).added == 0, "what the programme set is never loaded over"
    assert len(session.scalars(select(UnitCeiling.id)).all()) == 4
    session.rollback()
