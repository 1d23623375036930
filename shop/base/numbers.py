"""Numbers that belong to people: a mobile number in one spelling, and how much of any number is shown."""

from __future__ import annotations

import re
from typing import Final

from shop.base.errors import Invalid

_MOBILE: Final = re.compile(r"\+628[0-9]{8,11}")
_SHOWN: Final = 4


def mask(number: str | None) -> str:
    """Return a number as screens and logs may show it: its last four digits, none of one that has hardly more.

    >>> mask("+6281234567890"), mask("12345"), mask(None)
    ('•••• 7890', '••••', '')
    """
    if not number:
        return ""
    return f"•••• {number[-_SHOWN:]}" if len(number) > 2 * _SHOWN - 2 else "••••"


def only_digits(text: str) -> str:
    """Return a number as typed without the spaces, dots and dashes people put into it."""
    return re.sub(r"[\s.\-]", "", text)


def clean_nip(text: str, field: str = "nip") -> str:
    """Return a NIP (18 digits since Perka BKN 22/2007) without spaces, empty when there is none. Raises Invalid at `field`."""
    digits = only_digits(text)
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) == 18):  # noqa: PLR2004
        raise Invalid.at(field, "NIP terdiri dari 18 angka.")
    return digits


def mobile_number(text: str) -> str:
    """Return an Indonesian mobile number in E.164 (`+628…`). Raises Invalid at `phone`.

    >>> mobile_number("(0812) 3456-7890"), mobile_number("62 812 3456 7890")
    ('+6281234567890', '+6281234567890')
    """
    digits = re.sub(r"[\s.\-()]", "", text)
    number = "+62" + re.sub(r"^(\+62|62|)0?", "", digits, count=1)
    if not number.isascii() or not _MOBILE.fullmatch(number):
        raise Invalid.at("phone", "Isi nomor HP yang diawali 08 atau +628, misalnya 0812 3456 7890.")
    return number
