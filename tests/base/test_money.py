"""Money: integers, one rounding, amounts as they are written here."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.base import codes, money, sheet


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_rounding_is_half_up_and_never_off_by_more_than_half(numerator: int, denominator: int) -> None:
    rounded = money.round_half_up(numerator, denominator)
    assert 2 * abs(rounded * denominator - numerator) <= denominator
    if 2 * abs(numerator) % denominator == 0 and (2 * abs(numerator) // denominator) % 2 == 1:
        assert abs(rounded) * denominator > abs(numerator)


def test_rounding_refuses_a_denominator_that_is_not_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        money.round_half_up(1, 0)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_share_never_exceeds_the_whole(amount: int, basis_points: int) -> None:
    assert 0 <= money.share(amount, basis_points) <= amount


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (20_454, 11_334, 18_047),
        (1_135, 1_580, 7_184),
        (1_310, 1_585, 8_265),
        (1_605, 3_068, 5_231),
        (2_988, 3_269, 9_140),
    ],
)
def test_published_percentages_divide_as_they_should(part: int, whole: int, expected: int) -> None:
    assert money.ratio_bp(part, whole) == expected


def test_nothing_to_divide_by_is_no_percentage() -> None:
    assert money.ratio_bp(5, 0) is None


def test_amounts_are_written_the_indonesian_way() -> None:
    assert money.rupiah(1_234_567) == "Rp1.234.567"
    assert money.rupiah(-500) == "-Rp500"
    assert money.percent(6_240) == "62,40 %"
    assert money.percent(5) == "0,05 %"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("25000", 25_000),
        ("25.000", 25_000),
        ("25,000", 25_000),
        ("Rp25.000", 25_000),
        ("Rp 1.250.000,00", 1_250_000),
        ("1.5", None),
        ("-1", None),
        ("0", 0),
        ("1e5", None),
        ("", None),
        ("٣", None),
        ("1.0000", None),
        ("12 ribu", None),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, amount: int | None) -> None:
    assert sheet.whole(text) == amount


def test_the_examples_in_the_docstrings_hold() -> None:
    for module in (money, codes, sheet):
        assert doctest.testmod(module).failed == 0
