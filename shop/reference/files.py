"""Readers of the files in `data/`: each yields frozen rows. No database, no network; see data/SOURCES.md."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region as the file has it."""

    code: str
    name: str
    level: str
    parent_code: str | None
    postal_code: str | None


@dataclass(frozen=True, slots=True)
class TileRow:
    """Where one kecamatan lies on the map of tiles: west to east, north to south. `short` is its name in three letters."""

    code: str
    short: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class AccountCodeRow:
    """One account code as the file has it; `msme` marks what small producers can sell under."""

    code: str
    name: str
    parent_code: str
    parent_name: str
    msme: bool
    kind: str


@dataclass(frozen=True, slots=True)
class KbliRow:
    """One line of business as the file has it."""

    code: str
    title: str
    category: str
    msme: bool


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """One closed day, its kind (`public` or `cuti_bersama`) and where it was read."""

    day: date
    name: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One dated rule: half-open span, any JSON value, source and confidence (H, M or L)."""

    key: str
    valid_from: date
    valid_to: date | None
    value: Any
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One office (OPD or part of one). `needs_checking`: the name is common knowledge, not read from a register."""

    code: str
    name: str
    kind: str
    parent: str | None
    region_code: str
    needs_checking: bool


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category of the catalogue. `industrial` = TKDN rules of manufactured goods apply; `art` names its picture.

    `account_codes` are the accounts it is normally bought under, most usual first; empty for a parent.
    """

    code: str
    parent_code: str | None
    name_id: str
    name_en: str
    kind: str
    industrial: bool
    art: str
    account_codes: tuple[str, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def regions() -> tuple[RegionRow, ...]:
    """Return the regions, parents before children."""
    return tuple(
        RegionRow(r["code"], r["name"], r["level"], r["parent_code"] or None, r["postal_code"] or None)
        for r in sorted(_rows("regions.csv"), key=lambda r: (len(r["code"]), r["code"]))
    )


@cache
def kecamatan_tiles() -> tuple[TileRow, ...]:
    """Return the map of tiles, north to south. It shows who neighbours whom, not how large anything is."""
    return tuple(TileRow(r["code"], r["short"], int(r["column"]), int(r["row"])) for r in _rows("kecamatan_tiles.csv"))


def account_codes() -> tuple[AccountCodeRow, ...]:
    """Return the account codes in order of code."""
    return tuple(
        AccountCodeRow(r["code"], r["name"], r["parent_code"], r["parent_name"], r["msme"] == "1", r["kind"])
        for r in _rows("account_codes.csv")
    )


def kbli() -> tuple[KbliRow, ...]:
    """Return the lines of business of small producers."""
    return tuple(KbliRow(r["code"], r["title"], r["category"], r["msme"] == "1") for r in _rows("kbli.csv"))


def holidays() -> tuple[HolidayRow, ...]:
    """Return the closed days in order."""
    return tuple(
        HolidayRow(date.fromisoformat(r["day"]), r["name"], r["kind"], r["source"]) for r in _rows("holidays.csv")
    )


def rules() -> tuple[RuleRow, ...]:
    """Return the dated rules in order of key and day."""
    rows = json.loads((DATA / "policy.json").read_text(encoding="utf-8"))
    return tuple(
        RuleRow(
            key=r["key"],
            valid_from=date.fromisoformat(r["valid_from"]),
            valid_to=date.fromisoformat(r["valid_to"]) if r["valid_to"] else None,
            value=r["value"],
            source=r["source"],
            confidence=r["confidence"],
        )
        for r in rows
    )


def offices() -> tuple[OfficeRow, ...]:
    """Return the offices, parents named by code."""
    return tuple(
        OfficeRow(
            code=r["code"],
            name=r["name"],
            kind=r["kind"],
            parent=r["parent"] or None,
            region_code=r["region_code"],
            needs_checking=r["needs_checking"] == "1",
        )
        for r in _rows("offices.csv")
    )


def categories() -> tuple[CategoryRow, ...]:
    """Return the category tree, each parent before its leaves, in the order shown to people."""
    return tuple(
        CategoryRow(
            code=r["code"],
            parent_code=r["parent_code"] or None,
            name_id=r["name_id"],
            name_en=r["name_en"],
            kind=r["kind"],
            industrial=r["industrial"] == "1",
            art=r["art"],
            account_codes=tuple(r["account_codes"].split()),
        )
        for r in _rows("categories.csv")
    )
