"""Exchange with LKPP's systems: their fields in their order and typed; what is about a person only for who may have it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from shop.accounts.models import Office, UserAccount
from shop.audit.models import AuditEntry
from shop.db import session, unit_of_work
from shop.opendata import columns, isb
from shop.vendors.models import Vendor
from tests import makers

KEPT = Path(isb.__file__).parent / "data" / "isb_fields.csv"
DATASETS = ("toko-daring", "e-purchasing", "rup", "non-tender", "non-tender-realisasi")
TELL_TALE = "Rahasia"


@pytest.fixture
def office(app, now):
    """Return the people of an office that has an order sent, one confirmed and one paid; each has a tell-tale name."""
    with app.app_context():
        with unit_of_work():
            makers.make_reference()
            crew = makers.make_crew()
            makers.make_papers_complete(crew)
            for number, account in enumerate(session.scalars(select(UserAccount))):
                account.name, account.phone = f"{TELL_TALE} {number}", f"0812000111{number:02d}"
            session.get_one(Vendor, crew.vendor.id).npwp = "0099887766554000"
        for make in (makers.make_sent_order, makers.make_confirmed_order, makers.make_paid_order):
            with unit_of_work():
                make(crew, now)
        yield crew


def declared(dataset):
    """Return the rows of the list of fields, as LKPP's systems name them."""
    with KEPT.open(encoding="utf-8", newline="") as rows:
        return [row for row in csv.DictReader(rows) if row["dataset"] == dataset]


def of_json(answer):
    return [json.loads(line) for line in answer.text.splitlines()]


def of_csv(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


TYPED = {
    "string": lambda value: isinstance(value, str),
    "int": lambda value: type(value) is int,
    "decimal": lambda value: type(value) is int,
    "bool": lambda value: type(value) is bool,
    "date": lambda value: bool(date.fromisoformat(value)),
    "datetime": lambda value: datetime.fromisoformat(value).utcoffset() is not None,
}


@pytest.mark.parametrize(("dataset", "rows"), [(name, (2, 2, 1, 2, 1)[i]) for i, name in enumerate(DATASETS)])
def test_every_declared_field_is_there_in_order_and_typed(office, client, person, dataset, rows):
    fields = declared(dataset)
    names = [row["field"] for row in fields]
    with unit_of_work():
        programme = makers.make_actor("programme")
    public = client.get(f"/data/isb/{dataset}.jsonl")
    whole = person(programme).get(f"/data/isb/lengkap/{dataset}.jsonl")
    for answer in (public, whole):
        told = of_json(answer)
        assert len(told) == rows
        for line in told:
            assert list(line) == names
            for row in fields:
                value = line[row["field"]]
                assert value is None or TYPED[row["type"]](value), (row["field"], value)
    for answer, at in ((public, dataset), (whole, f"lengkap/{dataset}")):
        lines = of_csv(person(programme).get(f"/data/isb/{at}.csv"))
        assert [list(line) for line in lines] == [names] * rows
        words = {None: "", True: "true", False: "false"}
        for line, same in zip(lines, of_json(answer), strict=True):
            plain = {name: words.get(v) if v is None or isinstance(v, bool) else str(v) for name, v in same.items()}
            assert {k: v.removeprefix("'") for k, v in line.items()} == plain
    # Every field is filled for somebody or said to be empty: nothing stands there unsaid.
    filled = {name for line in of_json(whole) for name, value in line.items() if value is not None}
    assert not filled & set(isb.unfilled(dataset))
    assert "kd_klpd" not in filled
    if "kd_klpd" in names:
        assert "kd_klpd" in isb.unfilled(dataset)
    page = client.get("/data").text
    assert all(name in page for name in isb.unfilled(dataset))


def test_what_is_about_a_person_is_only_for_who_may_have_it_and_its_taking_is_kept(office, client, person, now):
    with unit_of_work():
        programme = makers.make_actor("programme")
        name = session.get_one(UserAccount, office.ppk.user_id)
        official, nip, npwp = name.name, name.nip, session.get_one(Office, office.office_id).npwp
    for dataset in DATASETS:
        personal = [row["field"] for row in declared(dataset) if row["reach"] != "public"]
        never = [row["field"] for row in declared(dataset) if row["reach"] == "never"]
        for shape in ("csv", "jsonl"):
            text = client.get(f"/data/isb/{dataset}.{shape}").text
            for secret in (TELL_TALE, nip, npwp, "0099887766554000", "0812000111", "3171010101800001", "contoh.id"):
                assert secret not in text, (dataset, secret)
        assert all(
            line[name] is None for line in of_json(client.get(f"/data/isb/{dataset}.jsonl")) for name in personal
        )
        assert client.get(f"/data/isb/lengkap/{dataset}.csv").status_code in {302, 303, 401}
        for nobody in (office.pp, office.producer, office.bendahara):
            person(nobody).get(f"/data/isb/lengkap/{dataset}.csv", status=403)
        whole = person(programme).get(f"/data/isb/lengkap/{dataset}.jsonl")
        assert whole.headers["Cache-Control"] == "no-store"
        for line in of_json(whole):
            assert all(line[name] is None for name in never)
            assert line.get("nip_ppk", nip) == line.get("ppk_nip", nip) == nip
            assert line.get("nama_ppk", official) == official
            assert line.get("npwp_satker", npwp) == npwp
        for text in ("0812000111", "3171010101800001", "contoh.id"):
            assert text not in whole.text
    taken = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "open_data")).all()
    assert [(entry.verb, entry.user_id, entry.data["file"]) for entry in taken] == [
        ("export", programme.user_id, f"isb/{dataset}") for dataset in DATASETS
    ]
    for wrong in ("x.csv", "rup.pdf", "rup.", "lines.csv", "%00.csv", f"{'9' * 60}.csv"):
        assert client.get(f"/data/isb/{wrong}").status_code == 404, wrong
        person(programme).get(f"/data/isb/lengkap/{wrong}", status=404)
    assert len(session.scalars(select(AuditEntry.id).where(AuditEntry.subject_kind == "open_data")).all()) == 5
    assert client.get("/data/isb/rup.csv?cursor=1").status_code == 422
    assert of_json(client.get("/data/isb/rup.jsonl?year=2031")) == []


def test_figures_are_those_of_the_orders_and_long_files_are_read_in_batches(
    office, client, statements, monkeypatch, now
):
    [paid] = of_json(client.get("/data/isb/non-tender-realisasi.jsonl"))
    assert (paid["nilai_realisasi"], paid.get("kd_klpd")) == (555_000, None)
    sums = [
        (line["nilai_pdn_pct"], line["nilai_umk_pct"]) for line in of_json(client.get("/data/isb/non-tender.jsonl"))
    ]
    assert sorted(sums) == [(0, 0), (555_000, 555_000)], "what is not paid yet is not realised"
    assert [line["valuasi"] for line in of_json(client.get("/data/isb/toko-daring.jsonl"))] == [555_000, 555_000]
    [package] = of_json(client.get("/data/isb/rup.jsonl"))
    assert package["kd_rup"] == int(office.rup_code), "a number there, as the list says"
    assert re.fullmatch("UKM|Non UKM", package["status_ukm"])
    whole = client.get("/data/isb/e-purchasing.csv").text
    monkeypatch.setattr(columns, "BATCH", 1)
    with statements() as seen:
        assert client.get("/data/isb/e-purchasing.csv").text == whole
    assert len([text for text in seen if "LIMIT" in text and "order_line" in text]) == 3, (
        "a batch for each line, and the end"
    )
