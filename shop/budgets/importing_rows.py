"""One row of a file of RUP packages, read and judged by itself and beside the other rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from shop.accounts.models import Office
from shop.accounts.models_office import OfficeMerger
from shop.base.actor import Actor
from shop.base.errors import ShopError
from shop.base.money import MAX_RUPIAH
from shop.base.sheet import RowFault, Sheet, truth, whole
from shop.db import session
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
    "active": ("status_aktif_rup",),
    "deleted": ("status_delete_rup",),
    "status": ("status_umumkan_rup",),
}
"""Our names, and the heads they come under in SiRUP and ISB exports. Personal ones (`nip_ppk`, `nama_ppk`,
`username_ppk`) are not among them, so they never come further than the file."""
REQUIRED: Final = ("rup_code", "name", "year", "pagu")
Merged = Mapping[int, date]
"""Since when each merged office is part of another."""


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One package as the file states it. Rupiah; an empty account is to be kept as it is held."""

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
    announced: int | None = None
    """0 when the file says that the package is not announced any more."""


def plain_code(code: str) -> str:
    """Return a RUP code as it is compared: spreadsheets lose or add zeros in front.

    >>> plain_code("0053540001"), plain_code("53540001")
    ('53540001', '53540001')
    """
    return code.lstrip("0")


class Parser:
    """Turns cells into rows, collecting every fault; `repeated` counts rows that say again what an earlier one said."""

    def __init__(self, actor: Actor, sheet: Sheet, faults: list[RowFault]) -> None:
        self._actor, self._sheet, self._faults = actor, sheet, faults
        self.repeated = 0
        self._accounts = frozenset(session.scalars(select(AccountCode.code)))
        self._offices: dict[str, int] = {}
        for office_id, code, name in session.execute(select(Office.id, Office.code, Office.name)):
            self._offices.setdefault(name.casefold(), office_id)
            self._offices[code.casefold()] = office_id
        rows = session.execute(select(OfficeMerger.office_id, OfficeMerger.on_day))
        self.merged: Merged = {row.office_id: row.on_day for row in rows}

    def rows(self) -> list[tuple[int, PackageRow]]:
        """Return (row of the file, package) of all that can be read."""
        found: list[tuple[int, PackageRow]] = []
        seen: dict[tuple[str, int], tuple[int, PackageRow]] = {}
        for number, cells in self._sheet.rows:
            before = len(self._faults)
            row = self._row(number, cells)
            earlier = seen.setdefault((plain_code(row.rup_code), row.year), (number, row))
            if earlier[0] != number and earlier[1] == row:
                self.repeated += 1
                continue
            if earlier[0] != number:
                self._twice(number, row, *earlier)
            if len(self._faults) == before:
                found.append((number, row))
        return found

    def _twice(self, number: int, row: PackageRow, earlier: int, said: PackageRow) -> None:
        if row.rup_code != said.rup_code:
            words = "Kode RUP ini hanya beda nol di depan dengan %(code)s di baris %(row)s. Tulis satu saja."
            self._fault(number, "rup_code", words, code=said.rup_code, row=earlier)
        else:
            words = "Kode RUP ini sudah ada di baris %(row)s dengan isi yang lain. Pilih satu yang benar."
            self._fault(number, "rup_code", words, row=earlier)

    def _row(self, number: int, cells: Mapping[str, str]) -> PackageRow:
        code = "".join(cells["rup_code"].split())
        year, pagu = whole(cells["year"]) or 0, whole(cells["pagu"]) or 0
        if not (code.isascii() and code.isdigit() and 4 <= len(code) <= 20):  # noqa: PLR2004
            self._fault(number, "rup_code", "Kode RUP harus 4 sampai 20 angka.")
        if not 3 <= len(cells["name"]) <= 300:  # noqa: PLR2004
            self._fault(number, "name", "Nama paket 3 sampai 300 huruf.")
        if not 2019 <= year <= 2100:  # noqa: PLR2004
            self._fault(number, "year", "Tahun anggaran harus empat angka, misalnya 2026.")
        if not 0 < pagu <= MAX_RUPIAH:
            self._fault(number, "pagu", "Pagu harus rupiah bulat lebih dari 0, misalnya 25000000 atau 25.000.000.")
        account, mak = self._account(number, cells["account"]) if "account" in self._sheet.heads else ("", "")
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
            0 if _gone(cells) else None,
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


def _gone(cells: Mapping[str, str]) -> bool:
    """Tell whether SiRUP says that a package does not count any more; what a file does not say is not taken for a no."""
    active, status = cells.get("active", ""), cells.get("status", "")
    return (
        (bool(active) and not truth(active))
        or truth(cells.get("deleted", ""))
        or (bool(status) and status.casefold() != "terumumkan")
    )
