"""Numbers that belong to people: a mobile number in one spelling, and how much of any number is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from shop.base.codes import is_reason, one_line
from shop.base.errors import FieldFault, Invalid

_MOBILE: Final = re.compile(r"\+628[0-9]{8,11}")
_SHOWN: Final = 4
NO_CARD: Final = (
    "Ini tampak seperti nomor kartu. Jangan pernah menulisnya di sini: cukup 4 angka terakhir. Tidak ada yang disimpan."
)
_GROUPS: Final = re.compile(r"\d+(?:[ .\-–—_/]\d+)*")
_CARD: Final = re.compile(r"(?:2[2-7]|3[05689]|[456]\d)\d{14}|3[47]\d{13}", re.ASCII)
"""How the numbers of cards begin and how long they are; a transfer's number of this shape hardly ever has the check digit."""


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


def card_faults(typed: Mapping[str, str]) -> list[FieldFault]:
    """Return a fault for every field that holds the number of a card; the words do not repeat it."""
    return [FieldFault(name, NO_CARD) for name, text in typed.items() if without_cards(text) != text]


def checked_reason(text: str, field: str = "note", message: str = "Tulis alasannya, 5 sampai 300 huruf.") -> str:
    """Return why somebody does something with money, on one line. Raises Invalid at `field`: too short or long, or a card's number."""
    words = one_line(text)
    faults = [] if is_reason(words) else [FieldFault(field, message)]
    faults += card_faults({field: words})
    if faults:
        raise Invalid(faults=tuple(faults))
    return words


def without_cards(text: str) -> str:
    """Return a text with every card number in it masked, however its digits are set apart.

    >>> without_cards("KKPD 4111 1111-1111 1111 lunas"), without_cards("TRF 4111111111111112")
    ('KKPD •••• 1111 lunas', 'TRF 4111111111111112')
    """
    return _GROUPS.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    parts = re.split(r"(\D)", found[0])  # groups of digits, and what stands between them
    for start in range(0, len(parts), 2):
        for end in range(start + 1, len(parts) + 1, 2):
            digits = "".join(str(int(letter)) for group in parts[start:end:2] for letter in group)
            if _CARD.fullmatch(digits) and _checks(digits):
                return "".join(parts[:start]) + mask(digits) + without_cards("".join(parts[end:]))
            if len(digits) > 16:  # noqa: PLR2004 - longer than any card here
                break
    return found[0]


def _checks(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others (Luhn, ISO/IEC 7812)."""
    twice = [sum(divmod(2 * int(d), 10)) for d in digits[-2::-2]]
    return (sum(twice) + sum(int(d) for d in digits[-1::-2])) % 10 == 0
