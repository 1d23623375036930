"""The calculator and the JSON door: what is asked is answered alike, what cannot be is said at its field."""

from __future__ import annotations

import json
from pathlib import Path

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
URL = "/api/v1/tax/assess"


def test_the_json_door_takes_and_answers_the_keys_of_the_vectors(client, app):
    for vector in VECTORS:
        answer = client.post(URL, json=vector["in"])
        told = answer.get_json()
        rules = told.pop("rules")
        assert (answer.status_code, told) == (200, vector["out"]), vector["id"]
        assert all(set(rule) == {"key", "source", "from", "to", "confidence"} for rule in rules)
    day = {"date": "2026-11-21", "amount": 1_500_000}
    floor = next(r for r in client.post(URL, json=day).json["rules"] if r["key"] == "tax.pph22.treasurer")
    assert (floor["from"], floor["to"], floor["confidence"]) == ("2025-08-01", None, "H")
    assert client.post(URL, json=day | {"split_dpp": 600_000}).json["pph"] == 22_500
    assert client.post(URL, json=day | {"sk": True, "form": "cv", "sk_until": "2027-01-01"}).json["pph_bp"] == 50
    wrong = {"date": "21-11-2026", "amount": "5", "kind": "kue", "npwp": 1, "colour": "red"}
    for language, word in (("en", "Unknown"), ("id", "tidak dikenal")):
        answer = client.post(URL, json=wrong, headers={"Accept-Language": language})
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        faults = {f["field"]: f["message"] for f in answer.json["errors"]}
        assert set(faults) == set(wrong)
        assert word.lower() in faults["colour"].lower() or language == "en"
    for body in (
        {},
        [],
        {"date": "2026-02-30", "amount": 1},
        day | {"amount": 2**63},
        day | {"amount": True},
        day | {"amount": 0},
    ):
        assert client.post(URL, json=body).status_code == 422, body
    assert client.post(URL, json={"date": "1999-12-31", "amount": 1}).json["errors"][0]["field"] == "date"
    assert client.post(URL, data="x", content_type="application/json").status_code == 400


def test_the_calculator_answers_in_the_address_and_keeps_what_was_typed_wrong(client, app):
    page = client.get("/kalkulator-pajak")
    assert page.status_code == 200
    assert "Produsen menerima" not in page.text
    asked = "/kalkulator-pajak?kind=goods&form=cv&amount=11.100.000&basis=incl&pkp=1&npwp=ya&date=2026-11-21"
    page = client.get(asked)
    for words in (
        "Produsen menerima Rp9.850.000",
        "bendahara menyetor Rp1.250.000",
        "PMK 51/2025",
        "Rp10.000",
        "Surat Keterangan PP 55",
    ):
        assert words in page.text.replace("\xa0", "").replace("Rp ", "Rp"), words
    assert "The producer receives" in client.get(asked + "&lang=en").text
    assert "belum pasti" in client.get("/kalkulator-pajak?kind=catering&amount=3500000").text
    wrong = client.get("/kalkulator-pajak?amount=banyak&kind=x&form=%00&date=kemarin&paper=decl500&split_dpp=-1")
    assert wrong.status_code == 422
    for field in ("amount", "kind", "form", "date", "split_dpp"):
        assert f'id="e-{field}"' in wrong.text, field
    assert 'value="banyak"' in wrong.text
    assert client.get("/kalkulator-pajak?amount=5000000&form=cv&paper=decl500").status_code == 422
    assert client.get("/kalkulator-pajak?amount=5000000&date=2019-01-01").status_code == 422
    assert client.get("/kalkulator-pajak?amount=5000000&date=2021-01-01&kind=catering").status_code == 422, (
        "no rule, said"
    )
