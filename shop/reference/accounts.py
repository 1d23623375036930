"""Account codes (kode rekening): make one shape of the many ways they are typed, and look one up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from shop.base.errors import Invalid, NotFound
from shop.reference.models import AccountCode, AnySession

_WIDTHS: Final = (1, 1, 2, 2, 2, 4)
_SHAPE: Final = re.compile(r"5\.[1-4]\.\d{2}\.\d{2}\.\d{2}\.\d{4}")
_BLANK: Final = re.compile(r"[\s\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class AccountRef:
    """A normalised account code, and what stood before it in a MAK (SKPD or sub kegiatan), or an empty prefix."""

    code: str
    prefix: str = ""

    @property
    def is_capital(self) -> bool:
        """Tell whether this is belanja modal (5.2), which a 5.1 package must refuse."""
        return self.code.startswith("5.2.")


def normalise(text: str) -> AccountRef:
    """Return the account in `text`, each segment padded to its legal width.

    Spreadsheets drop leading zeros and leave blanks or a last dot; budget systems put the MAK before the
    account. Segments stay text: they are codes, not numbers. Raises Invalid (field `account_code`) otherwise.
    Shape: Permendagri 90/2019 as updated by Kepmendagri 050-5889/2021.

    >>> normalise(" 5.1.2.01.01.0024 ")
    AccountRef(code='5.1.02.01.01.0024', prefix='')
    >>> normalise("5.02.5.02.0.001.2.06.04.5.1.02.01.01.0052.").prefix
    '5.02.5.02.0.001.2.06.04'
    """
    parts = _BLANK.sub("", text).strip(".").split(".")
    tail = parts[-len(_WIDTHS) :]
    if len(tail) < len(_WIDTHS) or not all(p.isascii() and p.isdigit() for p in parts):
        raise _refusal(text)
    code = ".".join(p.lstrip("0").zfill(width) for p, width in zip(tail, _WIDTHS, strict=True))
    if not _SHAPE.fullmatch(code):
        raise _refusal(text)
    return AccountRef(code, ".".join(parts[: -len(_WIDTHS)]))


def account(session: AnySession, code: str) -> AccountCode:
    """Return the account with this normalised code. Raises NotFound when the chart does not have it."""
    found = session.get(AccountCode, code)
    if found is None:
        raise NotFound("Kode rekening %(code)s tidak ada di daftar.", code=code)
    return found


def _refusal(text: str) -> Invalid:
    return Invalid.at(
        "account_code", "Kode rekening %(given)s tidak dikenali. Contoh: 5.1.02.01.01.0052.", given=text.strip()[:60]
    )
