"""What a reader asks of a report, out of the words of an address. All faults are told at once, and what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from shop.base.errors import Invalid, NotFound
from shop.base.fields import Fields
from shop.p3dn.faces import GroupBy
from shop.p3dn.labels import OfficeRef, office_of
from shop.p3dn.office_tree import OfficeTree
from shop.p3dn.periods import STRETCH, stretch_span, year_span
from shop.p3dn.totals import Filters, years_with_data
from shop.reference.accounts import normalise

GROUPS: Final[dict[str, GroupBy]] = {
    "kantor": "office", "rekening": "account", "bulan": "month", "triwulan": "quarter", "semester": "semester",
    "kecamatan": "kecamatan", "produsen": "vendor", "kategori": "category", "bukti": "evidence", "kanal": "channel",
}  # fmt: skip
"""What a report may be broken down by, as addresses say it."""
SORTS: Final = ("dibayar", "dipesan", "rencana", "pdn", "nama")
_WORDS: Final = frozenset({"menurut", "tahun", "kantor", "sendiri", "rekening", "masa", "urut", "lang"})
_YEAR: Final = re.compile(r"20[0-9]{2}|2100", re.ASCII)
_CODE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,40}")
_ACCOUNT: Final = re.compile(r"[0-9. ]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: a year or a stretch of it, perhaps one office (with all below it, or `alone`) and one account."""

    year: int
    word: str = "kantor"
    office: OfficeRef | None = None
    alone: bool = False
    account: str | None = None
    stretch: str = ""
    sort: str = ""

    @property
    def group_by(self) -> GroupBy:
        """The breakdown, as the ledger calls it."""
        return GROUPS[self.word]

    @property
    def days(self) -> tuple[date, date]:
        """First and last day meant."""
        return stretch_span(self.stretch) if self.stretch else year_span(self.year)

    def filters(self, tree: OfficeTree) -> Filters:
        """Return what the kept totals are asked for; an office stands for all below it unless it is meant alone."""
        start, end = self.days
        some = None if self.office is None else (self.office.id,) if self.alone else tree.below(self.office.id)
        return Filters(office_ids=some, account_code=self.account, start=start, end=end)

    def words(self, **changes: Any) -> str:
        """Return the query string of this question with fields changed."""
        asked = replace(self, **changes)
        said = {
            "menurut": asked.word, "tahun": asked.year, "kantor": asked.office and asked.office.code,
            "sendiri": "1" if asked.office and asked.alone else None, "rekening": asked.account, "masa": asked.stretch,
            "urut": asked.sort,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in said.items() if value})

    def behind(self, key: str | None = None, measure: str | None = None) -> str:
        """Return the address of the ledger lines behind a figure: of the whole, or of the group with this key.

        Of a breakdown by office, ask the same with that office instead.
        """
        start, end = self.days if self.stretch else (None, None)
        said = {
            "year": self.year, "office": self.office and self.office.code,
            "tree": 1 if self.office and not self.alone else None, "account": self.account, "from": start, "to": end,
            self.group_by if key is not None else "": key, "measure": measure,
        }  # fmt: skip
        return "/p3dn/baris?" + urlencode({name: value for name, value in said.items() if value is not None})


def read(pairs: Iterable[tuple[str, str]], this_year: int) -> Ask:
    """Read a question. Raises NotFound for an unknown office, Invalid with every fault otherwise."""
    sent = dict(pairs)
    fields = Fields(sent)
    for name in sorted(sent.keys() - _WORDS):
        fields.fault(name, "Parameter ini tidak dikenal.")
    year = _year(fields, this_year)
    ask = Ask(
        year=year,
        word=_choice(fields, "menurut", tuple(GROUPS)) or "kantor",
        office=office_named(fields.typed("kantor")),
        alone=_choice(fields, "sendiri", ("1",)) == "1",
        account=_account(fields),
        stretch=_stretch(fields, year),
        sort=_choice(fields, "urut", SORTS),
    )
    fields.check()
    return ask


def office_named(text: str) -> OfficeRef | None:
    """Return the office with this code; None when none is asked for. Raises NotFound."""
    if not text:
        return None
    if _CODE.fullmatch(text) is None:
        raise NotFound("Kantor ini tidak ada.")
    return office_of(text)


def years(this: int) -> list[int]:
    """Return the years to choose from, the newest first: this one and all with data."""
    first, last = years_with_data() or (this, this)
    return list(range(max(last, this), min(first, this) - 1, -1))


def _year(fields: Fields, this_year: int) -> int:
    text = fields.typed("tahun")
    if text and _YEAR.fullmatch(text) is None:
        fields.fault("tahun", "Isi tahun dengan empat angka, misalnya 2026.")
        return this_year
    return int(text) if text else this_year


def _choice(fields: Fields, name: str, known: tuple[str, ...]) -> str:
    text = fields.typed(name)
    if text and text not in known:
        fields.fault(name, "Pilihan ini tidak dikenal.")
        return ""
    return text


def _account(fields: Fields) -> str | None:
    text = fields.typed("rekening")
    if not text:
        return None
    try:
        if _ACCOUNT.fullmatch(text):
            return normalise(text).code
    except Invalid:
        pass  # told below as what cannot be read at all
    fields.fault("rekening", "Tulis kode rekening belanja, misalnya 5.1.02.01.01.0052.")
    return None


def _stretch(fields: Fields, year: int) -> str:
    text = fields.typed("masa")
    if text and STRETCH.fullmatch(text) is None:
        fields.fault("masa", "Tulis masa sebagai bulan (2026-03), triwulan (2026-Q1), atau semester (2026-S1).")
        return ""
    if text and text[:4] != str(year):
        fields.fault("masa", "Masa ini di luar tahun yang dipilih.")
    return text
