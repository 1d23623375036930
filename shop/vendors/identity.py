"""Numbers that say who a producer is: their form is checked here. Knows no register."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from shop.base.errors import Invalid

_PROVINCES: Final = frozenset(
    str(code)
    for first, last in ((11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76), (81, 82), (91, 97))
    for code in range(first, last + 1)
)
"""Codes of the provinces a NIK may begin with (Kemendagri)."""
_WOMAN: Final = 40
"""A woman's NIK carries her day of birth plus 40 (Perpres 62/2019)."""
_BLANKS: Final = re.compile(r"[\s.\-/]")


def clean_nib(text: str) -> str:
    """Return a NIB as 13 digits (PP 5/2021). Raises Invalid at `nib`."""
    nib = _BLANKS.sub("", text)
    if not _digits(nib, 13):
        raise Invalid.at("nib", "NIB terdiri dari tepat 13 angka. Lihat bagian atas lembar NIB dari OSS.")
    return nib


def clean_npwp(text: str) -> str:
    """Return an NPWP as 15 digits (old) or 16 (PMK 112/2022), typed with or without dots. Raises Invalid at `npwp`."""
    npwp = _BLANKS.sub("", text)
    if not (_digits(npwp, 15) or _digits(npwp, 16)) or not npwp.strip("0"):
        raise Invalid.at(
            "npwp", "NPWP terdiri dari 15 angka (lama) atau 16 angka (baru). Titik dan garis boleh ditulis."
        )
    return npwp


def clean_nik(text: str, today: date) -> str:
    """Return a NIK of 16 digits that can be one: region, birth date not after `today`, serial. Raises Invalid at `nik`."""
    nik = _BLANKS.sub("", text)
    if not _digits(nik, 16):
        raise Invalid.at("nik", "NIK terdiri dari tepat 16 angka, seperti di KTP.")
    if nik[:2] not in _PROVINCES or nik[2:4] == "00" or nik[4:6] == "00":
        raise Invalid.at("nik", "Enam angka pertama NIK bukan kode wilayah. Periksa lagi dengan KTP Anda.")
    if _born(nik, today) is None:
        raise Invalid.at("nik", "Angka ke-7 sampai ke-12 NIK bukan tanggal lahir. Periksa lagi dengan KTP Anda.")
    if nik[12:] == "0000":
        raise Invalid.at("nik", "Empat angka terakhir NIK tidak mungkin 0000. Periksa lagi dengan KTP Anda.")
    return nik


def _born(nik: str, today: date) -> date | None:
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    day -= _WOMAN if day > _WOMAN else 0
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= today:
            return born
    return None


def clean_account(text: str) -> str:
    """Return a bank account number of 6 to 20 digits. Raises Invalid at `bank_account`."""
    account = _BLANKS.sub("", text)
    if not (account.isascii() and account.isdigit() and 6 <= len(account) <= 20):  # noqa: PLR2004 - banks' own lengths
        raise Invalid.at("bank_account", "Nomor rekening hanya angka, 6 sampai 20 angka. Lihat buku tabungan Anda.")
    return account


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
