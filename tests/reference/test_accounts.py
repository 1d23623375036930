"""Account codes come in many shapes and leave in one."""

from __future__ import annotations

import pytest

from shop.base.errors import Invalid
from shop.reference.accounts import AccountRef, normalise


@pytest.mark.parametrize(
    ("given", "code", "prefix"),
    [
        ("5.1.02.01.01.0052", "5.1.02.01.01.0052", ""),
        ("5.1.2.01.01.0024", "5.1.02.01.01.0024", ""),
        ("5.1.2.1.1.24", "5.1.02.01.01.0024", ""),
        ("5.1.02.01.01.00024", "5.1.02.01.01.0024", ""),
        ("5.1.02.01.01.0060 ", "5.1.02.01.01.0060", ""),
        ("\u00a05.1.02.01.01. 0060\n", "5.1.02.01.01.0060", ""),
        ("5.02.5.02.0.001.2.06.04.5.1.02.01.01.0052.", "5.1.02.01.01.0052", "5.02.5.02.0.001.2.06.04"),
        ("7.02.01.1.06.0009.5.1.02.01.01.0052", "5.1.02.01.01.0052", "7.02.01.1.06.0009"),
    ],
)
def test_many_shapes_become_one(given: str, code: str, prefix: str) -> None:
    assert normalise(given) == AccountRef(code, prefix)


@pytest.mark.parametrize(
    "given",
    [
        "",
        ".",
        "5.1.02.01.01",
        "4.1.02.01.01.0052",
        "5.5.02.01.01.0052",
        "5.1.02.01.01.52000",
        "5.1.002x.01.01.0052",
        "5.1.02..01.0052",
        "5,1,02,01,01,0052",
        "\u0665.1.02.01.01.0052",
        "Belanja ATK",
        "5.1.123.01.01.0052",
    ],
)
def test_what_is_no_account_code_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as fault:
        normalise(given)
    assert fault.value.faults[0].field == "account_code"


def test_meeting_food_and_cleaning_service_stay_apart() -> None:
    assert normalise("5.1.02.01.01.0052") != normalise("5.1.02.02.01.0052")


def test_capital_spending_is_recognised() -> None:
    assert normalise("5.2.02.05.02.0001").is_capital
    assert not normalise("5.1.02.01.01.0052").is_capital
