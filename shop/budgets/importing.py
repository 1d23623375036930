"""RUP packages from a file of LKPP's or our own: all or nothing, every fault by row, column and reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Table, bindparam, insert, select, update

from shop.audit import trail
from shop.base.actor import Actor
from shop.base.clock import long_day
from shop.base.errors import Invalid
from shop.base.records import read_table
from shop.base.sheet import RowFault
from shop.budgets.facts import of_package
from shop.budgets.importing_rows import COLUMNS, REQUIRED, Merged, PackageRow, Parser, plain_code
from shop.budgets.models import Package
from shop.db import session
from shop.p3dn import posting
from shop.p3dn.rules import Fact

MAX_ROWS: Final = 50_000
_PACKAGES: Final[Table] = Package.__table__  # type: ignore[assignment]


@dataclass(slots=True)
class ImportReport:
    """Counts of an import; with any fault all counts are 0 because nothing was kept."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    """Rows that say the same as an earlier row of the file."""
    not_taken: list[str] = field(default_factory=list)
    """Codes that are not announced any more and were never here."""
    gone: list[str] = field(default_factory=list)
    """Codes of packages that SiRUP does not announce any more: nothing can be ordered from them."""
    shrunk: list[tuple[str, int, int]] = field(default_factory=list)
    """(code, announced now, ordered already) of plans that fell below what was ordered."""
    faults: list[RowFault] = field(default_factory=list)


_CHANGE: Final = (
    update(_PACKAGES)
    .where(_PACKAGES.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in PackageRow.__dataclass_fields__} | {"version": _PACKAGES.c.version + 1})
)


def import_packages(actor: Actor, content: bytes, now: datetime, *, complete: bool = False) -> ImportReport:
    """Read RUP packages. A PA/KPA imports for the own office, an admin for all. The same file again changes nothing.

    `complete`: the file lists every package of the offices and years in it, so that one it does not name is gone.
    A package keeps what was ordered from it: where the plan fell below that or is gone, `announced` says so, no more
    can be ordered, and only the planned figure moves. Office and account of such a package stay.
    Raises Invalid when the file as a whole is unusable; faults of rows are in the report, and then nothing is kept.
    """
    actor.require("budgets:package:import")
    sheet = read_table(content, COLUMNS, REQUIRED, max_rows=MAX_ROWS)
    if "office" not in sheet.heads and "office_name" not in sheet.heads:
        raise Invalid.at("file", "Kolom ini tidak ada di berkas: %(columns)s.", columns="kode_kantor")
    report = ImportReport()
    parser = Parser(actor, sheet, report.faults)
    rows = parser.rows()
    found = _Comparison(actor, sheet.heads, parser.merged, report)
    found.compare(rows, complete=complete)
    if report.faults:
        return ImportReport(faults=report.faults)
    _write(actor, found.creates, found.changes, now)
    report.created, report.updated, report.repeated = len(found.creates), len(found.changes), parser.repeated
    report.unchanged = len(rows) - len(report.not_taken) - report.created - found.stated
    if found.creates or found.changes:
        said = {"created": report.created, "updated": report.updated, "gone": len(report.gone)}
        trail.record(actor, "import_packages", "office", actor.office_id or 0, now, **said)
    return report


class _Comparison:
    """What the rows change of what is held: `creates`, and `changes` as (package id, row)."""

    def __init__(self, actor: Actor, heads: Mapping[str, str], merged: Merged, report: ImportReport) -> None:
        self._actor, self._heads, self._merged, self._report = actor, heads, merged, report
        self.creates: list[PackageRow] = []
        self.changes: list[tuple[int, PackageRow]] = []
        self.stated = 0
        """How many of the changes a row of the file asked for; the others are packages it leaves out."""

    def compare(self, rows: Sequence[tuple[int, PackageRow]], *, complete: bool) -> None:
        """Judge every row beside the package it speaks of; with `complete` also what no row speaks of."""
        held = _held(sorted({row.year for _, row in rows}))
        for number, row in rows:
            package = held.pop((plain_code(row.rup_code), row.year), None)
            if package is None:
                self._new(number, row)
            elif self._actor.office_id not in {None, package.office_id}:
                # A code of another office must not bring its package, and its money, over here.
                self._fault(number, "rup_code", "Kode RUP ini milik kantor lain.")
            elif package.rup_code != row.rup_code:
                words = "Kode RUP ini sudah ada sebagai %(code)s, hanya beda nol di depan. Tulis seperti itu."
                self._fault(number, "rup_code", words, code=package.rup_code)
            else:
                self._known(number, row, package)
        self.stated = len(self.changes)
        covered = {(row.office_id, row.year) for _, row in rows} if complete else ()
        for package in held.values():
            if (package.office_id, package.year) in covered and package.announced != 0:
                self._change(package, replace(_as_row(package), announced=0))

    def _new(self, number: int, row: PackageRow) -> None:
        if row.announced == 0:
            self._report.not_taken.append(row.rup_code)
            return
        if not row.account_code:
            words = "Paket baru perlu kode rekening. Gabungkan kolom mak dari data anggaran RUP (RUP-PaketAnggaranPenyedia)."
            self._fault(number, "rup_code", words)
        if row.office_id in self._merged:
            words = "Kantor ini digabung sejak %(day)s. Paket baru dicatat di kantor penerusnya."
            self._fault(number, _office(self._heads), words, day=long_day(self._merged[row.office_id]))
        self.creates.append(row)

    def _known(self, number: int, row: PackageRow, package: Any) -> None:
        used = package.reserved + package.realised
        row = replace(row, account_code=row.account_code or package.account_code, mak=row.mak or package.mak)
        if row.announced == 0:
            row = replace(row, pagu=package.pagu)
        elif row.pagu < used:  # the database refuses a pagu below what is bound, and so do we
            row = replace(row, pagu=package.pagu, announced=row.pagu)
        if any(package._mapping[key] != value for key, value in asdict(row).items()):  # noqa: SLF001
            for name, words in _refusals(row, package, used):
                self._fault(number, name if name != "office" else _office(self._heads), words)
            self._change(package, row)

    def _change(self, package: Any, row: PackageRow) -> None:
        if row.announced == 0:
            self._report.gone.append(row.rup_code)
        elif row.announced is not None:
            self._report.shrunk.append((row.rup_code, row.announced, package.reserved + package.realised))
        self.changes.append((package.id, row))

    def _fault(self, number: int, name: str, words: str, **params: object) -> None:
        self._report.faults.append(RowFault(number, self._heads.get(name, name), words, tuple(params.items())))


def _held(years: Sequence[int]) -> dict[tuple[str, int], Any]:
    query = select(*_PACKAGES.c).where(_PACKAGES.c.year.in_(years)).order_by(_PACKAGES.c.id).with_for_update()
    return {(plain_code(p.rup_code), p.year): p for p in session.execute(query)}


def _as_row(package: Any) -> PackageRow:
    return PackageRow(**{name: package._mapping[name] for name in PackageRow.__dataclass_fields__})  # noqa: SLF001


def _refusals(row: PackageRow, package: Any, used: int) -> Iterator[tuple[str, str]]:
    """Yield what may not change of a package that has been ordered from, or handed to people of its office."""
    if used and (package.office_id, package.account_code) != (row.office_id, row.account_code):
        yield "office", "Sudah ada pesanan dari paket ini: kantor dan kode rekening tidak boleh berubah."
    elif package.state != "available" and package.office_id != row.office_id:
        yield "office", "Paket ini sudah diserahkan kepada PPK: kantornya tidak boleh berubah."


def _office(heads: Mapping[str, str]) -> str:
    return "office" if "office" in heads else "office_name"


def _write(
    actor: Actor, creates: Sequence[PackageRow], changes: Sequence[tuple[int, PackageRow]], now: datetime
) -> None:
    plans: dict[int, list[tuple[str, list[Fact]]]] = defaultdict(list)
    if creates:
        blank = {"state": "available", "reserved": 0, "realised": 0, "imported_at": now, "version": 1}
        ids = session.scalars(
            insert(Package).returning(Package.id, sort_by_parameter_order=True),
            [{**asdict(row), **blank} for row in creates],
        ).all()
        for package_id, row in zip(ids, creates, strict=True):
            plans[row.year].append(_stated(package_id, row))
    if changes:
        session.execute(_CHANGE, [{"of": package_id, **asdict(row)} for package_id, row in changes])
    for package_id, row in changes:
        plans[row.year].append(_stated(package_id, row))
    for year, statements in plans.items():
        posting.settle_many(actor, statements, now, on=date(year, 1, 1))


def _stated(package_id: int, row: PackageRow) -> tuple[str, list[Fact]]:
    planned = row.pagu if row.announced is None else row.announced
    return of_package(package_id, row.office_id, row.account_code, planned, pdn=row.pdn)
