"""Rules on the page: what comes can be set and taken back, what has begun stays, and nothing is saved by looking."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.orm import Session

from shop.audit.models import AuditEntry
from shop.base.errors import Invalid
from shop.base.fields import Fields
from shop.db import db, session, unit_of_work
from shop.orders import tax_preview, taxing
from shop.orders.models import Order
from shop.reference import files, policy, shape, words
from shop.reference.loading import load_all, load_rules
from shop.reference.models import Rule
from tests import makers

KEY = "tax.pph22.treasurer"
PAGE = f"/sumber/{KEY}"
START = date(2027, 1, 1)


@pytest.fixture
def staff(app, person):
    with app.app_context(), unit_of_work():
        made = makers.make_actor("programme")
    return person(made)


def seen_on(page) -> str:
    return page.text.rsplit('name="seen" value="', 1)[1].split('"')[0]


def typed(page, **changed) -> dict[str, str]:
    return {
        "seen": seen_on(page), "v.bp": "2", "v.bp_no_npwp": "4", "v.exempt_upto": "2.000.000", "from_day": START.isoformat(),
        "source": "PMK 99/2026 Ps. 3", "confidence": "H", "reason": "Tarif naik per Januari",
    } | changed  # fmt: skip


def rules_held() -> int:
    return session.scalar(select(func.count()).select_from(Rule))


def test_a_rule_is_previewed_set_for_a_coming_day_and_taken_back(app, staff, now):
    with app.app_context():
        with unit_of_work():
            crew = makers.make_crew()
            crew.vendor.legal_form = "cv"
            order = makers.make_received_order(
                crew, now, (makers.make_product(crew.vendor, category_code="kemeja-batik", price=100_000), 30)
            )
            makers.make_received_order(
                crew, now, (makers.make_product(crew.vendor, category_code="kemeja-batik", price=10_000), 1)
            )
        count, before = rules_held(), session.scalar(select(func.count()).select_from(AuditEntry))
        number = order.id
        old = taxing.assess_order(order, START).total("pph")
        shown = staff.post(PAGE, typed(staff.get(PAGE)), 200)
        assert "Dari 2 pesanan yang sudah diterima dan belum dibayar, 2 dihitung ulang" in shown.text
        assert "2 berubah" in shown.text, "the small one is a part of the same need"
        assert "Seragam Rp11.100.000" in shown.text
        assert (rules_held(), session.scalar(select(func.count()).select_from(AuditEntry))) == (count, before)
        staff.post(PAGE, typed(staff.get(PAGE), act="simpan"))
        session.remove()
        assert policy.rule(session, KEY, START - timedelta(days=1)).value["bp"] == 150
        assert policy.rule(session, KEY, START).value == {"bp": 200, "bp_no_npwp": 400, "exempt_upto": 2_000_000}
        assert taxing.assess_order(session.get_one(Order, number), START).total("pph") == old * 4 // 3
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.verb, entry.data["before"]["bp"], entry.data["reason"]) == (
            "set_rule",
            150,
            "Tarif naik per Januari",
        )
        page = staff.get(PAGE)
        assert "Ditetapkan program: Tarif naik per Januari" in page.text
        taken = {"seen": seen_on(page), "note": "  "}
        staff.post(f"{PAGE}/tarik", taken, 422)  # a reason of spaces is none
        staff.post(f"{PAGE}/tarik", taken | {"note": "Peraturan batal terbit"})
        session.remove()
        assert rules_held() == count
        assert policy.rule(session, KEY, date(2030, 1, 1)).value["bp"] == 150
        assert policy.rule(session, KEY, date(2030, 1, 1)).valid_to is None, "what it ended is open again"
        again = {"seen": seen_on(staff.get(PAGE)), "note": "Peraturan batal terbit"}
        staff.post(f"{PAGE}/tarik", again, 409)  # what our file says is not the page's to take back


def test_what_cannot_be_is_refused_in_words_and_kept_as_typed(app, staff, person, client):
    with app.app_context():
        count = rules_held()
        bad = {
            "v.bp": "101", "v.exempt_upto": "banyak", "from_day": "20-11-2026", "source": " \t ", "confidence": "X", "reason": "\x00",
        }  # fmt: skip
        page = staff.post(PAGE, typed(staff.get(PAGE), act="simpan", **bad), 422)
        assert all(f'id="e-{name}"' in page.text for name in bad)
        assert 'value="banyak"' in page.text
        for day, words_ in (
            ("2025-08-02", "Paling cepat besok"),
            ("2026-11-20", "Paling cepat besok"),
            ("2200-01-01", "besok"),
        ):
            assert words_ in staff.post(PAGE, typed(staff.get(PAGE), from_day=day, act="simpan"), 422).text
        same = typed(staff.get(PAGE), **{"v.bp": "1,5", "v.bp_no_npwp": "3"}, source="PMK 51/2025 Ps.2(1)b, 3 dan 4")
        assert "Tidak ada yang berubah" in staff.post(PAGE, same, 422).text
        old = typed(staff.get(PAGE), act="simpan")
        staff.post(PAGE, old)
        staff.post(PAGE, old | {"from_day": "2027-02-01"}, 409)  # who looked before it is told
        over = staff.post(PAGE, typed(staff.get(PAGE), act="simpan", from_day="2026-12-31"), 422)
        assert "Sudah ada nilai yang mulai 2027-01-01" in over.text
        session.remove()
        assert rules_held() == count + 1
        with unit_of_work():
            outsider = makers.make_actor("mentor")
        visitor = person(outsider)
        assert "Tetapkan nilai baru" not in visitor.get(PAGE).text
        visitor.post(PAGE, typed(staff.get(PAGE)), 403)
        assert {client.get(f"/sumber/{key}").status_code for key in {row.key for row in files.rules()}} == {200}
        assert "22-910-01" in client.get("/sumber").text
        for nothing in ("x", "tax.ppn%00", "tax"):
            staff.get(f"/sumber/{nothing}", 404)
            staff.post(f"/sumber/{nothing}", old, 404)
            staff.post(f"/sumber/{nothing}/tarik", old, 404)


def test_every_rule_can_be_filled_in_as_it_is_and_only_its_shape_fits():
    held: dict[str, list[object]] = {}
    for row in files.rules():
        held.setdefault(row.key, []).append(row.value)
    for key, values in held.items():
        parts, sent = shape.parts(key, values), {}
        for part in parts:
            sent[part.field] = part.typed
        fields = Fields(sent)
        assert shape.read(key, parts, fields) == values[-1], key
        assert not fields.faults, key
        for rubbish in ("x" * 6_000, "[[[[" * 2_000, "-1", "1e9", "9" * 5_000, '{"a": 1}', "NaN"):
            wrong = Fields(dict.fromkeys(sent, rubbish))
            shape.read(key, parts, wrong)
            assert wrong.faults or all(part.kind in {"truth", "words"} for part in parts), (key, rubbish)
    assert words.TITLES.keys() == held.keys()
    for key, field, value in (
        ("tax.ppn", "v.num", "100"),
        ("tax.ppn", "v.luxury_base", "9"),
        ("tax.deposit_day.pph", "v.day", "29"),
        ("tax.pph22.treasurer", "v.bp_no_npwp", "50,01"),
        ("tax.pph21.non_employee", "v.no_npwp_percent", "300"),
        ("tkdn.goods.method", "v.material", "76"),
        ("tax.pph21.non_employee", "v.layers", json.dumps([[60_000_000, 500], [50_000_000, 600], [None, 700]])),
        ("tax.pph21.non_employee", "v.layers", json.dumps([[60_000_000, 500], [70_000_000, 600]])),
        ("pdn.tiers", "v", json.dumps([{"need_sum": 40_000, "buy_tkdn": 1}])),
        ("umk.classes", "v.capital", "3\n2\n1"),
        ("tax.collector_default", "v", "siapa saja"),
        ("tax.object_codes", "v.PPH22.object", "<b>"),
    ):
        parts = shape.parts(key, held[key])
        fields = Fields({part.field: part.typed for part in parts} | {field: value})
        shape.read(key, parts, fields)
        assert fields.faults, (key, value)
    [ppn] = [part for part in shape.parts("tax.object_codes", held["tax.object_codes"]) if part.name == "PPN.account"]
    read = shape.read("", [ppn], Fields({ppn.field: "411211-200"}))
    assert read == {"PPN.account": "411211-200"}, "a code may be mended"


def test_loading_the_file_takes_away_nothing_that_was_set_on_the_page(app, staff, now):
    with app.app_context():
        staff.post(PAGE, typed(staff.get(PAGE), act="simpan"))
        with unit_of_work():
            counts = load_all(session, now)
        assert counts.touched == 0
        assert f"{KEY} (2027-01-01)" in str(counts)
        newest = [r for r in files.rules() if r.key == KEY][-1]
        ends = replace(newest, valid_to=date(2027, 6, 1))
        later = replace(newest, valid_from=date(2027, 6, 1), value=newest.value | {"bp": 250})
        with unit_of_work():
            load_rules(session, (ends, later), now)
        assert policy.rule(session, KEY, date(2028, 1, 1)).value["bp"] == 200, "the page's, until it is withdrawn"
        staff.post(f"{PAGE}/tarik", {"seen": seen_on(staff.get(PAGE)), "note": "Ada di berkas baru"})
        with unit_of_work():
            load_rules(session, (ends, later), now)
        assert policy.rule(session, KEY, date(2027, 5, 31)).value["bp"] == 150
        assert policy.rule(session, KEY, date(2027, 6, 1)).value["bp"] == 250
        with pytest.raises(Invalid), unit_of_work():
            load_rules(session, (replace(newest, valid_from=date(2026, 1, 1), valid_to=None),), now)


def test_another_process_hears_of_a_change_and_asks_by_one_small_row(app, staff, db_url, statements, now):
    with app.app_context():
        other = create_engine(db.engine.url)
        asked: list[str] = []
        event.listen(other, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
        for wanted, number in ((150, 2), (150, 1)):
            with Session(other) as elsewhere:
                asked.clear()
                assert policy.rule(elsewhere, KEY, START).value["bp"] == wanted
                assert policy.rule(elsewhere, "stamp", START).value
                assert len(asked) == number, asked
        staff.post(PAGE, typed(staff.get(PAGE), act="simpan"))
        with Session(other) as elsewhere:
            assert policy.rule(elsewhere, KEY, START).value["bp"] == 200
        with pytest.raises(RuntimeError), unit_of_work():
            session.get_one(Rule, session.scalars(select(Rule.id).where(Rule.key == KEY)).all()[-1]).value = {"bp": 1}
            policy.changed(session)
            assert policy.rule(session, KEY, START).value == {"bp": 1}
            raise RuntimeError
        session.remove()
        assert policy.rule(session, KEY, START).value["bp"] == 200, "what was taken back is nowhere remembered"
        with Session(other) as elsewhere:
            assert policy.rule(elsewhere, KEY, START).value["bp"] == 200
        other.dispose()


def test_a_preview_takes_as_many_statements_for_twelve_orders_as_for_one(app, statements, now):
    with app.app_context():
        numbers: list[int] = []
        for more in (1, 1, 10):
            with unit_of_work():
                for _ in range(more):
                    crew = makers.make_crew()
                    makers.make_received_order(crew, now, (makers.make_product(crew.vendor), 3))
            session.remove()
            with statements() as asked:
                found = tax_preview.compare(START, taxing.rule_on, taxing.rule_on)
            numbers.append(len(asked))
        assert (found.open, found.looked_at, found.changed) == (12, 12, 0)
        assert found.before == found.after
        assert numbers[1] == numbers[2], numbers
