"""A stranger recomputes the public totals from the public download alone, and any changed rupiah is named."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest

from shop.db import session
from tests import recomputing


@pytest.fixture
def files(app, now, client, tmp_path):
    """The totals, and the lines as CSV and as JSON lines, of a city with a correction and a cancelled order."""
    with app.app_context():
        recomputing.make_open_city(now)
        session.remove()
    for name in ("totals.json", "lines.csv", "lines.jsonl", "totals.json?year=2026", "lines.csv?year=2026"):
        answer = client.get(f"/data/{name}")
        assert answer.status_code == 200, answer.text
        (tmp_path / name.replace("?", "-").replace("json-year=2026", "2026.json").replace("csv-year=2026", "2026.csv")).write_bytes(answer.data)  # fmt: skip
    return tmp_path


def test_the_download_alone_gives_the_totals(files, app, client, now):
    totals = json.loads((files / "totals.json").read_text())
    assert set(totals["totals"]) == {"city", "office", "account", "kecamatan", "vendor", "category", "evidence",
                                     "channel", "month", "quarter", "semester", "year"}  # fmt: skip
    assert "=OPD-1" in totals["totals"]["office"], "a code that a spreadsheet would run"
    assert "'=OPD-1" in (files / "lines.csv").read_text()
    assert set(totals["totals"]["evidence"]) == {"", "certified", "none"}
    for told, lines in (
        ("totals.json", "lines.csv"),
        ("totals.json", "lines.jsonl"),
        ("totals.2026.json", "lines.2026.csv"),
    ):
        done = recomputing.run(files / told, files / lines)
        assert (done.returncode, done.stdout[:5], done.stderr) == (0, "sama:", "")
    # What is added later is passed over, and an increment may be appended: entries that come twice count once.
    top = totals["top"]
    with app.app_context():
        recomputing.make_another_order(now + timedelta(days=2))
        session.remove()
    later = client.get(f"/data/lines.jsonl?cursor={top - 3}")
    assert min(json.loads(line)["id"] for line in later.text.splitlines()) == top - 2
    whole = files / "appended.jsonl"
    whole.write_text((files / "lines.jsonl").read_text() + later.text)
    assert recomputing.run(files / "totals.json", whole).returncode == 0
    (files / "new.json").write_bytes(client.get("/data/totals.json").data)
    assert recomputing.run(files / "new.json", whole).returncode == 0
    assert recomputing.run(files / "new.json", files / "lines.jsonl").returncode == 1, "an old file lacks the new lines"


def test_the_script_names_the_first_difference(files, client):
    with (files / "lines.csv").open(newline="") as lines:
        heads, *rows = list(csv.reader(lines))
    at = {name: heads.index(name) for name in heads}
    paid = next(row for row in rows if int(row[at["paid_total"]]) > 0)

    def told(*changes):
        kept = {name: paid[at[name]] for name, _ in changes}
        for name, by in changes:
            paid[at[name]] = str(int(paid[at[name]]) + by)
        with (files / "wrong.csv").open("w", newline="") as target:
            csv.writer(target).writerows([heads, *rows])
        for name, value in kept.items():
            paid[at[name]] = value
        done = recomputing.run(files / "totals.json", files / "wrong.csv")
        assert done.returncode == 1
        return done.stderr

    first = told(("paid_total", 1))
    assert first.startswith("beda: city (all or plan): paid_total is told as ")
    for text, lines in (("{}", "lines.csv"), ("[", "lines.csv"), ((files / "totals.json").read_text(), "nothing.csv")):
        (files / "odd.json").write_text(text)
        assert recomputing.run(files / "odd.json", files / lines).returncode == 2
    twice = (files / "lines.jsonl").read_text()
    line = json.loads(twice.splitlines()[0])
    line["planned"] += 1
    (files / "twice.jsonl").write_text(f"{twice}{json.dumps(line)}\n")
    done = recomputing.run(files / "totals.json", files / "twice.jsonl")
    assert (done.returncode, "stands twice and differs" in done.stderr) == (2, True)
    script = recomputing.imported()
    good = dict.fromkeys(script.MEASURES, 0) | {
        "committed": 12_345,
        "paid_total": 12_345,
        "pdn_value": 12_345,
        "lines": 1,
    }
    assert list(script.faults_of(good, "none", 4_000)) == []
    for change, evidence in (({"pdn_certified": 12_345}, "none"), ({"tkdn_weighted": 4_937}, "self_declared"),
                             ({"umk_value": 1}, "none"), ({"lines": 2}, "none"), ({"planned": -1}, "none")):  # fmt: skip
        assert list(script.faults_of(good | change, evidence, 4_000)), change
    assert list(script.faults_of(good | {"tkdn_weighted": 4_938}, "self_declared", 4_000)) == [], "halves go up"
    assert client.get("/data/recompute.py").data == recomputing.SCRIPT.read_bytes()
