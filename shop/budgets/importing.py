"""RUP packages from CSV: LKPP's field names or our own, all or nothing, every fault by row, column and reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Table, bindparam, insert, select, update

from shop.accounts.models import Office
from shop.audit import trail
from shop.base.actor import Actor
from shop.base.errors import Invalid, ShopError
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import RowFault, Sheet, read_sheet, truth, whole
from shop.budgets.facts import of_package
from shop.budgets.models import Package
from shop.db import session
from shop.p3dn import posting
from shop.p3dn.rules import Fact
from shop.reference.accounts import normalise
from shop.reference.models import AccountCode

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "rup_code": ("kd_rup", "kode_rup", "rup_code"),
    "name": ("nama_paket", "rup_nama_pkt", "name"),
    "year": ("tahun_anggaran", "tahun", "year"),
    "office": ("kode_kantor", "kd_satker_str", "kd_satker", "office"),
    "office_name": ("nama_satker", "nama_kantor"),
    "account": ("kode_rekening", "mak", "account_code"),
    "pagu": ("pagu",),
    "pdn": ("status_pdn", "pdn"),
    "umk": ("status_ukm", "umk"),
    "fund_source": ("sumber_dana", "fund_source"),
    "method": ("metode_pengadaan", "method"),
}
"""Our names, and the heads they come under in SiRUP and ISB exports."""
REQUIRED: Final = ("rup_code", "name", "year", "account", "pagu")
MAX_ROWS: Final = 50_000
_PACKAGES: Final[Table] = Package.__table__  # type: ignore[assignment]


@dataclass(slots=True)
class ImportReport:
    """Counts of an import; with any fault all counts are 0 because nothing was kept."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[RowFault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One package as the file states it. Rupiah."""

    rup_code: str
    year: int
    name: str
    office_id: int
    account_code: str
    pagu: int
    mak: str
    fund_source: str
    method: str
    pdn: bool
    umk: bool


_CHANGE: Final = (
    update(_PACKAGES)
    .where(_PACKAGES.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in PackageRow.__dataclass_fields__} | {"version": _PACKAGES.c.version + 1})
)


def import_packages(actor: Actor, content: bytes, now: datetime) -> ImportReport:
    """Read RUP packages. A PA/KPA imports for the own office, an admin for all. The same file again changes nothing.

    A package keeps what was ordered from it: the pagu may not fall below that, and office and account stay.
    Raises Invalid when the file as a whole is unusable; faults of rows are in the report, and then nothing is kept.
    """
    actor.require("budgets:package:import")
    sheet = read_sheet(content, COLUMNS, REQUIRED, max_rows=MAX_ROWS)
    if "office" not in sheet.heads and "office_name" not in sheet.heads:
        raise Invalid.at("file", "Kolom ini tidak ada di berkas: %(columns)s.", columns="kode_kantor")
    report = ImportReport()
    rows = _Parser(actor, sheet, report.faults).rows()
    creates, changes = _compare(actor, rows, sheet.heads, report.faults)
    if report.faults:
        return report
    _write(actor, creates, changes, now)
    report.created, report.updated = len(creates), len(changes)
    report.unchanged = len(rows) - report.created - report.updated
    if creates or changes:
        trail.record(
            actor,
            "import_packages",
            "office",
            actor.office_id or 0,
            now,
            created=report.created,
            updated=report.updated,
        )
    return report


class _Parser:
    """Turns cells into rows, collecting every fault."""

    def __init__(self, actor: Actor, sheet: Sheet, faults: list[RowFault]) -> None:
        self._actor, self._sheet, self._faults = actor, sheet, faults
        self._accounts = frozenset(session.scalars(select(AccountCode.code)))
        self._offices: dict[str, int] = {}
        for office_id, code, name in session.execute(select(Office.id, Office.code, Office.name)):
            self._offices.setdefault(name.casefold(), office_id)
            self._offices[code.casefold()] = office_id

    def rows(self) -> list[tuple[int, PackageRow]]:
        found: list[tuple[int, PackageRow]] = []
        seen: dict[tuple[str, int], int] = {}
        for number, cells in self._sheet.rows:
            before = len(self._faults)
            row = self._row(number, cells)
            earlier = seen.setdefault((row.rup_code, row.year), number)
            if earlier != number:
                self._fault(number, "rup_code", "Kode RUP ini sudah ada di baris %(row)s.", row=earlier)
            if len(self._faults) == before:
                found.append((number, row))
        return found

    def _row(self, number: int, cells: Mapping[str, str]) -> PackageRow:
        code, year, pagu = cells["rup_code"], whole(cells["year"]) or 0, whole(cells["pagu"]) or 0
        if not (code.isascii() and code.isdigit() and 4 <= len(code) <= 20):  # noqa: PLR2004
            self._fault(number, "rup_code", "Kode RUP harus 4 sampai 20 angka.")
        if not 3 <= len(cells["name"]) <= 300:  # noqa: PLR2004
            self._fault(number, "name", "Nama paket 3 sampai 300 huruf.")
        if not 2019 <= year <= 2100:  # noqa: PLR2004
            self._fault(number, "year", "Tahun anggaran harus empat angka, misalnya 2026.")
        if not 0 < pagu <= MAX_RUPIAH:
            self._fault(number, "pagu", "Pagu harus rupiah bulat lebih dari 0, misalnya 25000000 atau 25.000.000.")
        account, mak = self._account(number, cells["account"])
        return PackageRow(
            code,
            year,
            cells["name"],
            self._office(number, cells.get("office", ""), cells.get("office_name", "")),
            account,
            pagu,
            mak[:120],
            cells.get("fund_source", "")[:40] or "APBD",
            cells.get("method", "")[:60] or "E-Purchasing",
            truth(cells.get("pdn", "1")),
            truth(cells.get("umk", "1")),
        )

    def _office(self, number: int, code: str, name: str) -> int:
        """Return the office by our code, else by its name: LKPP's own numbers of offices are not ours."""
        office_id = self._offices.get(code.casefold(), 0) or self._offices.get(name.casefold(), 0)
        column = "office" if "office" in self._sheet.heads else "office_name"
        if not office_id:
            self._fault(number, column, "Kantor “%(office)s” tidak dikenal.", office=(name or code)[:80])
        elif self._actor.office_id not in {None, office_id}:
            self._fault(number, column, "Paket ini milik kantor lain.")
        return office_id

    def _account(self, number: int, text: str) -> tuple[str, str]:
        try:
            found = normalise(text)
        except ShopError:
            found = None
        if found is None or found.code not in self._accounts:
            self._fault(number, "account", "Kode rekening “%(code)s” tidak dikenal.", code=text[:60])
            return "", ""
        return found.code, text if found.prefix else ""

    def _fault(self, number: int, column: str, message: str, **params: object) -> None:
        self._faults.append(RowFault(number, self._sheet.heads[column], message, tuple(params.items())))


def _compare(
    actor: Actor, rows: Sequence[tuple[int, PackageRow]], heads: Mapping[str, str], faults: list[RowFault]
) -> tuple[list[PackageRow], list[tuple[int, PackageRow]]]:
    """Return the new rows, and (package id, row) of those that differ from what is held."""
    years = sorted({row.year for _, row in rows})
    held = {
        (p.rup_code, p.year): p
        for p in session.execute(
            select(*_PACKAGES.c).where(_PACKAGES.c.year.in_(years)).order_by(_PACKAGES.c.id).with_for_update()
        )
    }
    creates, changes = [], []
    for number, row in rows:
        package = held.get((row.rup_code, row.year))
        if package is None:
            creates.append(row)
        elif actor.office_id not in {None, package.office_id}:
            # A code of another office must not bring its package, and its money, over here.
            faults.append(RowFault(number, heads["rup_code"], "Kode RUP ini milik kantor lain."))
        elif any(package._mapping[key] != value for key, value in asdict(row).items()):  # noqa: SLF001
            faults += _refusals(number, row, package, heads)
            changes.append((package.id, row))
    return creates, changes


def _refusals(number: int, row: PackageRow, package: Any, heads: Mapping[str, str]) -> Iterator[RowFault]:
    """Yield what may not change of a package that has been ordered from, or handed to people of its office."""
    used = package.reserved + package.realised
    if row.pagu < used:
        yield RowFault(
            number, heads["pagu"], "Pagu tidak boleh di bawah yang sudah dipesan: %(used)s rupiah.", (("used", used),)
        )
    if used and (package.office_id, package.account_code) != (row.office_id, row.account_code):
        yield RowFault(
            number,
            _office_head(heads),
            "Sudah ada pesanan dari paket ini: kantor dan kode rekening tidak boleh berubah.",
        )
    elif package.state != "available" and package.office_id != row.office_id:
        yield RowFault(
            number, _office_head(heads), "Paket ini sudah diserahkan kepada PPK: kantornya tidak boleh berubah."
        )


def _office_head(heads: Mapping[str, str]) -> str:
    return heads.get("office") or heads["office_name"]


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
            plans[row.year].append(of_package(package_id, row.office_id, row.account_code, row.pagu, pdn=row.pdn))
    if changes:
        session.execute(_CHANGE, [{"of": package_id, **asdict(row)} for package_id, row in changes])
    for package_id, row in changes:
        plans[row.year].append(of_package(package_id, row.office_id, row.account_code, row.pagu, pdn=row.pdn))
    for year, statements in plans.items():
        posting.settle_many(actor, statements, now, on=date(year, 1, 1))
