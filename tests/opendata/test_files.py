"""What anybody may download: whole, packed, marked, by increments, and never anything about a person."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile

import pytest

from shop.db import session
from shop.opendata import isb, pouring
from shop.opendata.public_files import FILES
from shop.p3dn.totals import Filters, totals
from tests import recomputing


@pytest.fixture
def city(app, now):
    """A small city whose people would be known anywhere."""
    with app.app_context():
        recomputing.make_open_city(now)
        session.remove()
    return app


def every_address():
    yield from ("/data", "/data/totals.json", "/data/totals.csv", "/data/manifest.json", "/api/v1/ocds/releases")
    for name in (*FILES, *(f"isb/{name}" for name in isb.DATASETS)):
        yield from (f"/data/{name}.{shape}" for shape in pouring.MEDIA)


def text_of(answer):
    if answer.data[:2] != b"PK":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_nothing_about_a_person_is_in_any_download(city, client):
    ocids = {r["ocid"] for r in json.loads(client.get("/api/v1/ocds/releases").data)["releases"]}
    assert ocids
    for address in (*every_address(), *(f"/api/v1/ocds/records/{ocid}" for ocid in ocids)):
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            told = text_of(answer).lower()
        for name, secret in recomputing.SECRETS.items():
            assert secret.lower() not in told, (address, name)


def test_files_say_the_same_in_every_shape_and_only_what_is_asked(city, client, statements):
    for name, file in FILES.items():
        with statements() as seen:
            lines = client.get(f"/data/{name}.jsonl").text.splitlines()
        assert len(seen) <= 8, seen
        rows = list(csv.DictReader(io.StringIO(client.get(f"/data/{name}.csv").text)))
        assert lines
        assert len(rows) == len(lines)
        for line, row in zip(map(json.loads, lines), rows, strict=True):
            assert list(line) == list(row) == list(file.heads)
            for column in file.columns:
                cell, value = row[column.name], line[column.name]
                bare = cell[1:] if cell.startswith("'=") else cell
                said = json.dumps(value) if column.kind == "truth" else str(value)
                assert bare == ("" if value is None else said)
    plain = client.get("/data/lines.csv")
    packed = client.get("/data/lines.csv", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for address in ("/data/lines.csv", "/data/lines.xlsx", "/data/totals.json", "/data/recompute.py"):
        with client.get(address) as first:
            mark = first.headers["ETag"]
        with client.get(address, headers={"If-None-Match": mark}) as again:
            assert (again.status_code, again.data) == (304, b"")
    assert client.get("/data/lines.jsonl?year=2025").text.count("\n") == 2, "the plan, and its shrinking"
    assert client.get("/data/lines.jsonl?year=2024").text == ""
    top = int(plain.headers["X-Ledger-Top"])
    assert client.get(f"/data/lines.jsonl?cursor={top}").text == ""
    assert client.get(f"/data/lines.jsonl?cursor={top - 1}").text.count("\n") == 1


def test_what_is_not_there_is_refused_and_the_manifest_tells_what_is(city, client, monkeypatch, now):
    for gone in ("/data/users.csv", "/data/lines.sql", "/data/totals.xlsx", "/data/isb/users.csv", "/data/isb/rup.xml"):
        assert client.get(gone).status_code == 404, gone
    for wrong in (
        "year=x",
        "year=1999",
        "year=99999",
        "cursor=-1",
        "cursor=" + "9" * 30,
        "a=1",
        "year=2026&year=2025",
        "year=%00",
    ):
        assert client.get(f"/data/lines.csv?{wrong}").status_code == 422, wrong
    for wrong in ("offices.csv?year=2026", "offices.csv?cursor=1", "manifest.json?year=2026", "totals.csv?cursor=1"):
        assert client.get(f"/data/{wrong}").status_code == 422, wrong
    monkeypatch.setattr(pouring, "MOST_ROWS", 2)
    assert client.get("/data/lines.xlsx").status_code == 422
    with client.get("/data/lines.xlsx?year=2025") as answer:
        assert answer.status_code == 200
    told = client.get("/data/manifest.json").json
    assert set(told["files"]) == set(FILES)
    assert told["cursor"] <= told["top"] == int(client.get("/data/lines.csv").headers["X-Ledger-Top"])
    with city.app_context():
        assert told["years"]["2026"]["paid_total"] == totals(Filters(year=2026), now=now).total.paid_total > 0
    for language, words in (("id", "belum memutuskannya"), ("en", "has not decided it")):
        page = client.get(f"/data?lang={language}").text
        assert words in page
        assert "Produk dalam negeri" not in page or language == "id"
