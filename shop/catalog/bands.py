"""Bands of TKDN that matter when buying. Pure.

Perpres 12/2021 (Perpres 46/2025) art. 66: a domestic product with TKDN of at least 25 % must be used when there is
one whose TKDN and BMP together reach 40 %.
"""

from __future__ import annotations

from typing import Final

ENOUGH_TKDN: Final = 2_500
ENOUGH_TOGETHER: Final = 4_000
BANDS: Final = ("40+", "25-39", "1-24", "0")
"""40+ : TKDN >= 25 % and TKDN + BMP >= 40 % · 25-39 : TKDN >= 25 % · 1-24 : below 25 % · 0 : no valid evidence."""


def band(tkdn_bp: int, bmp_bp: int) -> str:
    """Return the band of TKDN and BMP in basis points, as they count today.

    >>> [band(*x) for x in ((0, 1500), (2499, 1500), (2500, 1499), (2500, 1500), (4000, 0), (9672, 1000))]
    ['0', '1-24', '25-39', '40+', '40+', '40+']
    """
    if tkdn_bp <= 0:
        return "0"
    if tkdn_bp < ENOUGH_TKDN:
        return "1-24"
    return "40+" if tkdn_bp + bmp_bp >= ENOUGH_TOGETHER else "25-39"
