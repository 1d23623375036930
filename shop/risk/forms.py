"""What the auditor's list is narrowed to, read from its address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from shop.base.errors import FieldFault, Invalid, or_fault
from shop.risk import reading
from shop.risk.reading import Wanted


class HasCode(Protocol):
    """An office as the list of choices knows it."""

    @property
    def id(self) -> int:
        """Its row."""

    @property
    def code(self) -> str:
        """Its code in addresses."""


def wanted(args: Mapping[str, str], offices: Collection[HasCode]) -> Wanted:
    """Read rule, office, month and place. Raises Invalid with every wrong one at once; nothing of it reaches the database."""
    faults: list[FieldFault] = []
    rule = or_fault(faults, reading.rule_from, args.get("aturan"))
    month = or_fault(faults, month_from, args.get("bulan"))
    after = or_fault(faults, reading.place_from, args.get("setelah"))
    office_id = None
    if code := args.get("kantor"):
        office_id = next((office.id for office in offices if office.code == code), None)
        if office_id is None:
            faults.append(FieldFault("kantor", "Kantor ini tidak ada. Pilih salah satu dari daftar."))
    if faults:
        raise Invalid(faults[0].message, tuple(faults))
    return Wanted(rule, office_id, month, after)


def month_from(text: str | None) -> date | None:
    """Read a month written 2026-11; empty is all. Raises Invalid."""
    if not text:
        return None
    year, dash, month = text.partition("-")
    if dash and text.isascii() and len(text) == 7 and year.isdigit() and month.isdigit():  # noqa: PLR2004 - 2026-11
        try:
            return date(int(year), int(month), 1)
        except ValueError:
            pass
    raise Invalid.at("bulan", "Tulis bulannya seperti 2026-11.")
