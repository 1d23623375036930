"""The forms of naik kelas, from text to values. An amount left empty is zero; what the values must be, the verbs say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from shop.base.errors import FieldFault, Invalid
from shop.base.sheet import day, whole
from shop.growth.declaring import MonthFigures, SizeFigures

MONTH_FIELDS: Final = tuple(field.name for field in fields(MonthFigures))
SIZE_FIELDS: Final = tuple(field.name for field in fields(SizeFigures))
_NUMBER: Final = "Isi dengan rupiah utuh, 0 atau lebih, misalnya 250000 atau 250.000."


def read_month(form: Mapping[str, str]) -> MonthFigures:
    """Read the form of a month. Raises Invalid with every fault at once."""
    faults: list[FieldFault] = []
    found = {name: _amount(form, name, faults) for name in MONTH_FIELDS}
    if faults:
        raise Invalid(faults=tuple(faults))
    return MonthFigures(**found)


def read_size(form: Mapping[str, str]) -> SizeFigures:
    """Read the form of assets and workers. Raises Invalid with every fault at once."""
    faults: list[FieldFault] = []
    on_day = day(form.get("on_day", ""))
    if on_day is None:
        faults.append(FieldFault("on_day", "Pilih tanggal hari ini atau sebelumnya, paling awal 1 Januari 2019."))
    workers = whole(form.get("workers", ""))
    if workers is None:
        faults.append(FieldFault("workers", "Isi jumlah orang yang bekerja, termasuk Anda: 1 sampai 10.000."))
    amounts = {name: _amount(form, name, faults) for name in SIZE_FIELDS if name not in {"on_day", "workers"}}
    if faults or on_day is None:
        raise Invalid(faults=tuple(faults))
    return SizeFigures(on_day, workers or 0, **amounts)


def version_of(form: Mapping[str, str]) -> int:
    """Return the version the form was opened with; -1, which none has, when it is no number."""
    found = whole(form.get("version", ""))
    return -1 if found is None else found


def _amount(form: Mapping[str, str], name: str, faults: list[FieldFault]) -> int:
    text = form.get(name, "").strip()
    value = whole(text) if text else 0
    if value is None:
        faults.append(FieldFault(name, _NUMBER))
    return value or 0
