"""The files agree with one another: parents exist, codes are unique, nothing is half written."""

from __future__ import annotations

from collections import Counter

from shop.reference import files
from shop.reference.accounts import normalise


def test_jakarta_has_44_kecamatan_and_267_kelurahan_each_under_its_parent() -> None:
    rows = files.regions()
    assert Counter(row.level for row in rows) == {"provinsi": 1, "kota": 6, "kecamatan": 44, "kelurahan": 267}
    seen: set[str] = set()
    for row in rows:
        assert row.parent_code is None if row.level == "provinsi" else row.parent_code in seen
        seen.add(row.code)
    assert all(row.postal_code for row in rows if row.level == "kelurahan")


def test_every_office_lies_in_a_known_region_under_a_known_office() -> None:
    regions = {row.code for row in files.regions()}
    offices = files.offices()
    codes = {row.code for row in offices}
    assert len(codes) == len(offices) == 422
    assert all(row.region_code in regions for row in offices)
    assert all(row.parent is None or row.parent in codes for row in offices)
    assert sum(row.needs_checking for row in offices) == 68


def test_account_codes_are_already_normal_and_capital_is_marked() -> None:
    for row in files.account_codes():
        reference = normalise(row.code)
        assert reference.code == row.code
        assert reference.is_capital == (row.kind == "modal")
        assert row.code.startswith(row.parent_code + ".")


def test_categories_form_a_tree_of_two_steps_bought_under_known_accounts() -> None:
    rows = files.categories()
    accounts = {row.code for row in files.account_codes()}
    parents = {row.code for row in rows if row.parent_code is None}
    leaves = [row for row in rows if row.parent_code is not None]
    assert len({row.code for row in rows}) == len(rows)
    assert {row.parent_code for row in leaves} == parents
    assert all(row.account_codes for row in leaves)
    assert all(code in accounts for row in leaves for code in row.account_codes)
    assert {row.kind for row in rows} == {"food", "goods", "service"}


def test_kbli_has_every_line_of_business_and_marks_the_225_of_small_producers() -> None:
    rows = files.kbli()
    assert len({row.code for row in rows}) == len(rows) == 1_789
    assert sum(row.msme for row in rows) == 225
    assert all(len(row.code) == 5 and row.code.isdigit() for row in rows)
    assert not [row.title for row in rows if "bps.go" in row.title.casefold() or len(row.title) > 200]
