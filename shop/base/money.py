"""Rupiah and basis points: integers only, one function rounds.

Rounding is half-up per line (docs/rounding.md). There is no float and no `/` on money in this project.
"""

from __future__ import annotations

from typing import Final

FULL_BP: Final = 10_000
"""100 % in basis points."""

MAX_RUPIAH: Final = 999_999_999_999_999
"""Largest amount a form or file may name: Rp 999 trillion, far inside BIGINT, so sums cannot overflow."""


def round_half_up(numerator: int, denominator: int) -> int:
    """Return numerator/denominator rounded half away from zero. The only place where money is rounded.

    >>> round_half_up(5, 2), round_half_up(-5, 2), round_half_up(7, 3)
    (3, -3, 2)
    """
    if denominator <= 0:
        msg = "denominator must be positive"
        raise ValueError(msg)
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def share(amount: int, basis_points: int) -> int:
    """Return `basis_points` of `amount` rupiah, in rupiah.

    >>> share(325_000, 4_000)
    130000
    """
    return round_half_up(amount * basis_points, FULL_BP)


def ratio_bp(part: int, whole: int) -> int | None:
    """Return part/whole in basis points, or None when there is no whole to divide by (never a zero division).

    >>> ratio_bp(20_454, 11_334), ratio_bp(1, 0)
    (18047, None)
    """
    return round_half_up(part * FULL_BP, whole) if whole > 0 else None


def rupiah(amount: int) -> str:
    """Return an amount as it is written here: `Rp1.234.567`, negative `-Rp1.234`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


def percent(basis_points: int) -> str:
    """Return basis points as a percentage the Indonesian way: 6240 -> `62,40 %`."""
    whole, rest = divmod(abs(basis_points), 100)
    sign = "-" if basis_points < 0 else ""
    return f"{sign}{whole},{rest:02d} %"
