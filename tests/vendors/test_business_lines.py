"""Lines of business are found by the words people use."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from shop.db import unit_of_work
from shop.reference import files as reference
from shop.vendors import business_lines
from tests.makers import make_reference


@pytest.fixture
def known(app):
    with app.app_context():
        with unit_of_work():
            make_reference()
        yield


@pytest.mark.usefixtures("known")
def test_everyday_words_find_what_the_register_calls_otherwise():
    assert {code for code, _ in business_lines.find("Katering")} >= {"56210", "56290"}
    assert "10792" in {code for code, _ in business_lines.find("kue basah")}
    assert business_lines.find("sabun")[0][0] == "20231"
    assert business_lines.find("5610") != []
    assert business_lines.find("katering sepatu") == []
    assert business_lines.find("%") == []
    assert len(business_lines.find("")) == 30
    assert business_lines.find("batik", ["56210"])[0][0] == "56210"


def test_every_everyday_word_leads_to_codes_there_are():
    codes = {row.code for row in reference.kbli()}
    with files("shop.vendors").joinpath("data/kata_kbli.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["kata"] for row in rows}) == len(rows)
    assert {code for row in rows for code in row["kode"].split()} <= codes
